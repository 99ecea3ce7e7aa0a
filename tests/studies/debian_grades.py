"""Grades the programs of Debian's packages: ordinary software must get no A and no B.

``python -m tests.studies.debian_grades FOLDER [FIRST LAST]`` downloads packages with ``apt-get download`` into FOLDER (what is
there already is kept), scans each as an asset of its own, and prints every program of grade A or B and the figures. FIRST and
LAST take a slice of the list, which is the same on every run: packages of priority required, important and standard of the
release that ``apt`` knows here, then ``COMMON``, then ``MODEM``. What is popular (popcon) is no file of the archive:
``debian_packages.toml`` names what its lists have had at their head for years.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from iotwatch.batch.scan import Plan, scan
from iotwatch.report.reader import Reader
from iotwatch.store import Store

PRIORITIES = frozenset({"required", "important", "standard"})
_LISTS = tomllib.loads(Path(__file__).with_name("debian_packages.toml").read_text())
COMMON, MODEM = _LISTS["common"].split(), _LISTS["modem"].split()


class Graded(NamedTuple):
    """A program of one package, with its grade."""

    package: str
    grade: str
    title: str


def packages() -> list[str]:
    """The names that the release has, each once, in a steady order."""
    listed = subprocess.run(["apt-cache", "dumpavail"], check=True, capture_output=True, text=True).stdout
    priority = {}
    for stanza in listed.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in stanza.splitlines() if ": " in line and not line.startswith(" "))
        priority[fields.get("Package", "")] = fields.get("Priority")
    first = sorted(name for name, known in priority.items() if known in PRIORITIES)
    return [name for name in dict.fromkeys([*first, *COMMON, *MODEM]) if name in priority]


def fetched(names: list[str], folder: Path) -> list[Path]:
    """The packages' files, downloaded where they are not there."""
    missing = [name for name in names if not any(folder.glob(f"{name}_*.deb"))]
    if missing:
        subprocess.run(["apt-get", "download", "-qq", *missing], cwd=folder, check=True)
    return [file for name in names for file in sorted(folder.glob(f"{name}_*.deb"))[:1]]


def graded(files: list[Path]) -> Iterator[Graded]:
    """The programs of all packages, each package an asset."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "a.db"
        scan(files, database, Plan(jobs=1))
        with Store(database) as store:
            for row in Reader(store, masked=False).findings():
                if row["kind"] == "program":
                    yield Graded(row["asset"].partition("_")[0], row["facts"]["grade"], row["title"])


def main() -> None:
    """Scan the slice and print what was accused."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    names = packages()
    first, last = (int(sys.argv[2]), int(sys.argv[3])) if len(sys.argv) > 3 else (0, len(names))
    files = fetched(names[first:last], folder)
    found = list(graded(files))
    for one in found:
        if one.grade in "AB":
            print(f"{one.grade} {one.package}: {one.title}")
    grades = Counter(one.grade for one in found)
    print(
        f"{len(files)} of {len(names[first:last])} packages, {sum(file.stat().st_size for file in files)} bytes: {dict(grades)}"
    )


if __name__ == "__main__":
    main()
