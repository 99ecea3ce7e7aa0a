"""What is told of SIM cards, held against the truth of a corpus: the table of ``docs/sim.md``.

    python -m tests.studies.sim_study [--corpus FOLDER] [--write]

The truth stands in the corpus's MANIFEST.jsonl. Keys that the files hold are found here with dpkt and by the names of files, apart
from the code under test, and then looked for in the database and in every output.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dpkt
from click.testing import CliRunner

from iotwatch.batch.scan import Plan, scan
from iotwatch.cli import group
from iotwatch.report.reader import Reader
from iotwatch.store import Store
from tests.corpus import FOLDER

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs" / "sim.md"
BEGIN, END = "<!-- made by tests/studies/sim_study.py -->", "<!-- end -->"
LEAKS, BENIGN, PLACES, OTHERS = "leak scenes", "benign scenes", "last places", "refused networks and messages"
NUMBERS, FORMS, KEYS = (
    "numbers of card and device",
    "files named by their form, none of them nothing-seen",
    "keys kept out",
)
_SECRET_FILE = re.compile(r"key|kc|auth|nsc|kausf|opc", re.IGNORECASE)
_VERIFY = frozenset({0x20, 0x24, 0x26, 0x28, 0x2C})
_AUTHENTICATE, _GET_RESPONSE = 0x88, 0xC0

Row = tuple[str, str, bool]
"""What is asked, of which file, and whether the answer is right."""


def score(corpus: Path, folder: Path) -> list[Row]:
    """Scan the corpus and ask of each file what its truth says."""
    entries = [json.loads(line) for line in (corpus / "MANIFEST.jsonl").read_text().splitlines() if line.strip()]
    database = folder / "sim.db"
    scan([corpus / entry["path"] for entry in entries], database, Plan(jobs=1))
    with Store(database) as store:
        reader = Reader(store, masked=False)
        findings = defaultdict(list)
        for row in reader.findings():
            findings[row["asset"]].append(row)
        sources = {Path(row["path"]).name: row for row in store.query("SELECT * FROM sources")}
        verdicts = {row["name"]: row["verdict"] for row in reader.assets()}
        values = defaultdict(set)
        for row in store.query(
            "SELECT asset, observations.value FROM observations JOIN sources ON sources.id = source_id"
        ):
            values[row["asset"]].add(row["value"])
        sent = {row["asset"] for row in store.query("SELECT asset FROM positions WHERE direction = 'up'")}
    rows: list[Row] = []
    for entry in entries:
        name, truth = entry["path"], entry["truth"]
        source = sources[name]
        asset = source["asset"]
        rows += _asked(name, truth, findings[asset], values[asset], any_sent=asset in sent)
        named = source["status"] == "ok" and source["format"] not in ("text", "raw", "unknown")
        rows.append((FORMS, name, named and verdicts.get(asset) != "nothing-seen"))
    held = [database.read_bytes(), *_outputs(database, folder)]
    for entry in entries:
        for key in _keys(corpus / entry["path"]):
            rows.append((KEYS, entry["path"], not any(form in one for form in _forms(key) for one in held)))
    return rows


def _asked(
    name: str, truth: dict[str, Any], findings: list[dict[str, Any]], values: set[str], *, any_sent: bool
) -> Iterator[Row]:
    reports = [row["facts"] for row in findings if row["kind"] == "sim-report"]
    places = {row["facts"]["file"]: row["facts"] for row in findings if row["kind"] == "sim-place"}
    recipient = truth.get("to") or (f"{truth['server']}:{truth['port']}" if "server" in truth else "")
    if recipient:
        yield LEAKS, name, any(_is_leak(one, truth, recipient) for one in reports)
    if truth.get("location") is False or truth.get("location_sent") is False:
        yield BENIGN, name, not any_sent and not any(one["sent"] for one in reports)
    for key, file in (("lai", "LOCI"), ("tai", "EPSLOCI")):
        if key in truth:
            wanted = truth[key]
            area = wanted.get("lac", wanted.get("tac"))
            told = places.get(file, {})
            yield PLACES, name, (told.get("plmn"), told.get("area")) == (wanted["mcc"] + wanted["mnc"], area)
    if "tacs" in truth:
        told = [place["area"] for place in places.get("EPSLOCI", {}).get("places", ())]
        yield PLACES, name, told == truth["tacs"]
    if "LOCI empty" in str(truth):
        yield PLACES, name, not places.keys() & {"LOCI", "EPSLOCI", "PSLOCI", "5GS3GPPLOCI"}
    if "fplmn" in truth:
        yield OTHERS, name, places.get("FPLMN", {}).get("plmns") == truth["fplmn"]
    if "sms_from" in truth:
        told = places.get("SMS", {})
        yield OTHERS, name, (told.get("from"), told.get("text")) == (truth["sms_from"], truth["sms_text"])
    for key in ("iccid", "imsi", "imei", "enabled_iccid"):
        if key in truth:
            yield NUMBERS, name, truth[key] in values


def _is_leak(told: dict[str, Any], truth: dict[str, Any], recipient: str) -> bool:
    if not told["sent"] or told["recipient"] != recipient or told["cells"] != truth.get("cells", []):
        return False
    if "period_s" in truth and abs((told["period_s"] or 0) - truth["period_s"]) > truth["period_s"] * 0.03:
        return False
    if "tar" in truth and told["ordered"]["tar"] != truth["tar"]:
        return False
    wanted = [(truth["latitude"], truth["longitude"])] if "latitude" in truth else []
    places = [(round(one["latitude"], 6), round(one["longitude"], 6)) for one in told.get("places", ())]
    return places == wanted


def _outputs(database: Path, folder: Path) -> Iterator[bytes]:
    for form in ("html", "md", "json"):
        out = folder / f"report.{form}"
        CliRunner().invoke(group, ["--db", str(database), "report", "--unmask", "-o", str(out)])
        yield out.read_bytes()
    out = folder / "export.jsonl"
    CliRunner().invoke(group, ["--db", str(database), "export", "--format", "jsonl", "--unmask", "-o", str(out)])
    yield out.read_bytes()


def _forms(key: bytes) -> list[bytes]:
    """As bytes, as digits, and as the digits of an excerpt of either."""
    digits = [key.hex().encode(), key.hex().upper().encode()]
    return [key, *digits, *(one.hex().encode() for one in digits)]


def _keys(path: Path) -> set[bytes]:
    """Eight bytes or more that a card keeps for itself: PINs that were shown to it, keys that it gave, files of keys."""
    data = path.read_bytes()
    found = set(_tapped(path)) if path.suffix in (".pcap", ".pcapng") else set()
    if path.suffix == ".json":
        held = json.loads(data)
        files = held.get("files", {}) if isinstance(held, dict) else {}
        bodies = [(name, one.get("body")) for name, one in files.items() if isinstance(one, dict)]
        found |= {bytes.fromhex(body) for name, body in bodies if _SECRET_FILE.search(name) and isinstance(body, str)}
    for name, body in re.findall(rb"(?m)^select (\S+)\nupdate_binary ([0-9a-f]+)$", data):
        if _SECRET_FILE.search(name.rpartition(b"/")[2].decode()):
            found.add(bytes.fromhex(body.decode()))
    for command in re.findall(rb'AT\+CSIM=[0-9]+,"?[0-9A-F]{2}20[0-9A-F]{4}08([0-9A-F]{16})', data):
        found.add(bytes.fromhex(command.decode()))
    # A file whose bytes are all alike was never filled.
    return {key for key in found if len(key) >= 8 and len(set(key[1:])) > 2}


def _tapped(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        reader = dpkt.pcap.UniversalReader(file)
        asked = False
        for _, frame in reader:
            at = frame.find(b"\x02\x04\x04")
            command = frame[at + 16 :] if at >= 0 else b""
            if len(command) < 7:
                continue
            if command[1] in _VERIFY:
                yield command[5 : 5 + command[4]]
            elif command[1] == _GET_RESPONSE and asked:
                yield command[5:-2][2:18]
            asked = command[1] == _AUTHENTICATE


def table(rows: list[Row]) -> str:
    """A line for each question: how many were asked, how many answers are right, and the files of the others."""
    lines = ["| asked | of | right | wrong in |", "|---|---|---|---|"]
    for name in (LEAKS, BENIGN, PLACES, OTHERS, NUMBERS, FORMS, KEYS):
        mine = [row for row in rows if row[0] == name]
        wrong = ", ".join(f"`{file}`" for file in dict.fromkeys(file for _, file, right in mine if not right))
        lines.append(f"| {name} | {len(mine)} | {sum(right for *_, right in mine)} | {wrong} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=FOLDER / "sim")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made = table(score(options.corpus, Path(folder)))
    print(made)
    if options.write:
        page = PAGE.read_text(encoding="utf-8")
        head, rest = page.split(BEGIN)
        PAGE.write_text(f"{head}{BEGIN}\n{made}\n{END}{rest.split(END)[1]}", encoding="utf-8")


if __name__ == "__main__":
    main()
