"""What is told of item trackers, held against the corpus' own truth: ``python -m tests.studies.tag_study [--write]``.

The truth is the corpus' MANIFEST: networks, states, addresses, who follows, phases. Where it names phases, a case notes them. A
row of the page is a question; how many files answer it as the truth does, and which do not.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from iotwatch.batch.scan import Plan, scan
from iotwatch.files.case import Case, Phase
from iotwatch.report.reader import Reader
from iotwatch.store import Store
from tests.corpus import FOLDER

PAGE = Path(__file__).parents[2] / "docs" / "tags.md"
BEGIN, END = "<!-- study -->\n", "<!-- /study -->"
Truth = dict[str, Any]
_ALARMS = ("medium", "high", "critical")
# The truth's words for the state: those of the networks, and of the forms that look alike.
_STATES = {
    "separated": "separated",
    "overmature-offline": "separated",
    "offline": "separated",
    "near-owner": "near",
    "near": "near",
    "connected": "near",
    "premature-offline": "near",
    "unknown": "unknown",
    "apple device (type bits 0)": "unknown",
    "separated layout, status 0x00": "separated",
}


class Told(NamedTuple):
    """What a scan said of one file: its source, the tags, and coverage by measure."""

    source: dict[str, Any]
    tags: list[dict[str, Any]]
    coverage: dict[str, float]

    @property
    def following(self) -> list[dict[str, Any]]:
        return [row["facts"] for row in self.tags if row["facts"]["follows"]]


def scanned(path: Path, truth: Truth) -> Told:
    """Scan one file, with the phases of its truth as a case."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "a.db"
        scan([path], database, Plan(asset="car", jobs=1))
        if truth.get("phases"):
            with Store(database) as store:
                begun = datetime.fromisoformat(store.query("SELECT first_seen AS t FROM sources")[0]["t"])
            phases = tuple(
                Phase(one["name"], begun + timedelta(seconds=one["from_s"]), begun + timedelta(seconds=one["to_s"] + 1))
                for one in truth["phases"]
            )
            database = Path(folder) / "b.db"
            scan([path], database, Plan.of_sweep(Case(asset="car", phases=phases), jobs=1))
        with Store(database) as store:
            (source,) = store.query("SELECT * FROM sources")
            rows = store.query("SELECT measure, sum(value) AS n FROM coverage GROUP BY measure")
            tags = [row for row in Reader(store, masked=False).findings() if row["kind"] == "tag"]
    return Told(source, tags, {row["measure"]: row["n"] for row in rows})


def _is_read(truth: Truth, told: Told) -> bool:
    return (told.source["vantage"], told.source["kind"]) == ("bluetooth", "capture") and told.source["status"] == "ok"


def _known(truth: Truth, told: Told) -> bool | None:
    """Network and state of each tag of the truth, among those told; what has no state in the truth may have any."""
    if not truth["trackers"]:
        return None
    said = [(row["facts"]["network"], row["facts"]["state"]) for row in told.tags]
    wanted = [(one["network"], _STATES[one["state"]] if "state" in one else None) for one in truth["trackers"]]
    return all(any(net == network and state in (None, found) for net, found in said) for network, state in wanted)


def _exact(truth: Truth, told: Told) -> bool:
    """As many tags go along as the truth says, by the addresses that it names; others stay behind, as many as it says."""
    wanted = truth["trackers"]
    if len(told.following) != len(wanted):
        return False
    named = sorted(address for one in wanted for address in one.get("addresses", ()))
    known = {address for one in told.following for address in one["addresses"]}
    left = len(told.tags) - len(told.following)
    return set(named) <= known and left == truth.get("parked_only", truth.get("others", 0))


def _linked(truth: Truth, told: Told) -> bool | None:
    """By the counter: from its first to its last value, every address one tag."""
    wanted = [one for one in truth["trackers"] if "aging_first" in one]
    if not wanted:
        return None
    counters = [one["counter"] for one in told.following]
    # A rotation at the very end of a recording may not be in it.
    return all(
        any(
            one["aging_first"] == first and one["aging_last"] - 1 <= last <= one["aging_last"]
            for first, last in counters
        )
        for one in wanted
    )


def _harmless(truth: Truth, told: Told) -> bool | None:
    if truth.get("alarm") is not False:
        return None
    return not [row for row in told.tags if row["severity"] in _ALARMS]


def _alarmed(truth: Truth, told: Told) -> bool | None:
    """Separated and following: high, and likely."""
    if not truth.get("follows") or truth.get("alarm") is False:
        return None
    if not all(_STATES.get(one.get("state", "separated")) == "separated" for one in truth["trackers"]):
        return None
    return any((row["severity"], row["confidence"]) == ("high", "likely") for row in told.tags)


def _damage(truth: Truth, told: Told) -> bool | None:
    return told.coverage.get("advertisements damaged", 0) == truth["bad_crc"] if "bad_crc" in truth else None


def _flood(truth: Truth, told: Told) -> bool | None:
    return told.coverage.get("tags of a flood", 0) == truth["spam"] if "spam" in truth else None


QUESTIONS: dict[str, Callable[[Truth, Told], bool | None]] = {
    "the form is read": _is_read,
    "network and state": _known,
    "who goes along, exactly": _exact,
    "SmartTag's counter links the addresses": _linked,
    "away and going along is high, likely": _alarmed,
    "harmless: no alarm": _harmless,
    "damaged packets counted": _damage,
    "a flood counted, no devices of it": _flood,
}


def truths(folder: Path) -> Iterator[tuple[str, Truth]]:
    """The files of a corpus and what is true of each."""
    for line in (folder / "MANIFEST.jsonl").read_text().splitlines():
        row = json.loads(line)
        yield row["path"], row["truth"]


def answers(folder: Path, names: Iterable[str] = ()) -> dict[str, dict[str, bool]]:
    """For each question the files that it is asked of, and whether the answer was right."""
    found: dict[str, dict[str, bool]] = {question: {} for question in QUESTIONS}
    wanted = frozenset(names)
    for name, truth in truths(folder):
        if wanted and name not in wanted:
            continue
        told = scanned(folder / name, truth)
        for question, ask in QUESTIONS.items():
            answer = ask(truth, told)
            if answer is not None:
                found[question][name] = answer
    return found


def table(found: dict[str, dict[str, bool]]) -> list[str]:
    """The rows of the page."""
    lines = ["| question | files | right | wrong |", "|---|---|---|---|"]
    for question, files in found.items():
        wrong = sorted(name for name, right in files.items() if not right)
        lines.append(f"| {question} | {len(files)} | {len(files) - len(wrong)} | {', '.join(wrong)} |")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--corpus", type=Path, default=FOLDER / "ble")
    options = parser.parse_args()
    lines = table(answers(options.corpus))
    print(*lines, sep="\n")
    if options.write:
        before, _, rest = PAGE.read_text().partition(BEGIN)
        PAGE.write_text("\n".join([before + BEGIN, *lines, END + rest.partition(END)[2]]))


if __name__ == "__main__":
    main()
