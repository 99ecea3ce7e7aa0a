"""Frames of Samsung's diagnostics (SDM): ``7F``, a length from the byte behind it on, ``7E`` (SCAT's ``samsungparser.py``)."""

from __future__ import annotations

from iotwatch.files.limits import MAX_DAMAGE
from iotwatch.model import Damage

_BEGIN, _END = 0x7F, 0x7E
_SMALLEST = 8


def sdm_size(data: bytes, at: int) -> int:
    """The length of the frame at ``at`` with both of its marks; 0 when none stands there. The last may be cut short."""
    length = int.from_bytes(data[at + 1 : at + 3], "little")
    ends = at + 1 + length
    whole = data[ends : ends + 1] in (b"\x7e", b"")
    return length + 2 if data[at] == _BEGIN and length >= _SMALLEST and whole else 0


def read_sdm(data: bytes) -> tuple[int, tuple[Damage, ...]]:
    """How many frames are whole, and where the chain of them is broken."""
    here, count = 0, 0
    damage: list[Damage] = []
    while here < len(data):
        size = sdm_size(data, here)
        if size and here + size <= len(data):
            here, count = here + size, count + 1
            continue
        found = here + 1
        while found < len(data) and not sdm_size(data, found):
            found = data.find(_BEGIN, found + 1)
            found = len(data) if found < 0 else found
        cut = size and found == len(data)
        if len(damage) < MAX_DAMAGE:
            reason = "the last frame is cut short" if cut else "a frame's marks do not fit its length"
            damage.append(Damage(here, found, reason))
        here = found
    return count, tuple(damage)
