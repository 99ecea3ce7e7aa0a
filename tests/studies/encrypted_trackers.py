"""How often a tracker of unread content is told by following the car, and how often something else is, written to ``docs/``.

Run as ``python -m tests.studies.encrypted_trackers [--write] [--runs N]``. Each run draws a car anew (``drawn_drives``), writes a
capture and what the people note, scans them, and reads the findings of the detector ``follows``.
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

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


def share(hits: int, runs: int) -> str:
    return f"{hits} of {runs} ({hits / runs:.1%})"


def found_table(folder: Path, runs: int) -> Iterable[str]:
    """Rows of the table of trackers: all runs of the commonest, half of them with long stops, some of the others."""
    for shape, noted, kind in itertools.product(SHAPES, ("phases", "track"), KINDS):
        if noted == "phases" and kind in ("distance", "angle"):
            continue
        times = (
            runs // 20 if (kind, noted) != ("time", "phases") else runs if SHAPES[shape] is short_trip else runs // 2
        )
        told = [run(folder, seed, shape, kind, noted=noted) for seed in range(times)]
        mine = [[one for one in each if one.far_end == TRACKER] for each in told]
        sure = sum(any(one.confidence == "likely" for one in each) for each in mine)
        other = sum(any(one.far_end != TRACKER and not one.as_stream for one in each) for each in told)
        hits = sum(map(bool, mine))
        yield f"| {kind} | {shape} | {noted} | {share(hits, times)} | {share(sure, times)} | {share(other, times)} |"


def false_table(folder: Path, runs: int) -> Iterable[str]:
    """Rows of the table of cars without a tracker."""
    for streams, noted, shape in itertools.product(("people", "driving"), ("phases", "track"), SHAPES):
        times = runs // 20 if streams == "driving" else runs // 5 if noted == "track" else runs
        if noted == "phases" and streams == "people" and SHAPES[shape] is long_trip:
            times = runs // 2
        told = [run(folder, seed, shape, noted=noted, streams=streams) for seed in range(times)]
        claimed = sum(any(not one.as_stream for one in each) for each in told)
        doubted = sum(any(one.as_stream for one in each) for each in told)
        sure = sum(any(one.confidence == "likely" for one in each) for each in told)
        music = "in sessions, some by people getting in" if streams == "people" else "at every leg, only while driving"
        yield f"| {shape} | {noted} | {music} | {share(claimed, times)} | {share(sure, times)} | {share(doubted, times)} |"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--runs", type=int, default=200)
    arguments = parser.parse_args()
    lines = [_MARK]
    with tempfile.TemporaryDirectory() as folder:
        lines += [
            "| reports by | car | people note | found | as likely | others claimed beside |",
            "|---|---|---|---|---|---|",
        ]
        lines += _told(found_table(Path(folder), arguments.runs))
        lines += ["", "| without a tracker | people note | streams | claimed | as likely | told as a stream |"]
        lines += ["|---|---|---|---|---|---|", *_told(false_table(Path(folder), arguments.runs))]
    lines.append("<!-- end -->")
    if arguments.write:
        before, _, rest = PAGE.read_text().partition(_MARK)
        PAGE.write_text(before + "\n".join(lines) + rest.partition("<!-- end -->")[2])


def _told(rows: Iterable[str]) -> list[str]:
    """All rows, each printed as it is made: the whole takes half an hour."""
    made = []
    for row in rows:
        print(row, flush=True)
        made.append(row)
    return made


if __name__ == "__main__":
    main()
