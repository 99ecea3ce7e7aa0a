"""Whether bytes prove to be IP: by the header checksum of IPv4 (RFC 791 section 3.1), the upper one of IPv6 (RFC 8200 8.1)."""

from __future__ import annotations

import struct

from iotwatch.decode.usb.network.unit import ETHERNET, PPP, RAW_IP, Unit

_TAGS = frozenset({0x8100, 0x88A8})
_IP_TYPES = frozenset({0x0800, 0x86DD})
# Next headers that a packet of a modem may begin with: options, TCP, UDP, fragment, ESP, AH, ICMPv6, none, destination.
_NEXT = frozenset({0, 6, 17, 43, 44, 50, 51, 58, 59, 60, 132})
_SUMMED = frozenset({6, 17, 58})
_PADDING = 64  # what may stand behind an IP packet: padding to the least frame, a frame check sequence


def ip_size(data: bytes, at: int, limit: int) -> int:
    """Total length by the IP header at ``at``; 0 when none stands there (IPv4: its checksum must be right)."""
    if limit - at < 20:
        return 0
    version = data[at] >> 4
    if version == 4:
        head, total = (data[at] & 15) * 4, int.from_bytes(data[at + 2 : at + 4], "big")
        sound = 20 <= head <= total and at + head <= limit and _sums_up(data[at : at + head])
        return total if sound else 0
    if version == 6 and limit - at >= 40 and data[at + 6] in _NEXT:
        return 40 + int.from_bytes(data[at + 4 : at + 6], "big")
    return 0


def ethernet_size(data: bytes, at: int, limit: int) -> int:
    """Bytes of the Ethernet frame at ``at`` by the IP packet in it; 0 when there is none."""
    inside = ethernet_payload(data, at, limit)
    size = ip_size(data, inside, limit) if inside else 0
    return inside - at + size if size else 0


def ethernet_payload(data: bytes, at: int, limit: int) -> int:
    """Where the IP packet in an Ethernet frame stands, behind its VLAN tags; 0 when it carries another ethertype."""
    here = at + 12
    for _ in range(3):
        if here + 2 > limit:
            return 0
        kind = int.from_bytes(data[here : here + 2], "big")
        if kind not in _TAGS:
            return here + 2 if kind in _IP_TYPES else 0
        here += 4
    return 0


def ppp_payload(data: bytes, at: int, limit: int) -> tuple[int, int]:
    """Protocol number of a PPP frame and where its information stands (RFC 1661 sections 2, 6.5 and 6.6)."""
    here = at + 2 if data[at : at + 2] == b"\xff\x03" else at
    head = data[here : min(here + 2, limit)]
    if head and head[0] & 1:
        return head[0], here + 1
    return (int.from_bytes(head, "big"), here + 2) if len(head) == 2 and head[1] & 1 else (0, here)


def proven(data: bytes, unit: Unit) -> bool:
    """Whether a frame holds an IP packet of its own size with a right checksum."""
    at = unit.start
    if unit.link == ETHERNET:
        at = ethernet_payload(data, unit.start, unit.end)
    elif unit.link == PPP:
        kind, at = ppp_payload(data, unit.start, unit.end)
        at = at if kind in (0x21, 0x57) else 0
    elif unit.link != RAW_IP:
        return False
    size = ip_size(data, at, unit.end) if at or unit.link == RAW_IP else 0
    if not size or not 0 <= unit.start + unit.length - at - size <= _PADDING:
        return False
    return data[at] >> 4 == 4 or _six_sums_up(data[at : min(at + size, unit.end)], size)


def _six_sums_up(packet: bytes, size: int) -> bool:
    if len(packet) < size or packet[6] not in _SUMMED:
        return False
    pseudo = packet[8:40] + struct.pack(">II", size - 40, packet[6])
    return _sums_up(pseudo + packet[40:] + bytes(size % 2))


def _sums_up(data: bytes) -> bool:
    """RFC 1071: the one's complement sum over 16-bit words, checksum included, is all ones (65535, which is 0 modulo it)."""
    return int.from_bytes(data, "big") % 0xFFFF == 0 and any(data)
