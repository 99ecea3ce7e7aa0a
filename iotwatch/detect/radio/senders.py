"""Bursts of a sweep -> what sends near the car: by its frequencies, its clock, and what is heard with the car away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
import numpy as np

from iotwatch.detect.radio.baseline import Baseline, Compared, compared
from iotwatch.detect.radio.coincidence import InStep, in_step, sent_times
from iotwatch.detect.radio.periods import FEWEST, Period, period_of
from iotwatch.detect.radio.trains import Train, ranges, together, trains
from iotwatch.detect.severity import Behaviour
from iotwatch.enrich.bands import Band, Way, bands_at
from iotwatch.model import Confidence, Finding, Observation
from iotwatch.store import View
from iotwatch.words.amounts import duration, measured, odds, rounded_chance, spread
from iotwatch.words.findings import Doubt, FindingKind, Reason, keyed
from iotwatch.words.kinds import Kind
from iotwatch.words.said import Said, Value

# Without a clock only what is loud is told: phones pass on every road.
_LOUD_DB, _LOUD_ALONE_DB = 12.0, 20.0
_JAMMED_DB, _JAMMED_S = 6.0, 5.0
_SAME_PERIOD, _SAME_TIMES = 0.03, 0.7
_HOPS, _HOP_DB = 3, 6.0
_MOST_FOLDED = 12
_BANDS_NAMED = 3
_UNKNOWN = "unknown"
_NO_BAND = "no known band"


class _Sender(msgspec.Struct, frozen=True):
    """A train with what was made of it; ``bands`` are those that its direction is told by."""

    train: Train
    period: Period | None
    direction: str
    bands: tuple[Band, ...]
    elsewhere: tuple[Band, ...]

    @property
    def band(self) -> str:
        return ", ".join(band.name for band in self.bands) or _NO_BAND

    @property
    def named(self) -> str:
        """The first bands, for a title."""
        names = [band.name for band in self.bands]
        return " or ".join(names[:_BANDS_NAMED]) + (" or others" if len(names) > _BANDS_NAMED else "")

    @property
    def key(self) -> str:
        """What names a sender that says no name: its band, and its channel to the megahertz."""
        channel = "hopping" if len(self.train.centres) > 1 else f"{self.train.centre / 1e6:.0f}"
        return keyed(self.band, channel)


def findings(detector: str, view: View) -> Iterator[Finding]:
    """Return the findings of ``detector``, one per sender, the surest of all sweeps."""
    heard = ranges(view)
    if not heard:
        return
    every = [train for train in trains(view, heard) if not train.image]
    away = [train for train in every if train.heard.away]
    carriers = view.of(Kind.RF_CARRIER)
    told: dict[str, Finding] = {}
    for source in dict.fromkeys(place.source for place in heard):
        here = [train for train in every if train.heard.source == source and not train.heard.away]
        sent = sent_times(view, source) if here else np.empty(0)
        for sender in _senders(here, carriers):
            against = compared(sender.train, sender.period, heard, away)
            found = _finding(detector, sender, against, in_step(sender.train, sent))
            before = told.get(found.key)
            if before is None or (found.severity, found.confidence) > (before.severity, before.confidence):
                told[found.key] = found
    yield from told.values()
    yield from _jammers(detector, view, carriers, told)


def _senders(here: Sequence[Train], carriers: Sequence[Observation]) -> Iterator[_Sender]:
    """Those of one source that are worth a line, each once: what hops, by a clock, then what is loud."""
    ranked = sorted(here, key=lambda train: -train.level * len(train.begins) ** 0.5)
    weighed = [
        (train, period_of(train, folding=at < _MOST_FOLDED and train.level >= _HOP_DB))
        for at, train in enumerate(ranked)
    ]
    hopping = _hopping(here)
    if hopping is not None:
        weighed.insert(0, hopping)
    clocks = sorted((one for one in weighed if one[1]), key=lambda one: -one[0].level)
    if hopping is not None:
        clocks.sort(key=lambda one: one is not hopping)
    taken: list[tuple[Train, Period]] = []
    for train, period in clocks:
        assert period is not None  # noqa: S101  those without were left
        if any(_same(train, period, *other) for other in taken):
            continue
        sender = _sender(train, period, carriers)
        if sender.direction != Way.DOWN:
            taken.append((train, period))
            yield sender
    for train, period in weighed:
        if period is None and _is_loud(train) and not any(_within(train, other) for other, _ in taken):
            sender = _sender(train, None, carriers)
            if sender.direction == Way.UP or any(band.way is Way.SILENT for band in sender.bands):
                yield sender


def _hopping(here: Sequence[Train]) -> tuple[Train, Period] | None:
    """The loud trains as one that hops, where its clock is more whole than that of any of them."""
    loud = [train for train in here if train.level >= _HOP_DB]
    if len(loud) < _HOPS:
        return None
    whole = together(loud)
    period = period_of(whole)
    if period is None or len(whole.begins) > len(period.own) or not period.own.all():
        return None
    singly = [one for train in loud if (one := period_of(train)) is not None]
    better = all(period.heard > one.heard and _alike(period, one) for one in singly)
    return (whole, period) if better else None


def _alike(one: Period, other: Period) -> bool:
    return abs(one.seconds - other.seconds) <= _SAME_PERIOD * one.seconds


def _same(train: Train, period: Period, other: Train, theirs: Period) -> bool:
    """Whether two trains are one sender's: one period, and its bursts come when the other's do."""
    return _alike(period, theirs) and _within(train.chosen(period.own), other)


def _within(train: Train, other: Train) -> bool:
    """Whether most bursts of ``train`` come while the other sends."""
    slack = 2 * train.heard.every
    at = np.searchsorted(other.begins, train.begins + train.lasts, "right") - 1
    ends = np.maximum.accumulate(other.begins + other.lasts)
    inside = (at >= 0) & (ends[np.maximum(at, 0)] + slack >= train.begins)
    return bool(inside.mean() >= _SAME_TIMES)


def _is_loud(train: Train) -> bool:
    bands = bands_at(train.centre - train.width / 2, train.centre + train.width / 2)
    if any(band.way is Way.SILENT for band in bands):
        return train.level >= _JAMMED_DB and bool(train.lasts.max() >= _JAMMED_S)
    return train.level >= (_LOUD_DB if len(train.begins) >= FEWEST else _LOUD_ALONE_DB)


def _sender(train: Train, period: Period | None, carriers: Sequence[Observation]) -> _Sender:
    """The train with its direction: uplinks are the devices' own, unless it rides on what a base station sends all the time."""
    low, high = min(train.centres) - train.width / 2, max(train.centres) + train.width / 2
    bands = bands_at(low, high)
    by_way = {way: tuple(band for band in bands if band.way is way) for way in Way}
    stands = any(
        one.evidence.source == train.heard.source
        and abs(float(one.facts["centre_hz"]) - train.centre) <= float(one.facts["width_hz"]) / 2
        for one in carriers
    )
    if by_way[Way.SILENT]:
        return _Sender(train, period, _UNKNOWN, by_way[Way.SILENT], ())
    if by_way[Way.DOWN] and (stands or not by_way[Way.UP]):
        return _Sender(train, period, Way.DOWN, by_way[Way.DOWN], by_way[Way.UP])
    if by_way[Way.UP]:
        return _Sender(train, period, Way.UP, by_way[Way.UP], by_way[Way.DOWN])
    return _Sender(train, period, _UNKNOWN, by_way[Way.SHARED], ())


