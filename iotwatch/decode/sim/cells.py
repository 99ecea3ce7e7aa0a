"""Networks, areas and cells as a card and its terminal write them (3GPP TS 24.008 section 10.5.1, TS 31.111 section 8.19)."""

from __future__ import annotations

from typing import Any, NamedTuple

from iotwatch.decode.cellular.subscriber import plmn
from iotwatch.decode.message import Cell

_NO_AREA = frozenset({0x0000, 0xFFFE, 0xFFFF, 0xFFFFFE, 0xFFFFFF})
"""TS 24.008 section 10.5.1.3: what stands where no area is known."""


class Area(NamedTuple):
    """A registration: network, area code and, where it is told, the cell.

    ``names`` are the field's words for area and cell: (lac, ci), (tac, eci), (tac, nci).
    """

    mcc: str
    mnc: str
    area: int
    cell: int | None
    names: tuple[str, str]
    raw: bytes
    """Network, area and cell as they stood."""

    @property
    def plmn(self) -> str:
        return self.mcc + self.mnc

    @property
    def text(self) -> str:
        """``26201-7386-2352``; without a cell the first two."""
        return "-".join(str(one) for one in (self.plmn, self.area, self.cell) if one is not None)

    def told(self) -> dict[str, Any]:
        """The facts of a cell: ``{"mcc": "262", "mnc": "01", "lac": 7386, "ci": 2352}``."""
        area, cell = self.names
        return {"mcc": self.mcc, "mnc": self.mnc, area: self.area} | ({} if self.cell is None else {cell: self.cell})

    def listed(self) -> Cell:
        """The same as a cell of a look-up list."""
        return Cell(int(self.mcc), int(self.mnc), self.area, self.cell or 0)


def area(data: bytes, *, size: int = 2) -> Area | None:
    """The registered area of a file: PLMN (3 bytes) and an area code of ``size`` bytes; ``None`` where none is stored."""
    network = plmn(data)
    code = int.from_bytes(data[3 : 3 + size], "big")
    if network is None or len(data) < 3 + size or code in _NO_AREA:
        return None
    return Area(*network, code, None, ("lac", "ci"), data[: 3 + size])


def location(data: bytes) -> Area | None:
    """Location Information (TS 31.111 section 8.19): PLMN, area, cell, in the form that its length tells.

    5 and 7 bytes: LAC and cell (GSM, UTRAN). 9 bytes: E-UTRAN, whose 28-bit cell ends in F, else UTRAN with its RNC.
    11 bytes: NG-RAN, 36 bits of cell.
    """
    network = plmn(data)
    if network is None or len(data) not in (5, 7, 9, 11):
        return None
    if len(data) == 11:
        wide = int.from_bytes(data[6:11], "big") >> 4
        return Area(*network, int.from_bytes(data[3:6], "big"), wide, ("tac", "nci"), data)
    code = int.from_bytes(data[3:5], "big")
    if len(data) == 9 and data[8] & 15 == 15:
        return Area(*network, code, int.from_bytes(data[5:9], "big") >> 4, ("tac", "eci"), data)
    if code in _NO_AREA:
        return None
    cell = int.from_bytes(data[5:7], "big") if len(data) > 5 else None
    if cell is not None and len(data) == 9:
        cell |= int.from_bytes(data[7:9], "big") << 16
    return Area(*network, code, cell, ("lac", "ci"), data)
