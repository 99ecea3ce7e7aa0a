"""What every reader of a file gives."""

from __future__ import annotations

from typing import Any, NamedTuple


class Statement(NamedTuple):
    """Something that stands at ``start`` to ``end`` of a file, as an observation of this ``kind`` shall have it."""

    kind: str
    value: str
    start: int
    end: int
    facts: dict[str, Any]
