"""ATrack AK and AX series: TCP and UDP, binary and ASCII reports.

Source: reference facts for ATrack; the AK1 protocol document names the fields. Prefix(2, ``@P`` unless configured)
CRC(2) length(2, of what follows) sequence(2) unit id(8, the IMEI), then records: three times(4 each, Unix) longitude(4)
latitude(4), both times 1e6, course(2) report id(1) odometer(4) hdop(2) input(1) speed(2) ... The ASCII form has the same
numbers between commas. The CRC is CRC-16/ARC over all that stands behind it. ``FE 02`` begins a keep-alive. A text ``%CI``
behind a record names the values that follow it.
"""

from __future__ import annotations

from iotwatch.decode.fields import SECOND, Cursor, clock, on_globe, unix_time
from iotwatch.decode.trackers.engine.checksums import crc16_arc
from iotwatch.decode.trackers.engine.frames import FramedDialect
from iotwatch.decode.trackers.engine.report import Report, gathered
from iotwatch.errors import DecodeError
from iotwatch.model import Confidence
from iotwatch.patterns import regex
from iotwatch.words.identity import VIN, is_imei

HEAD = 16
PLACE = 20  # longitude to speed
KEEP_ALIVE, KEEP_ALIVE_SIZE = b"\xfe\x02", 12
PHOTO = b"@R"
_MOST_RECORDS = 256
_NEAR = 30 * 86_400 * SECOND
_NAMES = regex(rb"%CI%([A-Z0-9]{2}(?:%[A-Z0-9]{2}){0,40})\0")
_SIZES = {"SA": 1, "MV": 2, "BV": 2, "GQ": 1, "CE": 4, "LC": 2, "CN": 4, "AT": 4, "CM": 8, "ME": 8}
"""Bytes of the values that may stand before a cell's; others end the reading, for their size is not known."""
_CELL = {"CN", "LC", "CE"}
_ASCII_HEAD = regex(rb"@P,[0-9A-Fa-f]{1,4},\d{1,5},\d{1,10},(\d{10,16}),")
_ASCII_RECORD = regex(
    rb"(?<![^,\n])(\d{10}|\d{14}),(\d{10}|\d{14}),(\d{10}|\d{14}),(-?\d{1,9}),(-?\d{1,9}),(\d{1,3}),\d{1,3},\d{1,12}(?:\.\d)?,"
    rb"\d{1,5}(?:\.\d)?,\d{1,5},(\d{1,4}),"
)


def _measure(window: bytes) -> int:
    head = window[:HEAD]
    if head[:3] == b"@P,":
        return _ascii_size(window)
    if head[:2] == KEEP_ALIVE and is_imei(str(int.from_bytes(head[2:10], "big"))):
        return KEEP_ALIVE_SIZE
    if len(head) < HEAD:
        return 0
    size = 6 + int.from_bytes(head[4:6], "big")
    if not is_imei(str(int.from_bytes(head[8:16], "big"))):
        return size if head[:2] == b"@P" and _checks(window[:size]) else 0
    if head[:2] in (b"@P", PHOTO):
        return size
    return size if size == len(window) else 0


def _fill(frame: bytes, report: Report) -> None:
    if frame[:3] == b"@P,":
        _read_ascii(frame, report)
        return
    keeping = frame[:2] == KEEP_ALIVE
    report.device(str(int.from_bytes(frame[2:10] if keeping else frame[8:16], "big")))
    if keeping or frame[:2] == PHOTO:
        report.fields["type"] = "keep-alive" if keeping else "photo"
        report.confidence = Confidence.POSSIBLE
        return
    _read_records(frame, report)
    _read_named(frame, report)
    _find_vin(frame[HEAD:], report)


def _checks(frame: bytes) -> bool:
    return len(frame) > HEAD and crc16_arc(frame[4:]) == int.from_bytes(frame[2:4], "big")


def _verify(frame: bytes) -> str:
    if frame[:3] == b"@P," or frame[:2] == KEEP_ALIVE:
        return "none"
    return "ok" if _checks(frame) else "bad"


