"""Machines, meters, markets and models that hold no position: field buses, flow records, queues, drawings, prices, counters.

A part of ``negative_traffic``: seeded, with the header forms of the named documents.
"""

from __future__ import annotations

import json
import math
import random
import struct
from collections.abc import Callable

from tests.studies.negative_bodies import posted
from tests.studies.negative_datagrams import Flow


def _address(rng: random.Random) -> bytes:
    return bytes((10, rng.randrange(8), rng.randrange(256), rng.randrange(1, 255)))


def netflow(rng: random.Random) -> Flow:
    """NetFlow version 5 (Cisco, table B-3 and B-4): counters, ends and router times of 30 flows a datagram."""
    rows = []
    for n in range(30):
        head = struct.pack(">HHIIIIBBH", 5, 24, 3_600_000 + n, 1_770_000_000 + n, 0, n * 24, 0, 1, 0)
        flows = b"".join(
            _address(rng) + _address(rng) + bytes(4)
            + struct.pack(">HHIIIIHHBBBBHHBBH", 1, 2, rng.randrange(1, 900), rng.randrange(40, 1 << 20), n, n + 9,
                          rng.randrange(1 << 16), 443, 0, 24, 6, 0, 0, 0, 24, 24, 0)
            for _ in range(24)
        )  # fmt: skip
        rows.append(head + flows)
    return "udp", rows


def modbus(rng: random.Random) -> Flow:
    """Modbus TCP (messaging guide 1.0b): answers with registers, floats in pairs of them."""
    rows = []
    for n in range(80):
        values = b"".join(struct.pack(">f", rng.choice((rng.gauss(50, 20), rng.gauss(230, 3), 0.0))) for _ in range(12))
        rows.append(struct.pack(">HHHBBB", n, 0, len(values) + 3, 1, 3, len(values)) + values)
    return "tcp", rows


def iec104(rng: random.Random) -> Flow:
    """IEC 60870-5-104: measured floats (M_ME_NC_1) with object addresses and qualities."""
    rows = []
    for n in range(60):
        objects = b"".join(struct.pack("<HBfB", 4000 + i, 0, rng.gauss(0, 120), 0) for i in range(6))
        asdu = bytes((13, 6, 3, 0, 1, 0)) + objects
        rows.append(bytes((0x68, len(asdu) + 4)) + struct.pack("<HH", n * 2 & 0xFFFE, 2) + asdu)
    return "tcp", rows


def dnp3(rng: random.Random) -> Flow:
    rows = []
    for n in range(60):
        body = bytes((0xC0 | n & 15, 0x81, 0, 0, 30, 5, 0, 0, 9)) + b"".join(
            struct.pack("<Bf", 1, rng.gauss(10, 60)) for _ in range(10)
        )
        rows.append(
            b"\x05\x64" + struct.pack("<BBHH", min(len(body) + 5, 255), 0x44, 1, 1024) + rng.randbytes(2) + body
        )
    return "tcp", rows


def ptp(rng: random.Random) -> Flow:
    """IEEE 1588-2008 section 13: sync and follow-up with their stamps."""
    clock = rng.randbytes(8)
    return "udp", [
        struct.pack(">BBHBBHqI", 8 if n % 2 else 0, 2, 44, 0, 0, 0, rng.randrange(1 << 20), 0) + clock
        + struct.pack(">HHBbHII", 1, n, 2, 0, 0, 1_770_000_000 + n, rng.randrange(1_000_000_000))
        for n in range(80)
    ]  # fmt: skip


def snmp(rng: random.Random) -> Flow:
    """SNMP version 2c answers (RFC 3416): counters by their object ids."""

    def item(tag: int, body: bytes) -> bytes:
        return bytes((tag, 0x82)) + struct.pack(">H", len(body)) + body

    rows = []
    for n in range(40):
        bound = b"".join(
            item(0x30, bytes((6, 10, 43, 6, 1, 2, 1, 2, 2, 1, 10, i)) + b"\x41\x04" + rng.randbytes(4))
            for i in range(12)
        )
        numbers = b"\x02\x04" + struct.pack(">I", 77_000 + n) + b"\x02\x01\0\x02\x01\0"
        rows.append(item(0x30, b"\x02\x01\x01\x04\x06public" + item(0xA2, numbers + item(0x30, bound))))
    return "udp", rows


def kafka(rng: random.Random) -> Flow:
    """Record batches of version 2: deltas as varints, JSON of counters as values."""
    rows = []
    for n in range(40):
        value = json.dumps({"n": n, "cpu": round(rng.random() * 100, 4), "mem": round(rng.random() * 64, 5)}).encode()
        stamp = 1_770_000_000_000 + n
        batch = struct.pack(
            ">qiibIhiqqqhii", n, 60 + len(value), 0, 2, rng.getrandbits(32), 0, 0, stamp, stamp, -1, -1, -1, 1
        )
        batch += bytes((2 * len(value) & 0x7E, 0, 0, 0, 1)) + value
        body = struct.pack(">hhih", 0, 9, n, 6) + b"client" + batch
        rows.append(struct.pack(">i", len(body)) + body)
    return "tcp", rows


