"""How well are beacons told from the traffic that the scorer was fitted to? By cells, printed; about five minutes on one core.

What nothing was fitted to is asked in ``beacons_apart``, and stands in ``docs/beacons.md``.

python tests/studies/beacon_study.py            # the study
python tests/studies/beacon_study.py --quick    # seconds: the test's version
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent))

from beacon_rita import rita_score
from beacon_traffic import NEGATIVES, POSITIVES, Floats, Rng, uniform_jitter

from iotwatch.detect.questions.regularity import Regularity, better_of, corrected, regularity

SEED = 61
DEAD = 1.0
SCORERS = ("iotwatch", "RITA v5", "oracle")


@dataclass(frozen=True)
class Plan:
    """Which cells, and how many pairs in each."""

    lengths: tuple[int, ...] = (900, 3600, 86400)
    events: tuple[int, ...] = (4, 6, 8, 11, 12, 16, 24, 50, 150, 500)
    jitters: tuple[float, ...] = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)
    losses: tuple[float, ...] = (0.0, 0.1, 0.2, 0.4)
    positives: int = 300
    negatives: int = 6000
    assets: int = 300

    @property
    def wanted(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        return tuple(j for j in self.jitters if j <= 0.3), tuple(x for x in self.losses if x <= 0.2)


QUICK = Plan((3600,), (8, 12, 24), (0.0, 0.2), (0.0, 0.2), 100, 1400, 30)


@dataclass
class Cell:
    """What came out for one length, number of events, jitter and loss: per scorer (area under the curve, recall)."""

    length: int
    events: int
    jitter: float
    loss: float
    found: dict[str, tuple[float, float]] = field(default_factory=dict)


def placed(gaps: list[Floats], length: int, random: Rng) -> list[Floats]:
    """Times in seconds of pairs that fill 70 to 100 % of a capture of ``length`` seconds, a millisecond apart at least."""
    out = []
    for one in gaps:
        span = length * random.uniform(0.7, 1.0)
        times = np.concatenate([[0.0], np.cumsum(one * span / one.sum())]) + random.uniform(0, length - span)
        out.append(times)
    return out


def ours(pairs: list[Floats]) -> Regularity:
    """The scorer as it is used: contacts a second apart at least, and all of them where that hides many."""
    apart = []
    for times in pairs:
        last, chosen = -np.inf, []
        for now in times.tolist() if (np.diff(times) < DEAD).any() else ():
            if now - last >= DEAD:
                chosen.append(now)
                last = now
        apart.append(np.array(chosen) if chosen else times)
    hidden = np.array([len(one) - 1 < 0.7 * (len(times) - 1) for one, times in zip(apart, pairs, strict=True)])
    best = _scored(apart, DEAD)
    if not hidden.any():
        return best
    where = np.flatnonzero(hidden)
    return better_of(best, _scored([pairs[index] for index in where], 0.05), where)


def _scored(pairs: list[Floats], dead: float) -> Regularity:
    starts = np.cumsum([0, *(len(one) for one in pairs[:-1])])
    return regularity((np.concatenate(pairs) * 1e6).astype(np.int64), starts, dead)


@cache
def _density(jitter: float, loss: float) -> tuple[Floats, Floats]:
    """Of gap / period, by simulation: what the oracle knows."""
    edges = np.arange(0, 16, 0.02)
    gaps = uniform_jitter(np.random.default_rng(SEED), 300_000, max(jitter, 0.01), loss)
    return edges, np.log(np.histogram(gaps, edges, density=True)[0] + 1e-4)


def oracle(pairs: list[Floats], periods: list[float], jitter: float, loss: float) -> Floats:
    """The exact likelihood ratio against memoryless gaps of one who knows period, jitter and loss beforehand."""
    edges, logs = _density(jitter, loss)
    scores = []
    for times, period in zip(pairs, periods, strict=True):
        gaps = np.diff(times)
        mean = period / (1 - loss)
        at = np.clip(np.searchsorted(edges, gaps / period, "right") - 1, 0, len(logs) - 1)
        scores.append(float((logs[at] - np.log(period) + gaps / mean + np.log(mean)).sum()))
    return np.array(scores)


def judged(positive: Floats, negative: Floats) -> tuple[float, float]:
    """Area under the curve (ties count half), and recall at one false alarm in 1,000."""
    both = np.concatenate([positive, negative])
    _, inverse, counts = np.unique(both, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    area = (ranks[: len(positive)].sum() - len(positive) * (len(positive) + 1) / 2) / (len(positive) * len(negative))
    allowed = max(1, len(negative) // 1000)
    limit = np.sort(negative)[-allowed - 1]
    return float(area), float((positive > limit).mean())


def negatives(random: Rng, events: int, length: int, count: int) -> tuple[list[Floats], NDArray[np.int64]]:
    """Pairs without a beacon, all kinds in equal shares, and the number of each one's kind."""
    kinds = list(NEGATIVES.values())
    share = count // len(kinds)
    gaps = [make(random, events - 1) for make in kinds for _ in range(share)]
    return placed(gaps, length, random), np.repeat(np.arange(len(kinds)), share)


