"""MiniFinder Pico/Atto, Eview EV-04 to EV-09 and kin: TCP and UDP.

Source: Eview's data frame of the EV-07B, from general knowledge: no sample was checked. ``AB`` properties(1), length of
the body(2), CRC-16(2), number(2), body; all little endian. The body: command(1), then items of length(1, with the key) key(1)
value. Keys: 01 IMEI in text, 20 place, 21 cells, 22 access points, 24 time and state.
"""

from __future__ import annotations

from iotwatch.decode.fields import Cursor, text, unix_time
from iotwatch.decode.trackers.engine import checksums
from iotwatch.decode.trackers.engine.frames import FramedDialect
from iotwatch.decode.trackers.engine.report import Report, gathered
from iotwatch.errors import DecodeError
from iotwatch.model import Confidence

HEAD = 8
SCALE = 10_000_000
IMEI, PLACE, CELLS, POINTS, STATE = 0x01, 0x20, 0x21, 0x22, 0x24
DATA = 0x01
LONGEST = 2048
_CRCS = (checksums.crc16_xmodem, checksums.crc16_ccitt_false, checksums.crc16_modbus, checksums.crc16_arc)


def _measure(window: bytes) -> int:
    if len(window) < HEAD or window[0] != 0xAB:
        return 0
    size = int.from_bytes(window[2:4], "little")
    return HEAD + size if 3 <= size <= LONGEST else 0


def _items(frame: bytes) -> list[tuple[int, Cursor]]:
    """The keys and values of the body, which they fill to its last byte."""
    cursor = Cursor(frame, HEAD + 1)
    items = []
    while cursor.left:
        size = cursor.u8()
        if size < 1:
            raise DecodeError("an item without a key")
        items.append((cursor.u8(), cursor.part(size - 1)))
    return items


def _fill(frame: bytes, report: Report) -> None:
    items = _items(frame)
    report.confidence = Confidence.POSSIBLE
    report.fields["type"] = f"{frame[HEAD]:02x}"
    if frame[HEAD] != DATA:
        return
    time = next((unix_time(value.u32_le()) for key, value in items if key == STATE and value.left >= 4), None)
    for key, value in items:
        if key == IMEI and value.left == 15:
            report.device(text(value.rest()))
            report.confidence = Confidence.LIKELY
        elif key == PLACE:
            _read_place(value, time, report)
        elif key == CELLS:
            _read_cells(value, report)
        elif key == POINTS:
            while value.left >= 7:
                signal = value.i8()
                report.access_point(value.take(6), signal)


def _read_place(value: Cursor, time: int | None, report: Report) -> None:
    """Latitude(4), longitude(4), speed(2, km/h), course(2), altitude(2), HDOP(2), mileage(4), satellites(1)."""
    latitude, longitude = value.i32_le() / SCALE, value.i32_le() / SCALE
    speed, course, altitude = value.u16_le(), value.u16_le(), value.i16_le()
    report.fix(latitude, longitude, time=time, speed=speed, course=course, altitude=altitude)


def _read_cells(value: Cursor, report: Report) -> None:
    """MCC(2), MNC(1), then per cell level(1), area(2), cell(2)."""
    mcc, mnc = value.u16_le(), value.u8()
    while value.left >= 5:
        value.skip(1)
        area, cell = value.u16_le(), value.u16_le()
        report.cell(mcc, mnc, area, cell)


def _verify(frame: bytes) -> str:
    """``ok`` for one of the usual CRCs over the body; which one it is was not checked, so none of them is ever wrong."""
    said = int.from_bytes(frame[4:6], "little")
    return "ok" if any(crc(frame[HEAD:]) == said for crc in _CRCS) else "none"


def _unproven(frame: bytes) -> str:
    """The word for a check value whose kind is not known for sure: told, never counted as proof."""
    if _verify(frame) != "ok" and frame[HEAD] != DATA:
        raise DecodeError("neither data nor a check value that holds")
    return "none"


DIALECT = FramedDialect(
    name="minifinder2",
    anchors=(rb"\xab[\x00-\xff]{2}[\x00-\x08][\x00-\xff]{4}[\x01-\x04\x7f]",),
    measure=_measure,
    read=gathered(_fill, _unproven),
    weak=True,
)
