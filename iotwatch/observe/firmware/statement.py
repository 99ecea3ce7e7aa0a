"""What every reader of a file gives."""

from __future__ import annotations

from typing import Any, NamedTuple

from iotwatch.words.kinds import Kind


class Statement(NamedTuple):
    """Something that stands at ``start`` to ``end`` of a file, as an observation of this ``kind`` shall have it."""

    kind: Kind
    value: str
    start: int
    end: int
    facts: dict[str, Any]
