"""Advertisements of item trackers and bystanders, byte by byte from the documents, and the captures that hold them.

As a program it writes the capture of the case ``captures/tag-along``: ``python -m tests.advertised FILE``. Nothing here comes
from the code under test; the check value is reckoned bit by bit.
"""

from __future__ import annotations

import base64
import hashlib
import sqlite3
import struct
import sys
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

START = 1_795_315_000.0
"""Seconds since 1970: 2026-11-22, an hour behind the other captures of the demo's car."""
_YEAR_0 = 0x00DCDDB30F2F8000


class Advertisement(NamedTuple):
    """One advertisement: seconds after the start, address as written, AD structures, dBm, and whether the air bent a bit."""

    time: float
    address: str
    payload: bytes
    level: int = -70
    damaged: bool = False


def made(*name: object) -> bytes:
    """32 bytes that anybody can make again."""
    return hashlib.sha256(repr(name).encode()).digest()


def address(*name: object) -> str:
    """A static random address (Core Specification vol. 6, part B, 1.3.2.1)."""
    raw = made("address", *name)[:6]
    return bytes([raw[0] | 0xC0, *raw[1:]]).hex(":")


def structure(kind: int, body: bytes) -> bytes:
    return bytes([len(body) + 1, kind]) + body


def service(uuid: int, body: bytes) -> bytes:
    return structure(0x01, b"\x06") + structure(0x16, uuid.to_bytes(2, "little") + body)


def find_my_away(*name: object, status: int = 0x10) -> tuple[str, bytes]:
    """Address and payload of a separated Find My device: both together are its key of 28 bytes."""
    key = made("key", *name)[:28]
    sender = bytes([key[0] | 0xC0, *key[1:6]]).hex(":")
    return sender, structure(0xFF, b"\x4c\0\x12\x19" + bytes([status]) + key[6:] + bytes([key[0] >> 6, 0x5A]))


def find_my_near(*name: object, status: int = 0x14) -> tuple[str, bytes]:
    return address("near", *name), structure(0xFF, b"\x4c\0\x12\x02" + bytes([status, 3]))


def smart_tag(*name: object, state: int = 2, counter: int = 5000) -> tuple[str, bytes]:
    body = (
        bytes([0x10 | state])
        + counter.to_bytes(3, "little")
        + made("privacy", *name)[:8]
        + b"\x0c\0\0\0"
        + made(name)[:4]
    )
    return address("smart", *name), service(0xFD5A, body)


def tile(*name: object) -> tuple[str, bytes]:
    return address("tile", *name), service(0xFEED, b"\x02\0" + made("tile", *name)[:8])


def find_hub(*name: object, away: bool = True) -> tuple[str, bytes]:
    return address("hub", *name), service(0xFEAA, bytes([0x41 if away else 0x40]) + made("eid", *name)[:20] + b"\x5e")


def chipolo(*name: object, away: bool = True) -> tuple[str, bytes]:
    return address("chipolo", *name), service(0xFE33, bytes([0x12, away]) + made("chipolo", *name)[:10])


def pebblebee(*name: object) -> tuple[str, bytes]:
    return address("pebblebee", *name), service(0xFA25, b"\x64" + made("pebblebee", *name)[:6])


def dult(*name: object, away: bool = True, network: int = 2) -> tuple[str, bytes]:
    return address("dult", *name), service(0xFCB2, bytes([network, not away]) + made("dult", *name)[:18])


def phone(number: int) -> tuple[str, bytes]:
    """A phone that says what Apple's phones say to each other (continuity: nearby info)."""
    return address("phone", number), structure(0x01, b"\x1a") + structure(0xFF, b"\x4c\0\x10\x05" + made(number)[:5])


def eddystone(number: int) -> tuple[str, bytes]:
    return address("beacon", number), service(0xFEAA, b"\x10\xee\0example\x07")


