"""Datagrams that hold no position: encrypted, spoken, played.

A part of ``negative_traffic``: seeded, with the header forms of the named documents.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Callable

Flow = tuple[str, list[bytes]]
MTU = 1200


def datagrams(rng: random.Random, head: Callable[[int], bytes], low: int = 40, high: int = MTU) -> Flow:
    return "udp", [head(number) + rng.randbytes(rng.randrange(low, high)) for number in range(rng.randrange(8, 60))]


def esp(rng: random.Random) -> Flow:
    """RFC 3948: SPI(4) sequence(4) ciphertext; a keepalive of one byte between."""
    spi = rng.randrange(256, 1 << 32)
    flow = datagrams(rng, lambda n: struct.pack(">II", spi, n + 1))
    return "udp", [*flow[1], b"\xff"]


def wireguard(rng: random.Random) -> Flow:
    peer = rng.randrange(1 << 32)
    return datagrams(rng, lambda n: struct.pack("<IIQ", 4, peer, n))


def openvpn(rng: random.Random) -> Flow:
    """P_DATA_V2 (9): opcode and key(1) peer(3) packet id(4) tag; a reset of P_CONTROL (7, 8) first."""
    head = b"\x38" + rng.randbytes(8) + b"\0" + bytes(4)
    return "udp", [head, *datagrams(rng, lambda n: b"\x48\0\0\1" + struct.pack(">I", n))[1]]


def openvpn_tcp(rng: random.Random) -> Flow:
    rows = [b"\x30" + rng.randbytes(300) for _ in range(40)]
    return "tcp", [struct.pack(">H", len(row)) + row for row in rows]


def dtls(rng: random.Random) -> Flow:
    return datagrams(rng, lambda n: b"\x17\xfe\xfd\0\1" + n.to_bytes(6, "big") + b"\x04\0")


def rtp(rng: random.Random, kind: int = 111, step: int = 960) -> Flow:
    """RFC 3550, also as SRTP; RTCP between."""
    ssrc, first, stamp = rng.randrange(1 << 32), rng.randrange(1 << 16), rng.randrange(1 << 32)

    def head(n: int) -> bytes:
        return struct.pack(">BBHII", 0x80, kind, first + n & 0xFFFF, stamp + n * step & 0xFFFFFFFF, ssrc)

    return datagrams(rng, head, 20, 1100)


def pcm(rng: random.Random) -> Flow:
    """G.711 in RTP: silence and hum, which is far from random."""
    ssrc, level = rng.randrange(1 << 32), rng.randrange(1, 40)
    rows = []
    for n in range(60):
        tone = bytes(0xD5 ^ (level * (k % 8 > 3)) ^ (rng.random() < 0.2) for k in range(160))
        rows.append(struct.pack(">BBHII", 0x80, 8, n, 160 * n, ssrc) + tone)
    return "udp", rows


def zrtp(rng: random.Random) -> Flow:
    return datagrams(
        rng, lambda n: b"\x10\0" + struct.pack(">H", n) + b"ZRTP" + rng.randbytes(4) + b"PZ\0\x1dHello   ", 60, 90
    )


def utp(rng: random.Random) -> Flow:
    """BEP 29: type and version, extension, connection, two clocks, window, sequence, acknowledged."""
    connection = rng.randrange(1 << 16)
    return datagrams(
        rng, lambda n: struct.pack(">BBHIIIHH", 0x01, 0, connection, n * 5000, rng.randrange(90000), 1 << 20, n, 7)
    )


def turn(rng: random.Random) -> Flow:
    """RFC 8656 channel data, and STUN indications."""
    rows = []
    for _ in range(40):
        size = rng.randrange(60, 900)
        body = rng.randbytes(size)
        inner = struct.pack(">HH", 0x4001, size) + body
        if rng.random() < 0.4:
            inner = struct.pack(">HHI", 0x0016, size + 4 & 0xFFFC, 0x2112A442) + rng.randbytes(12) + body
        rows.append(inner)
    return "udp", rows


def zoom(rng: random.Random) -> Flow:
    """An outer head of 8 bytes and a media head before RTP, as measured in public studies."""
    return datagrams(
        rng,
        lambda n: (
            b"\5"
            + struct.pack(">H", n)
            + b"\0\0\0\0\1"
            + b"\x0f"
            + struct.pack(">HI", n, n * 640)
            + bytes(12)
            + b"\x90\x62"
        ),
    )


def source_engine(rng: random.Random) -> Flow:
    return datagrams(rng, lambda n: struct.pack("<II", n, n - 1 & 0xFFFFFFFF) + b"\0" + rng.randbytes(2), 20, 300)


def quake(rng: random.Random) -> Flow:
    rows = [
        b"\xff\xff\xff\xffgetinfo xxx",
        b"\xff\xff\xff\xffstatusResponse\n\\mapname\\q3dm17\\sv_maxclients\\16\\fraglimit\\20\n",
    ]
    return "udp", rows + datagrams(rng, lambda n: struct.pack("<IH", n, 27960), 20, 200)[1]


def minecraft(rng: random.Random) -> Flow:
    """Varint length, packet id, floats and doubles of a player's place in the game."""
    rows = []
    x, z = rng.uniform(-200, 200), rng.uniform(-90, 90)
    for _ in range(60):
        x, z = x + rng.uniform(-0.3, 0.3), z + rng.uniform(-0.3, 0.3)
        body = b"\x14" + struct.pack(">dddff?", x, 64.0, z, rng.uniform(0, 360), rng.uniform(-90, 90), True)
        rows.append(bytes([len(body)]) + body)
    return "tcp", rows


def raknet(rng: random.Random) -> Flow:
    return datagrams(
        rng, lambda n: b"\x84" + n.to_bytes(3, "little") + b"\x60" + struct.pack(">H", 800) + bytes(7), 20, 200
    )


def valve(rng: random.Random) -> Flow:
    """Steam datagram relay: kind, session, sequence."""
    session = rng.randrange(1 << 32)
    return datagrams(rng, lambda n: b"\x90" + struct.pack("<IH", session, n), 40, 500)


def unity(rng: random.Random) -> Flow:
    """Places and turns of a game's figures as floats."""
    rows = []
    at = [rng.uniform(-180, 180) for _ in range(6)]
    for n in range(60):
        at = [one + rng.uniform(-0.2, 0.2) for one in at]
        rows.append(struct.pack("<HI6f", 0x0107, n, *at) + struct.pack("<4f", *[rng.uniform(-1, 1) for _ in range(4)]))
    return "udp", rows


def rdp_udp(rng: random.Random) -> Flow:
    """MS-RDPEUDP2: TLS records inside its own heads."""
    return datagrams(rng, lambda n: struct.pack(">HH", 0x0400 | n & 15, n) + b"\x17\x03\x03\x03\xe8", 40, 1100)
