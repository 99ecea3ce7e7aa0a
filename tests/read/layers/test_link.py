"""Link layers: the same UDP datagram behind each header makes the same flow; what is no IP is a typed frame."""

from __future__ import annotations

import struct
from types import SimpleNamespace

import pytest


def wifi(llc: bytes, control: int = 0x0008, extra: bytes = b"") -> bytes:
    return struct.pack("<HH", control, 0) + bytes(range(18)) + b"\0\0" + extra + llc


SNAP = b"\xaa\xaa\x03\0\0\0\x08\0"
MACS = bytes(range(12))
RADIOTAP = struct.pack("<BBHI", 0, 0, 17, 0x3) + bytes(8) + b"\0"
# LINKTYPE and what stands before the IPv4 packet.
BEFORE = {
    "ethernet": (1, MACS + b"\x08\0"),
    "vlan": (1, MACS + b"\x81\0\0\x05\x08\0"),
    "qinq": (1, MACS + b"\x88\xa8\0\x05\x81\0\0\x06\x08\0"),
    "ethernet-snap": (1, MACS + b"\x01\0" + SNAP),
    "mpls": (1, MACS + b"\x88\x47" + struct.pack(">II", 16 << 12 | 64, 17 << 12 | 0x100 | 64)),
    "pppoe": (1, MACS + b"\x88\x64\x11\0\0\x01\0\xff\0\x21"),
    "null": (0, struct.pack("<I", 2)),
    "null-big": (0, struct.pack(">I", 2)),
    "loop": (108, struct.pack(">I", 2)),
    "raw": (101, b""),
    "raw-12": (12, b""),
    "ipv4": (228, b""),
    "sll": (113, struct.pack(">HHH", 0, 1, 6) + bytes(8) + b"\x08\0"),
    "sll2": (276, b"\x08\0\0\0\0\0\0\1\0\1\0\6" + bytes(8)),
    "ppp": (9, b"\xff\x03\0\x21"),
    "ppp-compressed": (9, b"\x21"),
    "ppp-direction": (204, b"\0\xff\x03\0\x21"),
    "hdlc": (104, b"\x0f\0\x08\0"),
    "frame-relay": (107, b"\x18\x41\x03\xcc"),
    "frame-relay-snap": (107, b"\x18\x41\x03\0\x80\0\0\0\x08\0"),
    "frame-relay-cisco": (107, b"\x18\x41\x08\0"),
    "slip": (8, b""),
    "802.11": (105, wifi(SNAP)),
    "802.11-qos": (105, wifi(SNAP, 0x0088, b"\0\0")),
    "radiotap": (127, RADIOTAP + wifi(SNAP)),
    "ppi": (192, struct.pack("<BBHI", 0, 0, 8, 105) + wifi(SNAP)),
    "prism": (119, struct.pack("<II", 0x44, 144) + bytes(136) + wifi(SNAP)),
    "fddi": (10, b"\x50" + MACS + SNAP),
    "token-ring": (6, b"\x10\x40" + MACS + SNAP),
    "arcnet": (7, b"\1\2\xf0"),
    "arcnet-linux": (129, b"\1\2\0\0\xd4\0\0\0"),
    "atm": (123, b"\x02\0\0\x64" + SNAP),
    "ipoib": (242, bytes(40) + b"\x08\0\0\0"),
    "ipnet": (226, b"\1\2" + bytes(22)),
    "enc": (109, bytes(12)),
    "pflog": (117, b"\x3d\2" + bytes(62)),
    "pktap": (258, struct.pack("<III", 108, 1, 101) + bytes(96)),
    "brcm": (281, MACS + bytes(4) + b"\x08\0"),
    "juniper-ether": (178, b"MGC\0" + MACS + b"\x08\0"),
    "erf": (197, bytes(8) + b"\2" + bytes(9) + MACS + b"\x08\0"),
}  # fmt: skip


