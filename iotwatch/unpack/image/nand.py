"""NAND dumps with their spare areas, as a chip reader gives them: the step ``nand`` leaves the pages.

The page and spare sizes are those of common parts (ONFI 4.0 section 3; Linux ``nand_ids.c``). The proof is UBI's own: its
second header stands one page behind the first, so in such a dump one page and one spare area behind. Errors that the
spare's code would correct stay as they were read.
"""

from __future__ import annotations

from collections.abc import Iterator

from iotwatch.errors import UnpackError
from iotwatch.model import Step
from iotwatch.unpack.entry import Budget, Entry, Reader

_SHAPES = ((2048, 64), (2048, 128), (4096, 128), (4096, 224), (4096, 256), (512, 16))
_COUNTER = b"UBI#\x01\0\0\0"
_LEAST = 1 << 18
_TRIES = 64


def _shape(data: bytes) -> tuple[int, int] | None:
    """``(page, spare)`` in bytes; ``None`` where no UBI block proves one."""
    shapes = [(page, spare) for page, spare in _SHAPES if len(data) >= _LEAST and len(data) % (page + spare) == 0]
    at = data.find(_COUNTER) if shapes else -1
    for _ in range(_TRIES):
        if at < 0:
            break
        for page, spare in shapes:
            unit = page + spare
            if at % unit == 0 and data[at + unit : at + unit + 4] == b"UBI!":
                return page, spare
        at = data.find(_COUNTER, at + 1)
    return None


def claims(data: bytes) -> bool:
    return _shape(data) is not None


def entries(data: bytes, budget: Budget) -> Iterator[Entry]:
    shape = _shape(data)
    if shape is None:
        raise UnpackError("no UBI block proves the page size")
    page, spare = shape
    path = f"pages-{page}+{spare}"

    def load() -> bytes:
        budget.room(len(data) // (page + spare) * page)
        return b"".join(data[at : at + page] for at in range(0, len(data), page + spare))

    yield Entry(path, (Step("nand", path),), load=load, kind="partition", note="spare areas left out, not corrected")


READER = Reader("nand", claims, entries, step=True)
