"""What a verdict does not cover, in plain words: the blind spots of every place of listening, and what was left unread.

For the driver, as page one is: no term of the field is used here, and the tests hold a list of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from iotwatch.report.document.model import Asset, Coverage
from iotwatch.report.words.statements import Uncovered
from iotwatch.report.words.vantages import heard_mobile_network, words_of
from iotwatch.words.amounts import counted, duration
from iotwatch.words.measures import LOST, OVER, Measure
from iotwatch.words.said import Said, Value

NAMED = 3
# Kinds of frames that something reads, or that carry nothing of a device's own: who has which address, keep-alives.
_READ_FRAMES = frozenset(
    {"arp", "rarp", "lldp", "eapol", "llc", "ipv4", "ipv6", "usb", "can", "802.11", "bluetooth", "ethertype-8947"}
)


def listing(names: Sequence[str], more: str) -> str:
    """``a``, ``a and b``, ``a, b, c and 4 more``."""
    unique = list(dict.fromkeys(name for name in names if name))
    if len(unique) > NAMED:
        return f"{', '.join(unique[:NAMED])} and {len(unique) - NAMED} {more}"
    return " and ".join([", ".join(unique[:-1]), unique[-1]] if len(unique) > 1 else unique)


def was_listened_to(asset: Asset) -> bool:
    """Whether anything was recorded on its way, and not all of it read out of a unit."""
    return any(source.kind == "capture" for source in asset.sources)


def not_checked(asset: Asset) -> tuple[Said, ...]:
    """What the verdict on ``asset`` does not cover, one statement each."""
    said = [_factory_fit(asset)]
    if was_listened_to(asset) and not asset.notes.scope:
        said.append(Uncovered.NO_DEVICES_NAMED())
    said.append(_listened(asset))
    seen = {source.vantage for source in asset.sources}
    said += [Uncovered.BLIND(blind=words_of(vantage).blind) for vantage in sorted(seen)]
    swept = [row for row in asset.coverage if row.measure == Measure.PHONE_BANDS]
    if swept:
        ranges = listing(sorted({row.subject for row in swept}), "more")
        said.append(Uncovered.PHONE_BANDS(ranges=ranges, heard=duration(min(row.value for row in swept))))
    elif not any(heard_mobile_network(source.vantage, source.kind) for source in asset.sources):
        said.append(Uncovered.NO_RADIO())
    return (*said, *_unread(asset), *_left(asset.coverage))


def _factory_fit(asset: Asset) -> Said:
    """A list of what the maker fits is one thing, somebody's word on a finding another (``Behind.DECIDED_TOO``)."""
    lists = [
        one.facts["decision"]["baseline"] for one in asset.findings if one.facts.get("decision", {}).get("baseline")
    ]
    if not lists:
        return Uncovered.FACTORY_FIT()
    return Uncovered.BASELINE(n=len(lists), lists=listing(lists, "more"))


def _listened(asset: Asset) -> Said:
    if not was_listened_to(asset):
        return Uncovered.NOBODY_LISTENED()
    heard = counted(round(asset.minutes), "minute") if asset.minutes >= 1 else "less than a minute"
    phases = asset.notes.phases
    if not phases:
        return Uncovered.LISTENED_UNNOTED(heard=heard)
    names = listing([one.name for one in phases if one.minutes], "more")
    silent = [one.name for one in phases if not one.minutes]
    if not silent:
        return Uncovered.LISTENED(heard=heard, phases=names)
    missed: dict[str, Value] = {
        "n": len(silent),
        "times": counted(len(phases), "time"),
        "silent": listing(silent, "more"),
    }
    if not names:
        return Uncovered.LISTENED_OUTSIDE(heard=heard, **missed)
    return Uncovered.LISTENED_IN_PART(heard=heard, phases=names, **missed)


