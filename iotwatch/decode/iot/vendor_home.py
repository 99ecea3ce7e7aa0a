"""Local protocols of smart-home makers: Tuya, TP-Link Kasa, Xiaomi miio, Ubiquiti discovery.

Sources: reference facts (wire behaviours); the makers' frames as the projects tinytuya, python-kasa, python-miio and
the Wireshark dissectors describe them. What a device says of itself can be forged: never more than ``likely``.
"""

from __future__ import annotations

import ipaddress
from binascii import crc32
from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from iotwatch.decode.iot.vendor_cameras import announcement, listed
from iotwatch.decode.message import Claim, Message, by_head
from iotwatch.decode.units import units
from iotwatch.patterns import regex
from iotwatch.place import steps
from iotwatch.read.stream import Flow, Stream

_TUYA_FIELD = regex(rb'"(gwId|devId|ip|productKey|version)"\s{0,4}:\s{0,4}"([^"]{1,64})"')
_TUYA_HEAD, _TUYA_TAIL = 16, 8
_KASA_KEY = "ab"
_KASA_FIELD = regex(rb'"(alias|model|mac|deviceId|hwId|sw_ver|hw_ver|dev_name)"\s{0,4}:\s{0,4}"([^"]{1,128})"')
_UBNT_TEXTS = {0x03: "firmware", 0x0B: "hostname", 0x0C: "platform", 0x0D: "essid"}
_MIIO_HELLO = b"\xff" * 4


class Tuya:
    """Tuya's LAN frame: 00 00 55 AA, number, command, length, payload, CRC-32, 00 00 AA 55."""

    name = "tuya-lan"
    anchors = (rb"\x00\x00\x55\xaa", rb"\x00\x00\x66\x99\x00\x00")

    def claims(self, head: bytes, flow: Flow | None) -> Claim | None:
        size = int.from_bytes(head[12:16], "big")
        return by_head(self, len(head) >= 20 and (head[2] == 0x66 or _TUYA_TAIL <= size <= 65536))

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        for start, end in units(stream):
            data = stream.data
            if data[start : start + 4] != b"\x00\x00\x55\xaa":
                if data[start : start + 4] == b"\x00\x00\x66\x99":
                    yield announcement(stream, (start, end), self.name, {"form": "3.5"})
                continue
            stop = start + _TUYA_HEAD + int.from_bytes(data[start + 12 : start + 16], "big")
            if stop > end or data[stop - 4 : stop] != b"\x00\x00\xaa\x55":
                continue
            text = data[start + _TUYA_HEAD : stop - _TUYA_TAIL]
            facts: dict[str, Any] = {"command": int.from_bytes(data[start + 8 : start + 12], "big")}
            facts |= listed(_TUYA_FIELD, text)
            facts["encrypted"] = b"{" not in text[:8]
            good = crc32(data[start : stop - _TUYA_TAIL]) == int.from_bytes(data[stop - 8 : stop - 4], "big")
            yield replace(announcement(stream, (start, stop), self.name, facts), checksum="ok" if good else "bad")


class Kasa:
    """TP-Link's smart-home JSON behind an autokey of exclusive or (first key AB); over TCP four bytes of length first.

    ``get_sysinfo`` answers may hold the place of the home, which whoever looks into the body finds.
    """

    name = "tplink-kasa"
    anchors = (rb"\xd0[\xf2\xd0\xad\xda]", rb"(?s:\x00[\x00-\x01]..\xd0[\xf2\xd0\xad\xda])")

    def claims(self, head: bytes, flow: Flow | None) -> Claim | None:
        text = steps.apply("xor-autokey", head[4 if head[:1] == b"\0" else 0 :][:64], _KASA_KEY)
        return by_head(
            self, text[:1] == b"{" and text.isascii() and text.decode("ascii").isprintable() and b'"' in text
        )

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        for start, end in units(stream):
            at = start
            while at + 4 < end:
                skip = 4 if stream.data[at] == 0 else 0
                stop = min(at + 4 + int.from_bytes(stream.data[at : at + 4], "big"), end) if skip else end
                if stop <= at + skip:
                    return
                wire = stream.part(at + skip, stop)
                body = wire.through("xor-autokey", steps.apply("xor-autokey", wire.data, _KASA_KEY), _KASA_KEY)
                body = body.tagged(**{"kind": "kasa", "content-type": "application/json"})
                yield announcement(stream, (at, stop), self.name, listed(_KASA_FIELD, body.data[:8192]), body)
                at = stop


class Miio:
    """Xiaomi's miio over UDP: 21 31, length, four bytes, device number, clock, MD5; the rest is encrypted."""

    name = "xiaomi-miio"
    anchors = (rb"(?s:\x21\x31[\x00-\x20].)",)

    def claims(self, head: bytes, flow: Flow | None) -> Claim | None:
        if flow and flow.transport == "tcp":
            return None
        size = int.from_bytes(head[2:4], "big")
        return by_head(self, len(head) >= 32 and size % 16 == 0 and (size == len(head) or size > 2048))

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        for start, end in units(stream):
            if end - start >= 32 and stream.data[start : start + 2] == b"\x21\x31":
                device = stream.data[start + 8 : start + 12]
                facts = {} if device == _MIIO_HELLO else {"device": str(int.from_bytes(device, "big"))}
                yield announcement(stream, (start, end), self.name, facts)


class UbiquitiDiscovery:
    """Answers of Ubiquiti's discovery (UDP 10001): 01 00, length, then type, two bytes of length, value."""

    name = "ubiquiti-discovery"
    anchors = (rb"(?s:[\x01\x02][\x00\x06\x0a]..[\x01\x02]\x00[\x06\x0a])",)

    def claims(self, head: bytes, flow: Flow | None) -> Claim | None:
        return by_head(
            self, not (flow and flow.transport == "tcp") and int.from_bytes(head[2:4], "big") + 4 == len(head)
        )

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        for start, end in units(stream):
            facts: dict[str, Any] = {}
            at = start + 4
            while at + 3 <= end:
                kind, size = stream.data[at], int.from_bytes(stream.data[at + 1 : at + 3], "big")
                value = stream.data[at + 3 : min(at + 3 + size, end)]
                if kind in (1, 2) and len(value) >= 6:
                    facts["mac"] = value[:6].hex(":")
                if kind == 2 and len(value) == 10:
                    facts["ip"] = str(ipaddress.IPv4Address(value[6:]))
                elif kind in _UBNT_TEXTS:
                    facts[_UBNT_TEXTS[kind]] = value.decode("utf-8", "replace")[:128]
                at += 3 + size
            if "mac" in facts:
                yield announcement(stream, (start, end), self.name, facts)


TUYA, KASA, MIIO, UBIQUITI = Tuya(), Kasa(), Miio(), UbiquitiDiscovery()
