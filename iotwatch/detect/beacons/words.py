"""What the numbers of a beacon mean, in words."""

from __future__ import annotations

from iotwatch.detect.beacons.assess import Numbers
from iotwatch.words.findings import Doubt, Reason
from iotwatch.words.said import Said

_FEW = 5
_NOTABLE_SHARE = 0.1
_RAREST = 1e-12


def count_words(seconds: float) -> str:
    """A time as people say it: 2.5 s, 61 s, 15 min, 4 h."""
    if seconds < 9.5 and abs(seconds - round(seconds)) >= 0.1:
        return f"{seconds:.1f} s"
    if seconds < 600:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def numbers_in_words(numbers: Numbers, looked_at: int) -> tuple[list[Said], list[Said]]:
    """Reasons and doubts that the numbers themselves give."""
    if numbers.steady:
        return [Reason.WITHOUT_PAUSES(n=numbers.events, interval=numbers.interval)], [Doubt.NO_BEAT()]
    spread = numbers.jitter * numbers.interval
    digits = 0 if spread >= 1 else 2
    reasons = [
        Reason.BEATS(
            n=numbers.events,
            interval=count_words(numbers.interval),
            spread=f"{spread:.{digits}f}",
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


def odds(chance: float) -> str:
    """A probability as odds."""
    if chance >= 0.5:
        return "no surprise"
    return f"about 1 in {1 / chance:,.0f}" if chance > _RAREST else "practically never"


def _among(looked_at: int) -> str:
    return f" among {looked_at:,} pairs" if looked_at > 1 else ""
