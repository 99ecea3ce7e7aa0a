"""Messages of widespread dialects built from their published layouts, apart from the decoders, and what each must be read as.

    python tests/studies/dialect_facts.py [DIALECT ...]

One place in each pair of hemispheres, one time; every case says in its name which type, version or variant of the dialect it is.
Layouts: JT/T 808-2019, the makers' protocol manuals, and the public server Traccar (Apache-2.0) read as documentation.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from iotwatch.model import iso
from iotwatch.open.answer import answer

IMEI = "860016020400001"
NORTH_EAST, SOUTH_WEST = (23.795756, 90.387728), (-23.550520, -46.633308)
WHEN = datetime(2024, 5, 17, 10, 20, 30, tzinfo=UTC)
UNIX = int(WHEN.timestamp())
MCC, MNC, LAC, CID = 310, 26, 0x1A2B, 0x3C4D
CELL = (MCC, MNC, LAC, CID)
BSSIDS = ("02:11:22:33:44:55", "02:66:77:88:99:aa")
MACS = tuple(bytes.fromhex(one.replace(":", "")) for one in BSSIDS)
VIN = "1HGCM82633A004352"
NEAR = 2e-5


@dataclass(frozen=True)
class Case:
    """A message, and what is true of it."""

    name: str
    data: bytes
    places: tuple[tuple[float, float], ...] = ()
    ids: tuple[str, ...] = (IMEI,)
    cells: tuple[tuple[int, int, int, int], ...] = ()
    wifi: tuple[str, ...] = ()
    vin: str = ""
    timed: bool = True
    checked: bool = True


def wrong(case: Case) -> list[str]:
    """What is read otherwise than it was built."""
    said = answer(case.data)
    read = [(fix.latitude, fix.longitude) for fix in said.fixes]
    told = []
    if len(read) != len(case.places) or not all(
        any(abs(a - c) < NEAR and abs(b - d) < NEAR for c, d in read) for a, b in case.places
    ):
        told.append(f"places {read} for {case.places}")
    if case.timed and any((iso(fix.time) or "")[:19] != WHEN.isoformat()[:19] for fix in said.fixes):
        told.append(f"times {[iso(fix.time) for fix in said.fixes]}")
    if not {*case.ids} <= {*said.device_ids}:
        told.append(f"ids {said.device_ids} for {case.ids}")
    cells = {(cell.mcc, cell.mnc, cell.lac, cell.cid) for cell in said.cells}
    if cells != {*case.cells}:
        told.append(f"cells {cells} for {case.cells}")
    if {point.bssid for point in said.access_points} != {*case.wifi}:
        told.append(f"wifi {[point.bssid for point in said.access_points]}")
    if said.vin != case.vin:
        told.append(f"vin {said.vin!r}")
    if case.checked and said.checksum != "ok":
        told.append(f"check {said.checksum}")
    return [f"{said.dialect}: {one}" for one in told]


def degrees(value: float, width: int, places: int = 4) -> str:
    whole = int(abs(value))
    return f"{whole:0{width}d}{(abs(value) - whole) * 60:0{3 + places}.{places}f}"


def sides(place: tuple[float, float]) -> tuple[str, str]:
    return "N" if place[0] > 0 else "S", "E" if place[1] > 0 else "W"


def main(names: list[str]) -> int:
    """Print what is read otherwise than it was built, of the families named or of all."""
    from tests.studies.dialect_facts_all import FAMILIES

    told = [(family, case, wrong(case)) for family in names or FAMILIES for case in FAMILIES[family]()]
    for family, case, lines in told:
        if lines:
            print(family, case.name, *lines, sep="\n    ")
    good = sum(not lines for _, _, lines in told)
    print(f"{good} of {len(told)}")
    return int(good < len(told))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