def again(
    sender: tuple[str, bytes], first: float, last: float, every: float = 2.0, level: int = -70
) -> Iterator[Advertisement]:
    """The same advertisement from ``first`` to ``last``, the level turning by a few dB."""
    for number in range(int((last - first) / every) + 1):
        yield Advertisement(first + number * every, *sender, level + number % 5 - 2)


def bystanders(last: float, count: int = 4) -> Iterator[Advertisement]:
    for number in range(count):
        yield from again(phone(number), 0.3 + number, last, 5.0, -60 - 8 * number)


def check(packet: bytes) -> bytes:
    """CRC of the link layer, bit by bit as in figure 3.5 of vol. 6, part B: the register is begun at 555555."""
    register = 0x555555
    for bit in (byte >> place & 1 for byte in packet for place in range(8)):
        out = register >> 23 & 1 ^ bit
        register = (register << 1 & 0xFFFFFF) ^ (0x00065B if out else 0)
    mirrored = int(f"{register:024b}"[::-1], 2)
    return mirrored.to_bytes(3, "little")


def on_air(one: Advertisement) -> bytes:
    """LINKTYPE 251: access address, ADV_NONCONN_IND from a random address, check value."""
    body = bytes.fromhex(one.address.replace(":", ""))[::-1] + one.payload
    packet = bytes([0x42, len(body)]) + body
    told = check(packet)
    if one.damaged:
        at = 2 + int(one.time * 7) % len(body)
        packet = packet[:at] + bytes([packet[at] ^ 1 << int(one.time) % 8]) + packet[at + 1 :]
    return bytes.fromhex("d6be898e") + packet + told


def with_radio(one: Advertisement) -> bytes:
    """LINKTYPE 256: channel 37, level and reference address are held."""
    return struct.pack("<BbbBIH", 0, one.level, -128, 0, 0x8E89BED6, 0x0013) + on_air(one)


def nordic(one: Advertisement) -> bytes:
    """LINKTYPE 272: board, length, version 2, counter, an advertising packet, ten bytes of radio."""
    air = on_air(one)
    radio = struct.pack("<BBBBHI", 10, 0 if one.damaged else 1, 37, -one.level, 0, 0)
    return b"\x0b" + struct.pack("<HBHB", len(radio) + len(air), 2, 1, 2) + radio + air


def report(one: Advertisement, *, extended: bool = False) -> bytes:
    """H4: a controller's report (legacy 3E 02, extended 3E 0D)."""
    sender = bytes.fromhex(one.address.replace(":", ""))[::-1]
    level = struct.pack("b", one.level)
    if extended:
        head = b"\x0d\x01\x10\0\x01" + sender + b"\x01\0\xff\x7f" + level + b"\0\0\0" + bytes(6)
        body = head + bytes([len(one.payload)]) + one.payload
    else:
        body = b"\x02\x01\x03\x01" + sender + bytes([len(one.payload)]) + one.payload + level
    return b"\x04\x3e" + bytes([len(body)]) + body


def monitor(one: Advertisement) -> bytes:
    """LINKTYPE 254: adapter 0, opcode 3 (event)."""
    return b"\0\0\0\x03" + report(one)[1:]


FRAMES = {
    251: on_air,
    256: with_radio,
    272: nordic,
    187: report,
    201: lambda one: b"\0\0\0\x01" + report(one, extended=True),
    254: monitor,
}


def _in_order(heard: Iterable[Advertisement]) -> list[Advertisement]:
    return sorted(heard, key=lambda one: one.time)


def pcap(heard: Iterable[Advertisement], link: int = 256, start: float = START) -> bytes:
    records = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, link)]
    for one in _in_order(heard):
        frame = FRAMES[link](one)
        whole, micros = divmod(round((start + one.time) * 1e6), 1_000_000)
        records.append(struct.pack("<IIII", whole, micros, len(frame), len(frame)) + frame)
    return b"".join(records)


