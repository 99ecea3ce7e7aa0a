"""How much of the identity corpus is found: vendor, model, firmware version and numbers of real AT, USB and host logs.

Reads each log under a name that says nothing (file names of the corpus name the maker), prints the table, and with
``--write`` puts it into ``docs/identity.md``.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from iotwatch.batch.scan import Plan, scan
from iotwatch.store import Store
from tests.corpus import FOLDER

ROOT = Path(__file__).resolve().parent.parent.parent
GOALS = {"vendor": 0.97, "model": 0.97, "firmware": 0.95, "imei": 0.98, "iccid": 0.98, "imsi": 0.98, "negatives": 1.0}


def plain(text: object) -> str:
    return "".join(character for character in str(text or "").lower() if character.isalnum())


def compare(truth: dict[str, Any], modules: list[dict[str, Any]], found: dict[str, set[str]]) -> dict[str, bool]:
    """Which of the truths that are told were found; a measure that the log does not prove is left out."""
    results: dict[str, bool] = {}
    if truth["role"] == "none":
        return {"negatives": not modules}
    for wanted in truth.get("modules", ()):
        if wanted["vendor"]:
            results["vendor"] = any(row["vendor"] == wanted["vendor"] for row in modules)
        if wanted["model"]:
            results["model"] = any(
                plain(row["model"])
                and (plain(row["model"]) in plain(wanted["model"]) or plain(wanted["model"]) in plain(row["model"]))
                for row in modules
            )
        if wanted["firmware_version"]:
            results["firmware"] = any(row["firmware_version"] == wanted["firmware_version"] for row in modules)
    for kind in ("imei", "iccid", "imsi"):
        if truth.get(kind):
            results[kind] = any(row[kind] == truth[kind] for row in modules)
    for kind, field in (("apn", "apn"), ("operator", "operator")):
        if truth.get(field):
            results[kind] = any(plain(truth[field]) == plain(value) for value in found.get(kind, ()))
    if truth.get("servers"):
        results["servers"] = all(
            any(server in value for value in found.get("at.server", ())) for server in truth["servers"]
        )
    if truth.get("usb"):
        results["usb"] = set(truth["usb"]) <= found.get("usb.id", set())
    return results


Change = Callable[[bytes, dict[str, Any]], tuple[bytes, dict[str, Any]]]
"""A log and its truth -> the same written another way, with the truth of that."""


def same(log: bytes, truth: dict[str, Any]) -> tuple[bytes, dict[str, Any]]:
    return log, truth


def measure(
    folder: Path, change: Change = same, chosen: Callable[[int, str], bool] = lambda number, path: True
) -> tuple[Counter[str], Counter[str], list[str]]:
    """Right and asked per measure, and what was missed; each of the logs that ``chosen`` takes, as ``change`` writes it."""
    right: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    missed: list[str] = []
    entries = [json.loads(line) for line in (folder / "MANIFEST.jsonl").read_text().splitlines() if line.strip()]
    entries = [one for number, one in enumerate(entries) if chosen(number, one["path"])]
    with tempfile.TemporaryDirectory() as scratch:
        logs = Path(scratch) / "logs"
        logs.mkdir()
        names = {}
        for number, entry in enumerate(entries):
            name = f"{number:03}.log"
            log, truth = change((folder / entry["path"]).read_bytes(), entry["truth"])
            (logs / name).write_bytes(log)
            names[name] = {**entry, "truth": truth}
        scan([logs], Path(scratch) / "case.db", Plan(jobs=1))
        with Store(Path(scratch) / "case.db") as store:
            modules = store.query("SELECT * FROM modules")
            observations = store.query(
                "SELECT sources.asset AS asset, observations.kind AS kind, observations.value AS value FROM observations"
                " JOIN sources ON sources.id = observations.source_id"
            )
            positions = store.query("SELECT asset, latitude, longitude FROM positions WHERE latitude IS NOT NULL")
    for name, entry in names.items():
        mine = [row for row in modules if row["asset"].endswith(name)]
        found: dict[str, set[str]] = {}
        for row in observations:
            if row["asset"].endswith(name):
                found.setdefault(row["kind"], set()).add(row["value"])
        results = compare(entry["truth"], mine, found)
        places = [(row["latitude"], row["longitude"]) for row in positions if row["asset"].endswith(name)]
        for latitude, longitude in entry["truth"].get("positions", ()):
            results["positions"] = any(abs(a - latitude) < 1e-4 and abs(b - longitude) < 1e-4 for a, b in places)
        for measure_name, good in results.items():
            asked[measure_name] += 1
            right[measure_name] += good
            if not good:
                shown = [
                    {key: row[key] for key in ("vendor", "model", "firmware_version", "role", "imei", "confidence")}
                    for row in mine
                ]
                missed.append(f"{measure_name}: {entry['path']}: {shown}")
    return right, asked, missed


def table(right: Counter[str], asked: Counter[str]) -> str:
    lines = ["| measure | found | of | share | goal |", "|---|---|---|---|---|"]
    for name in asked:
        goal = f"{GOALS[name]:.0%}" if name in GOALS else ""
        lines.append(f"| {name} | {right[name]} | {asked[name]} | {right[name] / asked[name]:.1%} | {goal} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the table into docs/identity.md")
    chosen = parser.parse_args()
    right, asked, missed = measure(FOLDER / "serial")
    print(table(right, asked))
    print("\n".join(missed))
    if chosen.write:
        page = ROOT / "docs" / "identity.md"
        text = page.read_text() if page.exists() else ""
        head, mark, _ = text.partition("<!-- measured -->")
        page.write_text(f"{head}{mark or '<!-- measured -->'}\n\n{table(right, asked)}\n")


if __name__ == "__main__":
    main()
