"""The timeline of contacts as inline SVG: one row a pair, one tick an event, recordings side by side on a broken axis."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import msgspec

from iotwatch.report.document import Asset, Contact
from iotwatch.store.rows import iso, microseconds

WIDTH = 1000
LABEL = 290
ROW = 24
ROWS_DRAWN = 24
_GAP = 14
_MIN_PART = 60.0
_TIME_WIDTH = 120
_JOIN_MS = 60_000
_BREAKS = 7
Span = tuple[int, int]


class Stretch(msgspec.Struct, frozen=True):
    """A stretch of time in which something was recorded, and where it stands."""

    first: int
    last: int
    x: float
    width: float
    label: str
    label_x: float


class Row(msgspec.Struct, frozen=True):
    """One pair: ``ticks`` is path data, ``regular`` tells a beacon."""

    label: str
    detail: str
    y: float
    ticks: str
    regular: bool


class Timeline(msgspec.Struct, frozen=True):
    """What the template draws."""

    stretches: tuple[Stretch, ...]
    rows: tuple[Row, ...]
    hidden: int
    height: float


def draw(asset: Asset) -> Timeline | None:
    """The timeline of the asset's contacts; ``None`` when no capture tells of any."""
    contacts = [one for one in asset.contacts if one.ticks]
    if not contacts:
        return None
    stretches = _stretches(_recorded(asset, contacts))
    regular = {(one.client, one.server_name or one.server, one.port): one for one in asset.beacons}
    contacts.sort(key=lambda one: (_key(one) not in regular, one.kind == "dns", -one.events))
    rows = []
    for index, one in enumerate(contacts[:ROWS_DRAWN]):
        name = one.server_name or one.server
        beacon = regular.get(_key(one))
        detail = f"{one.events:,} {one.kind}{'' if one.events == 1 else 's'} from {one.client}"
        if beacon:
            detail += f", every {beacon.interval_s:.3g} s"
        y = 30 + index * ROW
        rows.append(
            Row(
                f"name asked for: {name}" if one.kind == "dns" else name,
                detail,
                y,
                _ticks(one, stretches, y),
                beacon is not None,
            )
        )
    return Timeline(stretches, tuple(rows), max(0, len(contacts) - ROWS_DRAWN), 30 + len(rows) * ROW + 8)


def _key(one: Contact) -> tuple[str, str, int | None]:
    return one.client, one.server_name or one.server, one.server_port


def _recorded(asset: Asset, contacts: Sequence[Contact]) -> list[Span]:
    """Times that captures ran, in milliseconds, joined over gaps that are short; the longest gaps break the axis."""
    spans = sorted(
        (microseconds(one.first_seen) or 0, microseconds(one.last_seen) or 0)
        for one in asset.sources
        if one.kind == "capture" and one.first_seen and one.last_seen
    )
    ticks = [tick for one in contacts for tick in one.ticks]
    spans = [(first // 1000, last // 1000) for first, last in spans] or [(min(ticks), max(ticks))]
    joined = spans[:1]
    for first, last in spans[1:]:
        if first > joined[-1][1]:
            joined.append((first, last))
        else:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
    short = max(_JOIN_MS, sum(last - first for first, last in joined) // 20)
    gaps = sorted((after[0] - before[1] for before, after in pairwise(joined)), reverse=True)
    least = max(short, *gaps[_BREAKS : _BREAKS + 1], 0)
    made = joined[:1]
    for first, last in joined[1:]:
        if first - made[-1][1] > least:
            made.append((first, last))
        else:
            made[-1] = (made[-1][0], last)
    return made


def _stretches(spans: Sequence[Span]) -> tuple[Stretch, ...]:
    """The spans side by side; widths follow durations, with a least width."""
    room = WIDTH - LABEL - _GAP * (len(spans) - 1) - 10
    whole = sum(last - first for first, last in spans) or 1
    free = room - _MIN_PART * len(spans)
    made, x, free_from = [], float(LABEL), 0.0
    for first, last in spans:
        width = _MIN_PART + free * (last - first) / whole if len(spans) > 1 else float(room)
        label_x = min(x, float(WIDTH - _TIME_WIDTH))
        label = (iso(first * 1000) or "")[:16].replace("T", " ") if label_x >= free_from else ""
        free_from = label_x + _TIME_WIDTH if label else free_from
        made.append(Stretch(first, last, round(x, 1), round(width, 1), label, round(label_x, 1)))
        x += width + _GAP
    return tuple(made)


def _ticks(contact: Contact, stretches: Sequence[Stretch], y: float) -> str:
    """A short upright line per event; those that fall on the same pixel are drawn once."""
    columns: dict[float, None] = {}
    for tick in contact.ticks:
        for one in stretches:
            if one.first <= tick <= one.last:
                share = (tick - one.first) / ((one.last - one.first) or 1)
                columns[round(one.x + share * one.width, 0)] = None
    return "".join(f"M{x:g} {y + 3:g}v{ROW - 8}" for x in columns)
