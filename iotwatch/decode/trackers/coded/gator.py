"""Gator (and M528) trackers: TCP and UDP.

Source: reference samples. ``24 24`` command(1) length(2, of what follows) id(4) content xor(1) ``0D``. The id is a phone
number of eleven digits: ``1``, 30 plus the bytes' four top bits, and the bytes' lower bits, two digits each; some put an
IMEI(8 BCD) there. Place: time(BCD 6) latitude(4 BCD) longitude(4 BCD) as ``dddmm.mmm``, the top bit the hemisphere.
"""

from __future__ import annotations

from iotwatch.decode.fields import Cursor, bcd_time, digits_degrees
from iotwatch.decode.trackers.engine.checksums import xor8
from iotwatch.decode.trackers.engine.frames import FramedDialect
from iotwatch.decode.trackers.engine.report import Report, gathered
from iotwatch.errors import DecodeError
from iotwatch.words.kinds import Kind

HEAD = 5
REPORTS = {0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x8E}
SHORT_ID, LONG_ID = 4, 8


def _measure(window: bytes) -> int:
    if len(window) < HEAD + 6:
        return 0
    size = HEAD + window[4]
    return size if size >= HEAD + 6 and (size > len(window) or window[size - 1] == 0x0D) else 0


def _verify(frame: bytes) -> str:
    return "ok" if xor8(frame[:-2]) == frame[-2] else "bad"


def _fill(frame: bytes, report: Report) -> None:
    report.fields["type"] = f"{frame[2]:02x}"
    if frame[2] not in REPORTS:
        if _verify(frame) != "ok":
            raise DecodeError("a Gator heartbeat with a wrong checksum")
        report.device(_phone(frame[HEAD : HEAD + SHORT_ID]), Kind.TERMINAL_PHONE)
        return
    for size in (SHORT_ID, LONG_ID):
        at = HEAD + size
        if (time := bcd_time(frame[at : at + 6])) is None:
            continue
        unit = frame[HEAD:at]
        if size == SHORT_ID:
            report.device(_phone(unit), Kind.TERMINAL_PHONE)
        else:
            report.device(unit.hex()[:15])
        _read_place(Cursor(frame, at + 6, len(frame) - 2), time, report)
        return
    raise DecodeError("a Gator report without a time")


def _phone(unit: bytes) -> str:
    top = 30 + sum((byte >> 7) << (3 - index) for index, byte in enumerate(unit))
    return f"1{top}" + "".join(f"{byte & 0x7F:02d}" for byte in unit)


def _read_place(cursor: Cursor, time: int, report: Report) -> None:
    """Latitude(4) longitude(4) speed(BCD 2, km/h) course(BCD 2) state(1: bit 7 valid)."""
    latitude, longitude = _degrees(cursor.take(4)), _degrees(cursor.take(4))
    speed, course = int(cursor.bcd(2)), int(cursor.bcd(2))
    report.fix(latitude, longitude, time=time, valid=bool(cursor.u8() & 0x80), speed=speed, course=course)


def _degrees(packed: bytes) -> float:
    value = digits_degrees(bytes((packed[0] & 0x7F, *packed[1:])).hex(), 3)
    return -value if packed[0] & 0x80 else value


DIALECT = FramedDialect(
    name="gator",
    rank=30,
    anchors=(rb"\$\$[\x20-\x2f\x80-\x8f]\x00",),
    measure=_measure,
    read=gathered(_fill, _verify, weak_check=True),
)