@pytest.mark.parametrize("name", BEFORE)
def test_the_datagram_is_found(build: SimpleNamespace, name: str) -> None:
    link, before = BEFORE[name]
    raw = build.pcap([(5, before + build.ip(build.udp(b"hello"), 17))], link=link)
    capture = build.read(raw)
    (stream,) = capture.streams
    flow = stream.flow
    assert flow is not None
    assert (flow.client, flow.client_port, flow.server, flow.server_port) == ("192.0.2.7", 40000, "198.51.100.1", 5000)
    assert (stream.data, stream.datagram, stream.kind) == (b"hello", True, "udp")
    assert raw[stream.offsets[0] :][:5] == b"hello"


def test_link_addresses_follow_the_direction(build: SimpleNamespace) -> None:
    up = build.tcp(b"a", seq=1)
    flow = build.read(build.pcap([(1, up), (2, build.tcp(b"b", back=True))])).flows.flow(0)
    assert (flow.client_mac, flow.server_mac) == ("02:00:00:00:00:01", "02:00:00:00:00:02")
    to_station = wifi(SNAP, 0x0208) + build.ip(build.udp(b"x"), 17)
    flow = build.read(build.pcap([(1, to_station)], link=105)).flows.flow(0)
    assert (flow.client_mac, flow.server_mac) == ("0c:0d:0e:0f:10:11", "00:01:02:03:04:05")


FRAMES = {
    "usb": (189, b"usbmon", b"usbmon"),
    "can": (227, b"\0\0\1\x23\2\0\0\0ab", b"\0\0\1\x23\2\0\0\0ab"),
    "arp": (1, MACS + b"\x08\6arp!", b"arp!"),
    "lldp": (1, MACS + b"\x88\xcctlv", b"tlv"),
    "ethertype-8033": (1, MACS + b"\x80\x33what", b"what"),
    "llc": (1, MACS + b"\0\6\x42\x42\3stp", b"\x42\x42\3stp"),
    "802.11": (127, RADIOTAP + wifi(b"beacon", 0x0080), wifi(b"beacon", 0x0080)),
    "bluetooth": (201, b"hci", b"hci"),
    "serial": (250, b"rtac", b"rtac"),
    "ppp-c021": (9, b"\xff\3\xc0\x21lcp", b"lcp"),
    "user3": (150, b"own", b"own"),
}


@pytest.mark.parametrize("kind", FRAMES)
def test_typed_frames(build: SimpleNamespace, kind: str) -> None:
    link, frame, payload = FRAMES[kind]
    raw = build.pcap([(5, frame), (6, frame)], link=link)
    capture = build.read(raw)
    (stream,) = capture.streams
    assert (stream.kind, stream.flow, stream.datagram, stream.data) == (kind, None, True, payload * 2)
    assert stream.frames.tolist() == [1, 2]
    assert stream.context["linktype"] in capture.link_types
    assert ("frames", kind, 2) in [(row.measure, row.subject, row.value) for row in capture.coverage]


def test_headers_that_are_cut_are_counted(build: SimpleNamespace) -> None:
    capture = build.read(build.pcap([(1, MACS), (2, MACS + b"\x08\0\x45\0")]))
    assert ("packets.unread", 2) in [(row.measure, row.value) for row in capture.coverage]


def test_nesting_is_bounded(build: SimpleNamespace) -> None:
    capture = build.read(build.pcap([(1, MACS + b"\x81\0\0\1" * 40 + b"\x08\0")]))
    assert ("packets.deep", 1) in [(row.measure, row.value) for row in capture.coverage]


def test_kinds_without_end_share_a_stream(build: SimpleNamespace) -> None:
    frames = [MACS + struct.pack(">H", 0x9300 + n) + b"noise" for n in range(400)]
    capture = build.read(build.pcap(list(enumerate(frames))))
    assert len(list(capture.streams)) == 257
    assert ("frames", "other", 144) in [(row.measure, row.subject, row.value) for row in capture.coverage]
