"""How often a tracker of unread content is told by following the car, and how often something else is, written to ``docs/``.

Run as ``python -m tests.studies.encrypted_trackers [--write] [--runs N] [--notes FILE]``. Each run draws a car anew
(``drawn_drives``), writes a capture and what the people note, scans them, and reads the findings of the detector ``follows``.
"""

from __future__ import annotations

import argparse
import os
import random
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command line has it

from iotwatch.batch.scan import Plan, scan
from iotwatch.files.case import Case, Phase
from iotwatch.observe.known_place.track import read_track
from iotwatch.report.reader import Reader
from iotwatch.store import Store
from tests.studies.drawn_drives import START, Trip, background, capture, long_trip, short_trip, track_file, tracker

PAGE = Path(__file__).parents[2] / "docs" / "encrypted-trackers.md"
_MARK = "<!-- made by tests/studies/encrypted_trackers.py -->"
TRACKER, STREAM = "203.0.113.250", "198.51.100.80"
SHAPES = {"20 minutes of driving, two stops of minutes": short_trip, "three legs, two stops of 20 min": long_trip}
KINDS = ("time", "distance", "angle", "edges", "size")


Car = tuple[str, str, str, str]
"""Shape, kind of tracker (empty: none), what is noted, who streams."""


@dataclass(frozen=True)
class Told:
    """One finding: to whom, how sure, and whether it says that streams look the same."""

    far_end: str
    confidence: str
    as_stream: bool
    ways: tuple[str, ...]
    chance: float


def run(
    folder: Path, seed: int, shape: str, kind: str = "", *, noted: str = "phases", streams: str = "people"
) -> list[Told]:
    """The findings on one drawn car; ``noted`` is what its people give: phases or a track."""
    draw = random.Random(f"{seed} {shape} {kind} {noted} {streams}")
    made = SHAPES[shape](draw)
    packets = background(draw, made, streams=streams)
    if kind:
        packets += tracker(draw, made, kind)
    path = folder / "car.pcap"
    capture(draw, packets, path)
    drives = []
    if noted == "track":
        track_file(draw, made, folder / "track.csv")
        drives = [read_track(folder / "track.csv", 100).drive]
    case = Case(asset="car", phases=_phases(draw, made) if noted == "phases" else ())
    database = folder / "a.db"
    scan([path], database, Plan.of_sweep(case, jobs=1, drives=drives))
    with Store(database) as store:
        rows = [row for row in Reader(store, masked=False).findings("car") if row["kind"] == "follows"]
    database.unlink()
    return [
        Told(
            row["facts"]["server"],
            row["confidence"],
            any("bytes came down" in doubt for doubt in row["doubts"]),
            tuple(row["facts"]["ways"]),
            row["facts"]["chance"],
        )
        for row in rows
    ]


def _phases(draw: random.Random, made: Trip) -> tuple[Phase, ...]:
    """As somebody notes them who looks at his watch: some seconds off."""
    ends = [0.0, *(last + draw.uniform(-5, 5) for _, _, last in made.spans[:-1]), made.seconds]
    times = [datetime.fromtimestamp(START, UTC) + timedelta(seconds=end) for end in ends]
    return tuple(
        Phase("driving" if moves else "parked", first, last)
        for (moves, _, _), first, last in zip(made.spans, times, times[1:], strict=False)
    )


class Study:
    """Runs by car; each is written down as it ends, so that a study that was broken off goes on where it was."""

    def __init__(self, notes: Path) -> None:
        self._notes = notes
        self._told: dict[Car, dict[int, list[Told]]] = defaultdict(dict)
        for line in notes.read_text().splitlines() if notes.exists() else ():
            car, seed, told = msgspec.json.decode(line, type=tuple[Car, int, list[Told]])
            self._told[car][seed] = told

    def run(self, folder: Path, car: Car, runs: int) -> None:
        """Bring the runs of a car to ``runs``."""
        for seed in range(runs):
            if seed not in self._told[car]:
                shape, kind, noted, streams = car
                self._told[car][seed] = told = run(folder, seed, shape, kind, noted=noted, streams=streams)
                with self._notes.open("ab") as file:
                    file.write(msgspec.json.encode((car, seed, told)) + b"\n")

    def of(self, car: Car) -> list[list[Told]]:
        return list(self._told[car].values())

    def lines(self) -> Iterator[str]:
        """Both tables."""
        cars = sorted(
            (car for car in self._told if self._told[car]), key=lambda car: (list(SHAPES).index(car[0]), car[1:])
        )
        yield "| reports by | car | people note | found | as likely | others claimed beside |\n|---|---|---|---|---|---|"
        for shape, kind, noted, streams in cars:
            if kind:
                told = self.of((shape, kind, noted, streams))
                mine = [[one for one in each if one.far_end == TRACKER] for each in told]
                sure = sum(any(one.confidence == "likely" for one in each) for each in mine)
                other = sum(any(one.far_end != TRACKER and not one.as_stream for one in each) for each in told)
                counts = " | ".join(share(count, len(told)) for count in (sum(map(bool, mine)), sure, other))
                yield f"| {kind} | {shape} | {noted} | {counts} |"
        yield "\n| without a tracker | people note | streams | claimed | as likely | told as a stream |\n|---|---|---|---|---|---|"
        for shape, kind, noted, streams in cars:
            if not kind:
                told = self.of((shape, kind, noted, streams))
                claimed = sum(any(not one.as_stream for one in each) for each in told)
                sure = sum(any(one.confidence == "likely" for one in each) for each in told)
                doubted = sum(any(one.as_stream for one in each) for each in told)
                counts = " | ".join(share(count, len(told)) for count in (claimed, sure, doubted))
                yield f"| {shape} | {noted} | {_STREAMS[streams]} | {counts} |"


_STREAMS = {"people": "in sessions, some as people get in and out", "driving": "at every leg and only then"}


def share(hits: int, runs: int) -> str:
    return f"{hits} of {runs} ({hits / runs:.1%})"


def plan(runs: int) -> Iterator[tuple[Car, int]]:
    """Every car with how often it is drawn: the two that the claim is about first, the others some times."""
    short, long = SHAPES
    yield (short, "time", "phases", "people"), runs
    yield (short, "", "phases", "people"), 3 * runs // 2
    few = runs // 20
    yield from (((shape, "", "phases", "driving"), few) for shape in SHAPES)
    yield from (((long, kind, "phases", "people"), few) for kind in ("time", "edges", "size", ""))
    yield from (
        ((shape, kind, "track", "people"), few) for kind in ("distance", "angle", "time", "") for shape in SHAPES
    )
    yield from (((short, kind, "phases", "people"), few) for kind in ("edges", "size"))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", action="store_true", help="write what is known to the page")
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--notes", type=Path, default=Path(tempfile.gettempdir(), "encrypted_trackers.jsonl"))
    arguments = parser.parse_args()
    study = Study(arguments.notes)
    with tempfile.TemporaryDirectory() as folder:
        for car, runs in plan(arguments.runs):
            study.run(Path(folder), car, runs)
    lines = [_MARK, *study.lines(), "<!-- end -->"]
    print("\n".join(lines))
    if arguments.write:
        before, _, rest = PAGE.read_text().partition(_MARK)
        PAGE.write_text(before + "\n".join(lines) + rest.partition("<!-- end -->")[2])


if __name__ == "__main__":
    main()