def _finding(detector: str, sender: _Sender, against: Compared, step: InStep | None) -> Finding:
    train, period = sender.train, sender.period
    absent = against.word is Baseline.ABSENT
    if against.word is Baseline.PRESENT:
        behaviour, sure = Behaviour.TRANSMITS_ANYWAY, Confidence.POSSIBLE
    elif step is not None:
        behaviour, sure = Behaviour.TRANSMITS_IN_STEP, Confidence.LIKELY
    elif period is not None and absent:
        behaviour, sure = Behaviour.TRANSMITS_BY_CLOCK, Confidence.LIKELY
    else:
        behaviour, sure = Behaviour.TRANSMITS, Confidence.POSSIBLE
    own = train if period is None else train.chosen(period.own)
    return Finding(
        detector=detector,
        kind=FindingKind.TRANSMITTER,
        subject=f"{train.centre / 1e6:.1f} MHz",
        key=sender.key,
        title=_title(sender),
        severity=behaviour.severity,
        confidence=sure,
        reasons=tuple(_reasons(sender, own, against, step)),
        doubts=tuple(_doubts(sender, against, step)),
        evidence=train.evidence,
        facts={
            "band": sender.band,
            "direction": str(sender.direction),
            "centre_mhz": round(train.centre / 1e6, 3),
            "width_khz": round(train.width / 1e3),
            "period_s": measured(period.seconds, period.spread / max(1, period.heard) ** 0.5) if period else None,
            "duration_s": round(float(np.median(own.lasts)), 1),
            "above_floor_db": round(own.level, 1),
            "baseline": against.word.value,
            "events": len(own.begins),
            "resolution_s": train.heard.every,
            "share": train.heard.share,
            **({"spread_s": round(period.spread, 2), "beats": period.beats} if period else {}),
            **({"chance": rounded_chance(period.chance)} if period else {}),
            **({"channels_mhz": [round(one / 1e6, 3) for one in train.centres]} if len(train.centres) > 1 else {}),
            **({"in_step": step.hits, "in_step_of": step.sent} if step else {}),
        },
    )


