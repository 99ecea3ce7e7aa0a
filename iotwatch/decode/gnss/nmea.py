"""NMEA 0183 sentences, wherever they stand: a serial line, a TCP stream, a log whose lines carry a time in front.

The checksum (exclusive or of what stands between ``$`` and ``*``) is verified here; only then the fields are read.
Sentences of one epoch make one message, because RMC brings the date that GGA lacks. A receiver that talks and has no
place to state is told as well, once for each silence: it is there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import reduce
from operator import xor
from typing import Literal

from iotwatch.decode.gnss.nmea_epoch import Epoch, states_a_place
from iotwatch.decode.gnss.nmea_fields import Values, read_fields
from iotwatch.decode.gnss.nmea_makers import Makers, labels
from iotwatch.decode.message import Claim, Fix, Message, Proof, Trait
from iotwatch.decode.units import units
from iotwatch.model import Confidence
from iotwatch.patterns import regex
from iotwatch.read.stream import Flow, Stream
from iotwatch.words.doubts import ReadingDoubt
from iotwatch.words.identity import is_filler, is_imei
from iotwatch.words.kinds import Kind
from iotwatch.words.said import Said

SENTENCE = regex(rb"\$([A-Z]{2}[A-Z]{3}|P[A-Z0-9]{2,12}),([^\r\n$*!]{0,200})(?:\*([0-9A-Fa-f]{2}))?")
_POSITION = {"RMC", "GGA", "GLL", "GNS"}
_UNCHECKED = regex(
    rb"(?:RMC,\d{6}(?:\.\d+)?,[AV],|GGA,\d{6}(?:\.\d+)?,|GLL,)\d{4}\.\d{2,8},[NS],\d{5}\.\d{2,8},[EW](?:,|$)"
)
_TALKERS = rb"(?:G[PNLABQI]|BD|QZ|I[INC]|EC|HC|LC|PQ)"
_NAMED = regex(rb"(?i)\bimei[:= ]{1,2}([0-9]{15})(?![0-9])")
_LINE = 128
_DAY = timedelta(days=1)


class Nmea:
    """Fixes of RMC, GGA, GLL and GNS, dates of RMC or ZDA carried on; ``nmea.proprietary``, ``.text``, ``.label`` of makers."""

    name = "nmea"
    anchors = (
        rb"(?s:.*)\$" + _TALKERS + rb"(?:RMC|GGA|GLL|GNS|ZDA|GSV|GSA|VTG|TXT),",
        rb"(?s:.*)\$P(?:QTM|MTK|UBX|QVERNO|AIR|SRF|GRM|STM|MGN|ASHR|QGL|LS[CR]|ERC|SIM|CAS|TNL|FEC|STI|DTINFO|GLOR|SSN)",
    )

    def claims(self, head: bytes, flow: Flow | None) -> Claim | None:
        checks = (_checks(found) for found in SENTENCE.finditer(head))
        good = next((good for good in checks if good is not False), False)
        return None if good is False else Claim(self, Proof.CHECKED if good else Proof.HEAD)

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        reading = _Reading(stream)
        for trait in labels(stream.data):
            yield reading.told(trait, "none")
        for start, end in units(stream):
            for found in SENTENCE.finditer(stream.data, start, end):
                yield from reading.sentence(found)
        yield from reading.finish()


def _checks(found: re.Match[bytes]) -> bool | None:
    """Whether the checksum is right; ``None`` when there is none."""
    if found[3] is None:
        return None
    return reduce(xor, found[0][1:-3]) == int(found[3], 16)


def _imei(data: bytes, found: re.Match[bytes]) -> Trait | None:
    """The IMEI that a unit names, by its word, in the same line as its sentence."""
    line = data.find(b"\n", found.start(), found.end() + _LINE)
    named = _NAMED.search(data, found.start(), line if line >= 0 else found.end() + _LINE)
    if named is None or is_filler(named[1].decode("ascii")):
        return None
    number = named[1].decode("ascii")
    checked = is_imei(number)
    sure = "likely" if checked else "possible"
    return Trait(Kind.IMEI, number, named.span(1), {"confidence": sure, "keyed": True, "checked": checked})


def _confidence(epoch: Epoch) -> Confidence:
    """Without a checksum the form alone speaks; that the line names its sender is a second proof."""
    if epoch.checked:
        return Confidence.CERTAIN
    return Confidence.LIKELY if epoch.imei is not None else Confidence.POSSIBLE


class _Reading:
    """Where the reading of one stream stands: the epoch or the silence that is open, and the date last said."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.epoch: Epoch | None = None
        self.silence: tuple[int, int] | None = None
        self.talk: dict[str, None] = {}
        self.date: date | None = None
        self.clock: time | None = None
        self.makers = Makers()

    def sentence(self, found: re.Match[bytes]) -> Iterator[Message]:
        """Take the next sentence; yield what it ends."""
        good = _checks(found)
        kind = found[1][2:].decode("ascii")
        if kind == "TXT" and good is not False and (text := self.makers.text(found, checked=good is True)):
            yield self.told(text, "ok" if good else "none")
        if good is False or (good is None and not _UNCHECKED.match(found[0][3:])):
            return
        if found[1][:1] == b"P":
            if own := self.makers.own(found):
                yield self.told(own, "ok")
            return
        if kind == "ZDA":
            self._zda(found[2])
        values = read_fields(kind, found[2].decode("latin-1")) if kind in _POSITION and found[2].isascii() else None
        if values is None:
            self._beside(found)
        elif states_a_place(values):
            yield from self._place(values, kind, found)
        else:
            yield from self._close_epoch()
            self._beside(found)

    def finish(self) -> Iterator[Message]:
        """Yield what is open at the stream's end."""
        yield from self._close_epoch()
        yield from self._close_silence()

    def _place(self, values: Values, kind: str, found: re.Match[bytes]) -> Iterator[Message]:
        told = values.get("time")
        clock = told if isinstance(told, time) else None
        if self.epoch is None or not self.epoch.goes_on(clock, found[1].decode("ascii"), values):
            yield from self.finish()
            if self.clock and clock and self.clock.hour == 23 and clock.hour == 0 and self.date is not None:
                self.date += _DAY
            self.clock = clock or self.clock
            self.epoch = Epoch(clock, found.start())
        self.epoch.take(values, kind, found)
        self.epoch.imei = self.epoch.imei or _imei(self.stream.data, found)
        if kind == "RMC" and isinstance(day := values.get("date"), date):
            self.date = day

    def _beside(self, found: re.Match[bytes]) -> None:
        """A sentence without a place belongs to the open epoch, else to the silence."""
        if self.epoch is not None:
            self.epoch.end = found.end()
        else:
            self.silence = (self.silence[0] if self.silence else found.start(), found.end())
            self.talk[found[1].decode("ascii")] = None

    def _zda(self, fields: bytes) -> None:
        """ZDA: time of day, day, month, year."""
        parts = fields.split(b",")
        try:
            self.date = date(int(parts[3]), int(parts[2]), int(parts[1]))
        except (ValueError, IndexError):
            return

    def _close_epoch(self) -> Iterator[Message]:
        epoch, self.epoch = self.epoch, None
        if epoch is None:
            return
        when, doubts = self._when(epoch.clock, epoch.start)
        fix = Fix(
            latitude=epoch.latitude,
            longitude=epoch.longitude,
            span=epoch.span,
            time=when,
            valid=epoch.valid,
            speed=epoch.speed,
            course=epoch.course,
            altitude=epoch.altitude,
        )
        yield Message(
            protocol="nmea",
            stream=self.stream,
            span=(epoch.start, epoch.end),
            time=when if when is not None else self.stream.time_at(epoch.start),
            fields={"sentences": epoch.names, "mode": epoch.mode},
            fixes=(fix,),
            traits=(epoch.imei,) if epoch.imei is not None else (),
            device_ids=(epoch.imei.value,) if epoch.imei is not None else (),
            checksum="ok" if epoch.checked else "none",
            confidence=_confidence(epoch),
            doubts=doubts + epoch.doubts(),
        )

    def _close_silence(self) -> Iterator[Message]:
        span, self.silence = self.silence, None
        if span is not None:
            fields = {"sentences": list(self.talk), "fix": False}
            when = self.stream.time_at(span[0])
            yield Message("nmea", self.stream, span, when, fields=fields, checksum="ok", confidence=Confidence.CERTAIN)
        self.talk = {}

    def _when(self, clock: time | None, at: int) -> tuple[int | None, tuple[Said, ...]]:
        """Microseconds UTC: the date that the receiver said, else the capture's day nearest to the time of day."""
        if clock is None:
            return None, ()
        if self.date is not None:
            return _microseconds(self.date, clock), ()
        seen = self.stream.time_at(at)
        if seen is None:
            return None, ()
        day = datetime.fromtimestamp(seen / 1e6, UTC).date()
        days = [_microseconds(day + _DAY * shift, clock) for shift in (-1, 0, 1)]
        return min(days, key=lambda when: abs(when - seen)), (ReadingDoubt.DATE_OF_CAPTURE(),)

    def told(self, trait: Trait, checksum: Literal["ok", "none"]) -> Message:
        """What a sentence or a comment tells of the maker."""
        fields = {"sentences": [trait.facts["address"]]} if "address" in trait.facts else {}
        when = self.stream.time_at(trait.span[0])
        return Message("nmea", self.stream, trait.span, when, fields=fields, traits=(trait,), checksum=checksum)


def _microseconds(day: date, clock: time) -> int:
    moment = datetime.combine(day, clock.replace(tzinfo=None), UTC)
    return int(moment.timestamp()) * 1_000_000 + clock.microsecond


NMEA = Nmea()