def _read_named(frame: bytes, report: Report) -> None:
    """Cells among the values that ``%CI`` names: ``CE`` cell id(4), ``LC`` area(2), ``CN`` operator(4, MCC and MNC of two
    or three digits)."""
    for found in _NAMES.finditer(frame, HEAD):
        cursor = Cursor(frame, found.end())
        values: dict[str, int] = {}
        for name in found[1].decode("ascii").split("%"):
            if name == "VN":  # ends in a zero byte
                report.vin = frame[cursor.at : cursor.at + 17].decode("ascii", "replace")
                break
            size = _SIZES.get(name)
            if size is None or cursor.left < size:
                break
            values[name] = int.from_bytes(cursor.take(size), "big")
        if values.keys() >= _CELL:
            report.cell(*divmod(values["CN"], 100 if values["CN"] < 100_000 else 1000), values["LC"], values["CE"])


def _ascii_size(window: bytes) -> int:
    """ASCII reports run to the next report or to the end of the bytes."""
    if not _ASCII_HEAD.match(window):
        return 0
    stop = window.find(b"\n@P,")
    return stop + 1 if stop > 0 else len(window)


def _read_ascii(frame: bytes, report: Report) -> None:
    head = _ASCII_HEAD.match(frame)
    if head is None:
        raise DecodeError("an ATrack report without an id")
    report.device(head[1].decode("ascii"))
    for found in _ASCII_RECORD.finditer(frame, head.end()):
        time = _ascii_time(found[1])
        longitude, latitude = int(found[4]) / 1e6, int(found[5]) / 1e6
        report.fix(latitude, longitude, time=time, valid=True, course=int(found[6]), speed=int(found[7]))
    _find_vin(frame, report)


def _ascii_time(digits: bytes) -> int | None:
    if len(digits) == 10:
        return unix_time(int(digits))
    month, day, hour, minute, second = (int(digits[at : at + 2]) for at in range(4, 14, 2))
    return clock(int(digits[:4]), month, day, hour, minute, second)


def _read_records(frame: bytes, report: Report) -> None:
    """Records end in texts and fields of the user's choice: where no record begins behind the texts, the next one is found by
    times that are near."""
    size = next((size for size in (4, 7) if _times(frame, HEAD, size)), 0)
    at = HEAD
    first: int | None = None
    behind = True
    while size and at + 3 * size + PLACE <= len(frame) and len(report.fixes) < _MOST_RECORDS:
        times = _times(frame, at, size)
        cursor = Cursor(frame, at + 3 * size)
        longitude, latitude, course = cursor.i32() / 1e6, cursor.i32() / 1e6, cursor.u16()
        near = times and (behind or first is None or abs(times[0] - first) < _NEAR)
        if not near or course > 360 or not on_globe(latitude, longitude):
            if first is None:
                return
            behind = False
            at = frame.find(frame[HEAD : HEAD + 1], at + 1)  # times that are near begin with the same byte
            if at < 0:
                return
            continue
        first = times[0] if first is None else first
        cursor.skip(8)
        report.fix(latitude, longitude, time=times[0], valid=True, course=course, speed=cursor.u16())
        behind, at = True, _behind(cursor)


def _behind(cursor: Cursor) -> int:
    """Where the record ends whose outputs(1) ADC(2) driver(to a zero byte) temperatures(2 + 2) and text(to a zero byte) follow."""
    driver = cursor.data.find(b"\0", cursor.at + 3)
    text = cursor.data.find(b"\0", driver + 5) if driver >= 0 else -1
    return text + 1 if text >= 0 else cursor.at


def _times(frame: bytes, at: int, size: int) -> list[int]:
    """The three times of a record, as Unix times or as year(2) month, day, hour, minute, second; empty if none are."""
    times: list[int] = []
    for here in range(at, at + 3 * size, size):
        part = frame[here : here + size]
        if len(part) < size:
            return []
        time = unix_time(int.from_bytes(part, "big")) if size == 4 else clock(part[0] << 8 | part[1], *part[2:])
        if time is None:
            return []
        times.append(time)
    return times


def _find_vin(content: bytes, report: Report) -> None:
    if (vin := VIN.search(content)) and not vin.group().isalpha():
        report.vin = vin.group().decode("ascii")


DIALECT = FramedDialect(
    name="atrack",
    anchors=(
        rb"@P,[0-9A-Fa-f]{1,4},\d",
        rb"[\s\S]{4}[\x00-\x20][\s\S]{3}\x00[\x00-\x03]",
        rb"\xfe\x02\x00[\x00-\x03]",
    ),
    measure=_measure,
    read=gathered(_fill, _verify),
    limit=1 << 16,
    sync=rb"@P|@R|\xfe\x02\x00[\x00-\x03]",
)
