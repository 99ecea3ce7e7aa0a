"""How often chance or other people's numbers become an identity: traffic, Debian packages, benign captures, bare digits.

    python -m tests.studies.false_alarms [--megabytes N] [--digits N] [--only traffic,packages,benign,chance] [--write]

``--write`` puts the tables into ``docs/false-alarms.md``. Traffic is made by
``tests/studies/false_alarm_traffic.py``, seeded; packages
come from Debian by ``apt-get download`` and are scanned as they are, one at a time. All goes through the whole scan and judgement.
Nothing here is a car's device, so every identity number, module, SIM and maker that is told is a false alarm, but for
what a package or capture truly holds (``TRUE``, and the numbers that the corpus' manifest states).
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from iotwatch.batch.scan import Plan, scan
from iotwatch.observe.identifiers import numbers
from iotwatch.store import Store
from tests.corpus import FOLDER
from tests.studies.false_alarm_traffic import write as write_traffic

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs" / "false-alarms.md"
BEGIN, END = "<!-- made by tests/studies/false_alarms.py -->", "<!-- end -->"
PART = 20 << 20
NUMBERS = ("imei", "imsi", "iccid", "eid", "msisdn", "vin")
PACKAGES = (
    *(
        "linux-doc-6.1",
        "libreoffice-core",
        "libwireshark16",
        "python3.11-doc",
        "mariadb-server-core",
        "python3-phonenumbers",
    ),
    *("nmap-common", "iso-codes", "ieee-data", "hwdata", "mobile-broadband-provider-info", "libphonenumber8", "gammu"),
    *(
        "modemmanager",
        "libqmi-utils",
        "libmbim-utils",
        "libqmi-glib5",
        "gpsd",
        "ofono",
        "usb-modeswitch-data",
        "wvdial",
    ),
)
_DRIVES = frozenset({"host freedesktop.org"})
TRUE: dict[str, frozenset[str]] = {
    "modemmanager": _DRIVES | {"host Fibocom", "host Huawei", "host Quectel"},
    "ofono": frozenset({"host oFono project", "host Huawei", "host Quectel"}),
    "gpsd": frozenset({"host gpsd project"}),
    **dict.fromkeys(("libqmi-utils", "libmbim-utils", "libqmi-glib5"), _DRIVES),
}
"""What a package truly is: a program that drives modems is told as a host, with the makers for whose modems it holds code."""


@dataclass
class Told:
    """What the scan of one corpus told: bytes, findings of identity by confidence, the wrong ones in words."""

    name: str
    size: int = 0
    seconds: float = 0.0
    numbers: Counter[str] = field(default_factory=Counter)
    certain: int = 0
    devices: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def add(self, other: Told) -> None:
        self.size += other.size
        self.seconds += other.seconds
        self.numbers += other.numbers
        self.certain += other.certain
        self.devices += other.devices
        self.wrong += other.wrong

    @property
    def rate(self) -> float:
        """Wrong identity numbers of any confidence in 100 MB."""
        return sum(self.numbers.values()) / max(self.size, 1) * 1e8


def look(paths: Iterable[Path], name: str, true: frozenset[str] = frozenset()) -> Told:
    """Scan ``paths``, each an asset of its own, and count what is told of identity and is not in ``true``."""
    told = Told(name)
    started = time.process_time()
    with tempfile.TemporaryDirectory() as scratch:
        database = Path(scratch) / "case.db"
        known = list(paths)
        told.size = sum(path.stat().st_size for path in known)
        scan(known, database, Plan(jobs=1))
        with Store(database) as store:
            rows = store.query("SELECT asset, kind, subject, confidence, facts FROM findings ORDER BY id")
            unread = store.query("SELECT path, status, reason FROM sources WHERE status NOT IN ('ok', 'skipped')")
            said = store.query("SELECT kind, value FROM observations WHERE kind = 'msisdn'")
    for row in rows:
        facts = json.loads(row["facts"])
        if row["kind"] == "identity":
            shown = f"{facts['kind']} {facts['value']}"
            if shown not in true and facts["value"] not in true:
                told.numbers[facts["kind"]] += 1
                told.certain += row["confidence"] == "certain"
                told.wrong.append(f"{row['asset']}: {row['confidence']} {shown}")
        elif row["kind"] in ("module", "vendor", "sim", "operator"):
            shown = f"{facts.get('role', row['kind'])} {facts.get('vendor', row['subject'])}"
            if shown not in true:
                told.devices[shown] += 1
                told.certain += row["confidence"] == "certain"
                told.wrong.append(f"{row['asset']}: {row['confidence']} {shown}")
    told.wrong += [f"not read whole: {row}" for row in unread]
    for row in said:
        if row["value"] not in true:
            told.numbers["msisdn"] += 1
            told.wrong.append(f"msisdn {row['value']}")
    told.seconds = time.process_time() - started
    return told


def traffic(megabytes: int, seed: int = 1) -> Told:
    """Made traffic in parts, each a capture of its own."""
    total = Told(f"made traffic, {megabytes} MB")
    with tempfile.TemporaryDirectory() as scratch:
        capture = Path(scratch) / "traffic.pcap"
        for part in range(max(1, (megabytes << 20) // PART)):
            write_traffic(seed + part, min(PART, megabytes << 20), capture)
            total.add(look([capture], ""))
    return total


def packages(names: Iterable[str] = PACKAGES) -> Iterator[Told]:
    """Debian packages, fetched and scanned one after the other; the size is that of what is inside them."""
    for name in names:
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            shutil.chown(folder, "_apt") if os.geteuid() == 0 else None
            if subprocess.run(
                ["apt-get", "download", "-q", name], cwd=folder, check=False, capture_output=True
            ).returncode:
                print(f"{name}: could not be fetched", file=sys.stderr)
                continue
            (package,) = folder.glob("*.deb")
            told = look([package], f"{name} {package.name.split('_')[1]}", TRUE.get(name, frozenset()))
            told.size = _inside(package)
            yield told


def _inside(package: Path) -> int:
    listed = subprocess.run(["dpkg-deb", "-c", package], check=True, capture_output=True, text=True).stdout
    return sum(int(row.split()[2]) for row in listed.splitlines() if row.startswith("-"))


def benign(corpus: Path) -> Told:
    """The corpus' benign captures, but for the numbers that its manifest states."""
    folder = corpus / "pcap" / "benign"
    stated = set()
    for row in (corpus / "pcap" / "MANIFEST.jsonl").read_text().splitlines():
        entry = json.loads(row)
        if entry["path"].startswith("benign/"):
            truth = entry.get("truth") or {}
            stated |= {
                str(one).removeprefix("tel:")
                for key in ("e212.imsi", "gsm_a.imeisv", "e164.msisdn")
                for one in truth.get(key, ())
            }
    return look(sorted(folder.iterdir()), "benign captures", frozenset(stated))


