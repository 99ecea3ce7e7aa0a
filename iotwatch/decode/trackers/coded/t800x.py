"""Topflytech T800X and the later TLW, TLP and TLD series.

Source: reference facts: Topflytech T800X (checked over its samples). A frame is two equal bytes (``23``, ``25``,
``26`` or ``27`` by series), type, length of the whole frame (2), serial (2), IMEI in packed digits (8) and a body; no
checksum. Position bodies differ in what stands before, so the block is found by its own proof: six packed digits of
time (UTC), then altitude, longitude and latitude as little-endian floats with speed and course, or three cells instead.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator

from iotwatch.decode.fields import bcd, bcd_time, on_globe
from iotwatch.decode.message import Cell, Fix
from iotwatch.decode.trackers.engine.frames import Frame, FramedDialect, Session, fix_at
from iotwatch.words.identity import imei_of_bcd, is_imei

KINDS = {
    0x01: "login", 0x02: "position", 0x03: "heartbeat", 0x04: "alarm", 0x05: "behaviour", 0x06: "accident",
    0x10: "bluetooth", 0x11: "network", 0x12: "position", 0x13: "position", 0x14: "alarm", 0x15: "network",
    0x16: "position", 0x17: "alarm", 0x18: "alarm", 0x81: "answer", 0x33: "position", 0x34: "alarm",
}  # fmt: skip
UNLOCATED = {0x01, 0x03, 0x10, 0x11, 0x81}
HEAD = 15
BLOCK = 6 + 16
LIMIT = 1500


def _measure(window: bytes) -> int | None:
    if len(window) < HEAD or window[0] != window[1] or window[0] not in b"\x23\x25\x26\x27":
        return None
    size = int.from_bytes(window[3:5], "big")
    # 15 digits of an IMEI in 16: a VIN in ASCII, as GB/T 32960 has after its 23 23, does not begin with 0
    digits = window[7:15].hex()
    if not HEAD <= size <= LIMIT or window[7] >= 0x10 or not digits.isdecimal():
        return None
    return size if window[2] in KINDS or is_imei(digits[1:]) else None


def _read(frame: bytes, session: Session) -> Frame | None:  # noqa: ARG001
    kind = frame[2]
    fixes: list[Fix] = []
    cells: list[Cell] = []
    if kind not in UNLOCATED:
        for at in _blocks(frame):
            block = frame[at + 6 : at + BLOCK]
            fix = _fix(block, (at, at + BLOCK), bcd_time(frame[at : at + 6]))
            if fix is not None:
                fixes.append(fix)
            else:
                cells += _cells(block)
    device = imei_of_bcd(bcd(frame[7:15]))
    return Frame(
        kind=KINDS.get(kind, f"type {kind:02x}"),
        fixes=tuple(fixes),
        cells=tuple(cells),
        device=device,
        device_at=(7, 15),
    )


def _blocks(frame: bytes) -> Iterator[int]:
    """Offsets of times that a location follows."""
    at = HEAD
    while at + BLOCK <= len(frame):
        if bcd_time(frame[at : at + 6]) and _is_located(frame[at + 6 : at + BLOCK]):
            yield at
            at += BLOCK
        else:
            at += 1


def _is_located(block: bytes) -> bool:
    return _fix(block, (0, BLOCK), None) is not None or bool(_cells(block))


def _fix(block: bytes, span: tuple[int, int], time: int | None) -> Fix | None:
    altitude, longitude, latitude = struct.unpack("<fff", block[:12])
    digits = block[12:14].hex()
    course = int.from_bytes(block[14:16], "big")
    if not (_is_number(altitude, 20_000) and _is_number(longitude, 180) and _is_number(latitude, 90)):
        return None
    if not on_globe(latitude, longitude) or not digits.isdecimal() or course > 360:
        return None
    return fix_at(
        latitude, longitude, span, time, valid=True, speed=int(digits) / 10, course=float(course), altitude=altitude
    )


def _is_number(value: float, most: float) -> bool:
    """Whether a float is what a receiver gives: zero, or neither tiny nor over ``most`` (integers read so are tiny)."""
    return value == 0 or (math.isfinite(value) and 1e-6 < abs(value) <= most)


def _cells(block: bytes) -> list[Cell]:
    mcc, mnc, *pairs = struct.unpack("<8H", block)
    if not (200 <= mcc < 800 and mnc < 1000):
        return []
    return [
        Cell(mcc, mnc, lac, cid)
        for lac, cid in zip(pairs[::2], pairs[1::2], strict=True)
        if lac not in {0, 0xFFFF} and cid not in {0, 0xFFFF}
    ]


DIALECT = FramedDialect(
    name="t800x",
    anchors=(rb"(?:\x23\x23|\x25\x25|\x26\x26|\x27\x27)[\x01-\x5f\x81][\x00-\x05][\x00-\xff]{3}[\x00-\x09]",),
    measure=_measure,
    read=_read,
    limit=LIMIT,
)
