"""The shell commands that show the bytes of an evidence: with other people's tools where that is possible."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence

from iotwatch.files.printable import shell_word
from iotwatch.model import EXCERPT_BYTES, Cut, Operation, Step

# What tshark opens as it stands, and what unpacks it to standard output.
_UNPACKERS = {
    "gzip": "gzip -dc",
    "xz": "xz -dc",
    "bzip2": "bzip2 -dc",
    "zstd": "zstd -dc",
    "lz4": "lz4 -dc",
    "lz4-legacy": "lz4 -dc",
}
_TSHARK_OPENS = frozenset({"gzip", "zstd", "lz4"})


def commands(chain: Sequence[Operation], path: str, inner_path: str, display_filter: str, ours: str) -> tuple[str, ...]:
    """Every way to the bytes, the plainest first: ``dd`` for a cut of the file, ``tshark`` for the frames of a capture, and
    ``ours`` (arguments of ``iotwatch show``), which alone goes through every step.

    Of a cut of many spans ``dd`` shows as many as the excerpt is made of.
    """
    quoted = shell_word(path)
    last = chain[-1] if chain else None
    made = [_dd(quoted, last.spans)] if len(chain) == 1 and isinstance(last, Cut) else []
    packed = [one.name for one in chain[:-1] if isinstance(one, Step)]
    if len(chain) == 2 and packed and packed[0] in _UNPACKERS and isinstance(last, Cut):
        made.append(_unpacked(f"{_UNPACKERS[packed[0]]} {quoted}", last.spans))
    # Steps that follow the frames (TLS, base64) change the bytes, but the frames are those.
    before = [one for one in chain[: _framed(chain)] if not (isinstance(one, Step) and one.name in _TSHARK_OPENS)]
    if display_filter and not inner_path and not before:
        tshark = f"tshark -r {quoted} -Y {shlex.quote(display_filter)} -x"
        made.insert(0 if isinstance(last, Cut) and len(last.spans) > 1 else len(made), tshark)
    return (*made, f"iotwatch show {ours} --unmask")


def _framed(chain: Sequence[Operation]) -> int:
    """Where in the chain the cut stands that names frames."""
    return next((at for at, one in enumerate(chain) if isinstance(one, Cut) and one.frames), 0)


def _shown(spans: Sequence[tuple[int, int]]) -> Sequence[tuple[int, int]]:
    """One span whole, or as many as the excerpt is made of."""
    size = 0
    for count, (_, length) in enumerate(spans, 1):
        size += length
        if size >= EXCERPT_BYTES:
            return spans[:count]
    return spans


def _dd(quoted: str, spans: Sequence[tuple[int, int]]) -> str:
    return _dumped(
        f"dd if={quoted} iflag=skip_bytes,count_bytes skip={offset} count={length} status=none"
        for offset, length in _shown(spans)
    )


def _unpacked(source: str, spans: Sequence[tuple[int, int]]) -> str:
    return _dumped(f"{source} | tail -c +{offset + 1} | head -c {length}" for offset, length in _shown(spans))


def _dumped(commands: Iterable[str]) -> str:
    pieces = list(commands)
    return f"{pieces[0]} | xxd" if len(pieces) == 1 else f"({'; '.join(pieces)}) | xxd"


def hex_dump(data: bytes, width: int = 16) -> list[str]:
    """Lines of offset, hex and text."""
    lines = []
    for start in range(0, len(data), width):
        part = data[start : start + width]
        text = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in part)
        lines.append(f"{start:04x}  {part.hex(' '):<{width * 3}} {text}")
    return lines


def described(operation: Operation) -> str:
    """One link of a place's chain in words: ``bytes 10+5 and 2 more``, ``gzip``, ``squashfs(/etc/passwd)``."""
    if isinstance(operation, Step) and operation.name == "tls":
        from iotwatch.words.tls import whose

        return f"inside TLS, decrypted with {whose(operation.argument)}"
    if isinstance(operation, Step):
        return f"{operation.name}({operation.argument})" if operation.argument else operation.name
    offset, length = operation.spans[0] if operation.spans else (0, 0)
    more = f" and {len(operation.spans) - 1} more" if len(operation.spans) > 1 else ""
    return f"bytes {offset}+{length}{more}"
