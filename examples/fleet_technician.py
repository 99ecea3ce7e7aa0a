"""One sentence per car: ``python examples/fleet_technician.py sweep/`` where each car has a folder of its own."""

from __future__ import annotations

import sys
from pathlib import Path

from iotwatch import Plan, open_results, scan


def main(folder: str, database: str = "iotwatch.db") -> None:
    """Scan the folder, one car per folder in it, and print each car's verdict with its reason."""
    scan([Path(folder)], database, Plan(asset_from="folder"))
    with open_results(database) as results:
        for car in results.verdicts():
            print(f"{car.asset}: {car.verdict}: {car.reason}")


if __name__ == "__main__":
    main(*sys.argv[1:])