def _unread(asset: Asset) -> Iterator[Said]:
    """What stands in the sources and could not be read."""
    sums = _sums(asset.coverage)
    scrambled, everything = sums[Measure.PAYLOAD_ENCRYPTED] - sums[Measure.TLS_DECRYPTED], sums[Measure.PAYLOAD_SEEN]
    if scrambled > 0 and everything:
        yield Uncovered.SCRAMBLED(share=max(1, round(100 * scrambled / everything)))
    broken = [source for source in asset.sources if source.status in ("unreadable", "partial") or not source.complete]
    if broken:
        yield Uncovered.NOT_WHOLE(n=len(broken), sources=counted(len(asset.sources), "recording"))
    if asset.unopened:
        yield Uncovered.UNOPENED(parts=counted(len(asset.unopened), "part"))


_TAGS = {Measure.TAG_FLOOD: Uncovered.TAG_FLOOD, Measure.TAGS_OUT_OF_SCOPE: Uncovered.TAGS_PASSED}


def _left(rows: Sequence[Coverage]) -> Iterator[Said]:
    """What was recorded in a form that nothing here reads, was lost on the way, or was more than the limits allow."""
    sums = _sums(rows)
    foreign = [row for row in rows if row.measure == Measure.FRAMES and _is_foreign(row.subject)]
    if foreign:
        pieces = counted(int(sum(row.value for row in foreign)), "piece")
        yield Uncovered.FOREIGN(pieces=pieces, kinds=listing(sorted({row.subject for row in foreign}), "more"))
    forms = [row.subject for row in rows if row.measure == Measure.NOT_READ and row.subject]
    if forms:
        yield Uncovered.NOT_READ(forms=listing(sorted(forms), "more"))
    signals = [row for row in rows if row.measure == Measure.SIGNALLING_LEFT]
    if signals:
        number = counted(int(sum(row.value for row in signals)), "message")
        yield Uncovered.SIGNALS(messages=number, why=listing(sorted({row.note for row in signals}), "more reasons"))
    if wrong := sums[Measure.STAMPS_LEFT] + sums[Measure.STAMPS_UNSET]:
        yield Uncovered.WRONG_CLOCK(pieces=counted(int(wrong), "piece"))
    if spans := sums[Measure.SPAN_ALONE]:
        yield Uncovered.PAUSES_UNKNOWN(sources=counted(int(spans), "recording"))
    if lost := sum(sums[measure] for measure in LOST):
        yield Uncovered.LOST(pieces=counted(int(lost), "piece"))
    for measure, statement in _TAGS.items():
        if sums[measure]:
            yield statement(tags=f"{int(sums[measure]):,}")
    if damaged := sums[Measure.ADVERTISEMENTS_DAMAGED]:
        yield Uncovered.DAMAGED_ON_AIR(pieces=counted(int(damaged), "piece"))
    if Measure.UNPACK_ENGINE in sums:
        yield Uncovered.NO_ENGINE()
    if not OVER.isdisjoint(sums):
        yield Uncovered.OVER_LIMIT()


_UNOPENED = {
    Measure.UNPACK_ENCRYPTED: "{} (encrypted)",
    Measure.UNPACK_NO_READER: "{} (not read here)",
    Measure.UNPACK_UNKNOWN: "{}",
    Measure.UNPACK_DAMAGED: "{} (damaged)",
    Measure.UNPACK_LIMIT: "{} (more than this program takes)",
    Measure.NOT_READ: "{}, which is not read",
}


def unopened_names(rows: Iterable[Coverage]) -> list[str]:
    """What was not opened, each by its name and why."""
    return [_UNOPENED[Measure(row.measure)].format(row.subject) for row in rows if row.measure in _UNOPENED]


def _sums(rows: Iterable[Coverage]) -> defaultdict[str, float]:
    sums: defaultdict[str, float] = defaultdict(float)
    for row in rows:
        sums[row.measure] += row.value
    return sums


def _is_foreign(kind: str) -> bool:
    return kind not in _READ_FRAMES and not kind.startswith("ppp-")
