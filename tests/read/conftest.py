"""Captures made in memory, for the tests of this room: records around packets, packets around payloads."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Iterable
from types import SimpleNamespace

import pytest

from iotwatch.read import Capture, Devices, ReadLimits, read_capture

Timed = tuple[int, bytes]  # microseconds, packet


def pcap(packets: Iterable[Timed], *, link: int = 1, big: bool = False, nano: bool = False) -> bytes:
    order = ">" if big else "<"
    out = [struct.pack(order + "IHHiIII", 0xA1B23C4D if nano else 0xA1B2C3D4, 2, 4, 0, 0, 262144, link)]
    for time, packet in packets:
        fraction = time % 1_000_000 * (1000 if nano else 1)
        out += [struct.pack(order + "IIII", time // 1_000_000, fraction, len(packet), len(packet)), packet]
    return b"".join(out)


def block(kind: int, body: bytes, order: str = "<") -> bytes:
    body += bytes(-len(body) % 4)
    size = struct.pack(order + "I", len(body) + 12)
    return struct.pack(order + "I", kind) + size + body + size


def section(order: str = "<") -> bytes:
    return block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1), order)


def interface(link: int = 1, order: str = "<", resolution: int | None = None, offset: int = 0) -> bytes:
    body = struct.pack(order + "HHI", link, 0, 262144)
    if resolution is not None:
        body += struct.pack(order + "HHB3x", 9, 1, resolution)
    if offset:
        body += struct.pack(order + "HHq", 14, 8, offset)
    return block(1, body + bytes(4), order)


def enhanced(time: int, packet: bytes, order: str = "<", number: int = 0) -> bytes:
    head = struct.pack(order + "IIIII", number, time >> 32, time & 0xFFFFFFFF, len(packet), len(packet))
    return block(6, head + packet + bytes(-len(packet) % 4), order)


def pcapng(packets: Iterable[Timed], *, link: int = 1, big: bool = False, resolution: int = 6) -> bytes:
    order = ">" if big else "<"
    blocks = [section(order), interface(link, order, resolution)]
    scale = 2 ** (resolution & 0x7F) if resolution & 0x80 else 10**resolution
    blocks += [enhanced(-(-time * scale // 1_000_000), packet, order) for time, packet in packets]
    return b"".join(blocks)


def ip(
    payload: bytes,
    protocol: int,
    *,
    source: str = "192.0.2.7",
    target: str = "198.51.100.1",
    ident: int = 1,
    fragment: int = 0,
) -> bytes:
    """An IPv4 packet; ``fragment`` is the field of flags and offset."""
    ends = b"".join(bytes(map(int, address.split("."))) for address in (source, target))
    return struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), ident, fragment, 64, protocol, 0) + ends + payload


def tcp(
    payload: bytes = b"", *, seq: int = 0, flags: int = 0x18, ports: tuple[int, int] = (40000, 5000), back: bool = False
) -> bytes:
    """An Ethernet frame of one segment, from the client or (``back``) from the server."""
    sport, dport = reversed(ports) if back else ports
    head = struct.pack(">HHIIBBHHH", sport, dport, seq & 0xFFFFFFFF, 0, 0x50, flags, 8192, 0, 0)
    ends = {"source": "198.51.100.1", "target": "192.0.2.7"} if back else {}
    return ethernet(ip(head + payload, 6, **ends))


def udp(payload: bytes, ports: tuple[int, int] = (40000, 5000)) -> bytes:
    """A UDP header and its payload."""
    return struct.pack(">HHHH", *ports, 8 + len(payload), 0) + payload


def ethernet(packet: bytes, kind: int = 0x0800) -> bytes:
    return b"\x02\0\0\0\0\x02\x02\0\0\0\0\x01" + struct.pack(">H", kind) + packet


def read(raw: bytes, limits: ReadLimits | None = None, devices: Devices | None = None) -> Capture:
    return read_capture(io.BytesIO(raw), limits=limits, devices=devices)


@pytest.fixture(scope="session")
def build() -> SimpleNamespace:
    """The functions above."""
    functions: list[Callable[..., object]] = [
        pcap, pcapng, block, section, interface, enhanced, ip, tcp, udp, ethernet, read,
    ]  # fmt: skip
    return SimpleNamespace(**{function.__name__: function for function in functions})