def _title(sender: _Sender) -> str:
    train, period = sender.train, sender.period
    where = f"at {train.centre / 1e6:.1f} MHz"
    if len(train.centres) > 1:
        where = f"at {min(train.centres) / 1e6:.0f} to {max(train.centres) / 1e6:.0f} MHz in turn"
    when = f" every {duration(period.seconds)}" if period else ""
    if sender.direction == Way.UP:
        return f"Something near sends{when} on the uplink of {sender.named}, {where}"
    if any(band.way is Way.SILENT for band in sender.bands):
        return f"Something near sends{when} over the satellites of {sender.named}, {where}"
    return f"Something near sends{when} {where}{f' ({sender.named})' if sender.bands else ''}"


def _reasons(sender: _Sender, own: Train, against: Compared, step: InStep | None) -> Iterator[Said]:
    train, period = sender.train, sender.period
    told: dict[str, Value] = {
        "n": len(own.begins),
        "lasts": duration(float(np.median(own.lasts))),
        "frequency": f"{train.centre / 1e6:.1f}",
    }
    if period is not None:
        clock: dict[str, Value] = {"interval": duration(period.seconds), "spread": spread(period.spread)}
        yield Reason.RF_BEATS(**told, **clock, heard=period.heard, beats=period.beats, odds=odds(period.chance))
    else:
        yield Reason.RF_BURSTS(**told)
    if len(train.centres) > 1:
        low, high = f"{min(train.centres) / 1e6:.1f}", f"{max(train.centres) / 1e6:.1f}"
        yield Reason.RF_HOPS(n=len(train.centres), low=low, high=high)
    yield Reason.RF_LEVEL(level=own.level)
    if sender.direction == Way.UP:
        yield Reason.RF_DEVICES_SEND(bands=sender.band)
    elif any(band.way is Way.SILENT for band in sender.bands):
        yield Reason.RF_NOBODY_SENDS(bands=sender.band)
    if step is not None:
        yield Reason.RF_IN_STEP(hits=step.hits, sent=step.sent, odds=odds(step.chance))
    if against.word is Baseline.ABSENT:
        yield Reason.RF_ABSENT(listened=duration(against.listened))
    if against.word is Baseline.PRESENT:
        yield Reason.RF_PRESENT(listened=duration(against.listened))


def _doubts(sender: _Sender, against: Compared, step: InStep | None) -> Iterator[Said]:
    heard = sender.train.heard
    yield Doubt.RF_NO_CONTENT()
    if against.word is Baseline.NONE:
        yield Doubt.RF_NO_BASELINE()
    elif against.word is Baseline.SHORT:
        yield Doubt.RF_SHORT_BASELINE(listened=duration(against.listened))
    else:
        yield Doubt.RF_OTHERS()
    if any(band.way is Way.SHARED for band in sender.bands):
        yield Doubt.RF_SHARED(bands=sender.band)
    if not sender.bands:
        yield Doubt.RF_NO_BAND()
    if sender.direction == Way.UP and sender.elsewhere:
        yield Doubt.RF_ELSEWHERE(bands=", ".join(band.name for band in sender.elsewhere))
    if heard.share < 1:
        yield Doubt.RF_LISTENED_IN_PART(share=heard.share)
    if step is not None and step.shift:
        yield Doubt.RF_ZONE(hours=step.shift / 3600)
    elif not heard.zoned:
        yield Doubt.RF_NO_ZONE()


def _jammers(detector: str, view: View, carriers: Sequence[Observation], told: dict[str, Finding]) -> Iterator[Finding]:
    """What sends all the time where only satellites do: no burst stands out of it."""
    away = {(one.source, one.away) for one in ranges(view)}
    for one in carriers:
        centre, width = float(one.facts["centre_hz"]), float(one.facts["width_hz"])
        bands = tuple(band for band in bands_at(centre - width / 2, centre + width / 2) if band.way is Way.SILENT)
        key = keyed(", ".join(band.name for band in bands), f"{centre / 1e6:.0f}")
        if not bands or key in told or (one.evidence.source, True) in away:
            continue
        level = float(one.facts["level_db"])
        yield Finding(
            detector=detector,
            kind=FindingKind.TRANSMITTER,
            subject=f"{centre / 1e6:.1f} MHz",
            key=key,
            title=f"Something sends all the time over the satellites of {bands[0].name}, at {centre / 1e6:.1f} MHz",
            severity=Behaviour.TRANSMITS.severity,
            confidence=Confidence.POSSIBLE,
            reasons=(
                Reason.RF_ALL_THE_TIME(level=level, frequency=f"{centre / 1e6:.1f}"),
                Reason.RF_NOBODY_SENDS(bands=bands[0].name),
            ),
            doubts=(Doubt.RF_NO_BASELINE(),),
            evidence=(one.evidence,),
            facts={
                "band": bands[0].name,
                "direction": _UNKNOWN,
                "centre_mhz": round(centre / 1e6, 3),
                "width_khz": round(width / 1e3),
                "period_s": None,
                "duration_s": None,
                "above_floor_db": round(level, 1),
                "baseline": Baseline.NONE.value,
            },
        )
