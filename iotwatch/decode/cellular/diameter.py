"""Diameter (RFC 6733): subscriber, equipment and access point in what a core asks its registers, policies and bills.

AVPs: RFC 6733 section 4; RFC 8506 (Subscription-Id, User-Equipment-Info); of 3GPP (vendor 10415): TS 29.061 section 16.4.7,
TS 29.229 section 6.3, TS 29.272 section 7.3, TS 29.329 section 6.3.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from iotwatch.decode.cellular.gtp import location
from iotwatch.decode.cellular.subscriber import Span, apn_text, equipment, imsi, message, msisdn, tbcd
from iotwatch.decode.message import Claim, Message, Trait, by_head
from iotwatch.decode.units import in_turn, units
from iotwatch.errors import LimitReached
from iotwatch.patterns import regex
from iotwatch.read.stream import Flow, Stream

MESSAGES = 4096
_HEADER = 20
_AVPS = 1024
_DEPTH = 4
_3GPP = 10415
_USER_NAME, _CALLED_STATION, _SERVICE_SELECTION = 1, 30, 493
_SUBSCRIPTION, _SUBSCRIPTION_DATA, _SUBSCRIPTION_TYPE = 443, 444, 450
_EQUIPMENT_INFO, _EQUIPMENT_TYPE, _EQUIPMENT_VALUE = 458, 459, 460
_GROUPS = frozenset({(_SUBSCRIPTION, 0), (_EQUIPMENT_INFO, 0), *((code, _3GPP) for code in (873, 874, 1400, 1401))})
_IMSI_USER = regex(r"[0-9]{14,15}$|[06]?([0-9]{15})@[a-z0-9.-]{0,64}mnc[0-9]{3}\.mcc[0-9]{3}\.3gppnetwork\.org$")
_PUBLIC = regex(r"(?:tel|sip):\+?([0-9]{6,15})(?:$|[;@])")


class Avp(NamedTuple):
    """An attribute: code, vendor (0: the IETF), and where its value stands."""

    code: int
    vendor: int
    start: int
    end: int


class Diameter:
    """``imsi``, ``imei``, ``imeisv``, ``msisdn``, ``apn`` and ``cell.serving``."""

    name = "diameter"
    anchors = (rb"(?s:\x01\x00..[\x00\x10\x20\x30\x40\x50\x60\x70\x80\x90\xa0\xb0\xc0\xd0\xe0\xf0][\x00\x80]..)",)

    def claims(self, head: bytes, flow: Flow | None) -> Claim | None:
        size = int.from_bytes(head[1:4], "big")
        return by_head(
            self, size > _HEADER and not size % 4 and (size > len(head) >= 2048 or bool(_avps(head, _HEADER, size)))
        )

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        return in_turn(_messages(stream, start, end) for start, end in units(stream))


def _messages(stream: Stream, start: int, end: int) -> Iterator[Message]:
    data = stream.data
    for _ in range(MESSAGES):
        size = int.from_bytes(data[start + 1 : start + 4], "big")
        if start + _HEADER >= end or data[start] != 1 or size <= _HEADER or start + size > end:
            return
        traits = list(_traits(data, start + _HEADER, start + size))
        if traits:
            command = int.from_bytes(data[start + 5 : start + 8], "big")
            yield message("diameter", stream, (start, start + size), traits, number=command)
        start += size
    raise LimitReached(f"more than {MESSAGES} messages in one unit")


def _avps(data: bytes, at: int, end: int) -> list[Avp]:
    """The attributes that fill ``data[at:end]``; empty when they do not (RFC 6733 section 4.1; padded to four bytes)."""
    found: list[Avp] = []
    if end > len(data):
        return []
    while at + 8 <= end and len(found) < _AVPS:
        size = int.from_bytes(data[at + 5 : at + 8], "big")
        head = 12 if data[at + 4] & 0x80 else 8
        if size < head or at + size > end:
            return []
        vendor = int.from_bytes(data[at + 8 : at + 12], "big") if head == 12 else 0
        found.append(Avp(int.from_bytes(data[at : at + 4], "big"), vendor, at + head, at + size))
        at += size + -size % 4
    return found if at >= end else []


def _traits(data: bytes, at: int, end: int) -> Iterator[Trait]:
    work = [(at, end, 0)]
    while work:
        at, end, depth = work.pop()
        avps = _avps(data, at, end)
        types = {avp.code: data[avp.end - 1] for avp in avps if avp.code in (_SUBSCRIPTION_TYPE, _EQUIPMENT_TYPE)}
        for avp in avps:
            if (avp.code, avp.vendor) in _GROUPS:
                if depth < _DEPTH:
                    work.append((avp.start, avp.end, depth + 1))
                continue
            value, span = data[avp.start : avp.end], (avp.start, avp.end)
            if avp.vendor == _3GPP:
                yield from of_3gpp(avp.code, value, span)
                yield from _of_registers(avp.code, value, span)
            elif avp.vendor == 0:
                yield from _of_ietf(avp.code, value, span, types)


def of_3gpp(code: int, value: bytes, span: Span) -> Iterator[Trait]:
    """Attributes that RADIUS and Diameter share (3GPP TS 29.061 sections 16.4.7 and 16.3.1)."""
    if code == 1:
        yield from imsi(value.decode("latin-1"), span)
    elif code == 20:
        yield from equipment(value.decode("latin-1"), span)
    elif code == 22 and value[:1] in _LOCATIONS:
        yield from location(_LOCATIONS[value[:1]] + value[1:], span)


_LOCATIONS = {b"\x00": b"\x01", b"\x01": b"\x02", b"\x82": b"\x18"}
"""Geographic location type (TS 29.061 section 16.4.7.2): CGI, SAI, TAI with ECGI, as GTP's flags name them."""


