"""Serial interfaces of USB devices: which bytes of a capture are text, and each interface's text in the order it passed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from msgspec.structs import replace

from iotwatch.decode.usb.pipes import Pipe
from iotwatch.read.stream import Stream

_SAMPLE = 2048
_PRINTABLE = bytes(range(32, 127)) + b"\r\n\t\x1a\x1b"
MAX_PIECES = 100_000


def is_text(data: bytes) -> bool:
    """Whether nine in ten of the first bytes are printable."""
    sample = data[:_SAMPLE]
    return len(sample) >= 4 and len(sample.translate(None, _PRINTABLE)) * 10 < len(sample)


def dialogue(stream: Stream, pipes: Iterable[Pipe]) -> Stream | None:
    """What the pipes of one interface said to each other, when it is text. A transfer that is not whole leaves a gap."""
    pieces = sorted(piece for pipe in pipes for piece in zip(pipe.starts, pipe.ends, pipe.missing, strict=True))
    return _text(stream, pieces[:MAX_PIECES])


def is_over(pipes: Iterable[Pipe]) -> bool:
    """Whether ``dialogue`` leaves some of what the pipes carried."""
    return sum(len(pipe.starts) for pipe in pipes) > MAX_PIECES


def texts(stream: Stream, ranges: Iterable[tuple[int, int]]) -> Stream | None:
    """Ranges that hold text beside network frames, in order."""
    return _text(stream, [(start, end, 0) for start, end in sorted(ranges)][:MAX_PIECES])


def _text(stream: Stream, pieces: list[tuple[int, int, int]]) -> Stream | None:
    body = stream.join([(start, end) for start, end, _ in pieces])
    if not is_text(body.data):
        return None
    return replace(body, kind="text", datagram=False, gaps=tuple(_gaps(pieces)))


def _gaps(pieces: list[tuple[int, int, int]]) -> Iterator[tuple[int, int]]:
    limits = np.cumsum([end - start for start, end, _ in pieces]).tolist()
    for limit, (_, _, missing) in zip(limits[:-1], pieces[:-1], strict=True):
        if missing:
            yield limit, missing
