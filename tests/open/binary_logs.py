"""Binary logs of a unit, made apart from what reads them: protocol buffers behind their lengths, frames, BLOBs of a table."""

from __future__ import annotations

import io
import math
import sqlite3
import struct
import tarfile
from collections.abc import Callable
from contextlib import closing

BEGUN = 1_733_000_000
DRIVE = [
    (round(48.1371 + 0.002 * math.sin(n / 5), 6), round(11.5754 + 0.0011 * n + 0.0001 * (n % 3), 6), BEGUN + 20 * n)
    for n in range(24)
]
Log = Callable[[list[tuple[float, float, int]]], bytes]


def varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes((*out, value))


def inside(number: int, content: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(content)) + content


def nested(latitude: float, longitude: float, time: int) -> bytes:
    """A serial number, a place in doubles, and a google.protobuf.Timestamp."""
    place = b"\x09" + struct.pack("<d", latitude) + b"\x11" + struct.pack("<d", longitude)
    return inside(1, b"unit-7") + inside(2, place) + inside(3, b"\x08" + varint(time) + b"\x10\x05")


def integers(latitude: float, longitude: float, time: int) -> bytes:
    """sint32 in 1e-7 degrees, milliseconds."""
    zigzag = [round(one * 1e7) * 2 if one >= 0 else round(-one * 1e7) * 2 - 1 for one in (latitude, longitude)]
    return b"\x20" + varint(zigzag[0]) + b"\x28" + varint(zigzag[1]) + b"\x30" + varint(1000 * time)


def delimited(drive: list[tuple[float, float, int]]) -> bytes:
    return b"".join(varint(len(one)) + one for one in (nested(*point) for point in drive))


def lengths_of_32_bits(drive: list[tuple[float, float, int]]) -> bytes:
    return b"".join(struct.pack(">I", len(one)) + one for one in (nested(*point) for point in drive)) + b"\xff" * 90


def scaled(drive: list[tuple[float, float, int]]) -> bytes:
    return b"".join(varint(len(one)) + one for one in (integers(*point) for point in drive))


def frames(drive: list[tuple[float, float, int]]) -> bytes:
    return b"".join(
        struct.pack(">HHQddf", 0xA55A, n, 1000 * time, latitude, longitude, 13.5 + n % 4)
        for n, (latitude, longitude, time) in enumerate(drive)
    )


def frames_of_integers(drive: list[tuple[float, float, int]]) -> bytes:
    return b"".join(
        struct.pack("<2sHIiiH", b"LG", n, time, round(latitude * 1e7), round(longitude * 1e7), 300 + n % 7)
        for n, (latitude, longitude, time) in enumerate(drive)
    )


def blobs(drive: list[tuple[float, float, int]]) -> bytes:
    """Each place in a BLOB, its time in the column beside it."""
    rows = [(time, inside(2, nested(latitude, longitude, 0))) for latitude, longitude, time in drive]
    with closing(sqlite3.connect(":memory:")) as store:
        store.execute("CREATE TABLE events (id INTEGER PRIMARY KEY, created_at INTEGER, body BLOB)")
        store.executemany("INSERT INTO events (created_at, body) VALUES (?, ?)", rows)
        store.commit()
        return store.serialize()


def tarred(name: str, content: bytes) -> bytes:
    """The file as a unit's image holds it."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        member = tarfile.TarInfo(f"data/tcu/{name}")
        member.size = len(content)
        tar.addfile(member, io.BytesIO(content))
    return out.getvalue()
