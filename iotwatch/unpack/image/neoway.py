"""Applications of Neoway modules: ``CSTA``, the length in six digits, ``CEND``, and an LZMA stream.

Source: reference facts (``tools/aboot/app.bin`` of the N706B kit).
"""

from __future__ import annotations

from collections.abc import Iterator

from iotwatch.patterns import regex
from iotwatch.unpack.compression import remaining, undone
from iotwatch.unpack.entry import Budget, Entry, Reader, behind, span

_HEAD = regex(rb"CSTA([0-9]{6})CEND\x5d\x00\x00")
_HEAD_SIZE = 14


def claims(data: bytes) -> bool:
    return _HEAD.match(data) is not None


def entries(data: bytes, budget: Budget) -> Iterator[Entry]:
    packed = data[_HEAD_SIZE:]
    entry, used = undone(
        packed, span(data, _HEAD_SIZE, len(packed)), "lzma", budget, Entry("application", kind="partition")
    )
    yield entry
    if entry.status == "ok":
        yield from behind(data, _HEAD_SIZE + used)
    elif entry.chain:
        yield from remaining(entry, len(packed) - used)


READER = Reader("neoway-app", claims, entries)
