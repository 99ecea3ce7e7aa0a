"""Services and streams that hold no position: screens, files, databases, video, peers.

A part of ``negative_traffic``: seeded, with the header forms of the named documents.
"""

from __future__ import annotations

import random
import struct

from tests.studies.negative_datagrams import Flow


def rdp(rng: random.Random) -> Flow:
    """Fast-path updates: bitmaps with runs."""
    rows = []
    for _ in range(40):
        body = b"\0" + bytes(rng.choice((0, 255, 17)) for _ in range(rng.randrange(50, 900)))
        rows.append(b"\x00" + struct.pack(">H", len(body) + 3 | 0x8000) + body)
    return "tcp", rows


def vnc(rng: random.Random) -> Flow:
    rows = [b"RFB 003.008\n", b"\1", b"\1"]
    for _ in range(60):
        rows.append(
            b"\0\0"
            + struct.pack(">HHHHHi", 1, rng.randrange(1920), rng.randrange(1080), 64, 16, 0)
            + bytes(rng.choice((0, 32, 255)) for _ in range(600))
        )
    return "tcp", rows


def rsync(rng: random.Random) -> Flow:
    names = b"".join(
        b"\x19%02d%c.txt" % (n, 97 + n % 26) + struct.pack("<II", rng.randrange(9999), 1_770_000_000 + n)
        for n in range(200)
    )
    return "tcp", [
        b"@RSYNCD: 31.0 sha512 md5\n",
        b"backup\n",
        b"--server\0--sender\0-logDtpre.\0",
        names,
        rng.randbytes(20_000),
    ]


def rpc(rng: random.Random) -> Flow:
    """NFS version 3 over TCP: record mark, transaction, call, program 100003, handles, sizes and stamps."""
    rows = []
    for n in range(60):
        attributes = struct.pack(">15I", 1, 0o644, 1, 1000, 1000, 0, rng.randrange(1 << 20), 0, 4096, 0, 0, 0, 77, 0, n)
        body = (
            struct.pack(">IIIIII", 0x5A0000 + n, 0, 2, 100003, 3, rng.randrange(1, 21))
            + struct.pack(">6I", 1, 24, 0, 0, 0, 0)
            + rng.randbytes(32)
            + attributes
            + struct.pack(">6I", *[1_770_000_000 + n, 0] * 3)
        )
        rows.append(struct.pack(">I", len(body) | 0x80000000) + body)
    return "tcp", rows


def smb(rng: random.Random) -> Flow:
    """MS-SMB2: reads and writes with FILETIME stamps."""
    rows = []
    for n in range(40):
        head = (
            b"\xfeSMB" + struct.pack("<HHIHHIIQIIQ", 64, 1, 0, rng.randrange(19), 31, 0, 0, n, 0xFEFF, 1, 7) + bytes(16)
        )
        body = struct.pack(
            "<HHIQQQQ", 60, 0, 0, *[133_500_000_000_000_000 + rng.randrange(1 << 40) for _ in range(4)]
        ) + rng.randbytes(rng.randrange(300))
        rows.append(struct.pack(">I", len(head + body)) + head + body)
    return "tcp", rows


def mpeg_ts(rng: random.Random) -> Flow:
    """Seven transport packets of 188 bytes in a datagram: 47, PID, counter, stuffing."""
    rows = []
    for n in range(40):
        rows.append(
            b"".join(
                b"\x47"
                + struct.pack(">HB", 0x100, 0x10 | n * 7 + k & 15)
                + (rng.randbytes(184) if rng.random() < 0.9 else b"\xff" * 184)
                for k in range(7)
            )
        )
    return "udp", rows


def h264(rng: random.Random) -> Flow:
    """Annex B units in RTP over RTSP's interleaving ($, channel, length)."""
    rows = []
    for n in range(60):
        body = struct.pack(">BBHII", 0x80, 96, n, n * 3000, 9) + b"\x7c\x85" + rng.randbytes(rng.randrange(200, 1200))
        rows.append(b"$\0" + struct.pack(">H", len(body)) + body)
    return "tcp", rows


