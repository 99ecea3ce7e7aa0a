"""Options of pcapng blocks (draft-ietf-opsawg-pcapng section 3.5)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

Order = Literal["big", "little"]
_MAX_OPTIONS = 1000


def options_of(body: bytes, *, big: bool) -> dict[int, bytes]:
    """Option code to value, first of each; what is cut short ends the list."""
    found: dict[int, bytes] = {}
    for number, (code, value) in enumerate(_records(body, big=big)):
        if code == 0 or number >= _MAX_OPTIONS:
            break
        found.setdefault(code, value)
    return found


def _records(body: bytes, *, big: bool) -> Iterator[tuple[int, bytes]]:
    order: Order = "big" if big else "little"
    here = 0
    while here + 4 <= len(body):
        code = int.from_bytes(body[here : here + 2], order)
        size = int.from_bytes(body[here + 2 : here + 4], order)
        yield code, body[here + 4 : here + 4 + size]
        here += 4 + (size + 3) // 4 * 4
