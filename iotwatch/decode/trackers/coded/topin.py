"""Topin (ZhongXun) pocket trackers, a relative of GT06 without its checksum.

Source: read off the samples; the course bits are those of GT06 (reference facts: GT06). ``78 78``, length (1), type,
body, CR LF. The length counts type and body, in a position the body alone, and in Wi-Fi reports it is the number of
access points. What carries GT06's CRC-16/X-25 is left to GT06.
"""

from __future__ import annotations

from iotwatch.decode.fields import Cursor, bcd, bcd_time, binary_time, bssid
from iotwatch.decode.message import AccessPoint, Cell, Fix
from iotwatch.decode.trackers.engine.checksums import crc16_x25
from iotwatch.decode.trackers.engine.frames import Frame, FramedDialect, Session, fix_at
from iotwatch.model import Confidence
from iotwatch.words.identity import imei_of_bcd

LOGIN, TRACK, POSITION, OFFLINE, STATUS = 0x01, 0x08, 0x10, 0x11, 0x13
NEARBY = {0x17: 2, 0x69: 2, 0x18: 4}
"""Wi-Fi and cell reports, with the bytes of an area code and of a cell id."""
KINDS = {
    LOGIN: "login", TRACK: "heartbeat", POSITION: "position", OFFLINE: "stored position", STATUS: "status",
    0x14: "sleep", 0x15: "reset", 0x17: "nearby", 0x18: "nearby", 0x69: "nearby", 0x30: "time request", 0x57: "settings request",
    0x80: "position request", 0x81: "charging", 0x94: "identity", 0x97: "interval", 0xB3: "identity", 0x33: "track off",
}  # fmt: skip


def _measure(window: bytes) -> int | None:
    if len(window) < 6 or window[:2] != b"xx" or window[3] not in KINDS:
        return None
    length, kind = window[2], window[3]
    if kind in NEARBY:
        end = window.find(b"\r\n", 4 + 6 + 7 * length + 4)
        return end + 2 if end > 0 else None
    # positions leave their type out of the length, and logins name that of a frame with serial and CRC
    sizes = {POSITION: (length + 6, length + 5), OFFLINE: (length + 6, length + 5), LOGIN: (15, 16, length + 5)}
    return next((size for size in sizes.get(kind, (length + 5,)) if window[size - 2 : size] == b"\r\n"), None)


def _read(frame: bytes, session: Session) -> Frame | None:
    kind = frame[3]
    if len(frame) >= 10 and crc16_x25(frame[2:-4]) == int.from_bytes(frame[-4:-2], "big"):
        return None
    cursor = Cursor(frame, 4, len(frame) - 2)
    if kind in NEARBY:
        return _nearby(cursor, frame[2], NEARBY[kind], session)
    if kind in {POSITION, OFFLINE} and cursor.left >= 18:
        return Frame(kind=KINDS[kind], fixes=(_position(cursor),))
    if kind == TRACK and cursor.left >= 14:
        return Frame(kind="position", fixes=(_track(cursor),))
    if kind == LOGIN and cursor.left in {8, 9, 10}:
        device = imei_of_bcd(bcd(cursor.take(8)))
        return Frame(kind="login", device=device, device_at=(4, 12)) if len(device) == 15 else None
    if kind == OFFLINE:
        return None
    known = bool(session.device)
    return Frame(kind=KINDS[kind], confidence=None if known else Confidence.POSSIBLE)


def _position(cursor: Cursor) -> Fix:
    start = cursor.at
    time = binary_time(cursor.take(6))
    cursor.skip(1)
    latitude, longitude, speed, flags = cursor.u32() / 1.8e6, cursor.u32() / 1.8e6, cursor.u8(), cursor.u16()
    return fix_at(
        latitude if flags & 1 << 10 else -latitude,
        -longitude if flags & 1 << 11 else longitude,
        (start, cursor.at),
        time,
        valid=bool(flags & 1 << 12) and time is not None,
        speed=float(speed),
        course=float(flags & 0x3FF),
    )


def _track(cursor: Cursor) -> Fix:
    """Whole degrees in one byte, their millionths in three."""
    start = cursor.at
    time = binary_time(cursor.take(6))
    latitude = cursor.u8() + cursor.u24() / 1e6
    longitude = cursor.u8() + cursor.u24() / 1e6
    return fix_at(latitude, longitude, (start, cursor.at), time, valid=time is not None)


def _nearby(cursor: Cursor, points: int, width: int, session: Session) -> Frame | None:
    time = bcd_time(cursor.take(6))
    heard = [(cursor.take(6), cursor.u8()) for _ in range(points)]
    count, mcc, mnc = cursor.u8(), cursor.u16(), cursor.u8()
    if time is None or (count and not 200 <= mcc < 800):
        return None
    cells: list[Cell] = []
    while len(cells) < count and cursor.left >= 2 * width + 1:
        cells.append(Cell(mcc, mnc, cursor.uint(width), cursor.uint(width)))
        cursor.skip(1)
    # units that call themselves GT06 send the same reports with short cell ids
    return Frame(
        kind="nearby",
        confidence=None if width == 4 or session.device else Confidence.POSSIBLE,
        time=time,
        cells=tuple(cells),
        access_points=tuple(AccessPoint(bssid(address), -signal) for address, signal in heard),
    )


DIALECT = FramedDialect(
    name="topin",
    anchors=(rb"xx[\x00-\xff][\x01\x08\x10\x11\x13-\x15\x17\x18\x30\x33\x57\x69\x80\x81\x94\x97\xb3]",),
    measure=_measure,
    read=_read,
    rank=60,
)
