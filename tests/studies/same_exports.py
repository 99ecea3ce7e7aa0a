"""Do two revisions say the same of the same inputs? What differs must be a fault that was cured, and stand in a list.

    python -m tests.studies.same_exports REVISION [--only NAME ...] [--write]

``REVISION`` is checked out beside this tree; both scan the development corpus (``IOTWATCH_CORPUS``) and ``captures/``, one
folder a database. Compared are ``export --format jsonl --unmask`` line by line, the verdicts, and of every source its kind,
format, vantage and status. ``--write`` puts the table into ``docs/same-exports.md``. Exit 1: something differs that no
entry of ``CURED`` explains.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from tests.corpus import FOLDER

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "same-exports.md"
# Inputs made to exhaust memory or time: what comes out depends on the machine.
_LEFT_OUT = ("attack",)
_SECONDS = 900

Key = tuple[str, ...]
Rows = dict[Key, dict[str, Any]]


class Difference(NamedTuple):
    """One row that only one revision has, or that both have with other values; ``fields`` names those."""

    folder: str
    table: str
    key: Key
    before: dict[str, Any] | None
    after: dict[str, Any] | None

    @property
    def fields(self) -> frozenset[str]:
        if self.before is None or self.after is None:
            return frozenset({"gone" if self.after is None else "new"})
        return frozenset(name for name in self.before | self.after if self.before.get(name) != self.after.get(name))


class Cured(NamedTuple):
    """A fault whose cure changes what is said: its name, and whether a difference comes from it."""

    fault: str
    explains: Callable[[Difference], bool]


def _source(difference: Difference, *fields: str) -> bool:
    return difference.table == "sources" and difference.fields <= frozenset(fields)


def _after(difference: Difference, field: str) -> Any:
    return (difference.after or {}).get(field)


def _told_as_images(one: Difference) -> bool:
    """A form that was taken for an image: now a capture, read or told as not read, and so no clean verdict and no code in it."""
    if one.table == "sources":
        return _after(one, "kind") == "capture" and (one.before or {}).get("kind") == "firmware"
    if one.table == "verdicts":
        return _after(one, "verdict") == "not-enough-data" and (one.before or {}).get("verdict") in (
            None,
            "nothing-seen",
        )
    return one.fields == {"gone"} and one.key[0].endswith((".qmdl", ".dlf", ".mi2log", ".sdm"))


CURED: tuple[Cured, ...] = (
    Cured("where a capture was taken is told by its link types and GSMTAP", lambda one: _source(one, "vantage")),
    Cured("what was skipped is no firmware", lambda one: _source(one, "kind") and _after(one, "kind") == "unknown"),
    Cured("snoop, btsnoop and forms that nobody reads were taken for images", _told_as_images),
    Cured(
        "packets of a link type that nobody reads are told, and the capture is not whole",
        lambda one: _source(one, "complete", "status", "vantage") and _after(one, "status") == "partial",
    ),
    Cured(
        "ICCIDs with letters are read; numbers under no country's code are no IMSI; fillers are no IMEI",
        lambda one: (
            one.table == "findings"
            and (_title(one).startswith(("ICCID", "IMSI", "IMEI")) or "iccid" in str(_after(one, "facts")))
        ),
    ),
    Cured(
        "a wide cell identity needs no area code",
        lambda one: _title(one) == "Cell list seen on a local wire (nto)",
    ),
    Cured(
        "a place of a dialect written as data is evidenced by its own bytes and not by the whole frame",
        lambda one: one.table == "findings" and one.fields == {"evidence"} and one.folder == "positions",
    ),
)


def _title(one: Difference) -> str:
    return str((one.after or one.before or {}).get("title", ""))


def folders(corpus: Path) -> Iterator[Path]:
    """The folders that are scanned, each into a database of its own."""
    for folder in sorted(corpus.iterdir()):
        if not folder.is_dir():
            continue
        if any((folder / name).is_dir() for name in _LEFT_OUT):
            yield from (one for one in sorted(folder.iterdir()) if one.is_dir() and one.name not in _LEFT_OUT)
        else:
            yield folder


def scanned(code: Path, folder: Path, database: Path) -> dict[str, Rows]:
    """What the code in ``code`` says of ``folder``: findings, verdicts and sources, by what stays the same over runs."""
    environment = {**os.environ, "PYTHONPATH": str(code), "PYTHONDONTWRITEBYTECODE": "1"}

    def run(*arguments: str) -> str:
        command = [sys.executable, "-m", "iotwatch", "--db", str(database), "-q", *arguments]
        done = subprocess.run(
            command, cwd=folder.parent, env=environment, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
        if done.returncode in (2, 70):
            raise SystemExit(f"{' '.join(arguments)} ended with {done.returncode}: {done.stderr[-2000:]}")
        return done.stdout

    run("scan", "--exit-zero", folder.name)
    lines = [json.loads(line) for line in run("export", "--format", "jsonl", "--unmask").splitlines()]
    with closing(sqlite3.connect(database)) as connection:
        connection.row_factory = sqlite3.Row
        verdicts = connection.execute("SELECT name, verdict, verdict_reason FROM assets")
        sources = connection.execute(
            "SELECT asset, path, kind, format, vantage, status, packets, complete FROM sources"
        )
        return {
            "findings": {(line["asset"], line["fingerprint"]): line for line in lines},
            "verdicts": {(row["name"],): dict(row) for row in verdicts},
            "sources": {(row["asset"], row["path"]): dict(row) for row in sources},
        }


def differences(folder: str, before: dict[str, Rows], after: dict[str, Rows]) -> Iterator[Difference]:
    """The rows in which two revisions differ."""
    for table, rows in before.items():
        for key in sorted(rows.keys() | after[table].keys()):
            old, new = rows.get(key), after[table].get(key)
            if old != new:
                yield Difference(folder, table, key, old, new)


def explained(difference: Difference) -> str:
    """The cured fault that a difference comes from, or nothing."""
    return next((cured.fault for cured in CURED if cured.explains(difference)), "")


def _told(difference: Difference) -> str:
    lines = [
        f"{difference.folder} {difference.table} {' '.join(difference.key)}: {', '.join(sorted(difference.fields))}"
    ]
    for name in sorted(difference.fields - {"evidence"}):
        old, new = (json.dumps((row or {}).get(name), ensure_ascii=False)[:300] for row in difference[3:])
        if name in ("gone", "new"):
            row = difference.before or difference.after or {}
            lines.append(f"    {row.get('title') or row.get('verdict') or row.get('format')}")
        else:
            lines.append(f"    {name}: {old} -> {new}")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("revision")
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    unexplained: list[Difference] = []
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    with tempfile.TemporaryDirectory(prefix="iotwatch-") as scratch:
        old = Path(scratch, "before")
        subprocess.run(
            ["git", "-C", str(ROOT), "worktree", "add", "-q", "--detach", str(old), arguments.revision], check=True
        )
        try:
            for folder in (*folders(FOLDER), ROOT / "captures"):
                name = str(folder.relative_to(FOLDER)) if folder.is_relative_to(FOLDER) else folder.name
                if arguments.only and name not in arguments.only:
                    continue
                results = [
                    scanned(code, folder, Path(scratch, f"{name.replace('/', '-')}-{word}.db"))
                    for word, code in (("before", old), ("after", ROOT))
                ]
                counts[name]["rows"] = sum(map(len, results[0].values()))
                for one in differences(name, *results):
                    fault = explained(one)
                    counts[name][fault or "unexplained"] += 1
                    if not fault:
                        unexplained.append(one)
                        print(_told(one), flush=True)
        finally:
            subprocess.run(["git", "-C", str(ROOT), "worktree", "remove", "--force", str(old)], check=True)
    page = _page(arguments.revision, counts)
    print(page)
    if arguments.write:
        PAGE.write_text(page, encoding="utf-8")
    return 1 if unexplained else 0


def _page(revision: str, counts: dict[str, Counter[str]]) -> str:
    faults = [cured.fault for cured in CURED]
    lines = [
        "# What two revisions say of the same inputs",
        "",
        f"Made by `python -m tests.studies.same_exports {revision} --write`: findings with their evidence, verdicts and",
        f"sources of the development corpus and of `captures/`, {revision} beside this tree.",
        "",
        "| folder | rows | equal | cured | unexplained |",
        "|---|---|---|---|---|",
    ]
    for name, count in counts.items():
        cured = sum(count[fault] for fault in faults)
        equal = count["rows"] - cured - count["unexplained"]
        lines.append(f"| {name} | {count['rows']} | {max(0, equal)} | {cured} | {count['unexplained']} |")
    lines += ["", "| cured fault | rows that it changed |", "|---|---|"]
    lines += [f"| {fault} | {sum(count[fault] for count in counts.values())} |" for fault in dict.fromkeys(faults)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
