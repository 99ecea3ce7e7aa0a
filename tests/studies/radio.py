"""Radio sweeps: are senders found, are their periods right, and does nothing else become one?

    python -m tests.studies.radio [--scenes 60] [--write]

Two halves. The corpus (``IOTWATCH_CORPUS``/radio) holds sweeps by real programs over made-up air, with truth in its MANIFEST;
the scenes are drawn here (``tests/air.py``): program, step, rhythm, loudness, noise and passers-by are drawn anew for each, so that
nothing is fitted to the corpus. ``--write`` puts both tables into ``docs/radio.md``.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from iotwatch.batch.scan import Plan, scan
from iotwatch.report.reader import Reader
from iotwatch.store import Store
from tests import air
from tests.corpus import FOLDER

PAGE = Path(__file__).parents[2] / "docs" / "radio.md"
BEGIN, END = "<!-- measured -->\n", "<!-- end -->\n"
WITHIN = 0.03
_LEVELS = ("info", "low", "medium", "high", "critical")


class Scored(NamedTuple):
    """One sweep: the periods that are true, those that findings tell, and whether a finding of low or more is likely."""

    name: str
    true: tuple[float, ...]
    told: tuple[float, ...]
    findings: int
    alarms: int
    hard: bool = False
    status: str = "ok"
    near: bool | None = None

    @property
    def found(self) -> int:
        """How many true periods a finding tells."""
        return sum(any(abs(told - one) <= WITHIN * one for told in self.told) for one in self.true)

    @property
    def wrong(self) -> int:
        """How many findings tell a period that nobody has."""
        return sum(not any(abs(told - one) <= WITHIN * one for one in self.true) for told in self.told)


def scored(store: Store, asset: str, true: Sequence[float], **more: Any) -> Scored:
    """What the database says of one asset's senders."""
    found = [row for row in Reader(store, masked=False).findings(asset) if row["kind"] == "transmitter"]
    told = tuple(float(row["facts"]["period_s"]) for row in found if row["facts"]["period_s"])
    alarms = sum(_LEVELS.index(row["severity"]) >= 1 and row["confidence"] in ("likely", "certain") for row in found)
    (source,) = store.query("SELECT status FROM sources WHERE asset = ? ORDER BY id LIMIT 1", (asset,))
    return Scored(asset, tuple(true), told, len(found), alarms, status=source["status"], **more)


def corpus(folder: Path, database: Path) -> list[Scored]:
    """Every sweep of the MANIFEST, each with its baseline where it names one."""
    rows = [json.loads(line) for line in (folder / "MANIFEST.jsonl").read_text().splitlines()]
    names = {Path(row["path"]).name.split(".")[0]: row["path"] for row in rows}
    for row in rows:
        base = row["truth"].get("baseline")
        scan(
            [folder / row["path"]],
            database,
            Plan(jobs=1, baselines=(folder / names[base],) if base else ()),
        )
    found = []
    with Store(database) as store:
        for row in rows:
            truth = row["truth"]
            senders = [one["period_s"] for one in truth.get("senders", ())]
            # A neighbour's clock is true, and is not this car's.
            true = senders or ([truth["period_s"]] if truth.get("period_s") else [])
            hard = bool(truth.get("hard"))
            found.append(scored(store, row["path"], true, hard=hard, near=truth.get("near_transmitter")))
    return found


Program = Callable[[air.Air, float, float], bytes]
_PROGRAMS: tuple[tuple[str, Program, float], ...] = (
    # Name, what writes it, and how often it measures (seconds).
    ("rtl_power, 1 s", lambda heard, low, high: air.rtl_power(heard, low, high), 1.0),
    ("rtl_power, 32 bins, 2 s", lambda heard, low, high: air.rtl_power(heard, low, high, 32, 2.0, crop=0.1), 2.0),
    ("rtl_power, 5 s, no crop", lambda heard, low, high: air.rtl_power(heard, low, high, 16, 5.0, crop=0.0), 5.0),
    ("hackrf_sweep", lambda heard, low, high: air.hackrf_sweep(heard, low, high, every=0.2), 0.5),
    ("soapy_power", lambda heard, low, high: air.soapy_power(heard, low, high), 1.0),
    ("soapy_power, binary", lambda heard, low, high: air.soapy_power_bin(heard, low, high), 1.0),
    ("rtl_power_fftw", lambda heard, low, high: air.rtl_power_fftw(heard, low, high, every=2.0), 2.0),
)
_BANDS = ((705e6, 725e6), (835e6, 855e6), (885e6, 905e6), (1715e6, 1735e6), (1925e6, 1945e6))