def _of_registers(code: int, value: bytes, span: Span) -> Iterator[Trait]:
    if code == 701:
        yield from msisdn(tbcd(value), span)
    elif code == 1402:
        yield from equipment(value.decode("latin-1"), span)
    elif code == 601:
        yield from public_identity(value.decode("latin-1"), span)


def public_identity(uri: str, span: Span) -> Iterator[Trait]:
    """The telephone number of a tel or SIP URI (RFC 3966, RFC 3261 section 19.1)."""
    found = _PUBLIC.match(uri)
    if found:
        yield from msisdn(found[1], span)


def _of_ietf(code: int, value: bytes, span: Span, types: dict[int, int]) -> Iterator[Trait]:
    text = value.decode("latin-1")
    if code == _USER_NAME:
        yield from user(text, span)
    elif code in (_CALLED_STATION, _SERVICE_SELECTION):
        yield from apn_text(text, span)
    elif code == _SUBSCRIPTION_DATA and types.get(_SUBSCRIPTION_TYPE) == 0:
        yield from msisdn(text.removeprefix("tel:").removeprefix("+"), span)
    elif code == _SUBSCRIPTION_DATA and types.get(_SUBSCRIPTION_TYPE) == 1:
        yield from imsi(text, span)
    elif code == _SUBSCRIPTION_DATA and types.get(_SUBSCRIPTION_TYPE) == 2:
        yield from public_identity(text, span)
    elif code == _EQUIPMENT_VALUE and types.get(_EQUIPMENT_TYPE) == 0:
        digits = text if text.isdecimal() else tbcd(value)
        yield from equipment(digits, span)


def user(name: str, span: Span) -> Iterator[Trait]:
    """A user name that is an IMSI, alone or before the operator's realm (3GPP TS 23.003 sections 13.3, 14.2 and 19.3)."""
    found = _IMSI_USER.match(name)
    if found:
        yield from imsi(found[1] or found[0], span)


DIAMETER = Diameter()
