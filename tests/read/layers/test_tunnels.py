"""Tunnels: the inner flow is the flow, the outer one is noted; a port alone makes no tunnel."""

from __future__ import annotations

import struct
from types import SimpleNamespace

import pytest

MACS = bytes(range(12))
WIFI = bytes(22) + b"\xaa\xaa\3\0\0\0\x08\0"
"""The rest of an 802.11 data frame's header, then LLC and SNAP for IPv4."""


def inner(build: SimpleNamespace) -> bytes:
    return build.ip(build.udp(b"hello"), 17)


def outer(build: SimpleNamespace, payload: bytes, protocol: int) -> bytes:
    return build.ethernet(build.ip(payload, protocol, source="10.0.0.1", target="10.0.0.2"))


def over_udp(build: SimpleNamespace, payload: bytes, port: int) -> bytes:
    return outer(build, build.udp(payload, (33000, port)), 17)


TUNNELS = {
    "ip-in-ip": lambda b: outer(b, inner(b), 4),
    "gre": lambda b: outer(b, b"\0\0\x08\0" + inner(b), 47),
    "gre key 0x2a": lambda b: outer(b, b"\x20\0\x08\0\0\0\0\x2a" + inner(b), 47),
    "gre key 0x0": lambda b: outer(b, b"\0\0\x65\x58" + b.ethernet(inner(b)), 47),
    "erspan": lambda b: outer(b, b"\x10\0\x88\xbe" + bytes(12) + b.ethernet(inner(b)), 47),
    "etherip": lambda b: outer(b, b"\x30\0" + b.ethernet(inner(b)), 97),
    "vxlan vni 0x7b": lambda b: over_udp(b, struct.pack(">II", 0x08000000, 123 << 8) + b.ethernet(inner(b)), 4789),
    "geneve vni 0x7b": lambda b: over_udp(b, struct.pack(">BBHI", 0, 0, 0x6558, 123 << 8) + b.ethernet(inner(b)), 6081),
    "gtp-u teid 0x7": lambda b: over_udp(b, struct.pack(">BBHI", 0x30, 255, len(inner(b)), 7) + inner(b), 2152),
    "gtp-u teid 0x8": lambda b: over_udp(
        b, struct.pack(">BBHI", 0x34, 255, 8, 8) + b"\0\0\0\x85\1\0\1\0" + inner(b), 2152
    ),
    "l2tp session 0x9": lambda b: over_udp(b, struct.pack(">HHH", 2, 1, 9) + b"\xff\3\0\x21" + inner(b), 1701),
    "tzsp": lambda b: over_udp(b, b"\1\0\0\1\1" + b.ethernet(inner(b)), 37008),
    "capwap": lambda b: over_udp(b, struct.pack(">II", 2 << 19, 0) + b.ethernet(inner(b)), 5247),
    "capwap 10": lambda b: over_udp(b, struct.pack(">II", 2 << 19 | 0x300, 0) + b"\x08\x01" + WIFI + inner(b), 5247),
    "capwap 10.": lambda b: over_udp(b, struct.pack(">II", 2 << 19 | 0x300, 0) + b"\x01\x08" + WIFI + inner(b), 5247),
}


@pytest.mark.parametrize("name", TUNNELS)
def test_the_inner_flow_is_the_flow(build: SimpleNamespace, name: str) -> None:
    raw = build.pcap([(5, TUNNELS[name](build))])
    (stream,) = build.read(raw).streams
    assert stream.data == b"hello"
    assert (stream.flow.client, stream.flow.server) == ("192.0.2.7", "198.51.100.1")
    assert stream.flow.tunnel.startswith(name.split()[0])
    assert stream.flow.tunnel.endswith("10.0.0.1 > 10.0.0.2")
    assert name in stream.flow.tunnel
    assert raw[stream.offsets[0] :][:5] == b"hello"


def test_six_in_four(build: SimpleNamespace) -> None:
    datagram = build.udp(b"hello")
    six = struct.pack(">IHBB", 6 << 28, len(datagram), 17, 64) + bytes(15) + b"\1" + bytes(15) + b"\2" + datagram
    (stream,) = build.read(build.pcap([(1, outer(build, six, 41))])).streams
    assert (stream.flow.client, stream.flow.tunnel) == ("::1", "6in4 10.0.0.1 > 10.0.0.2")


@pytest.mark.parametrize("port", [4789, 2152, 6081, 1701, 3544, 37008, 5247])
def test_a_port_alone_makes_no_tunnel(build: SimpleNamespace, port: int) -> None:
    (stream,) = build.read(build.pcap([(1, over_udp(build, b"##some tracker's words, no header##", port))])).streams
    assert stream.flow.tunnel == ""
    assert stream.data == b"##some tracker's words, no header##"
