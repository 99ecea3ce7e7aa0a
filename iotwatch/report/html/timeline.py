"""The timeline of contacts as inline SVG: one row a pair, one stroke an event, one dot a position that was sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from ipaddress import ip_address

import msgspec

from iotwatch.report.document.model import Asset, Beacon, Contact
from iotwatch.report.html import axis
from iotwatch.report.html.axis import Band, Span, Stretch, Tick
from iotwatch.store.packing import microseconds
from iotwatch.words.amounts import duration, often

ROW = 32
ROWS_DRAWN = 24
_TOP = 36
_BOTTOM = 20
_CLOCK_MS = 2000  # messages state whole seconds, of a clock that is not the capture's
_SENT = frozenset({"up", "broadcast"})
_KINDS = {"icmp": "ICMP message"}
_Key = tuple[str, str, int | None]


class Row(msgspec.Struct, frozen=True):
    """One pair: ``ticks`` and ``sent`` are path data, ``regular`` tells a beacon."""

    label: str
    detail: str
    y: float
    ticks: str
    sent: str
    regular: bool


class Timeline(msgspec.Struct, frozen=True):
    """What the template draws; rows stand from ``top`` to ``bottom``."""

    stretches: tuple[Stretch, ...]
    clock: tuple[Tick, ...]
    phases: tuple[Band, ...]
    rows: tuple[Row, ...]
    hidden: int
    top: float
    bottom: float
    height: float
    sent: bool


def draw(asset: Asset) -> Timeline | None:
    """The timeline of the asset's contacts; ``None`` when no capture tells of any."""
    contacts = [one for one in asset.contacts if one.ticks]
    if not contacts:
        return None
    parts = axis.stretches(axis.recorded(_spans(asset, contacts)))
    regular = {(one.client, one.server_name or one.server, one.port): one for one in asset.beacons}
    sent = _sent(asset)
    contacts.sort(key=lambda one: _rank(one, regular, sent))
    rows = []
    for index, one in enumerate(contacts[:ROWS_DRAWN]):
        beacon, y = regular.get(_key(one)), float(_TOP + index * ROW)
        rows.append(
            Row(
                label=_label(one),
                detail=_detail(one, beacon),
                y=y,
                ticks="".join(f"M{x:g} {y + 4:g}v{ROW - 15}" for x in _columns(one.ticks, parts)),
                sent="".join(f"M{x:g} {y + ROW - 6:g}h0" for x in _columns(sent.get(_key(one), ()), parts, _CLOCK_MS)),
                regular=beacon is not None,
            )
        )
    bottom = float(_TOP + len(rows) * ROW)
    return Timeline(
        stretches=parts,
        clock=axis.ticks(parts),
        phases=axis.bands(asset.notes.phases, parts),
        rows=tuple(rows),
        hidden=max(0, len(contacts) - ROWS_DRAWN),
        top=float(_TOP),
        bottom=bottom,
        height=bottom + _BOTTOM,
        sent=any(row.sent for row in rows),
    )


def _key(one: Contact) -> _Key:
    return one.client, one.server_name or one.server, one.server_port


def _rank(one: Contact, regular: dict[_Key, Beacon], sent: dict[_Key, list[int]]) -> tuple[bool, bool, bool, bool, int]:
    """Whom positions went to and whom the asset calls regularly come first; what goes to a group of listeners last."""
    key = _key(one)
    return key not in sent, key not in regular, _is_group(one.server), one.kind == "dns", -one.events


def _is_group(address: str) -> bool:
    try:
        return ip_address(address).is_multicast
    except ValueError:
        return False


def _label(one: Contact) -> str:
    name = one.server_name or one.server
    return f"{name}:{one.server_port}" if one.server_port and one.kind != "dns" else name


def _detail(one: Contact, beacon: Beacon | None) -> str:
    if one.kind == "dns":
        return f"name asked for {often(one.events)} by {one.client}"
    every = f", every {duration(beacon.interval_s)}" if beacon else ""
    kind = _KINDS.get(one.kind, one.kind)
    return f"{one.events:,} {kind}{'' if one.events == 1 else 's'} from {one.client}{every}"


def _sent(asset: Asset) -> dict[_Key, list[int]]:
    """Times of positions that left, in milliseconds, by the pair that they went between."""
    found: dict[_Key, list[int]] = defaultdict(list)
    for one in asset.positions:
        if one.direction in _SENT and (time := microseconds(one.time)) is not None:
            found[one.client, one.server_name or one.server, one.server_port].append(time // 1000)
    return dict(found)


def _spans(asset: Asset, contacts: Sequence[Contact]) -> list[Span]:
    """Times that captures ran, in milliseconds."""
    spans = [
        ((microseconds(one.first_seen) or 0) // 1000, (microseconds(one.last_seen) or 0) // 1000)
        for one in asset.sources
        if one.kind == "capture" and one.first_seen and one.last_seen
    ]
    times = [tick for one in contacts for tick in one.ticks]
    return spans or [(min(times), max(times))]


def _columns(times: Iterable[int], parts: Sequence[Stretch], slack: int = 0) -> list[float]:
    """Where times stand; those that fall on the same pixel are drawn once."""
    columns: dict[float, None] = {}
    for time in times:
        for one in parts:
            x = one.at(time, slack)
            if x is not None:
                columns[round(x, 0)] = None
    return list(columns)
