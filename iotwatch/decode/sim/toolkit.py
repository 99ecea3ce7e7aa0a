"""What a card's applets ask the terminal for, and what they then send: read in the order in which it passes.

A send counts when the terminal says that it was done. What it holds is held against all that the card was told before; what
holds nothing readable keeps the cells that the card was told since it last sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from iotwatch.decode.sim import commands as at
from iotwatch.decode.sim import sms
from iotwatch.decode.sim.apdu import Span
from iotwatch.decode.sim.cells import Area
from iotwatch.decode.sim.commands import Command, Far, Response
from iotwatch.decode.sim.disclosed import Payload
from iotwatch.decode.sim.tlv import Objects, first

MAX_TOLD = 128
"""Distinct cells that are remembered, the latest; a car meets so many on a long day."""
_BUFFER = 64 << 10
_CHANNELS = 8
_PARTS = 64
_IMMEDIATELY = 1  # bit 1 of the qualifier of SEND DATA
_PACKING = 1  # bit 1 of that of SEND SHORT MESSAGE


class Asked(msgspec.Struct):
    """The card asks for ``what``; ``timer`` is the time of the timer that it set last, in seconds."""

    what: str
    span: Span
    trigger: str
    timer: int | None


class Told(msgspec.Struct):
    """The terminal tells the card something: a cell, a place, or the number of the device."""

    span: Span
    areas: list[Area]
    place: bytes
    digits: str


class Sealed(msgspec.Struct):
    """An order for an application of the card came enciphered: what it says stays unread."""

    span: Span


class Sent(msgspec.Struct):
    """The card sends. ``done``: what the terminal says of it, ``None`` when it was not heard.

    ``areas`` are the cells that what is sent holds, ``fresh`` those that the card was told since it last sent; ``place`` is a
    geographical answer that it holds, ``numbers`` which numbers of the device.
    """

    carrier: str
    recipient: str
    span: Span
    size: int
    done: bool | None
    areas: tuple[Area, ...]
    fresh: tuple[Area, ...]
    place: bytes
    numbers: tuple[str, ...]
    asked: tuple[str, ...]
    content: str
    trigger: str
    timer: int | None
    far: Far | None = None
    facts: dict[str, Any] = msgspec.field(default_factory=dict)


Event = Asked | Told | Sealed | Sent


class _Sending(msgspec.Struct):
    """A send that waits for the terminal's word."""

    command: Command
    carrier: str
    recipient: str
    payload: bytes
    span: Span
    far: Far | None = None


class _Channel(msgspec.Struct):
    far: Far
    buffer: bytearray = msgspec.field(default_factory=bytearray)


