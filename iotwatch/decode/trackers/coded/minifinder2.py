"""MiniFinder Atto, Nano and Pico, Eview EV-04 to EV-09 and kin.

Source: public descriptions of Eview's EV-07B protocol; no sample was checked. ``AB``, properties (1), length of the body, CRC-16/
XMODEM of the body, number (2 each, little endian); body: command (1), then items of length (1, with the key), key (1), value. A key
that comes again begins the next record. Coordinates are 1e-7 degrees, latitude first; times are Unix times; all little endian.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from iotwatch.decode.fields import Cursor, text, unix_time
from iotwatch.decode.trackers.engine.checksums import crc16_xmodem
from iotwatch.decode.trackers.engine.frames import FramedDialect
from iotwatch.decode.trackers.engine.report import Report, gathered
from iotwatch.errors import DecodeError
from iotwatch.model import Confidence
from iotwatch.words.kinds import Kind

HEAD, MOST = 8, 2056
DATA, CONFIGURATION, SERVICES = 1, 2, 3
COMMANDS = (*range(1, 5), 0x7E, 0x7F)
IMEI, PLACE, STATE, BEACON, BEACON_WITH_BATTERY = 0x01, 0x20, 0x24, 0x28, 0x2C
FEWEST = {0x23: 14, 0x26: 14, 0x27: 8, BEACON: 17, BEACON_WITH_BATTERY: 18, 0x2A: 16}
"""Bytes of the items that hold a place which is a tag's, a beacon's or an access point's."""
PLACED = 0x80
Items = dict[int, list[bytes]]


def _measure(window: bytes) -> int:
    if len(window) < HEAD + 3 or window[8] not in COMMANDS:
        return 0
    size = HEAD + int.from_bytes(window[2:4], "little")
    return size if HEAD + 3 <= size <= MOST else 0


def _verify(frame: bytes) -> str:
    return "ok" if crc16_xmodem(frame[HEAD:]) == int.from_bytes(frame[4:6], "little") else "none"


def _fill(frame: bytes, report: Report) -> None:
    proven = _verify(frame) == "ok"
    command = frame[HEAD]
    report.fields["type"] = f"{command:02x}"
    if command != DATA and not proven:
        raise DecodeError("the CRC does not hold")
    records = list(_records(frame))
    if command in {DATA, SERVICES}:
        for record in records:
            _data(record, report)
    elif command == CONFIGURATION:
        for record in records:
            _configuration(record, report)
    if not proven:
        report.confidence = Confidence.LIKELY if report.device_ids else Confidence.POSSIBLE


def _records(frame: bytes) -> Iterator[Items]:
    """The values by key of each record; beacons alone may come several times in one."""
    cursor = Cursor(frame, HEAD + 1)
    record: Items = {}
    while cursor.left >= 2:
        item = cursor.part(cursor.u8())
        key = item.u8()
        if key in record and key not in {BEACON, BEACON_WITH_BATTERY}:
            yield record
            record = {}
        record.setdefault(key, []).append(item.rest())
    if cursor.left:
        raise DecodeError("the items do not add up")
    yield record


def _data(record: Items, report: Report) -> None:
    for value in record.get(IMEI, ()):
        report.device(text(value))
    time = next((unix_time(Cursor(value).u32_le()) for value in record.get(STATE, ()) if len(value) >= 4), None)
    report.time = time if report.time is None else report.time
    for key, values in record.items():
        for value in values:
            if key in NETWORKS:
                NETWORKS[key](Cursor(value), report)
            elif key == PLACE:
                _place(Cursor(value), report, time)
            elif key in FEWEST and PLACE not in record:
                _still_place(key, value, report, time)


def _place(cursor: Cursor, report: Report, time: int | None) -> None:
    """Latitude, longitude (4 each), speed, course, altitude, HDOP (2 each; 0 without a fix), odometer (4), satellites (1)."""
    latitude, longitude = cursor.i32_le() / 1e7, cursor.i32_le() / 1e7
    speed, course, altitude = cursor.u16_le(), cursor.u16_le(), cursor.i16_le()
    valid = cursor.u16_le() > 0
    report.fix(latitude, longitude, time=time, valid=valid, speed=speed, course=course, altitude=altitude)


def _still_place(key: int, value: bytes, report: Report, time: int | None) -> None:
    """What is heard stands at this place: 23 and 26 tag(6) first, 27 nothing, 28 and 2C flags(1) tag(6) signals(2)
    [battery(1)], 2A flags(1) address(6) signal(1); flags with bit 7 say that there is one."""
    cursor = Cursor(value)
    if key == 0x2A and cursor.left >= 8:
        report.access_point(value[1:7], Cursor(value, 7).i8())
    if cursor.left < FEWEST[key] or (key >= BEACON and not value[0] & PLACED):
        return
    cursor.skip({0x27: 0, BEACON: 9, BEACON_WITH_BATTERY: 10, 0x2A: 8}.get(key, 6))
    report.fix(cursor.i32_le() / 1e7, cursor.i32_le() / 1e7, time=time)


def _cells(wide_network: bool, wide_cell: bool) -> Callable[[Cursor, Report], None]:  # noqa: FBT001
    """MCC(2) MNC(1 or 2), then signal(1) LAC(2) CID(2 or 4) each."""

    def read(cursor: Cursor, report: Report) -> None:
        mcc, mnc = cursor.u16_le(), cursor.u16_le() if wide_network else cursor.u8()
        while cursor.left:
            cursor.skip(1)
            report.cell(mcc, mnc, cursor.u16_le(), cursor.u32_le() if wide_cell else cursor.u16_le())

    return read


def _points(cursor: Cursor, report: Report) -> None:
    """Signal(1) address(6) each."""
    while cursor.left:
        signal = cursor.i8()
        report.access_point(cursor.take(6), signal)


def _named_points(cursor: Cursor, report: Report) -> None:
    """Signal(1) address(6) length(1) name each."""
    while cursor.left:
        signal, mac = cursor.i8(), cursor.take(6)
        report.access_point(mac, signal, cursor.take(cursor.u8()).decode("utf-8", "replace"))


NETWORKS: dict[int, Callable[[Cursor, Report], None]] = {
    0x19: _named_points,
    0x21: _cells(wide_network=False, wide_cell=False),
    0x22: _points,
    0x29: _cells(wide_network=False, wide_cell=True),
    0x2B: _cells(wide_network=True, wide_cell=True),
}


def _configuration(record: Items, report: Report) -> None:
    """03 IMEI, 04 ICCID, 66 IMSI."""
    for value in record.get(0x03, ()):
        report.device(text(value))
    for key, kind in ((0x04, Kind.ICCID), (0x66, Kind.IMSI)):
        for value in record.get(key, ()):
            report.trait(kind, text(value))


DIALECT = FramedDialect(
    name="minifinder2",
    anchors=(rb"\xab[\x00-\xff]{2}[\x00-\x08][\x00-\xff]{4}[\x01-\x04\x7e\x7f]",),
    measure=_measure,
    read=gathered(_fill, _verify),
    weak=True,
    samples=0,
)
