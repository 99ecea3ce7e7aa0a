"""Queclink @Track in its binary form (GL, GV, GB series).

Source: reference facts: Queclink (binary head, scales, CRC-16/CCITT-FALSE); places in a frame read off the samples.
Older form: ``+RSP``, ``+EVT``, ``+BSP`` ..., type, mask (4), length (2), device and versions (5), IMEI (8: two decimal
digits a byte, the last a single one), fields as the mask says, sending time (7), count (2), CRC, CR LF. The mask's
bits differ by device, so the place is found by its proof: longitude, latitude and a date follow each other. The newer
form (``2B 00``) is the dialect gl601.
"""

from __future__ import annotations

from msgspec.structs import replace

from iotwatch.decode.fields import SECOND, Cursor, clock, on_globe, unix_time
from iotwatch.decode.message import Cell, Fix
from iotwatch.decode.trackers.engine.checksums import crc16_ccitt_false
from iotwatch.decode.trackers.engine.frames import Frame, FramedDialect, Session, checked, fix_at

KINDS = {
    b"+RSP": "report", b"+EVT": "event", b"+BSP": "stored report", b"+BVT": "stored event", b"+INF": "information",
    b"+ACK": "acknowledgement", b"+HBD": "heartbeat", b"+CRD": "crash",
}  # fmt: skip
IMEI_AT = 16
TRACK = 0x64
DATE = 7
DAY = 86_400 * SECOND
ENDS = 8
"""How many line ends inside a frame are tried as its own."""


def _measure(window: bytes) -> int | None:
    if window[:4] not in KINDS or len(window) < IMEI_AT:
        return None
    end = IMEI_AT
    for _ in range(ENDS):
        end = window.find(b"\r\n", end + 1)
        if end < 0:
            return len(window) if _has_crc(window) else None
        if _has_crc(window[:end]):
            return end + 2
        if end + 2 == len(window) and date(window[end - 4 - DATE : end - 4]) is not None:
            return end + 2
    return None


def _has_crc(frame: bytes) -> bool:
    return len(frame) > IMEI_AT and crc16_ccitt_false(frame[4:-2]) == int.from_bytes(frame[-2:], "big")


def _read(frame: bytes, session: Session) -> Frame | None:  # noqa: ARG001
    kind = KINDS[frame[:4]]
    content = frame.removesuffix(b"\r\n")
    checksum = checked(good=_has_crc(content))
    end = len(content) - 2
    if kind in {"acknowledgement", "heartbeat"}:
        return Frame(kind=kind, checksum=checksum)
    fixes, cells = _dated(frame, end)
    if not fixes and frame[4] == TRACK:
        fixes = _first_of_track(frame, end)
    device = decimal_digits(frame[IMEI_AT : IMEI_AT + 8])
    return Frame(
        kind=kind, fixes=fixes, cells=cells, device=device, device_at=(IMEI_AT, IMEI_AT + 8), checksum=checksum
    )


def decimal_digits(data: bytes) -> str:
    """15 digits from eight bytes of two decimal digits each; empty when they are none."""
    if len(data) != 8 or max(data) > 99 or data[-1] > 9:
        return ""
    return "".join(f"{value:02d}" for value in data[:-1]) + str(data[-1])


def date(data: bytes) -> int | None:
    """Year (2), month, day, hour, minute, second as plain numbers."""
    return clock(int.from_bytes(data[:2], "big"), *data[2:7]) if len(data) == DATE and data[0] == 7 else None


def _dated(frame: bytes, end: int) -> tuple[tuple[Fix, ...], tuple[Cell, ...]]:
    """Every fix state, speed (3), course, altitude, longitude, latitude, date, then MCC and MNC in packed digits, area, cell."""
    fixes: list[Fix] = []
    cells: list[Cell] = []
    at = IMEI_AT + 8
    while at + 8 + DATE <= end - 2 - DATE:  # the sending time stands there
        time = date(frame[at + 8 : at + 8 + DATE])
        cursor = Cursor(frame, at, end)
        longitude, latitude = cursor.i32() / 1e6, cursor.i32() / 1e6
        if time is None or not on_globe(latitude, longitude):
            at += 1
            continue
        cursor.skip(DATE)
        fixes.append(_with_motion(frame, at, fix_at(latitude, longitude, (at, at + 8 + DATE), time)))
        cells += _cell(cursor)
        at = cursor.at
    return tuple(fixes), tuple(cells)


def _with_motion(frame: bytes, at: int, fix: Fix) -> Fix:
    """The fix with state, speed (3), course and altitude, which stand before it unless the mask left them out."""
    if at < IMEI_AT + 16:
        return fix
    head = Cursor(frame, at - 8)
    state, speed, tenth, course, altitude = head.u8(), head.u16(), head.u8(), head.u16(), head.i16()
    return replace(fix, valid=state > 0, speed=speed + tenth / 10, course=float(course), altitude=float(altitude))


def _cell(cursor: Cursor) -> list[Cell]:
    if cursor.left < 8:
        return []
    operator = cursor.peek(4).hex()
    if not operator.isdecimal() or not 200 <= int(operator[:4]) < 800:
        return []
    cursor.skip(4)
    return [Cell(int(operator[:4]), int(operator[4:]), cursor.u16(), cursor.u16())]


def _first_of_track(frame: bytes, end: int) -> tuple[Fix, ...]:
    """The first place of a packed track, the one that is written out; the others are differences from it.

    Longitude, latitude and a Unix time that is at most a day from the sending time.
    """
    sent = date(frame[end - 2 - DATE : end - 2])
    if sent is None:
        return ()
    for at in range(IMEI_AT + 8, min(end, IMEI_AT + 40) - 12):
        cursor = Cursor(frame, at)
        longitude, latitude, seconds = cursor.i32() / 1e6, cursor.i32() / 1e6, cursor.u32()
        if abs(seconds * SECOND - sent) <= DAY and on_globe(latitude, longitude):
            return (fix_at(latitude, longitude, (at, at + 12), unix_time(seconds), valid=True),)
    return ()


DIALECT = FramedDialect(
    name="gl200",
    rank=10,
    anchors=(rb"\+(?:RSP|EVT|BSP|BVT|INF|ACK|HBD|CRD)[\x00-\x2b\x2d-\x39\x3b-\xff]",),
    measure=_measure,
    read=_read,
    limit=2048,
)
