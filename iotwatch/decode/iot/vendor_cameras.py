"""Discovery and control frames of camera makers: Hikvision SADP and SDK, Dahua DHIP and PTCP (reference facts: wire behaviours)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from iotwatch.decode.message import Claim, Message, Trait, by_head
from iotwatch.decode.units import units
from iotwatch.patterns import regex
from iotwatch.read.stream import Flow, Stream
from iotwatch.words.kinds import Kind

_SADP_ROOT = regex(rb"<(Probe|ProbeMatch)(?: [^>]{0,256})?>")
_SADP_FIELD = regex(
    rb"<(DeviceSN|DeviceDescription|DeviceType|MAC|IPv4Address|SoftwareVersion|DSPVersion|Types|OEMInfo)>([^<]{1,128})<"
)
_DAHUA_FIELD = regex(
    rb'"(SerialNo|DeviceType|DetailType|MachineName|Version|IPAddress|mac|method|Vendor|DeviceID)"\s{0,4}:\s{0,4}"([^"]{1,128})"'
)
_DHIP = b"\x20\x00\x00\x00DHIP"
_DHIP_HEAD, _PTCP_HEAD = 32, 24
_CONTROL = bytes.fromhex("000000100000001e0000001e")
FRAMES = 20_000


def announcement(
    stream: Stream, span: tuple[int, int], name: str, facts: dict[str, Any], body: Stream | None = None
) -> Message:
    """The message of a vendor's frame: one ``vendor.protocol`` trait, whose facts are what the device says of itself."""
    when = stream.time_at(span[0])
    return Message(
        name, stream, span, when, fields=facts, traits=(Trait(Kind.VENDOR_PROTOCOL, name, span, facts),), body=body
    )


def listed(pattern: re.Pattern[bytes], data: bytes) -> dict[str, Any]:
    """Name and value of each find, the first of a name."""
    facts: dict[str, Any] = {}
    for found in pattern.finditer(data):
        facts.setdefault(found[1].decode("ascii"), found[2].decode("utf-8", "replace").strip())
    return facts


class Sadp:
    """Hikvision's search for devices: XML, usually on UDP 37020; answers name serial, model, MAC and address."""

    name = "hikvision-sadp"
    anchors = (rb"(?:<\?xml [^>]{1,80}\?>\s{0,4})?<Probe(?:Match)?[ >]",)

    def claims(self, head: bytes, flow: Flow | None) -> Claim | None:
        return by_head(self, _SADP_ROOT.search(head) is not None and b"<Uuid>" in head and b"<Types>" in head)

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        for start, end in units(stream):
            text = stream.data[start:end]
            if _SADP_ROOT.search(text[:512]):
                yield announcement(stream, (start, end), self.name, listed(_SADP_FIELD, text))


class Dhip:
    """Dahua's DHIP: 32 bytes of head with the length of JSON at byte 16, then the JSON."""

    name = "dahua-dhip"
    anchors = (rb"\x20\x00\x00\x00DHIP",)

    def claims(self, head: bytes, flow: Flow | None) -> Claim | None:
        return by_head(self, head.startswith(_DHIP))

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        for start, end in units(stream):
            at = start
            for _ in range(FRAMES):
                if stream.data[at : at + 8] != _DHIP or at + _DHIP_HEAD > end:
                    break
                size = int.from_bytes(stream.data[at + 16 : at + 20], "little")
                stop = min(at + _DHIP_HEAD + size, end)
                facts = listed(_DAHUA_FIELD, stream.data[at + _DHIP_HEAD : stop])
                body = stream.part(at + _DHIP_HEAD, stop).tagged(kind="dhip") if stop > at + _DHIP_HEAD else None
                yield announcement(stream, (at, stop), self.name, facts, body)
                at = stop


class Ptcp:
    """Dahua's relay over UDP: the letters PTCP, five numbers of four bytes, then what is relayed."""

    name = "dahua-ptcp"
    anchors = (rb"(?s:PTCP.{20})",)

    def claims(self, head: bytes, flow: Flow | None) -> Claim | None:
        return by_head(self, head.startswith(b"PTCP") and not (flow and flow.transport == "tcp"))

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        for start, end in units(stream):
            if stream.data[start : start + 4] != b"PTCP" or end - start < _PTCP_HEAD:
                continue
            facts = {"realm": int.from_bytes(stream.data[start + 12 : start + 16], "big")}
            body = stream.part(start + _PTCP_HEAD, end).tagged(kind="ptcp") if end > start + _PTCP_HEAD else None
            yield announcement(stream, (start, end), self.name, facts, body)


class SadpEthernet:
    """Hikvision's search on frames of EtherType 8033, without IP: the type alone says whose it is."""

    name = "hikvision-sadp-ethernet"

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        for start, end in units(stream):
            if end > start:
                yield announcement(stream, (start, end), self.name, {})


class HikvisionControl:
    """Hikvision's control connection (SDK, usually TCP 8000): the answer to a login begins with 16, 30 and 30."""

    name = "hikvision-control"
    anchors = (rb"\x00\x00\x00\x10\x00\x00\x00\x1e\x00\x00\x00\x1e",)

    def claims(self, head: bytes, flow: Flow | None) -> Claim | None:
        return by_head(self, head.startswith(_CONTROL) and not (flow and flow.transport == "udp"))

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        if stream.data.startswith(_CONTROL):
            yield announcement(stream, (0, len(_CONTROL)), self.name, {})


SADP, DHIP, PTCP = Sadp(), Dhip(), Ptcp()
SADP_ETHERNET, HIKVISION_CONTROL = SadpEthernet(), HikvisionControl()
