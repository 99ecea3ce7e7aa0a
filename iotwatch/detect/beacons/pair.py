"""The noun that beacons are made of: one client's contacts of one kind with one far end."""

from __future__ import annotations

from dataclasses import dataclass

from iotwatch.store import ContactRow


@dataclass(frozen=True, slots=True)
class Pair:
    """Contacts of one kind from one client to one far end, or (``whole`` is set) the part of them to one address."""

    device: str
    client: str
    far_end: str
    kind: str
    rows: tuple[ContactRow, ...]
    whole: int | None = None
