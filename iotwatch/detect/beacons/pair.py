"""The noun that beacons are made of: one client's contacts of one kind with one far end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iotwatch.files.contact_events import unpack
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

    def sizes(self) -> NDArray[np.int64]:
        """Bytes of every event, row after row."""
        return unpack([row.sizes for row in self.rows], np.array([row.events for row in self.rows]))
