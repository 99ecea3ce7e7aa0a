"""What a verdict does not cover, in plain words: the blind spots of every place of listening, and what was left unread.

For the driver, as page one is: no term of the field is used here, and the tests hold a list of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from iotwatch.report.document.model import Asset, Coverage, Period
from iotwatch.report.words.vantages import NO_RADIO, heard_mobile_network, words_of
from iotwatch.words.amounts import counted
from iotwatch.words.measures import LOST, OVER, Measure

NAMED = 3
FACTORY_FIT = "Whether the car's maker fitted this equipment was not checked (factory-fit not checked)."
NO_DEVICES_NAMED = (
    "Nobody said which devices belong to this car, so a passer-by's phone cannot be told from the car's own equipment."
)
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


def not_checked(asset: Asset) -> tuple[str, ...]:
    """What the verdict on ``asset`` does not cover, one sentence each."""
    lines = [_factory_fit(asset)]
    if not asset.notes.scope:
        lines.append(NO_DEVICES_NAMED)
    lines.append(_listened(asset))
    seen = {source.vantage for source in asset.sources}
    lines += [words_of(vantage).blind for vantage in sorted(seen)]
    if not any(heard_mobile_network(source.vantage, source.kind) for source in asset.sources):
        lines.append(NO_RADIO)
    return (*lines, *_unread(asset), *_left(asset.coverage))


def _factory_fit(asset: Asset) -> str:
    expected = sum(one.facts.get("decision", {}).get("word") == "expected" for one in asset.findings)
    if not expected:
        return FACTORY_FIT
    points = counted(len(asset.findings), "point")
    return f"Of {points}, {expected} stand in a list of what the maker fits; no others were compared."


def _listened(asset: Asset) -> str:
    if not any(source.kind == "capture" for source in asset.sources):
        return "Nobody listened to what the car sends: only memory images and records of units were read."
    heard = (
        f"We listened for {counted(round(asset.minutes), 'minute')} in all"
        if asset.minutes >= 1
        else "We listened for less than a minute"
    )
    phases = asset.notes.phases
    if not phases:
        return f"{heard}. When the car was parked and when it was driving was not noted; a hidden device may sleep for days."
    names = listing([one.name for one in phases if one.minutes], "more")
    noted = f", with the car noted as {names}" if names else ""
    return f"{heard}{noted}.{_silent(phases)} A hidden device may sleep for days."


def _silent(phases: Sequence[Period]) -> str:
    """The noted times of which nothing was listened to."""
    silent = [one.name for one in phases if not one.minutes]
    if not silent:
        return ""
    times = f"{len(silent)} of the {counted(len(phases), 'time')} that were noted ({listing(silent, 'more')})"
    return f" Listening did not cover {times}."


def _unread(asset: Asset) -> Iterable[str]:
    """What stands in the sources and could not be read."""
    sums = _sums(asset.coverage)
    scrambled, everything = sums[Measure.PAYLOAD_ENCRYPTED], sums[Measure.PAYLOAD_SEEN]
    if scrambled and everything:
        share = max(1, round(100 * scrambled / everything))
        yield f"About {share} % of what was recorded was scrambled (encrypted) and could not be read."
    broken = [source for source in asset.sources if source.status in ("unreadable", "partial") or not source.complete]
    if broken:
        yield f"Of {counted(len(asset.sources), 'recording')}, {len(broken)} could not be read, or only in part."
    if asset.unopened:
        parts = counted(len(asset.unopened), "part")
        yield f"Not opened, because encrypted or of an unknown kind: {parts} of memory images."


def _left(rows: Sequence[Coverage]) -> Iterable[str]:
    """What was recorded in a form that nothing here reads, was lost on the way, or was more than the limits allow."""
    sums = _sums(rows)
    foreign = [row for row in rows if row.measure == Measure.FRAMES and _is_foreign(row.subject)]
    if foreign:
        pieces = counted(int(sum(row.value for row in foreign)), "piece")
        kinds = listing(sorted({row.subject for row in foreign}), "more")
        yield f"Of kinds that are not understood here, and so not read: {pieces} ({kinds})."
    forms = [row.subject for row in rows if row.measure == Measure.NOT_READ and row.subject]
    if forms:
        yield f"Known by its form and not read here: {listing(sorted(forms), 'more')}."
    signals = [row for row in rows if row.measure == Measure.SIGNALLING_LEFT]
    if signals:
        number = counted(int(sum(row.value for row in signals)), "message")
        why = listing(sorted({row.note for row in signals}), "more reasons")
        yield f"Not taken apart: {number} between the car and its mobile network ({why})."
    if wrong := sums[Measure.STAMPS_LEFT] + sums[Measure.STAMPS_UNSET]:
        yield f"Recorded by a clock that was wrong, and so not told to be of any time: {counted(int(wrong), 'piece')}."
    if spans := sums[Measure.SPAN_ALONE]:
        whose = counted(int(spans), "recording")
        yield f"Read by an earlier version of this program, which did not look for pauses: {whose}."
    if lost := sum(sums[measure] for measure in LOST):
        yield f"Lost or cut short while it was recorded: {counted(int(lost), 'piece')}."
    if Measure.UNPACK_ENGINE in sums:
        yield "Memory images were opened without the program that knows most kinds of them (binwalk): parts may be missing."
    if not OVER.isdisjoint(sums):
        yield "There was more than this program keeps at once; what went over its limits was counted and not read."


def _sums(rows: Iterable[Coverage]) -> defaultdict[str, float]:
    sums: defaultdict[str, float] = defaultdict(float)
    for row in rows:
        sums[row.measure] += row.value
    return sums


def _is_foreign(kind: str) -> bool:
    return kind not in _READ_FRAMES and not kind.startswith("ppp-")
