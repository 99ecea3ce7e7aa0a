"""Modems' logs, and places in QMI and MBIM, against the truth that stands beside the corpus.

``python -m tests.studies.diagnostics_study`` prints the table of ``docs/diagnostics.md``. What a file holds is said by its
manifest; identities and cells are held against tshark's own reading of the same recording.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from iotwatch.batch.scan import Plan, scan
from iotwatch.open.pipeline import Job, analyse
from iotwatch.place.replay import Replay
from iotwatch.read.diagnostics import by_code, from_hdlc
from iotwatch.read.stream import from_bytes
from iotwatch.signatures import load
from iotwatch.store import Store
from iotwatch.store.rows import Analysis
from iotwatch.unpack import EVERY_STEP
from iotwatch.words.measures import Measure
from tests.corpus import FOLDER

_NEAR = 1e-6


class Row(NamedTuple):
    """What is asked of a file, what its truth says and what was found."""

    file: str
    asked: str
    truth: Any
    found: Any

    @property
    def holds(self) -> bool:
        return bool(self.truth == self.found)


def rows(folder: Path = FOLDER / "diag") -> Iterator[Row]:
    """Everything that the manifest says and that can be measured."""
    manifest = [json.loads(line) for line in (folder / "MANIFEST.jsonl").read_text().splitlines()]
    found = {one["path"]: analyse(Job(str(folder / one["path"]), "car"), load()) for one in manifest}
    for one in manifest:
        name, truth = one["path"], one["truth"]
        yield from _of_file(folder / name, truth, found[name])
    yield from _alike(folder, manifest, found)
    yield from _verdicts(folder, manifest)


def _of_file(path: Path, truth: dict[str, Any], found: Analysis) -> Iterator[Row]:
    name, source = path.name, found.source
    if "frames" in truth:
        yield Row(name, "frames", truth["frames"], source.packets)
    if "codes" in truth:
        counts = by_code(from_hdlc(from_bytes(path.read_bytes())).codes)
        yield Row(name, "packets by code", truth["codes"], {code: counts[int(code, 16)] for code in truth["codes"]})
    local = [one for one in found.positions if one.direction == "local" and one.latitude is not None]
    sent = [one for one in found.positions if one.direction == "up" and one.latitude is not None]
    if "fixes" in truth:
        yield Row(name, "places that the modem knew", truth["fixes"], len(local))
        yield from _ends(name, truth, local)
    if "positions" in truth and truth.get("direction") == "up":
        yield Row(name, "places sent", truth["positions"], len(sent))
        yield from _ends(name, truth, sent)
        far = {(one.server, one.server_port, one.transport) for one in sent}
        yield Row(name, "far end", {(truth["server"], truth["port"], truth["transport"].lower())}, far)
        yield Row(name, "whose", {truth["imei"]}, {one.reported_id for one in sent})
    if "bad_frames" in truth:
        broken = sum(row.value for row in found.coverage if row.measure is Measure.DIAG_BROKEN)
        yield Row(
            name, "broken frames told", (truth["bad_frames"], truth["truncated"]), (broken, len(source.damage) > 1)
        )
    if name.startswith("uim"):
        told = {one.value for one in found.observations if one.kind == "sim.told"}
        cells = {f"{one['mcc']}{one['mnc']}-{one['lac']}-{one['ci']}" for one in truth["cells"]}
        yield Row(name, "cells that the card was told", cells, told)
    if "usb" in truth:
        yield Row(
            name, "device", True, truth["usb"] in {one.value for one in found.observations if one.kind == "usb.id"}
        )
    if "first" in truth and isinstance(truth["first"], str) and source.first is not None:
        yield Row(name, "first time", truth["first"][:23], f"{_iso(source.first)[:23]}")
    evidence = [one.evidence for one in (*found.positions, *found.observations)]
    if evidence:
        with path.open("rb") as file:
            replay = Replay(file, EVERY_STEP)
            good = sum(replay.result(one.place)[: len(one.excerpt)] == one.excerpt for one in evidence)
        yield Row(name, "evidence that replays", len(evidence), good)


def _iso(micros: int) -> str:
    from iotwatch.model import iso

    return str(iso(micros))


def _ends(name: str, truth: dict[str, Any], found: list[Any]) -> Iterator[Row]:
    for which, one in (("first", found[:1]), ("last", found[-1:])):
        place = truth.get(which)
        if isinstance(place, list) and one:
            apart = max(abs(one[0].latitude - place[0]), abs(one[0].longitude - place[1]))
            yield Row(name, f"{which} place within {_NEAR}", True, apart <= _NEAR)


def _alike(folder: Path, manifest: list[dict[str, Any]], found: dict[str, Analysis]) -> Iterator[Row]:
    """The same recording in two forms, and what tshark reads in those that it can open."""
    for name in sorted(found):
        other = str(Path(name).with_suffix(".qmdl"))
        if name.endswith(".dlf") and other in found:
            mine, theirs = ([(p.latitude, p.longitude, p.time) for p in found[one].positions] for one in (name, other))
            yield Row(name, f"the same as {other}", theirs[: len(mine)], mine)
        if name.endswith(".pcap") and other in found:
            for kind in ("imsi", "cell"):
                sets = [{o.value for o in found[one].observations if o.kind == kind} for one in (name, other)]
                yield Row(other, f"{kind}: the same as {name}", *map(len, sets) if sets[0] == sets[1] else sets)
            asked = _tshark(folder / name, "e212.imsi")
            held = {o.value for o in found[other].observations if o.kind == "imsi"}
            yield Row(other, "IMSI: the same as tshark's", len(asked), len(held) if held == asked else -1)
    for one in manifest:
        if "tacs" in one["truth"]:
            cells = {o.value for o in found[one["path"]].observations if o.kind == "cell"}
            yield Row(one["path"], "cells", one["truth"]["cells"], len(cells))
            areas = sorted({f"{int(cell.split('-')[2]):04x}" for cell in cells})
            yield Row(one["path"], "tracking areas", one["truth"]["tacs"], areas)


def _tshark(path: Path, field: str) -> set[str]:
    run = subprocess.run(
        ["tshark", "-r", str(path), "-T", "fields", "-e", field], capture_output=True, text=True, check=False
    )
    return {value for line in run.stdout.splitlines() for value in line.split(",") if value}


def _verdicts(folder: Path, manifest: list[dict[str, Any]]) -> Iterator[Row]:
    """No log ends as one in which nothing was seen, or as firmware."""
    with tempfile.TemporaryDirectory() as scratch:
        database = Path(scratch) / "found.db"
        scan([folder / one["path"] for one in manifest], database, Plan(jobs=1))
        with Store(database) as store:
            verdicts = Counter(str(row["verdict"]) for row in store.query("SELECT verdict FROM assets"))
            kinds = Counter(str(row["kind"]) for row in store.query("SELECT kind FROM sources"))
    yield Row("all", "files that end nothing-seen", 0, verdicts["nothing-seen"])
    yield Row("all", "files taken for firmware", 0, kinds["firmware"])
    yield Row("all", "files named as a modem's log or a capture", len(manifest), kinds["capture"])


def main() -> None:
    told = list(rows())
    print("| file | asked | truth | found | |\n|---|---|---|---|---|")
    for row in told:
        # Whose recording it is, is nobody's business here: numbers of strangers are counted, never printed.
        print(
            f"| {row.file} | {row.asked} | {_short(row.truth)} | {_short(row.found)} | {'yes' if row.holds else '**no**'} |"
        )
    print(f"\n{sum(row.holds for row in told)} of {len(told)} hold.")


def _short(value: Any) -> str:
    if isinstance(value, set):
        return ", ".join(sorted(_short(one) for one in value))
    if isinstance(value, tuple):
        return " ".join(map(str, value))
    if isinstance(value, dict):
        return ", ".join(f"{key} {one}" for key, one in value.items())
    if isinstance(value, list):
        return f"{len(value)} rows" if value and isinstance(value[0], tuple) else ", ".join(map(str, value))
    return str(value)


if __name__ == "__main__":
    main()
