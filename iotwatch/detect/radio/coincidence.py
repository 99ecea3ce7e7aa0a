"""Do bursts fall on the seconds at which another tap saw a position being sent?

Programs stamp sweeps with the local time of a machine and say no zone, so every zone that there is is tried, and paid for: the
chance is multiplied by how many were tried.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from iotwatch.detect.radio.periods import log_tail
from iotwatch.detect.radio.trains import Floats, Train
from iotwatch.model import Direction
from iotwatch.store import View

FEWEST = 4
_MOSTLY = 0.6
_CHANCE = 1e-3
_SLACK_S = 2.0
# The offsets in use, in quarters of an hour from UTC (IANA time zone database, 2025b).
_ZONES = (0, *(quarter for hour in range(1, 15) for quarter in (4 * hour, -4 * hour) if quarter >= -48),
          14, 18, 22, 23, 26, 35, 38, 42, 51, -14, -38)  # fmt: skip


class InStep(NamedTuple):
    """``hits`` of the ``sent`` reports fell on bursts, with the sweep's clock ``shift`` seconds ahead; ``chance`` of that."""

    hits: int
    sent: int
    shift: float
    chance: float


def sent_times(view: View, source: int) -> Floats:
    """The seconds at which sources other than ``source`` saw a position sent up, each once, by the clock of their tap."""
    times = {
        row.position.evidence.time // 1_000_000
        for row in view.positions
        if row.position.direction == Direction.UP
        and row.position.evidence.time is not None
        and row.position.evidence.source != source
    }
    return np.array(sorted(times), np.float64)


def in_step(train: Train, sent: Floats) -> InStep | None:
    """How the train's bursts fall on the seconds of ``sent``; ``None`` where that is no more than chance."""
    if len(sent) < FEWEST or len(train.begins) < FEWEST:
        return None
    slack = _SLACK_S + train.heard.every
    begins, ends = train.begins - slack, train.begins + train.lasts + slack
    reach = np.maximum.accumulate(ends)
    first, last = float(begins[0]), float(reach[-1])
    # Reports are stamped in whole seconds, and of those a burst holds up to one more than it is long.
    ahead, behind = np.ceil(begins) - 1, np.floor(reach)
    covered = float(np.sum(np.maximum(0, behind - np.maximum(ahead, np.append(ahead[0], behind[:-1])))))
    likely = min(1.0, covered / max(float(behind[-1] - ahead[0]), 1.0))
    best: InStep | None = None
    zones = (0,) if train.heard.zoned else _ZONES
    for quarters in zones:
        shift = quarters * 900.0
        moved = sent + shift
        moved = moved[(moved >= first) & (moved <= last)]
        if len(moved) < FEWEST:
            continue
        at = np.searchsorted(begins, moved, "right") - 1
        hits = int((moved <= reach[np.maximum(at, 0)]).sum())
        if hits < FEWEST or hits < _MOSTLY * len(moved):
            continue
        chance = min(1.0, len(zones) * math.exp(min(0.0, log_tail(hits, len(moved), likely))))
        if best is None or chance < best.chance:
            best = InStep(hits, len(moved), shift, chance)
    return best if best is not None and best.chance <= _CHANCE else None