class Toolkit:
    """The toolkit of one card: feed what passes, in order."""

    def __init__(self) -> None:
        self.refreshes = 0
        self._told: list[Area] = []
        self._fresh: list[Area] = []
        self._places: list[bytes] = []
        self._numbers: dict[str, str] = {}
        self._asked: dict[str, None] = {}
        self._trigger = ""
        self._sender: dict[str, Any] = {}
        self._timer: int | None = None
        self._command: Command | None = None
        self._waiting: _Sending | None = None
        self._channels: dict[int, _Channel] = {}
        self._opening: Far | None = None
        self._parts: dict[tuple[str, int], dict[int, bytes]] = {}

    def knows(self, name: str, digits: str) -> None:
        """Take a number that the card bears itself, to be known again in what it sends."""
        self._numbers[name] = digits

    def command(self, data: bytes, span: Span) -> Iterator[Event]:
        """A proactive command that the card gives."""
        found = at.command(data)
        if found is None:
            return
        yield from self._unheard()
        self._command = found
        if (seconds := found.seconds) is not None:
            self._timer = seconds
        if what := found.asks:
            self._asked[what] = None
            yield Asked(what, span, self._trigger, self._timer)
        elif found.kind == at.REFRESH:
            self.refreshes += 1
        elif found.kind == at.OPEN_CHANNEL:
            self._opening = at.channel(found.objects)
        else:
            self._waiting = self._sending(found, span)

    def response(self, data: bytes, span: Span) -> Iterator[Event]:
        """The terminal's answer to it."""
        found = at.response(data)
        if found is None:
            return
        if found.is_done:
            yield from self._tell(found.objects, span)
        waiting = self._waiting
        if waiting is not None and waiting.command.kind == found.kind:
            self._waiting = None
            yield from self._finished(waiting, done=found.is_done)
        elif found.kind == at.OPEN_CHANNEL and self._opening is not None:
            self._opened(found)
        elif found.kind == at.CLOSE_CHANNEL and found.is_done:
            self._channels.clear()

    def envelope(self, data: bytes, span: Span) -> Iterator[Event]:
        """What the terminal hands the card by itself: an event, a message from outside, a timer's end."""
        found = at.envelope(data)
        if found is None:
            return
        tag, objects = found
        yield from self._unheard()
        self._trigger = at.TRIGGERS.get(tag, self._trigger)
        self._sender = {}
        if tag == at.SMS_DOWNLOAD:
            short = sms.tpdu(first(objects, at.TPDU) or b"")
            self._sender = sms.told(short) if short is not None else {}
            if short is not None and short.sealed:
                yield Sealed(span)
        yield from self._tell(objects, span)

    def finish(self) -> Iterator[Event]:
        """What is still open at the end."""
        yield from self._unheard()

    def _tell(self, objects: Objects, span: Span) -> Iterator[Event]:
        areas, place, digits = at.areas(objects), at.place(objects), at.equipment(objects)
        if not (areas or place or digits):
            return
        for kept in (self._told, self._fresh):
            kept += [area for area in areas if area not in kept]
            del kept[:-MAX_TOLD]
        self._places = [*self._places, place][-_PARTS:] if place else self._places
        if digits:
            self._numbers["imei"] = digits
        yield Told(span, areas, place, digits)

    def _sending(self, found: Command, span: Span) -> _Sending | None:
        kind = found.kind
        if kind == at.SEND_SMS:
            short = sms.tpdu(first(found.objects, at.TPDU) or b"", packing=bool(found.qualifier & _PACKING))
            return self._message(found, short, span) if short is not None else None
        if kind == at.SEND_USSD:
            text = _ussd(first(found.objects, at.USSD) or b"")
            return _Sending(found, "ussd", _code(text), text, span)
        if kind == at.SEND_SS:
            text = sms.address(first(found.objects, at.SS) or b"").encode()
            return _Sending(found, "ussd", _code(text), text, span)
        if kind == at.LAUNCH_BROWSER and (url := at.url(found.objects)):
            return _Sending(found, "browser", url.split(b"?")[0].decode("latin-1")[:200], url, span)
        if kind == at.SEND_DATA:
            return self._data(found, span)
        return None

    def _message(self, found: Command, short: sms.Short, span: Span) -> _Sending | None:
        """A short message, with the parts before it when it is the last of several."""
        payload = short.data
        if short.part is not None:
            if len(self._parts) >= _PARTS:
                self._parts.clear()
            parts = self._parts.setdefault((short.other, short.part.reference), {})
            parts[short.part.number] = payload
            if len(parts) < short.part.parts:
                return None
            payload = b"".join(parts[number] for number in sorted(parts))
            del self._parts[short.other, short.part.reference]
        return _Sending(found, "sms", short.other, payload, span)

    def _data(self, found: Command, span: Span) -> _Sending | None:
        """Bytes for a channel: kept until the card wants them sent."""
        devices = first(found.objects, 0x02) or b""
        channel = self._channels.get(devices[1] & 7 if len(devices) > 1 else 0) or next(
            iter(self._channels.values()), None
        )
        if channel is None:
            channel = self._channels[0] = _Channel(self._opening or Far("", 0, "", ""))
        channel.buffer += (first(found.objects, at.DATA) or b"")[: _BUFFER - len(channel.buffer)]
        if not found.qualifier & _IMMEDIATELY:
            return None
        payload = bytes(channel.buffer)
        channel.buffer.clear()
        return _Sending(found, "bip", channel.far.name, payload, span, channel.far)

    def _opened(self, found: Response) -> None:
        """The terminal gave the channel a number (TS 102 223 section 8.56), or none."""
        status = first(found.objects, 0x38) or b"\x01"
        if found.is_done and self._opening is not None and len(self._channels) < _CHANNELS:
            self._channels[status[0] & 7] = _Channel(self._opening)

    def _unheard(self) -> Iterator[Event]:
        """A send of which the terminal's word is missing."""
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            yield from self._finished(waiting, done=None)

    def _finished(self, one: _Sending, *, done: bool | None) -> Iterator[Event]:
        payload = Payload(one.payload)
        areas = payload.cells(self._told)
        place = next((told for told in reversed(self._places) if payload.holds_place(told)), b"")
        numbers = tuple(name for name, digits in self._numbers.items() if payload.holds_number(digits))
        yield Sent(
            carrier=one.carrier,
            recipient=one.recipient,
            span=one.span,
            size=len(payload.data),
            done=done,
            areas=areas,
            fresh=tuple(self._fresh),
            place=place,
            numbers=numbers,
            asked=tuple(self._asked),
            content=payload.content,
            trigger=self._trigger,
            timer=self._timer,
            far=one.far,
            facts=self._sender,
        )
        if done is not False:
            self._fresh = []


def _ussd(value: bytes) -> bytes:
    """A USSD string: its coding, then text, packed seven bits a character in most (TS 31.111 section 8.17)."""
    scheme, data = value[:1], value[1:]
    packed = not scheme or scheme[0] >> 4 in (0, 1, 2, 3) or (scheme[0] >> 6 == 1 and not scheme[0] & 12)
    return sms.unpacked(data, len(data) * 8 // 7).rstrip(b"\0\r") if packed else data


def _code(text: bytes) -> str:
    """The service that a code names: ``*141#`` of ``*141*262-01-7386#``."""
    said = text.decode("latin-1")
    marks = said[: len(said) - len(said.lstrip("*#"))]
    body = said[len(marks) :]
    digits = body[: len(body) - len(body.lstrip("0123456789"))]
    return f"{marks}{digits}#" if marks and digits else said[:40]