def cells(plan: Plan, random: Rng) -> tuple[list[Cell], dict[str, Floats]]:
    """All cells, and what single pairs without a beacon were given as chances, per kind."""
    out: list[Cell] = []
    chances: dict[str, list[Floats]] = {name: [] for name in NEGATIVES}
    for length in plan.lengths:
        for events in plan.events:
            others, kind = negatives(random, events, length, plan.negatives)
            scored = ours(others)
            for number, name in enumerate(NEGATIVES):
                chances[name].append(scored.single[(kind == number) & (scored.events >= 4)])
            rita = np.array([rita_score(times, 0, length) for times in others])
            for jitter in plan.jitters:
                for loss in plan.losses:
                    made = [uniform_jitter(random, events - 1, jitter, loss) for _ in range(plan.positives)]
                    pairs = placed(made, length, random)
                    cell = Cell(length, events, jitter, loss)
                    cell.found["iotwatch"] = judged(ours(pairs).score, scored.score)
                    cell.found["RITA v5"] = judged(np.array([rita_score(one, 0, length) for one in pairs]), rita)
                    # The true period: the made gaps are in periods. Without a beacon the one it would be looked for at.
                    true = [(one[-1] - one[0]) / gaps.sum() for one, gaps in zip(pairs, made, strict=True)]
                    sought = [(one[-1] - one[0]) / (events - 1) * (1 - loss) for one in others]
                    known = oracle(pairs, true, jitter, loss), oracle(others, sought, jitter, loss)
                    cell.found["oracle"] = judged(*known)
                    out.append(cell)
    return out, {name: np.concatenate(values) for name, values in chances.items()}


def patterns(plan: Plan, random: Rng) -> list[tuple[str, int, dict[str, tuple[float, float]]]]:
    """Kinds of beacons at 60 minutes, jitter 10 % and loss 10 %."""
    out = []
    for events in (12, 24, 60):
        others, _ = negatives(random, events, 3600, plan.negatives)
        scored, rita = ours(others).score, np.array([rita_score(one, 0, 3600) for one in others])
        for name, make in POSITIVES.items():
            pairs = placed([make(random, events - 1, 0.1, 0.1) for _ in range(plan.positives)], 3600, random)
            found = {"iotwatch": judged(ours(pairs).score, scored)}
            found["RITA v5"] = judged(np.array([rita_score(one, 0, 3600) for one in pairs]), rita)
            out.append((name, events, found))
    return out


def claims(plan: Plan, random: Rng) -> list[tuple[float, int, int]]:
    """Assets of 50 pairs, of which one is a beacon: claims with chance below p, and how many of them are wrong."""
    rows = []
    scored: list[tuple[float, bool]] = []
    kinds = list(NEGATIVES.values())
    for _ in range(plan.assets):
        gaps = [kinds[random.integers(len(kinds))](random, int(random.integers(5, 80))) for _ in range(49)]
        gaps.append(uniform_jitter(random, int(random.integers(8, 60)), random.uniform(0, 0.3), random.uniform(0, 0.2)))
        found = ours(placed(gaps, 3600, random))
        chance = corrected(found.single, int((found.events >= 4).sum()))
        scored += [(float(value), index == 49) for index, value in enumerate(chance)]
    for level in (0.1, 0.03, 0.01, 0.003, 0.001):
        claimed = [real for value, real in scored if value < level]
        rows.append((level, len(claimed), len(claimed) - sum(claimed)))
    return rows


def mean(cells_of: list[Cell], scorer: str, which: int) -> float:
    return float(np.mean([cell.found[scorer][which] for cell in cells_of]))