@dataclass(frozen=True)
class Chance:
    """How many of ``written`` random words in one form and surrounding were ``taken`` for a number, and how many surely."""

    form: str
    way: str
    written: int
    taken: int
    sure: int


DIGITS = "0123456789"
FORMS = (
    ("15 digits", DIGITS, 15, "imei"),
    ("17 capitals and digits", "ABCDEFGHJKLMNPRSTUVWXYZ0123456789", 17, "vin"),
    ("19 digits", DIGITS, 19, "iccid"),
    ("20 digits", DIGITS, 20, "iccid"),
)
WAYS = (
    ("each alone in a text", "order={}\n", 1),
    ("a column of a thousand", "{}\n", 1000),
    ("behind the words imei=, vin=, iccid=", "{key}={}\n", 1),
)
BLOCK = 100_000


def chance(count: int, seed: int = 5) -> list[Chance]:
    """``count`` random words of each form, written in each way."""
    rng = random.Random(seed)
    totals = {(form[0], way[0]): [0, 0] for form in FORMS for way in WAYS}
    for form, letters, size, key in FORMS:
        for first in range(0, count, BLOCK):
            here = min(BLOCK, count - first)
            joined = "".join(rng.choices(letters, k=size * here))
            words = [joined[at : at + size] for at in range(0, len(joined), size)]
            for way, text, column in WAYS:
                for at in range(0, here, column):
                    data = "".join(text.format(word, key=key) for word in words[at : at + column]).encode()
                    for number in numbers(data):
                        totals[form, way][0] += 1
                        totals[form, way][1] += number.keyed and number.checked
    return [Chance(form, way, count, taken, sure) for (form, way), (taken, sure) in totals.items()]


def corpora_table(told: list[Told]) -> str:
    rows = [
        "| scanned | MB | CPU s | wrong identity numbers | in 100 MB | certain | wrong modules, SIMs and makers |",
        "|---|---|---|---|---|---|---|",
    ]
    for one in told:
        shown = ", ".join(f"{count} {kind}" for kind, count in sorted(one.numbers.items())) or "0"
        wrong = ", ".join(f"{count} {name}" for name, count in sorted(one.devices.items())) or "0"
        rows.append(
            f"| {one.name} | {one.size / 1e6:.1f} | {one.seconds:.0f} | {shown} | {one.rate:.2f} | {one.certain} | {wrong} |"
        )
    return "\n".join(rows)


def chance_table(rows: list[Chance]) -> str:
    lines = ["| random words | written | taken for a number | share | of these likely |", "|---|---|---|---|---|"]
    for one in rows:
        share = f"{one.taken / one.written:.4%}"
        lines.append(f"| {one.form}, {one.way} | {one.written:,} | {one.taken:,} | {share} | {one.sure:,} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=500, help="of made traffic")
    parser.add_argument("--digits", type=int, default=2_500_000, help="random words of each of four forms")
    parser.add_argument("--only", default="traffic,packages,benign,chance")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/false-alarms.md")
    chosen = parser.parse_args()
    parts = chosen.only.split(",")
    if chosen.write and chosen.only != parser.get_default("only"):
        parser.error("--write needs all parts")
    told: list[Told] = []
    if "traffic" in parts:
        told.append(traffic(chosen.megabytes))
    if "packages" in parts:
        each = list(packages())
        total = Told(f"{len(each)} Debian packages")
        for one in each:
            total.add(one)
        told += [total, *each]
    if "benign" in parts:
        told.append(benign(FOLDER))
    tables = [corpora_table(told)] if told else []
    if "chance" in parts:
        tables.append(chance_table(chance(chosen.digits)))
    print("\n\n".join(tables))
    print(*(row for one in told for row in one.wrong), sep="\n", file=sys.stderr)
    if chosen.write:
        head, _, rest = PAGE.read_text().partition(BEGIN)
        made = "\n\n".join((BEGIN, *tables, END))
        PAGE.write_text(head + made + rest.partition(END)[2])


if __name__ == "__main__":
    main()