def btsnoop(heard: Iterable[Advertisement], start: float = START) -> bytes:
    records = [b"btsnoop\0" + struct.pack(">II", 1, 1002)]
    for one in _in_order(heard):
        frame = report(one)
        stamp = round((start + one.time) * 1e6) + _YEAR_0
        records.append(struct.pack(">IIIIQ", len(frame), len(frame), 3, 0, stamp) + frame)
    return b"".join(records)


def packetlogger(heard: Iterable[Advertisement], start: float = START, order: str = ">") -> bytes:
    """Apple's PacketLogger, in either order of bytes (Wireshark's ``packetlogger.c``)."""
    records = []
    for one in _in_order(heard):
        event = report(one)[1:]
        whole, micros = divmod(round((start + one.time) * 1e6), 1_000_000)
        records.append(struct.pack(f"{order}III", 9 + len(event), whole, micros) + b"\x01" + event)
    return b"".join(records)


def bug_report(heard: Iterable[Advertisement], start: float = START, lost: int = 0) -> bytes:
    """The part of an Android bug report that keeps the last packets (AOSP ``btsnooz.py``, version 2), without the ``lost`` last
    bytes."""
    events = _in_order(heard)
    last = round((start + events[-1].time) * 1e6)
    before, records = round((start + events[0].time) * 1e6), []
    for one in events:
        event, now = report(one)[1:], round((start + one.time) * 1e6)
        records.append(struct.pack("<HHIB", len(event) + 1, len(event) + 1, now - before, 0x10) + event)
        before = now
    packed = struct.pack("<BQ", 2, last) + zlib.compress(b"".join(records))
    packed = packed[: len(packed) - lost]
    text = base64.encodebytes(packed).decode()
    return (
        "========================================================\n== dumpstate: 2026-11-22 03:00:00\n"
        f"--- BEGIN:BTSNOOP_LOG_SUMMARY ({len(packed)} bytes in) ---\n{text}--- END:BTSNOOP_LOG_SUMMARY ---\n"
    ).encode()


def kismet(heard: Iterable[Advertisement], start: float = START, speed: float = 15.0) -> bytes:
    """A database of Kismet, version 10, whose sweeper drives north by its own receiver, ``speed`` in metres a second."""
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("CREATE TABLE KISMET (kismet_version TEXT, db_version INT, db_module TEXT)")
        database.execute("INSERT INTO KISMET VALUES ('2023-07-R1', 10, 'kismetlog')")
        database.execute(
            "CREATE TABLE packets (ts_sec INT, ts_usec INT, phyname TEXT, sourcemac TEXT, destmac TEXT, transmac TEXT, frequency"
            " REAL, devkey TEXT, lat REAL, lon REAL, alt REAL, speed REAL, heading REAL, packet_len INT, signal INT, datasource"
            " TEXT, dlt INT, packet BLOB, error INT, tags TEXT, datarate REAL, hash INT, packetid INT, packet_full_len INT)"
        )
        for one in _in_order(heard):
            frame = with_radio(one)
            whole, micros = divmod(round((start + one.time) * 1e6), 1_000_000)
            north = -46.8 + one.time * speed / 111_195
            place = (2_402_000.0, "", north, -68.9, 100.0, speed, 0.0)
            row = (whole, micros, "BTLE", one.address.upper(), "", "", *place, len(frame), one.level, "", 256, frame)
            database.execute(f"INSERT INTO packets VALUES ({','.join('?' * 24)})", (*row, 0, "", 0.0, 0, 0, len(frame)))
        database.commit()
        return database.serialize()


def scene() -> list[Advertisement]:
    """Twelve minutes: a tag away from its owner comes along, another passes, four phones and a shop's beacon are near."""
    return [
        *again(find_my_away("along"), 1.0, 719.0, 4.0, -76),
        *again(find_my_away("passing"), 200.0, 240.0, 4.0, -85),
        *again(eddystone(1), 2.0, 60.0, 10.0, -88),
        *bystanders(719.0),
    ]


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(pcap(scene()))
