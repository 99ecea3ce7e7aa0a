"""What the numbers of a beacon mean, in words."""

from __future__ import annotations

import numpy as np

from iotwatch.detect.beacons.assess import Numbers
from iotwatch.detect.beacons.pair import Pair
from iotwatch.detect.beacons.patterns import pattern
from iotwatch.words.amounts import duration, odds, spread
from iotwatch.words.beats import Pattern
from iotwatch.words.findings import Doubt, Reason
from iotwatch.words.said import Said, Value

_FEW = 5
_NOTABLE_SHARE = 0.1
_ONE_SIZE, _MANY_SIZES = 0.8, 0.2
# Somebody listens to music or plays for an hour, and seldom for longer without a pause.
_A_SESSION = 3600.0


def numbers_in_words(numbers: Numbers, looked_at: int) -> tuple[list[Said], list[Said]]:
    """Reasons and doubts that the numbers themselves give."""
    if numbers.steady:
        interval = duration(numbers.interval)
        return [Reason.WITHOUT_PAUSES(n=numbers.events, interval=interval)], [Doubt.NO_BEAT()]
    beats: dict[str, Value] = {
        "n": numbers.events,
        "interval": duration(numbers.interval),
        "spread": spread(numbers.jitter * numbers.interval),
    }
    where: dict[str, Value] = {"share": numbers.covered, "listened": duration(numbers.listened)}
    doubts: list[Said] = []
    if pattern(numbers) is Pattern.SESSIONS:
        return [Reason.IN_SESSIONS(**beats, **where)], doubts
    among = f", and among {looked_at:,} pairs {odds(numbers.any_chance)}" if looked_at > 1 else ""
    if numbers.second:
        clocks: dict[str, Value] = {
            "n": numbers.events,
            "interval": duration(numbers.interval),
            "second": duration(numbers.second),
        }
        reasons: list[Said] = [Reason.TWO_CLOCKS(**clocks, odds=odds(numbers.chance), among=among)]
    else:
        reasons = [Reason.BEATS(**beats, odds=odds(numbers.chance), among=among)]
    if pattern(numbers) is Pattern.CLOCK:
        reasons.append(Reason.THROUGH(**where))
        if numbers.listened < _A_SESSION:
            doubts.append(Doubt.ONE_SESSION(listened=duration(numbers.listened)))
    if numbers.on_grid:
        reasons.append(Reason.SLEPT_ON_GRID(n=numbers.rests))
    if numbers.missed >= _NOTABLE_SHARE:
        reasons.append(Reason.BEATS_MISSING(share=numbers.missed))
    if numbers.longer:
        doubts.append(Doubt.LISTEN_LONGER(longer=duration(numbers.longer)))
    if numbers.off >= _NOTABLE_SHARE:
        doubts.append(Doubt.GAPS_OFF(share=numbers.off))
    if numbers.events <= _FEW:
        doubts.append(Doubt.FEW_CONTACTS(n=numbers.events))
    return reasons, doubts


def sizes_in_words(pair: Pair, word: Pattern) -> Said | None:
    """What the sizes of requests say beside their times: a device's own report is of one size, and people's requests of many."""
    if pair.kind != "burst" or word not in (Pattern.CLOCK, Pattern.NONE):
        return None
    values, counts = np.unique(pair.sizes(), return_counts=True)
    most = int(counts.argmax())
    share = float(counts[most] / counts.sum())
    if share >= _ONE_SIZE:
        return Reason.ONE_SIZE(share=share, size=int(values[most]))
    return Doubt.SIZES_DIFFER() if share < _MANY_SIZES else None
