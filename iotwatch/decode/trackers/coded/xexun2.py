"""Xexun's second protocol (TR, XT series since 2020).

Source: reference facts: Xexun2 (escapes, ``ddmm.mmmm`` floats); record layout and checksum read off the samples.
``FA AF``, type (2), serial (2), IMEI in packed digits with a filler (8), length (2), inverted 16-bit byte sum of the
content (2), content, ``FA AF``; inside, ``FA AF`` and ``FB BF`` are sent as ``FB BF 01`` and ``FB BF 02``. The content
is a count, the records' lengths (2 each) and the records: index, Unix time (4), signal, battery (2), kind; bit 1 of
the kind says that a position with a mask of its parts follows. The parts of the mask's upper bits (ranging, motion,
place as doubles) are general knowledge and were not seen.
"""

from __future__ import annotations

from iotwatch.decode.fields import Cursor, bssid, degrees_minutes, unix_time
from iotwatch.decode.message import AccessPoint, Cell, Fix
from iotwatch.decode.trackers.engine.checksums import sum16
from iotwatch.decode.trackers.engine.frames import Frame, FramedDialect, Session, checked, fix_at
from iotwatch.errors import DecodeError

MARK = b"\xfa\xaf"
HEAD = 18
LOCATED = 0x02
GPS, WIFI, CELLS, RANGING, MOTION, DOUBLE = 0x01, 0x02, 0x04, 0x08, 0x20, 0x40
COMMANDS = {0x0014: "report", 0x0007: "command", 0x0002: "heartbeat"}


def _measure(window: bytes) -> int | None:
    if len(window) < HEAD + 2 or window[:2] != MARK or not window[6:13].hex().isdecimal():
        return None
    end = window.find(MARK, HEAD)
    return end + 2 if end > 0 else None


def _read(frame: bytes, session: Session) -> Frame | None:
    plain = frame.replace(b"\xfb\xbf\x01", MARK).replace(b"\xfb\xbf\x02", b"\xfb\xbf")
    content = plain[HEAD:-2]
    if int.from_bytes(plain[14:16], "big") != len(content):
        return None
    good = sum16(content) ^ 0xFFFF == int.from_bytes(plain[16:18], "big")
    kind = int.from_bytes(frame[2:4], "big")
    device = frame[6:14].hex()[:15]
    if kind != 0x0014 or not session.up:
        name = COMMANDS.get(kind, f"type {kind:04x}")
        return (
            Frame(kind=name, device=device, device_at=(6, 14), checksum="ok") if good and device.isdecimal() else None
        )
    fixes: list[Fix] = []
    cells: list[Cell] = []
    points: list[AccessPoint] = []
    cursor = Cursor(plain, HEAD, len(plain) - 2)
    sizes = [cursor.u16() for _ in range(cursor.u8())]
    for size in sizes:
        record = cursor.part(size)
        span = (record.at, record.end) if plain == frame else (0, len(frame))
        try:
            _record(record, span, fixes, cells, points)
        except DecodeError:
            if not good:
                raise
    return Frame(
        kind="report", fixes=tuple(fixes), cells=tuple(cells), access_points=tuple(points),
        device=device, device_at=(6, 14), checksum=checked(good=good),
    )  # fmt: skip


def _record(
    record: Cursor, span: tuple[int, int], fixes: list[Fix], cells: list[Cell], points: list[AccessPoint]
) -> None:
    record.skip(1)
    time = unix_time(record.u32())
    record.skip(3)
    if time is None:
        raise DecodeError("the record has no such time")
    mask = record.u8() & LOCATED and record.u8()
    if mask & GPS:
        satellites = record.u8()
        longitude, latitude = degrees_minutes(record.f32()), degrees_minutes(record.f32())
        fixes.append(fix_at(latitude, longitude, span, time, valid=satellites > 0))
    if mask & WIFI:
        points += [AccessPoint(bssid(record.take(6)), record.i8()) for _ in range(record.u8())]
    if mask & CELLS:
        for _ in range(record.u8()):
            cells.append(Cell(record.u16(), record.u16(), record.u32(), record.u32()))
            record.skip(1)
    if mask & DOUBLE:
        record.skip(12 * record.u8() if mask & RANGING else 0)
        record.skip(4 if mask & MOTION else 0)
        satellites = record.u8()
        longitude, latitude = degrees_minutes(record.f64()), degrees_minutes(record.f64())
        fixes.append(fix_at(latitude, longitude, span, time, valid=satellites > 0))


DIALECT = FramedDialect(
    name="xexun2",
    rank=10,
    anchors=(rb"\xfa\xaf\x00[\x00-\x7f][\x00-\xff]{2}[\x00-\x99]{7}",),
    measure=_measure,
    read=_read,
)
