"""How well one clock is told from what is regular in sessions: the tables of ``docs/beacons.md``; some minutes on one core.

python tests/studies/beacons_apart/study.py            # writes docs/beacons.md
python tests/studies/beacons_apart/study.py --quick    # the test's version, printed
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault(
    "OPENBLAS_NUM_THREADS", "1"
)  # as the program does: threads that wait for each other cost CPU time

import numpy as np
from numpy.typing import NDArray

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
sys.path.insert(0, str(HERE))

from beacon_rita import rita_score  # noqa: E402
from clocks import FORMS, Drawn, beacon, interleaved  # noqa: E402
from others import KINDS, drawn  # noqa: E402
from sketch import sketch  # noqa: E402

from iotwatch.detect.beacons.interleaved import TwoClocks, told_as_two, two_clocks  # noqa: E402
from iotwatch.detect.beacons.likelihood import gaps_of  # noqa: E402
from iotwatch.detect.beacons.patterns import CLOCK_CHANCE  # noqa: E402
from iotwatch.detect.questions.regularity import Regularity, of_gaps, regularity  # noqa: E402

Floats = NDArray[np.float64]
SEED = 20261201
DEAD = 1.0
LENGTHS = (900, 3600)
DECADES = (0.1, 0.01, 0.001, 0.0001)
SCORERS = ("iotwatch", "RITA v5", "sketch")


@dataclass(frozen=True)
class Plan:
    """How many beacons, and how many pairs of each other kind, per length of recording."""

    beacons: int = 600
    others: int = 120
    calibration: int = 1500


QUICK = Plan(150, 40, 60)


@dataclass
class Cell:
    """One length of recording: per scorer the scores of the beacons and, per kind, of the others."""

    length: int
    beacons: list[Drawn]
    found: dict[str, tuple[Floats, dict[str, Floats]]]

    @property
    def contacts(self) -> NDArray[np.int64]:
        return np.array([len(one.times) for one in self.beacons])

    def others(self, scorer: str) -> Floats:
        return np.concatenate(list(self.found[scorer][1].values()))


def scored(pairs: list[Floats], length: float) -> Regularity:
    """The scorer on contacts that are a second apart at least, as they are stitched."""
    return looked(pairs, length)[0]


def looked(pairs: list[Floats], length: float) -> tuple[Regularity, list[TwoClocks]]:
    """The same, and the pairs that are told as two clocks."""
    apart = [_apart(times) for times in pairs]
    owner = np.repeat(np.arange(len(apart), dtype=np.int32), [len(times) - 1 for times in apart])
    gaps = gaps_of(np.concatenate([np.diff(times) for times in apart]), owner, len(apart))
    listened = np.full(len(apart), length)
    found = of_gaps(gaps, np.full(len(apart), DEAD), listened)
    # The scorer looks at so many pairs of one car; here each stands for a car of its own.
    told = two_clocks(gaps, listened, found, most=len(apart))
    return told_as_two(found, told), told


def _apart(times: Floats) -> Floats:
    last, kept = -np.inf, []
    for now in times.tolist():
        if now - last >= DEAD:
            kept.append(now)
            last = now
    return np.array(kept)


def cell(plan: Plan, length: int, random: np.random.Generator) -> Cell:
    """Draw one length of recording, and have every scorer look."""
    beacons = [beacon(random, length) for _ in range(plan.beacons)]
    others = {kind: [drawn(kind, random, length) for _ in range(plan.others)] for kind in KINDS}
    looks: dict[str, Callable[[list[Floats]], Floats]] = {
        "iotwatch": lambda pairs: scored(pairs, length).score,
        "RITA v5": lambda pairs: np.array([rita_score(times, 0, length) for times in pairs]),
        "sketch": lambda pairs: np.array([sketch(times, 0, length) for times in pairs]),
    }
    times = [one.times for one in beacons]
    found = {name: (look(times), {kind: look(pairs) for kind, pairs in others.items()}) for name, look in looks.items()}
    return Cell(length, beacons, found)


def area(positive: Floats, negative: Floats) -> float:
    """Under the curve; ties count half."""
    _, inverse, counts = np.unique(np.concatenate([positive, negative]), return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    above = ranks[: len(positive)].sum() - len(positive) * (len(positive) + 1) / 2
    return float(above / (len(positive) * len(negative)))


def recall(positive: Floats, negative: Floats) -> float:
    """At one false alarm in 200."""
    return float((positive > np.sort(negative)[-max(1, len(negative) // 200) - 1]).mean())


def figures(cells: list[Cell], scorer: str) -> dict[str, float]:
    """Name -> figure of a scorer, the worst of all lengths."""
    rows: dict[str, list[float]] = {}
    for one in cells:
        positive, others = one.found[scorer][0], one.others(scorer)
        many = one.contacts >= 12
        values = {
            "area": area(positive, others),
            "recall, 12 or more contacts": recall(positive[many], others),
            "recall, 8 to 11 contacts": recall(positive[~many], others),
        }
        for name, value in values.items():
            rows.setdefault(name, []).append(value)
    return {name: min(values) for name, values in rows.items()}


def of_kinds(cells: list[Cell], scorer: str) -> dict[str, float]:
    """Recall against each kind alone, the worst of all lengths."""
    return {kind: min(recall(one.found[scorer][0], one.found[scorer][1][kind]) for one in cells) for kind in KINDS}


def of_forms(cells: list[Cell]) -> dict[str, float]:
    """Recall of each form of beacon against all kinds."""
    out = {}
    for form in FORMS:
        told = [
            recall(one.found["iotwatch"][0][[drawn.form == form for drawn in one.beacons]], one.others("iotwatch"))
            for one in cells
        ]
        out[form] = min(told)
    return out


def measured(plan: Plan, random: np.random.Generator) -> dict[str, tuple[int, list[float]]]:
    """Kind -> pairs, and for every decade the share of them whose stated chance is below it."""
    chances = {
        kind: np.concatenate(
            [
                scored([drawn(kind, random, length) for _ in range(plan.calibration)], length).single
                for length in LENGTHS
            ]
        )
        for kind in KINDS
    }
    chances["all of them"] = np.concatenate(list(chances.values()))
    return {
        kind: (len(values), [float((values < decade).mean()) for decade in DECADES]) for kind, values in chances.items()
    }


def both_told(plan: Plan, random: np.random.Generator, *, cut: bool) -> float:
    """Of pairs of clocks to one far end the share that is told as two, both periods within a twentieth; the worse length."""
    shares = []
    for length in LENGTHS:
        made = [interleaved(random, length, cut=cut) for _ in range(plan.beacons)]
        _, told = looked([times for times, _ in made], length)
        right = sum(
            np.allclose(np.sort(one.clocks.interval), np.sort(made[one.pair][1]), rtol=0.05)
            for one in told
            if one.chance < CLOCK_CHANCE
        )
        shares.append(right / len(made))
    return min(shares)


def cost() -> tuple[float, int]:
    """CPU seconds, the least of three runs, for 1.3 million events in 40,000 pairs: memoryless ones and clocks in sessions."""
    random = np.random.default_rng(SEED)
    counts = random.poisson(32, 40_000) + 1
    gaps = random.exponential(1.0, int(counts.sum())) * np.repeat(random.uniform(5, 300, 40_000), counts)
    half = len(gaps) // 2
    gaps[:half] = np.where(random.random(half) < 0.05, 900.0, 20 * random.uniform(0.95, 1.05, half))
    total, starts = np.cumsum(gaps), np.cumsum(counts) - counts
    times = ((total - np.repeat(total[starts], counts)) * 1e6).astype(np.int64)
    runs = []
    for _ in range(3):
        begun = time.process_time()
        regularity(times, starts, DEAD, 7200.0)
        runs.append(time.process_time() - begun)
    return min(runs), len(times)


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


def report(plan: Plan) -> str:
    """The whole page."""
    random = np.random.default_rng(SEED)
    cells = [cell(plan, length, random) for length in LENGTHS]
    shown = {name: figures(cells, name) for name in SCORERS}
    kinds = {name: of_kinds(cells, name) for name in SCORERS}
    chances = measured(plan, random)
    two, cut = (both_told(plan, random, cut=short) for short in (False, True))
    seconds, events = cost()
    return (
        (HERE / "page.md")
        .read_text()
        .format(
            beacons=plan.beacons,
            others=plan.others * len(KINDS),
            summary=_table(
                ("figure (the worse of 15 and 60 min)", *SCORERS),
                [(name, *(f"{shown[one][name]:.3f}" for one in SCORERS)) for name in shown["iotwatch"]],
            ),
            kinds=_table(
                ("others of this kind alone", *SCORERS),
                [(kind, *(f"{kinds[one][kind]:.3f}" for one in SCORERS)) for kind in KINDS],
            ),
            forms=_table(("form", "recall"), [(name, f"{value:.3f}") for name, value in of_forms(cells).items()]),
            chances=_table(
                ("kind", "pairs", *(f"chance < {one:g}" for one in DECADES)),
                [(kind, f"{n:,}", *(f"{one:.5f}" for one in shares)) for kind, (n, shares) in chances.items()],
            ),
            two=f"{two:.3f}",
            cut=f"{cut:.3f}",
            seconds=f"{seconds:.2f}",
            events=f"{events:,}",
        )
    )


def main() -> None:
    if "--quick" in sys.argv:
        sys.stdout.write(report(QUICK))
        return
    page = HERE.parent.parent.parent / "docs" / "beacons.md"
    page.write_text(report(Plan()))
    sys.stdout.write(f"{page}\n")


if __name__ == "__main__":
    main()