def summary(plan: Plan, found: list[Cell]) -> dict[str, float]:
    """The figures that are asked for."""
    jitters, losses = plan.wanted
    core = [one for one in found if one.jitter in jitters and one.loss in losses]
    small = [one for one in core if 8 <= one.events <= 11 and one.jitter <= 0.2]
    return {
        "recall, 12 or more events, jitter to 30 %, loss to 20 %": mean(
            [c for c in core if c.events >= 12], "iotwatch", 1
        ),
        "recall, 8 to 11 events, jitter to 20 %, loss to 20 %": mean(small, "iotwatch", 1),
        "area, 8 or more events, jitter to 30 %, loss to 20 %": mean([c for c in core if c.events >= 8], "iotwatch", 0),
        "lowest (our area - RITA's area) of all cells": min(
            c.found["iotwatch"][0] - c.found["RITA v5"][0] for c in found
        ),
        "lowest (our recall - RITA's recall) of all cells": min(
            c.found["iotwatch"][1] - c.found["RITA v5"][1] for c in found
        ),
        "mean area, all cells: ours": mean(found, "iotwatch", 0),
        "mean area, all cells: RITA v5": mean(found, "RITA v5", 0),
        "mean recall, all cells: ours": mean(found, "iotwatch", 1),
        "mean recall, all cells: RITA v5": mean(found, "RITA v5", 1),
    }


def lowest(found: list[Cell]) -> str:
    """The cells in which RITA is furthest ahead, by area and by recall."""
    names = []
    for word, which in (("area", 0), ("recall", 1)):
        cell = min(found, key=lambda one, w=which: one.found["iotwatch"][w] - one.found["RITA v5"][w])  # type: ignore[misc]
        names.append(
            f"{word}: {cell.events} events in {cell.length / 60:.0f} min, jitter {100 * cell.jitter:.0f} %,"
            f" loss {100 * cell.loss:.0f} %, {cell.found['iotwatch'][which]:.3f} against {cell.found['RITA v5'][which]:.3f}"
        )
    return "; ".join(names)


def cost() -> tuple[float, int]:
    """CPU seconds for 1.3 million events in 40,000 pairs."""
    random = np.random.default_rng(SEED)
    counts = random.poisson(32, 40_000) + 1
    gaps = random.exponential(1.0, int(counts.sum())) * np.repeat(random.uniform(5, 300, 40_000), counts)
    total, starts = np.cumsum(gaps), np.cumsum(counts) - counts
    times = ((total - np.repeat(total[starts], counts)) * 1e6).astype(np.int64)
    begun = time.process_time()
    regularity(times, starts, DEAD)
    return time.process_time() - begun, len(times)


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


def _grid(plan: Plan, found: list[Cell], which: int) -> str:
    def three(chosen: Callable[[Cell], bool]) -> str:
        some = [cell for cell in found if chosen(cell)]
        return " / ".join(f"{mean(some, name, which):.3f}" for name in SCORERS)

    head = ("events", *(f"jitter {100 * jitter:.0f} %" for jitter in plan.jitters))
    parts = []
    for loss in plan.losses:
        rows = [
            (
                str(events),
                *(
                    three(lambda c, e=events, j=jitter, x=loss: (c.events, c.jitter, c.loss) == (e, j, x))  # type: ignore[misc]
                    for jitter in plan.jitters
                ),
            )
            for events in plan.events
        ]
        parts.append(f"Loss {100 * loss:.0f} %\n\n" + _table(head, rows))
    return "\n".join(parts)


def report(plan: Plan) -> str:
    """The whole page."""
    random = np.random.default_rng(SEED)
    found, chances = cells(plan, random)
    kinds = patterns(plan, random)
    seconds, events = cost()
    levels = (0.1, 0.03, 0.01, 0.003, 0.001)
    text = (Path(__file__).parent / "beacon_study.md").read_text()
    return text.format(
        summary=_table(
            ("figure", "measured"), [(name, f"{value:.4f}") for name, value in summary(plan, found).items()]
        ),
        lowest=lowest(found),
        lengths=", ".join(f"{length / 60:.0f} min" for length in plan.lengths),
        positives=plan.positives,
        negatives=plan.negatives,
        kinds=", ".join(NEGATIVES),
        area=_grid(plan, found, 0),
        recall=_grid(plan, found, 1),
        patterns=_table(
            ("pattern", "events", "area: ours / RITA v5", "recall: ours / RITA v5"),
            [
                (name, str(count), *(" / ".join(f"{one[s][w]:.3f}" for s in SCORERS[:2]) for w in (0, 1)))
                for name, count, one in kinds
            ],
        ),
        calibration=_table(
            ("traffic without a beacon", *(f"chance < {level}" for level in levels)),
            [(name, *(f"{(values < level).mean():.5f}" for level in levels)) for name, values in chances.items()],
        ),
        claims=_table(
            ("claimed with chance below", "claims", "wrong", "share wrong"),
            [(str(p), str(n), str(wrong), f"{wrong / max(n, 1):.4f}") for p, n, wrong in claims(plan, random)],
        ),
        cost=f"{events:,} events in 40,000 pairs: {seconds:.2f} s of CPU time",
    )


def main() -> None:
    print(report(QUICK if "--quick" in sys.argv else Plan()))


if __name__ == "__main__":
    main()
