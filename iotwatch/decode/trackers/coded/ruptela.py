"""Ruptela FM devices.

Source: reference facts: Ruptela (checked over its samples); Ruptela's public "FM protocol" manual for the commands.
A frame is length (2, of what stands between it and the CRC), IMEI as a 64-bit number, command, body and
CRC-16/KERMIT. Command 1 carries records, 0x44 extended ones (two bytes more in the head, 2-byte ids), 9 fault codes and
where they came up.
"""

from __future__ import annotations

from iotwatch.decode.fields import Cursor, text, unix_time
from iotwatch.decode.message import Fix
from iotwatch.decode.trackers.engine.checksums import crc16_kermit
from iotwatch.decode.trackers.engine.frames import Frame, FramedDialect, Session, checked, fix_at
from iotwatch.errors import DecodeError
from iotwatch.words.doubts import ReadingDoubt

RECORDS, EXTENDED, FAULTS = 0x01, 0x44, 0x09
FAULT = 19
KINDS = {
    0x02: "device configuration", 0x03: "version", 0x04: "firmware", 0x05: "smart card", 0x06: "smart card size",
    0x07: "answer", 0x09: "tachograph", 0x0A: "tachograph", 0x0B: "tachograph", 0x0E: "set io", 0x0F: "login",
    0x10: "heartbeat", 0x12: "set parameter", 0x1E: "trouble codes", 0x20: "files",
}  # fmt: skip
NONE = -(1 << 31)
LIMIT = 2 + 2048 + 2
IMEI_LIMIT = 10**15
_IGNITION = 5


def _measure(window: bytes) -> int | None:
    if len(window) < 13:
        return None
    length = int.from_bytes(window[:2], "big")
    imei = int.from_bytes(window[2:10], "big")
    known = window[10] in {RECORDS, EXTENDED} or window[10] in KINDS
    return length + 4 if 9 <= length <= 2048 and 10**12 <= imei < IMEI_LIMIT and known else None


def _read(frame: bytes, session: Session) -> Frame | None:  # noqa: ARG001
    cursor = Cursor(frame, 2, len(frame) - 2)
    good = crc16_kermit(frame[2:-2]) == int.from_bytes(frame[-2:], "big")
    device = f"{cursor.u64():015d}"
    command = cursor.u8()
    if command not in {RECORDS, EXTENDED}:
        # with no records to parse, the CRC is all that tells a frame from any other bytes
        if not good:
            return None
        if command == FAULTS and (fixes := _faults(cursor)):
            return Frame(kind="faults", fixes=tuple(fixes), device=device, device_at=(2, 10), checksum="ok")
        words = _words(frame[11:-2])
        return Frame(
            kind=KINDS[command],
            fields={"text": words} if words else {},
            device=device,
            device_at=(2, 10),
            checksum="ok",
        )
    try:
        fixes, io = _records(cursor, extended=command == EXTENDED)
    except DecodeError:
        if not good:
            return None
        return Frame(
            kind="position", device=device, device_at=(2, 10), checksum="ok", doubts=(ReadingDoubt.RECORDS_LEFT(),)
        )
    fields = {"ignition": bool(io[_IGNITION])} if _IGNITION in io else {}
    return Frame(
        kind="position",
        fixes=tuple(fixes),
        fields=fields,
        device=device,
        device_at=(2, 10),
        checksum=checked(good=good),
    )


def _faults(cursor: Cursor) -> list[Fix]:
    """Count(1), then a byte, time(4) longitude(4) latitude(4) live(1) code(5 ASCII) each; none unless they fill the body."""
    if cursor.left < 1 + FAULT or cursor.left != 1 + FAULT * cursor.peek()[0]:
        return []
    fixes: list[Fix] = []
    for _ in range(cursor.u8()):
        cursor.skip(1)
        start = cursor.at
        time, longitude, latitude = unix_time(cursor.u32()), cursor.i32(), cursor.i32()
        end = cursor.at
        cursor.skip(6)
        if time is not None and NONE not in {longitude, latitude}:
            fixes.append(fix_at(latitude / 1e7, longitude / 1e7, (start, end), time, valid=None))
    return fixes


def _words(body: bytes) -> str:
    try:
        return text(body)
    except DecodeError:
        return ""


def _records(cursor: Cursor, *, extended: bool) -> tuple[list[Fix], dict[int, int]]:
    cursor.skip(1)  # how many records are left in the device
    count = cursor.u8()
    fixes: list[Fix] = []
    io: dict[int, int] = {}
    for _ in range(count):
        fix = _record(cursor, extended=extended)
        if fix is not None:
            fixes.append(fix)
        for size in (1, 2, 4, 8):
            for _ in range(cursor.u8()):
                key = cursor.uint(2 if extended else 1)
                io[key] = cursor.uint(size)
    if cursor.left:
        raise DecodeError("bytes are left after the last record")
    return fixes, io


def _record(cursor: Cursor, *, extended: bool) -> Fix | None:
    start = cursor.at
    time = unix_time(cursor.u32())
    if time is None:
        raise DecodeError("a record's time is impossible")
    cursor.skip(3 if extended else 2)  # time extension, priority; extended: record extension between them
    longitude, latitude = cursor.i32(), cursor.i32()
    altitude, course, satellites, speed = cursor.i16() / 10, cursor.u16() / 100, cursor.u8(), cursor.u16()
    end = cursor.at
    cursor.skip(1 + (2 if extended else 1))  # HDOP, id of the event that made the record
    if NONE in {longitude, latitude}:
        return None
    return fix_at(
        latitude / 1e7, longitude / 1e7, (start, end), time,
        valid=satellites > 0, speed=float(speed), course=course, altitude=altitude,
    )  # fmt: skip


DIALECT = FramedDialect(
    name="ruptela",
    rank=10,
    anchors=(rb"[\x00-\x08][\x00-\xff]\x00[\x00-\x03][\x00-\xff]{6}[\x01-\x20\x44]",),
    measure=_measure,
    read=_read,
    limit=LIMIT,
)
