"""What the numbers of a beacon mean, in words."""

from __future__ import annotations

from iotwatch.detect.beacons.assess import Numbers
from iotwatch.words.amounts import duration, odds, spread
from iotwatch.words.findings import Doubt, Reason
from iotwatch.words.said import Said

_FEW = 5
_NOTABLE_SHARE = 0.1


def numbers_in_words(numbers: Numbers, looked_at: int) -> tuple[list[Said], list[Said]]:
    """Reasons and doubts that the numbers themselves give."""
    if numbers.steady:
        interval = duration(numbers.interval)
        return [Reason.WITHOUT_PAUSES(n=numbers.events, interval=interval)], [Doubt.NO_BEAT()]
    reasons = [
        Reason.BEATS(
            n=numbers.events,
            interval=duration(numbers.interval),
            spread=spread(numbers.jitter * numbers.interval),
            odds=odds(numbers.chance),
            among=_among(looked_at),
        )
    ]
    if numbers.missed >= _NOTABLE_SHARE:
        reasons.append(Reason.BEATS_MISSING(share=numbers.missed))
    doubts: list[Said] = []
    if numbers.off >= _NOTABLE_SHARE:
        doubts.append(Doubt.GAPS_OFF(share=numbers.off))
    if numbers.events <= _FEW:
        doubts.append(Doubt.FEW_CONTACTS(n=numbers.events))
    return reasons, doubts


def _among(looked_at: int) -> str:
    return f" among {looked_at:,} pairs" if looked_at > 1 else ""