def _scene(number: int, kind: str) -> tuple[str, bytes, tuple[float, ...]]:
    """One drawn sweep: the program's name, the file, and the periods in it."""
    draw = random.Random(f"{kind} {number}")
    name, program, every = draw.choice(_PROGRAMS)
    low, high = draw.choice(_BANDS)
    noise = 0.0 if name == "hackrf_sweep" else draw.uniform(0.04, 0.4)
    period = draw.uniform(max(12.0, 5 * every), 90.0)
    until = min(900.0, max(180.0, period * draw.uniform(8, 14)))
    if name == "hackrf_sweep":
        until = min(until, 200.0)
        period = min(period, until / 8)
    senders = air.passing(low, high, until, count=draw.randint(0, 25), seed=number)
    true: tuple[float, ...] = ()
    middle = draw.uniform(low + 2e6, high - 2e6)
    width = draw.choice((180e3, 900e3, 1.8e6))
    if kind != "nobody":
        loud = draw.uniform(12, 28) + (8 if not noise else 0)
        one = air.tracker(
            *(middle, period, until),
            level=loud, width=width, seed=number, lasts=draw.uniform(1.2, 4), jitter=draw.uniform(0.1, 1.2),
        )  # fmt: skip
        senders.append(one)
        true = (period,)
    if kind == "under a phone" or (kind == "nobody" and number % 2):
        senders.append(
            air.phone(
                middle, until, level=draw.uniform(14, 24), seed=number, rate=1 / draw.uniform(15, 40), width=width
            )
        )
    heard = air.Air(until, senders, [(low + 1e6, 2e6, draw.uniform(5, 25))], seed=number, noise=noise)
    return name, program(heard, low, high), true


KINDS = ("a clock", "under a phone", "nobody")


def scenes(count: int, folder: Path, database: Path) -> dict[str, list[Scored]]:
    """``count`` drawn sweeps of each kind."""
    true: dict[str, tuple[float, ...]] = {}
    for kind in KINDS:
        for number in range(count):
            _, data, periods = _scene(number, kind)
            file = f"{kind.replace(' ', '-')}-{number}"
            (folder / file).write_bytes(data)
            true[file] = periods
    scan([folder], database, Plan(jobs=1))
    with Store(database) as store:
        every = {kind: kind.replace(" ", "-") + "-" for kind in KINDS}
        return {
            kind: [scored(store, file, periods) for file, periods in true.items() if file.startswith(start)]
            for kind, start in every.items()
        }


def _line(what: str, rows: Iterable[Scored]) -> str:
    rows = list(rows)
    true, found = sum(len(one.true) for one in rows), sum(one.found for one in rows)
    wrong, alarms = sum(one.wrong for one in rows), sum(one.alarms for one in rows)
    share = f"{found} of {true}" if true else "-"
    return f"| {what} | {len(rows)} | {share} | {wrong} | {alarms} |\n"


HEAD = "| sweeps | number | periods found, within 3 % | wrong ones | findings of low or more at likely |\n|---|---|---|---|---|\n"


def corpus_table(rows: Sequence[Scored]) -> str:
    periodic = [one for one in rows if one.true and one.near]
    plain = _line("of the corpus, with a clock (one has a baseline)", (one for one in periodic if not one.hard))
    hard = _line("of the corpus, hard ones", (one for one in rows if one.hard and one.near))
    none = _line("of the corpus, nobody near, or a neighbour's", (one for one in rows if one.near is False))
    return (
        HEAD
        + plain
        + hard
        + none
        + _line("of the corpus, real ones of unknown truth", (one for one in rows if one.near is None))
    )


def scene_table(found: dict[str, list[Scored]]) -> str:
    return HEAD + "".join(_line(f"drawn, {kind}", rows) for kind, rows in found.items())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenes", type=int, default=60)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("-v", "--verbose", action="store_true")
    chosen = parser.parse_args()
    told = ""
    with tempfile.TemporaryDirectory() as name:
        place = FOLDER / "radio"
        if place.is_dir():
            rows = corpus(place, Path(name, "corpus.db"))
            told += "The corpus:\n\n" + corpus_table(rows) + "\n"
            if chosen.verbose:
                print(*rows, sep="\n")
        folder = Path(name, "scenes")
        folder.mkdir()
        drawn = scenes(chosen.scenes, folder, Path(name, "scenes.db"))
        told += "Drawn scenes:\n\n" + scene_table(drawn)
        if chosen.verbose:
            print(
                *(one for found in drawn.values() for one in found if one.wrong or one.found < len(one.true)), sep="\n"
            )
    print(told)
    if chosen.write:
        before, _, rest = PAGE.read_text().partition(BEGIN)
        PAGE.write_text(before + BEGIN + told + END + rest.partition(END)[2])


if __name__ == "__main__":
    main()