def bittorrent(rng: random.Random) -> Flow:
    head = b"\x13BitTorrent protocol" + bytes(8) + rng.randbytes(20) + b"-qB4500-" + rng.randbytes(12)
    pieces = [struct.pack(">IBII", 9 + 2048, 7, n, 0) + rng.randbytes(2048) for n in range(12)]
    return "tcp", [head, *pieces]


def dht(rng: random.Random) -> Flow:
    return "udp", [
        b"d1:rd2:id20:"
        + rng.randbytes(20)
        + b"5:nodes208:"
        + rng.randbytes(208)
        + b"e1:t2:"
        + rng.randbytes(2)
        + b"1:y1:re"
        for _ in range(40)
    ]


def kerberos(rng: random.Random) -> Flow:
    body = b"\x30\x82\x05\xdc\xa1\x03\x02\x01\x05\xa2\x03\x02\x01\x0c\x18\x0f20260314120000Z" + rng.randbytes(900)
    return "udp", [b"\x6c\x82" + struct.pack(">H", len(body)) + body for _ in range(10)]


def ldap(rng: random.Random) -> Flow:
    rows = []
    for n in range(60):
        text = b"uid=user%d,ou=people,dc=firm,dc=example" % rng.randrange(9999)
        inner = b"\x02\x01" + bytes([n % 128]) + b"\x64" + bytes([len(text) + 2]) + b"\x04" + bytes([len(text)]) + text
        rows.append(b"\x30" + bytes([len(inner)]) + inner)
    return "tcp", rows


def postgres(rng: random.Random) -> Flow:
    """Data rows of numbers as text."""
    rows = []
    for _ in range(200):
        cells = [
            b"%d" % rng.randrange(10**6),
            b"%.6f" % rng.uniform(-200, 200),
            b"%.2f" % rng.uniform(0, 100),
            b"2026-03-%02d 12:%02d:00" % (rng.randrange(1, 29), rng.randrange(60)),
        ]
        body = struct.pack(">H", len(cells)) + b"".join(struct.pack(">I", len(cell)) + cell for cell in cells)
        rows.append(b"D" + struct.pack(">I", len(body) + 4) + body)
    return "tcp", rows


def mysql(rng: random.Random) -> Flow:
    rows = []
    for n in range(200):
        cells = [
            b"%d" % n,
            b"%.4f" % rng.uniform(-300, 300),
            b"%.4f" % rng.uniform(0, 9999),
            b"shelf %d" % rng.randrange(99),
        ]
        body = b"".join(bytes([len(cell)]) + cell for cell in cells)
        rows.append(len(body).to_bytes(3, "little") + bytes([n & 255]) + body)
    return "tcp", rows


def redis(rng: random.Random) -> Flow:
    return "tcp", [
        b"*3\r\n$3\r\nSET\r\n$%d\r\nload:%d\r\n$8\r\n%08.5f\r\n" % (len(b"load:%d" % n), n, rng.uniform(0, 99))
        for n in range(200)
    ]


def mongo(rng: random.Random) -> Flow:
    rows = []
    for n in range(80):
        document = (
            b"\x10n\0"
            + struct.pack("<i", n)
            + b"\x01v\0"
            + struct.pack("<d", rng.uniform(-180, 180))
            + b"\x01w\0"
            + struct.pack("<d", rng.uniform(-90, 90))
            + b"\x09t\0"
            + struct.pack("<q", 1_770_000_000_000 + n)
        )
        body = struct.pack("<IB", 0, 0) + struct.pack("<i", len(document) + 5) + document + b"\0"
        rows.append(struct.pack("<iiii", len(body) + 16, n, 0, 2013) + body)
    return "tcp", rows
