"""DHCP (RFC 2131), options of RFC 2132: what a device says of itself when it asks for an address."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Any

from iotwatch.decode.message import Claim, Message, Trait, by_head
from iotwatch.decode.units import units
from iotwatch.errors import DecodeError
from iotwatch.model import Confidence
from iotwatch.read.stream import Flow, Stream
from iotwatch.words.kinds import Kind

_COOKIE = b"\x63\x82\x53\x63"
_OPTIONS = 240
_PAD, _END = 0, 255
_HOSTNAME, _REQUESTED, _TYPE, _SERVER, _PARAMETERS, _VENDOR, _CLIENT, _FQDN = 12, 50, 53, 54, 55, 60, 61, 81
_TYPES = ("", "discover", "offer", "request", "decline", "ack", "nak", "release", "inform")


class Dhcp:
    """``dhcp.hostname``, ``dhcp.vendor`` (class), ``dhcp.params`` (the list asked for, in order), ``dhcp.mac``."""

    name = "dhcp"
    anchors = (rb"(?s:[\x01\x02]\x01\x06.{25})",)

    def claims(self, head: bytes, flow: Flow | None) -> Claim | None:
        return by_head(self, head[_OPTIONS - 4 : _OPTIONS] == _COOKIE)

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        for start, end in units(stream):
            if stream.data[start + _OPTIONS - 4 : start + _OPTIONS] == _COOKIE:
                yield _message(stream, start, end)


def _message(stream: Stream, start: int, end: int) -> Message:
    data = stream.data
    options = _options(data, start + _OPTIONS, end)
    mac = data[start + 28 : start + 34].hex(":")
    kind = data[options[_TYPE][0]] if _TYPE in options else 0
    facts: dict[str, Any] = {"mac": mac}
    for name, number in (("requested", _REQUESTED), ("server", _SERVER)):
        if number in options and options[number][1] - options[number][0] == 4:
            facts[name] = str(ipaddress.IPv4Address(data[slice(*options[number])]))
    traits = [Trait(Kind.DHCP_MAC, mac, (start + 28, start + 34))] if data[start] == 1 else []
    for kind_of, number, skip in (
        (Kind.DHCP_HOSTNAME, _HOSTNAME, 0),
        (Kind.DHCP_VENDOR, _VENDOR, 0),
        (Kind.DHCP_FQDN, _FQDN, 3),
    ):
        if number in options:
            span = (min(options[number][0] + skip, options[number][1]), options[number][1])
            value = data[slice(*span)].rstrip(b"\0").decode("utf-8", "replace")
            if value:
                traits.append(Trait(kind_of, value, span, facts))
    if _PARAMETERS in options:
        span = options[_PARAMETERS]
        traits.append(Trait(Kind.DHCP_PARAMS, ",".join(str(byte) for byte in data[slice(*span)]), span, {"mac": mac}))
    fields = {"type": _TYPES[kind] if kind < len(_TYPES) else str(kind), **facts}
    when = stream.time_at(start)
    return Message(
        "dhcp", stream, (start, end), when, fields=fields, traits=tuple(traits), confidence=Confidence.CERTAIN
    )


def _options(data: bytes, at: int, end: int) -> dict[int, tuple[int, int]]:
    """Where the data of each option stands (RFC 2132 section 2: code, length, data; code 0 pads, 255 ends)."""
    found: dict[int, tuple[int, int]] = {}
    while at < end and data[at] != _END:
        if data[at] == _PAD:
            at += 1
            continue
        if at + 1 >= end or at + 2 + data[at + 1] > end:
            raise DecodeError("a DHCP option is longer than its message")
        found.setdefault(data[at], (at + 2, at + 2 + data[at + 1]))
        at += 2 + data[at + 1]
    return found


DHCP = Dhcp()
