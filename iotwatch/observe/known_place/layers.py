"""What is wrapped in a payload as hex digits or base64, anywhere in it, by the named steps: evidence inside replays."""

from __future__ import annotations

from collections.abc import Iterator

from iotwatch.errors import UnpackError
from iotwatch.files.limits import INSIDE_LIMIT
from iotwatch.patterns import regex
from iotwatch.place import steps
from iotwatch.read.stream import Stream

# Two numbers of four bytes at least. Digits alone are looked at as text, and as what hex digits stand for.
_HEX = regex(rb"(?:[0-9A-Fa-f]{2}){8,}")
_BASE64 = regex(rb"[A-Za-z0-9+/]{11,}={0,2}|[A-Za-z0-9_-]{11,}={0,2}")
_SQUEEZED = {b"\x1f\x8b": "gzip", b"\x78\x01": "zlib", b"\x78\x5e": "zlib", b"\x78\x9c": "zlib", b"\x78\xda": "zlib"}
_DEPTH = 3


def layers(stream: Stream, depth: int = 0) -> Iterator[Stream]:
    """The stream itself, then what is wrapped in it."""
    yield stream
    if depth >= _DEPTH:
        return
    step = _SQUEEZED.get(stream.data[:2])
    if step is not None:
        yield from _inside(stream, step, depth)
    for form, name in ((_HEX, "hex"), (_BASE64, "base64")):
        for found in form.finditer(stream.data):
            if name == "base64" and not _is_base64(found[0]):
                continue
            yield from _inside(stream.part(*found.span()), name, depth)


def _inside(stream: Stream, step: str, depth: int) -> Iterator[Stream]:
    try:
        data = steps.apply(step, stream.data, limit=INSIDE_LIMIT)
    except UnpackError:
        return
    yield from layers(stream.through(step, data), depth + 1)


def _is_base64(text: bytes) -> bool:
    """Whether the text can be base64 of binary data: not hex digits, not a word or a number."""
    if len(text.rstrip(b"=")) % 4 == 1 or _HEX.fullmatch(text):
        return False
    kinds = text.isdigit() or text.islower() or text.isupper() or text.istitle()
    return text.endswith(b"=") or not kinds
