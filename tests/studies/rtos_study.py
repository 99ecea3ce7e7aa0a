"""Measures bare-metal and RTOS firmware with known truth: whose it is, what it reads and sends, and what stays quiet.

``python -m tests.studies.rtos_study CORPUS`` prints one line a file and the figures.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from iotwatch.batch.scan import Plan, scan
from iotwatch.report.reader import Reader
from iotwatch.store import Store

# Makers of modules and chips that the bytes of a file name by themselves; of the others only a folder's name tells.
MAKERS = {
    "lierda-ec616-app.bin": "Eigencomm",
    "lierda-ec616-bootloader.bin": "Eigencomm",
    "mediatek-mt3333-gnss.bin": "MediaTek",
    "meig-slm325y-app-gnss-mqtt.bin": "MeiG Smart",
    "meig-slm325y-binpkg-head.bin": "Eigencomm",
    "mre-vxp-sensor-init.vxp": "MediaTek",
    "nissan-leaf-tcu-bootloader.bin": "Continental",
    "nissan-leaf-tcu-bootloader-0627.bin": "Continental",
    "nissan-leaf-tcu-program1-slice.bin": "Continental",
    "nordic-nrf9160-slm-dk.bin": "Nordic Semiconductor",
    "nordic-nrf9160-slm-icarus.bin": "Nordic Semiconductor",
    "nrf9160-wearable-f1-app.bin": "Nordic Semiconductor",
    "quectel-bc26-opencpu-app.bin": "Quectel",
    "quectel-gs2-fota-package.bin": "Quectel",
    "quectel-gs2-listener-app.bin": "Quectel",
    "quectel-gs2-ztp-http-upgrade-app.bin": "Quectel",
    "quectel-m10-bootloader.bin": "MediaTek",
    "quectel-m26-bootloader.bin": "MediaTek",
    "quectel-m26-opencpu-coin-device.bin": "Quectel",
    "quectel-m66-opencpu-app.bin": "Quectel",
    "quectel-m66-opencpu-app-elf.elf": "Quectel",
    "simcom-a7680c-boot33.bin": "ASR Micro",
    "simcom-a7680c-opensdk-sc-lib.a": "SIMCom",
    "simcom-a7680c-reliabledata.bin": "ASR Micro",
    "simcom-sim7600-sbl1.mbn": "Qualcomm",
    "simcom-sim800c-eat-bootloader.bin": "MediaTek",
}
_SHORT = {"MeiG Smart": "MeiG", "Nordic Semiconductor": "Nordic"}


class Told(NamedTuple):
    """What one file's truth is and what was said: makers by role, grades of programs."""

    path: str
    truth: dict[str, Any]
    makers: dict[str, set[str]]
    grades: set[str]

    @property
    def wrong(self) -> set[str]:
        """Makers of modules that the file is not of."""
        return {maker for maker in self.makers["module"] if _SHORT.get(maker, maker) != self.truth["vendor"]}

    @property
    def named(self) -> bool:
        return MAKERS.get(self.path) in self.makers["module"] | self.makers["chipset"]

    @property
    def reads_and_sends(self) -> bool:
        return bool(self.truth["reads"] and self.truth["sends"])

    @property
    def quiet(self) -> bool:
        return not (self.grades or any(self.makers.values()))


def measure(corpus: Path) -> list[Told]:
    """Scan every file of the corpus as an asset of its own."""
    rows = [json.loads(line) for line in (corpus / "MANIFEST.jsonl").read_text().splitlines()]
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "a.db"
        scan([corpus / row["path"] for row in rows], database, Plan(jobs=1))
        with Store(database) as store:
            found = list(Reader(store, masked=False).findings())
    return list(_told(rows, found))


def _told(rows: list[dict[str, Any]], found: list[dict[str, Any]]) -> Iterator[Told]:
    for row in rows:
        mine = [one for one in found if one["asset"] == row["path"]]
        makers: dict[str, set[str]] = {"module": set(), "chipset": set(), "host": set()}
        for one in mine:
            if one["kind"] == "module":
                makers[one["facts"]["role"]].add(one["facts"]["vendor"])
        grades = {one["facts"]["grade"] for one in mine if one["kind"] == "program"}
        yield Told(row["path"], row["truth"], makers, grades)


def main() -> None:
    """Print what was told of each file, and the figures."""
    told = measure(Path(sys.argv[1]))
    for one in told:
        print(one.path, {role: sorted(names) for role, names in one.makers.items() if names}, *sorted(one.grades))
    sending = [one for one in told if one.reads_and_sends]
    print(f"maker right: {sum(one.named for one in told)} of {len(MAKERS)}")
    print(f"wrong makers: {sum(len(one.wrong) for one in told)}")
    print(f"code that reads and sends told: {sum(bool(one.grades & set('ABC')) for one in sending)} of {len(sending)}")


if __name__ == "__main__":
    main()
