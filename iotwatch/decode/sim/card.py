"""One card: which file is selected, what is read from it and written to it, and what its toolkit does, as messages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from iotwatch.decode.cellular.subscriber import equipment
from iotwatch.decode.gnss.nmea import NMEA
from iotwatch.decode.message import Fix, Message, Trait
from iotwatch.decode.sim import apdu, files
from iotwatch.decode.sim.apdu import Exchange, Span
from iotwatch.decode.sim.commands import PROACTIVE
from iotwatch.decode.sim.files import File, Stored
from iotwatch.decode.sim.toolkit import Asked, Event, Sealed, Sent, Told, Toolkit
from iotwatch.model import Confidence
from iotwatch.read.stream import Flow, Stream, from_bytes
from iotwatch.words.doubts import ReadingDoubt
from iotwatch.words.kinds import Kind
from iotwatch.words.sending import SIM_TOOLKIT

PROTOCOL = "sim-card"
_CHANNELS = 20
_SENDS = 10_000
_SHAPES = frozenset({0, 1, 3, 8, 9, 10})
"""A point, with a circle, an ellipse, an altitude or both, an arc: all begin with the point (TS 23.032 table 2a)."""
_BY_NAME, _BY_PATH, _BY_PATH_HERE = 0x04, 0x08, 0x09
_USIM = bytes.fromhex("a0000000871002")


class Card:
    """Feed exchanges, or the toolkit's commands alone, in their order; each says what it gives as messages."""

    def __init__(self, stream: Stream) -> None:
        self.stream = replace(stream, kind="sim", flow=None, beside=None)
        self.toolkit = Toolkit()
        self.exchanges = 0
        self._folders: dict[int, int | None] = {}
        self._selected: dict[int, int | None] = {}
        self._iccid = ""
        self._sends = 0

    def reset(self) -> None:
        """The card starts anew (its ATR was seen): no file is selected."""
        self._folders.clear()
        self._selected.clear()

    def take(self, one: Exchange) -> Iterator[Message]:
        """One command and its answer."""
        self.exchanges += 1
        kind = one.instruction
        if kind == apdu.SELECT and one.is_done:
            self._select(one)
        elif kind in (apdu.READ_BINARY, apdu.UPDATE_BINARY) and one.is_done:
            yield from self._binary(one)
        elif kind in (apdu.READ_RECORD, apdu.UPDATE_RECORD) and one.is_done:
            yield from self._record(one)
        elif kind == apdu.FETCH and one.answer[:1] == bytes((PROACTIVE,)):
            yield from self.command(one.answer, one.span)
        elif kind == apdu.TERMINAL_RESPONSE:
            yield from self.response(one.data, one.span)
        elif kind == apdu.ENVELOPE:
            yield from self.envelope(one.data, one.span)

    def command(self, data: bytes, span: Span) -> Iterator[Message]:
        """A proactive command alone."""
        yield from self._events(self.toolkit.command(data, span))

    def response(self, data: bytes, span: Span) -> Iterator[Message]:
        """A TERMINAL RESPONSE alone."""
        yield from self._events(self.toolkit.response(data, span))

    def envelope(self, data: bytes, span: Span) -> Iterator[Message]:
        """An ENVELOPE alone."""
        yield from self._events(self.toolkit.envelope(data, span))

    def finish(self) -> Iterator[Message]:
        """What is still open at the end."""
        yield from self._events(self.toolkit.finish())

    def body(self, file: File, data: bytes, span: Span, *, written: bool = False) -> Iterator[Message]:
        """The content of a file, or of one of its records."""
        traits = [self._trait(one, span, written=written) for one in file.read(data)]
        for trait in traits:
            if trait.kind is Kind.ICCID:
                self._iccid = trait.value
            if trait.kind in (Kind.ICCID, Kind.IMSI):
                self.toolkit.knows(trait.kind.value, trait.value)
        if traits:
            yield self._message(tuple(traits), span)

    def _select(self, one: Exchange) -> None:
        channel = one.channel % _CHANNELS
        way = one.header[2]
        if way == _BY_NAME:
            self._folders[channel], self._selected[channel] = int(one.data.startswith(_USIM)), None
            return
        if len(one.data) < 2 or len(one.data) % 2:
            return
        path = [int.from_bytes(one.data[at : at + 2], "big") for at in range(0, len(one.data), 2)]
        for identifier in path:
            if identifier >> 8 in (0x3F, 0x7F, 0x5F):
                self._folders[channel], self._selected[channel] = identifier, None
            else:
                self._selected[channel] = identifier
        if way == _BY_PATH and len(path) == 1 and path[0] >> 8 == 0x2F:
            self._folders[channel] = files.MASTER

    def _file(self, channel: int, short: int | None) -> File | None:
        folder = self._folders.get(channel)
        if short is not None:
            known = {files.MASTER: files.SHORT_MASTER, None: files.SHORT_MASTER, files.ROOT_5GS: files.SHORT_5GS}
            self._selected[channel] = known.get(folder, files.SHORT).get(short)
        selected = self._selected.get(channel)
        return files.file_of(folder, selected) if selected is not None else None

    def _binary(self, one: Exchange) -> Iterator[Message]:
        high, low = one.header[2], one.header[3]
        file = self._file(one.channel, high & 0x1F if high & 0x80 else None)
        offset = low if high & 0x80 else high << 8 | low
        if file is None or file.records or offset:
            return
        written = one.instruction == apdu.UPDATE_BINARY
        yield from self.body(file, one.data if written else one.answer, one.span, written=written)

    def _record(self, one: Exchange) -> Iterator[Message]:
        short = one.header[3] >> 3
        file = self._file(one.channel, short or None)
        if file is not None and file.records:
            written = one.instruction == apdu.UPDATE_RECORD
            yield from self.body(file, one.data if written else one.answer, one.span, written=written)

    def _trait(self, one: Stored, span: Span, *, written: bool) -> Trait:
        facts = {**one.facts, **({"by": "written" if written else "read"} if one.kind is Kind.SIM_PLACE else {})}
        return Trait(one.kind, one.value, span, self._named(facts))

    def _named(self, facts: dict[str, Any]) -> dict[str, Any]:
        return facts | {"iccid": self._iccid} if self._iccid else facts

    def _events(self, events: Iterator[Event]) -> Iterator[Message]:
        for event in events:
            if isinstance(event, Asked):
                facts = {"trigger": event.trigger, "timer_s": event.timer, "refreshes": self.toolkit.refreshes}
                yield self._message((Trait(Kind.SIM_ASKED, event.what, event.span, self._named(facts)),), event.span)
            elif isinstance(event, Told):
                yield from self._told(event)
            elif isinstance(event, Sealed):
                yield replace(self._message((), event.span), doubts=(ReadingDoubt.PACKET_ENCRYPTED(),))
            else:
                yield from self._sent(event)

    def _told(self, event: Told) -> Iterator[Message]:
        """What the terminal told: a serving cell that stays on the wire, or the number of the device."""
        traits = [Trait(Kind.SIM_TOLD, area.text, event.span, self._named(area.told())) for area in event.areas]
        if event.digits:
            traits += equipment(event.digits, event.span)
        if event.place:
            traits.append(Trait(Kind.SIM_TOLD, "place", event.span, self._named({})))
        yield self._message(tuple(traits), event.span)

    def _sent(self, event: Sent) -> Iterator[Message]:
        if self._sends >= _SENDS:
            return
        self._sends += 1
        fixes = _fixes(event.place, event.span)
        facts: dict[str, Any] = {
            "carrier": event.carrier,
            "recipient": event.recipient,
            "bytes": event.size,
            "result": {True: "done", False: "failed", None: "not heard"}[event.done],
            "cells": [area.told() for area in event.areas],
            "fresh": [area.told() for area in event.fresh],
            "asked": list(event.asked),
            "numbers": list(event.numbers),
            "content": event.content,
            "trigger": event.trigger,
            "timer_s": event.timer,
            "refreshes": self.toolkit.refreshes,
        }
        if event.place:
            facts["place"] = [[fix.latitude, fix.longitude] for fix in fixes]
        if event.far is not None:
            facts |= {"server": event.far.server, "port": event.far.port, "apn": event.far.apn}
            facts["transport"] = event.far.transport
        if event.facts:
            facts["ordered"] = event.facts
        value = f"{event.carrier} {event.recipient} {self._sends}"
        yield self._message((Trait(Kind.SIM_SENT, value, event.span, self._named(facts)),), event.span)
        if event.done is not False and (event.areas or fixes):
            yield self._position(event, fixes)

    def _position(self, event: Sent, fixes: tuple[Fix, ...]) -> Message:
        """The same as a statement of place that leaves the device: over the mobile network, to the recipient."""
        far = event.far
        ends = (far.server or far.apn, far.port, far.transport) if far else (event.recipient, 0, event.carrier)
        flow = Flow(-1, ends[2] or event.carrier, "", 0, ends[0], ends[1])
        return Message(
            protocol=SIM_TOOLKIT,
            stream=replace(self.stream, flow=flow, up=True),
            span=event.span,
            time=self.stream.time_at(event.span[0]),
            fixes=fixes,
            cells=() if fixes else tuple(area.listed() for area in event.areas),
            confidence=Confidence.LIKELY if event.done else Confidence.POSSIBLE,
            doubts=() if event.done else (ReadingDoubt.TRIED(),),
        )

    def _message(self, traits: tuple[Trait, ...], span: Span) -> Message:
        return Message(PROTOCOL, self.stream, span, self.stream.time_at(span[0]), traits=traits)


def _fixes(place: bytes, span: Span) -> tuple[Fix, ...]:
    """The places of NMEA sentences or of a geographical shape, each stated at ``span``."""
    if b"$" not in place:
        degrees = _shape(place)
        return (Fix(*degrees, span),) if degrees else ()
    said = (fix for message in NMEA.messages(from_bytes(place)) for fix in message.fixes)
    return tuple(replace(fix, span=span) for fix in said)


def _shape(data: bytes) -> tuple[float, float] | None:
    """The point of a shape (3GPP TS 23.032 section 6): sign and 23 bits of latitude, 24 bits of longitude."""
    if len(data) < 7 or data[0] >> 4 not in _SHAPES:
        return None
    latitude = int.from_bytes(data[1:4], "big")
    north = (latitude & 0x7FFFFF) * 90 / (1 << 23)
    return -north if latitude >> 23 else north, int.from_bytes(data[4:7], "big", signed=True) * 360 / (1 << 24)
