"""PPP on a modem's serial port: HDLC-like frames (RFC 1662) behind ``ATD*99#`` and ``CONNECT``, beside the AT dialogue.

A frame is believed for its check sequence. Qualcomm's diagnostic port frames and sums its messages in the same way, so a pipe
is PPP only when link control (LCP) or proven IP packets pass in it: several, or one where the modem said ``CONNECT``.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

import msgspec
import numpy as np
from msgspec.structs import replace

from iotwatch.decode.trackers.engine.checksums import crc16_x25
from iotwatch.decode.usb.network.ip import ppp_payload, proven
from iotwatch.decode.usb.network.unit import PPP, Unit
from iotwatch.decode.usb.pipes import Pipe, Run, gathered
from iotwatch.model import step
from iotwatch.patterns import regex
from iotwatch.place.steps import hdlc_escapes, unescape_hdlc
from iotwatch.read.layers.columns import Bools, Int64s
from iotwatch.read.stream import Stream

STEP = "unescape-hdlc"
_ESCAPE = b"\x7d"
_CHUNKS = regex(rb"[^\x7e]{4,}")
_LCP = 0xC021
_CHECK = 2  # bytes of the frame check sequence
_SHORTEST = 4  # a protocol of one byte, one of information, the check sequence
_NEED = 3
_SAMPLE = 2048
MAX_CHUNKS = 1 << 20  # of one pipe


class Session(msgspec.Struct, frozen=True):
    """What PPP carried: ``units`` of the unescaped ``stream`` with who sent each, and the ranges of the outer stream that
    hold text (``rest``: the dialogue before and after). ``broken`` counts frames whose check sequence is wrong."""

    stream: Stream
    units: list[tuple[Unit, bool]]
    rest: list[tuple[int, int]]
    broken: int


def read_ppp(stream: Stream, pipes: Sequence[Pipe], is_text: Callable[[bytes], bool]) -> Session | None:
    """The PPP session in some pipes; ``None`` when there is none."""
    raw, runs = gathered(stream, [_without_half(stream.data, pipe) for pipe in pipes])
    if b"\x7e" not in raw.data:
        return None
    escapes = hdlc_escapes(raw.data)
    plain = unescape_hdlc(raw.data)
    units: list[tuple[Unit, bool]] = []
    rest: list[tuple[int, int]] = []
    broken = 0
    for run, pipe in zip(runs, pipes, strict=True):
        bounds = _between_flags(run)
        starts, ends = (bounds - np.searchsorted(escapes, bounds)).T.tolist()
        framed = _framed(run, bounds).tolist()
        for number, (start, end, whole) in enumerate(zip(starts, ends, framed, strict=True)):
            if whole and _sums_up(plain, start, end):
                units.append((Unit(start, end - _CHECK, end - _CHECK - start, PPP), run.outbound))
                continue
            first, last = bounds[number].tolist()
            if is_text(run.data[first : min(last, first + _SAMPLE)]):
                rest += _outer(run, pipe, first, last)
            else:
                broken += 1
    connected = any(b"CONNECT" in stream.data[start : min(end, start + _SAMPLE)] for start, end in rest)
    if not _is_ppp(plain, [unit for unit, _ in units], 1 if connected else _NEED):
        return None
    begins = raw.starts - np.searchsorted(escapes, raw.starts)
    origin = step(raw.place(0, len(raw.data)), STEP)
    return Session(replace(raw, data=plain, starts=begins, offsets=begins, origin=origin), units, rest, broken)


def _without_half(data: bytes, pipe: Pipe) -> Pipe:
    """The pipe without an escape byte at its very end, which would take the first byte of the next pipe with it."""
    ends = pipe.ends[:]
    for index in range(len(ends) - 1, -1, -1):
        ends[index] = pipe.starts[index] + len(data[pipe.starts[index] : ends[index]].rstrip(_ESCAPE))
        if ends[index] > pipe.starts[index]:
            break
    return Pipe(pipe.endpoint, pipe.starts, ends, pipe.missing)


def _between_flags(run: Run) -> Int64s:
    """Beginning and end of what stands between flags in a run."""
    bounds = array("q")
    for match in islice(_CHUNKS.finditer(run.data, run.starts[0], run.ends[-1]), MAX_CHUNKS):
        bounds.extend(match.span())
    return np.frombuffer(bounds, np.int64).reshape(-1, 2)


def _framed(run: Run, bounds: Int64s) -> Bools:
    """Which chunks have a flag on both sides and no hole in them."""
    holes = np.array([end for end, missing in zip(run.ends, run.missing, strict=True) if missing], np.int64)
    solid = np.searchsorted(holes, bounds[:, 0], "left") == np.searchsorted(holes, bounds[:, 1], "right")
    inside: Bools = solid & (bounds[:, 0] > run.starts[0]) & (bounds[:, 1] < run.ends[-1])
    return inside


def _sums_up(plain: bytes, start: int, end: int) -> bool:
    if end - start < _SHORTEST:
        return False
    return crc16_x25(plain[start : end - _CHECK]) == int.from_bytes(plain[end - _CHECK : end], "little")


def _is_ppp(plain: bytes, units: list[Unit], need: int) -> bool:
    count = 0
    for unit in units:
        kind, _ = ppp_payload(plain, unit.start, unit.end)
        if kind == _LCP and plain[unit.start : unit.start + 2] == b"\xff\x03":
            return True
        count += kind in (0x21, 0x57) and proven(plain, unit)
    return count >= need


def _outer(run: Run, pipe: Pipe, first: int, last: int) -> Iterator[tuple[int, int]]:
    """Where bytes of a run stand in the stream that it was gathered from: a range for each transfer."""
    for index in range(bisect_right(run.ends, first), len(run.ends)):
        if run.starts[index] >= last:
            return
        moved = pipe.starts[index] - run.starts[index]
        yield max(first, run.starts[index]) + moved, min(last, run.ends[index]) + moved
