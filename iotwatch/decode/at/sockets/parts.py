"""A conversation as streams: all sends of a connection in turn, and each datagram or message of its own."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import accumulate

from msgspec import structs

from iotwatch.decode.at.sockets.conversation import Conversation, Event, Link, Part, Unit
from iotwatch.decode.at.sockets.wire import Wire
from iotwatch.decode.fields import on_globe
from iotwatch.errors import UnpackError
from iotwatch.place import steps
from iotwatch.read.stream import Flow, Stream
from iotwatch.words.ends import EndsBy
from iotwatch.words.hosts import is_address
from iotwatch.words.sending import Level

UNNUMBERED = -1
"""The index of a flow that has no row yet."""
_JOINED = frozenset({"tcp", "tls"})
_KINDS = frozenset({"tcp", "udp"})
# Location (OMA LwM2M object 6) and IPSO's object 3336: latitude, longitude.
_LOCATIONS = {"6": ("0", "1"), "3336": ("5514", "5515")}


def conversation(log: Stream, wire: Wire, link: Link) -> Conversation | None:
    """What of a link is known to be said, either way; what failed was not said. ``None`` when nothing is left."""
    flow = Flow(UNNUMBERED, link.transport or link.service, "", 0, link.host, link.port, told=EndsBy.CARRIER)
    parts = [part for part in _parts(wire, link, flow) if part.stream.data]
    if not parts:
        return None
    first = parts[0].stream
    fields = {name: getattr(first, name) for name in Stream.__struct_fields__}
    events = tuple(_events(log, wire, link))
    return Conversation(**fields, parts=tuple(parts), events=events, log=log.origin, wifi=link.wifi)


def _events(log: Stream, wire: Wire, link: Link) -> Iterator[Event]:
    for unit in link.sends:
        time = wire.stream.time_at(unit.span[0])
        if unit.level is Level.FAILED or time is None:
            continue
        start, end = wire.in_log(*unit.span)
        segment = log.segment_at(start)
        size = unit.length or sum(until - begin for begin, until in unit.ranges)
        yield Event(time, size, int(log.offsets[segment]) + start - int(log.starts[segment]), end - start)


def _parts(wire: Wire, link: Link, flow: Flow) -> Iterator[Part]:
    said = [unit for unit in link.units if unit.level is not Level.FAILED]
    if link.transport in _JOINED or (link.service in ("socket", "x", "ca") and link.transport != "udp"):
        for way in (True, False):
            yield from _runs(wire, link, flow, [unit for unit in said if unit.up is way])
        return
    yield from _places(wire, flow, said)
    for unit in said:
        yield from _runs(wire, link, flow, [unit])


def _runs(wire: Wire, link: Link, flow: Flow, units: list[Unit]) -> Iterator[Part]:
    """Neighbours that go through the same steps make one stream."""
    run: list[Unit] = []
    for unit in [*units, None]:
        if run and (unit is None or unit.steps != run[0].steps or unit.context != run[0].context):
            part = _part(wire, link, flow, run)
            if part is not None:
                yield part
            run = []
        if unit is not None:
            run.append(unit)


def _part(wire: Wire, link: Link, flow: Flow, units: list[Unit]) -> Part | None:
    try:
        sizes = [len(_through(wire.stream.join(unit.ranges), unit.steps).data) for unit in units]
        ranges = [one for unit in units for one in unit.ranges]
        stream = _through(wire.stream.join(ranges), units[0].steps)
    except UnpackError:
        return None
    starts = accumulate(sizes[:-1], initial=0)
    context = dict(units[0].context)
    if link.host and not is_address(link.host):
        context["host"] = link.host
    kind = link.transport if link.transport in _KINDS else "payload"
    stream = structs.replace(stream.tagged(**context), kind=kind, flow=flow, up=units[0].up)
    levels = tuple((start, unit.level) for start, unit in zip(starts, units, strict=True)) if units[0].up else ()
    return Part(stream, levels)


def _through(stream: Stream, way: list[tuple[str, str]]) -> Stream:
    for name, argument in way:
        stream = stream.through(name, steps.apply(name, stream.data, argument), argument)
    return stream


def _places(wire: Wire, flow: Flow, units: list[Unit]) -> Iterator[Part]:
    """Latitude and longitude that a location object's resources gave one after the other."""
    latitude: Unit | None = None
    for unit in units:
        number, _, rest = unit.context.get("resource", "").partition("/")
        wanted = _LOCATIONS.get(number)
        if wanted is None:
            continue
        resource = rest.rpartition("/")[2]
        if resource == wanted[0]:
            latitude = unit
        elif resource == wanted[1] and latitude is not None:
            north, east = _degrees(wire, latitude), _degrees(wire, unit)
            level = min((latitude.level, unit.level), key=list(Level).index)
            if on_globe(north, east):
                stream = structs.replace(wire.stream.join([*latitude.ranges, *unit.ranges]), flow=flow, kind="payload")
                yield Part(stream, ((0, level),), place=(north, east))
            latitude = None


def _degrees(wire: Wire, unit: Unit) -> float:
    """The number that a resource gives; off the globe when it gives none."""
    text = b"".join(wire.stream.data[start:end] for start, end in unit.ranges).strip()[:32]
    try:
        return float(text)
    except ValueError:
        return math.inf
