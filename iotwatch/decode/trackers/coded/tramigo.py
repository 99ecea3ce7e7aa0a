"""Tramigo T22 and T23 series.

Source: read off the samples. ``80 00``, serial (2), kind (2), length of the whole frame (2), two bytes of count, a
check value whose rule we do not know (2), unit id (4, big endian), Unix time (4, little endian like the length), and a
report in words that ends in ``EOF``: ``..., <latitude>, <longitude>, <heading> ..., hh:mm:ss Mon d  EOF``. The words
give no year: it is the head's. From public descriptions, the first held against one sample: ``04``, length of the whole
frame, check value (2 each, little endian), blocks; ``01``, the same head with another length, numbers.
"""

from __future__ import annotations

from datetime import UTC, datetime

from iotwatch.decode.fields import SECOND, Cursor, clock, unix_time
from iotwatch.decode.message import Fix
from iotwatch.decode.trackers.engine.frames import Frame, FramedDialect, Session, fix_at
from iotwatch.model import Confidence
from iotwatch.patterns import regex
from iotwatch.words.identity import is_imei

HEAD = 20
BLOCKS, COMPACT = 0x04, 0x01
STATUS, LANDMARK, TRIP = 0, 1, 4
STATUS_SIZE, LANDMARK_HEAD, TRIP_SIZE, TRIP_END = 40, 3, 53, 20
COMPACT_KINDS, COMPACT_LEAST = (0x0100, 0x00FE), 36
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_PLACE = regex(rb"(-?\d{1,2}\.\d{3,6}), ?(-?\d{1,3}\.\d{3,6})(?![\d.])")
_TIME = regex(rb"(\d{1,2}):(\d\d)(?::(\d\d))? ([A-Z][a-z]{2}) (\d{1,2}) *EOF")
_SPEED = regex(rb"speed (\d{1,3}) km/h")


def _measure(window: bytes) -> int | None:
    if len(window) < HEAD:
        return None
    if window[0] == BLOCKS:
        return int.from_bytes(window[1:3], "little")
    if window[0] == COMPACT:  # a head that says little: it must be all there is
        size = int.from_bytes(window[6:8], "big")
        return size if size == len(window) >= HEAD + COMPACT_LEAST else None
    size = int.from_bytes(window[6:8], "little")
    return size if HEAD < size <= 1024 and window[size - 3 : size] in {b"EOF", b""} else None


def _read(frame: bytes, session: Session) -> Frame | None:  # noqa: ARG001
    return {BLOCKS: _blocks, COMPACT: _compact}.get(frame[0], _words)(frame)


def _words(frame: bytes) -> Frame | None:
    cursor = Cursor(frame, 12)
    device = str(cursor.u32())
    sent = unix_time(cursor.u32_le())
    words = frame[HEAD:-3]
    if not frame.endswith(b"EOF") or any(byte < 0x20 for byte in words):
        return None
    found = _PLACE.search(frame, HEAD)
    fixes: tuple[Fix, ...] = ()
    if found:
        speed = _SPEED.search(frame, found.end())
        fixes = (
            fix_at(
                float(found[1]), float(found[2]), found.span(), _time(frame, sent),
                valid=True, speed=float(speed[1]) if speed else None,
            ),
        )  # fmt: skip
    fields = {"text": words.decode("latin-1").strip()}
    return Frame(kind="report", fields=fields, fixes=fixes, device=device, device_at=(12, 16), time=sent)


def _blocks(frame: bytes) -> Frame | None:
    """Number(2), the IMEI as 8 and 7 digits (4 each), time(4), then blocks of kind(1) and what it has; an unknown one ends it."""
    cursor = Cursor(frame, 7)
    device = f"{cursor.u32_le():08d}{cursor.u32_le():07d}"
    sent = unix_time(cursor.u32_le())
    if not is_imei(device) or sent is None:
        return None
    fixes: list[Fix] = []
    kind = cursor.u8()
    while True:
        if kind == STATUS:
            fixes.append(_status(cursor.part(STATUS_SIZE)))
        elif kind == TRIP:
            trip = cursor.part(TRIP_SIZE)
            fixes += [_end(trip.part(TRIP_END)), _end(trip.part(TRIP_END))]
        elif kind == LANDMARK:
            cursor.skip(cursor.u16_le() - LANDMARK_HEAD)
        else:
            break
        if not cursor.left:
            break
        kind = cursor.u8()
    return Frame(
        kind="blocks", fixes=tuple(fixes), device=device, device_at=(7, 15), time=sent, confidence=Confidence.POSSIBLE
    )


def _status(cursor: Cursor) -> Fix:
    """Event(2) its data(4) status(2) latitude, longitude(4 each, 1e-5 degrees) speed, course(2 each) levels, trip and brakes(15)
    time of the fix(4)."""
    start = cursor.at
    cursor.skip(8)
    latitude, longitude = cursor.i32_le() / 1e5, cursor.i32_le() / 1e5
    speed, course = float(cursor.u16_le()), float(cursor.u16_le())
    cursor.skip(15)
    time = unix_time(cursor.u32_le())
    return fix_at(latitude, longitude, (start, cursor.at), time, speed=speed, course=course)


def _end(cursor: Cursor) -> Fix:
    """Where and when a trip began or ended: time(4), eight bytes, latitude, longitude (4 each, 1e-5 degrees)."""
    start = cursor.at
    time = unix_time(cursor.u32_le())
    cursor.skip(8)
    return fix_at(cursor.i32_le() / 1e5, cursor.i32_le() / 1e5, (start, cursor.at), time)


def _compact(frame: bytes) -> Frame | None:
    """The head with its length in big endian, then trigger, state(2 each), latitude, longitude (4 each, 1e-7 degrees, no sign),
    signal, satellites, those in view, antenna, speed (0.1 m/s), course(2 each), odometer(4), battery, charge(2 each), time(4).
    """
    if int.from_bytes(frame[4:6], "big") not in COMPACT_KINDS:
        return None
    device = str(Cursor(frame, 12).u32())
    cursor = Cursor(frame, HEAD + 4)
    latitude, longitude = cursor.u32_le() / 1e7, cursor.u32_le() / 1e7
    cursor.skip(8)
    speed, course = cursor.u16_le() * 0.36, float(cursor.u16_le())
    cursor.skip(8)
    time = unix_time(cursor.u32_le())
    if time is None:
        return None
    fix = fix_at(latitude, longitude, (HEAD + 4, HEAD + 12), time, speed=speed, course=course)
    return Frame(kind="report", fixes=(fix,), device=device, device_at=(12, 16), confidence=Confidence.POSSIBLE)


def _time(frame: bytes, sent: int | None) -> int | None:
    found = _TIME.search(frame, HEAD)
    if sent is None or found is None or found[4].decode() not in MONTHS:
        return sent
    year = datetime.fromtimestamp(sent / SECOND, UTC).year
    month = MONTHS.index(found[4].decode()) + 1
    return clock(year, month, int(found[5]), int(found[1]), int(found[2]), int(found[3] or 0))


DIALECT = FramedDialect(
    name="tramigo",
    anchors=(
        rb"\x80\x00[\x00-\xff]{2}[\xa0-\xcf]\x00[\x00-\xff][\x00-\x04]",
        rb"\x04[\x00-\xff][\x00-\x07][\x00-\xff]{7}[\x00-\x05][\x00-\xff]{2}[\x00-\x98]\x00[\x00-\xff]{3}[\x38-\x83]",
        rb"\x01\x00[\x00-\xff]{2}(?:\x01\x00|\x00\xfe)\x00[\x38-\xff]",
    ),
    measure=_measure,
    read=_read,
)