def grpc(rng: random.Random) -> Flow:
    """HTTP/2 data frames (RFC 9113 section 6.1) of protobuf samples: doubles and stamps."""
    rows = [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"]
    for n in range(60):
        sample = (
            b"\x09"
            + struct.pack("<d", rng.gauss(0, 300))
            + b"\x11"
            + struct.pack("<d", rng.random() * 1e6)
            + b"\x18"
            + bytes((n,))
        )
        body = b"\0" + struct.pack(">I", len(sample) + 2) + b"\x0a" + bytes((len(sample),)) + sample
        rows.append(struct.pack(">I", len(body))[1:] + b"\0\0" + struct.pack(">I", 2 * n + 1) + body)
    return "tcp", rows


def rtmp(rng: random.Random) -> Flow:
    rows = [b"\x03" + struct.pack(">II", 0, 0) + rng.randbytes(1528)]
    for n in range(60):
        body = rng.randbytes(rng.randrange(200, 1200))
        head = struct.pack(">I", n * 40)[1:] + struct.pack(">I", len(body))[1:] + b"\x09" + struct.pack("<I", 1)
        rows.append(b"\x06" + head + body)
    return "tcp", rows


def quic_short(rng: random.Random) -> Flow:
    """QUIC behind its handshake (RFC 9000 section 17.3): one byte, the connection's id, ciphertext."""
    ident = rng.randbytes(8)
    return "udp", [
        bytes((0x40 | rng.randrange(64),)) + ident + rng.randbytes(rng.randrange(20, 1250)) for _ in range(50)
    ]


def ssh(rng: random.Random) -> Flow:
    return "tcp", [b"SSH-2.0-OpenSSH_9.6\r\n", *(rng.randbytes(rng.choice((36, 52, 100, 1024))) for _ in range(60))]


def gcode(rng: random.Random) -> Flow:
    """A print job's moves, in millimetres."""
    moves = (f"G1 X{rng.uniform(0, 200):.4f} Y{rng.uniform(0, 200):.4f} E{n * 0.0331:.5f}" for n in range(800))
    return posted("\n".join(("G28", "M104 S210", *moves)).encode(), "text/plain")


def model(rng: random.Random) -> Flow:
    """A solid's corners and faces (Wavefront OBJ)."""
    corners = "\n".join(f"v {rng.gauss(0, 2):.6f} {rng.gauss(0, 2):.6f} {rng.gauss(0, 2):.6f}" for _ in range(600))
    return posted(f"o part\n{corners}\nf 1/1/1 2/2/2 3/3/3\n".encode(), "model/obj")


def drawing(rng: random.Random) -> Flow:
    path = " ".join(f"L{rng.uniform(0, 90):.3f},{rng.uniform(0, 180):.3f}" for _ in range(400))
    return posted(f'<svg viewBox="0 0 100 200"><path d="M1.5,2.5 {path}"/></svg>'.encode(), "image/svg+xml")


def ticker(rng: random.Random) -> Flow:
    """Prices with their clocks, a message each."""
    bid = rng.uniform(0.5, 150)
    rows = []
    for n in range(80):
        bid *= 1 + rng.gauss(0, 0.0005)
        tick = {"s": "EURUSD", "b": round(bid, 5), "a": round(bid * 1.0002, 5), "ts": 1_770_000_000_000 + 900 * n}
        text = json.dumps(tick).encode()
        rows.append(
            bytes((0x81, 126)) + struct.pack(">H", len(text)) + text
            if len(text) > 125
            else bytes((0x81, len(text))) + text
        )
    return "tcp", rows


def prices(rng: random.Random) -> Flow:
    lines = (
        f"2026-03-{1 + n % 28:02d},{rng.uniform(20, 80):.4f},{rng.uniform(20, 80):.4f},{rng.randrange(10**6)}"
        for n in range(300)
    )
    return posted("\n".join(("date,open,close,volume", *lines)).encode(), "text/csv")


def exposition(rng: random.Random) -> Flow:
    """Prometheus' text form: names, labels, values."""
    lines = (
        f'node_{n % 40}_ratio{{cpu="{n % 8}",mode="idle"}} {rng.gauss(40, 30):.6f} {1_770_000_000_000 + n}'
        for n in range(300)
    )
    return posted("\n".join(lines).encode(), "text/plain; version=0.0.4")


def line_protocol(rng: random.Random) -> Flow:
    lines = (
        f"room,dev=s{n % 9} temp={rng.gauss(21, 3):.4f},hum={rng.gauss(50, 9):.4f} {1_770_000_000 + n}000000000"
        for n in range(200)
    )
    return posted("\n".join(lines).encode(), "text/plain")


def array(rng: random.Random) -> Flow:
    """NumPy's own form (NEP 1): a head and doubles, as waves or as noise."""
    head = b"{'descr': '<f8', 'fortran_order': False, 'shape': (1500, 2), }"
    head = head.ljust(117) + b"\n"
    wave = rng.choice((math.sin, lambda x: rng.gauss(0, 60)))
    data = b"".join(struct.pack("<dd", 60 * wave(n / 30), 120 * wave(n / 20)) for n in range(1500))
    return posted(b"\x93NUMPY\x01\0" + struct.pack("<H", len(head)) + head + data, "application/octet-stream")


def cbor_sensor(rng: random.Random) -> Flow:
    """Readings as CBOR (RFC 8949): a map of a few names and doubles, in CoAP from a sensor."""

    def text(word: str) -> bytes:
        return bytes((0x60 | len(word),)) + word.encode()

    rows = []
    for n in range(60):
        names = ("t", "rh", "p", "lx")
        body = b"\xa4" + b"".join(text(name) + b"\xfb" + struct.pack(">d", rng.gauss(30, 40)) for name in names)
        rows.append(b"\x52\x02" + struct.pack(">H", n) + b"\xab\xcd\xb1s\x11\x3c\xff" + body)
    return "udp", rows


INDUSTRY: tuple[Callable[[random.Random], Flow], ...] = (
    netflow, modbus, iec104, dnp3, ptp, snmp, kafka, grpc, rtmp, quic_short, ssh, gcode, model, drawing, ticker, prices,
    exposition, line_protocol, array, cbor_sensor,
)  # fmt: skip
