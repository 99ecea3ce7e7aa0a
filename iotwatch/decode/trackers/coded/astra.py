"""Astra Telematics AT-series, protocols K and X: TCP and UDP.

Source: reference samples; Astra's protocol documents name the fields. Protocol letter(1) length(2, of the whole frame)
[X: count(1)] IMEI as 8 digits(4) and 7 digits(3), reports, CRC-16/MODBUS(2, big endian). Times count from 1980-01-06 (GPS).
"""

from __future__ import annotations

from iotwatch.decode.fields import SECOND, WEEK_S, Cursor, gps_time
from iotwatch.decode.trackers.engine.checksums import crc16_modbus
from iotwatch.decode.trackers.engine.frames import FramedDialect
from iotwatch.decode.trackers.engine.report import Report, gathered
from iotwatch.errors import DecodeError
from iotwatch.words.identity import is_imei

K_REPORT = 38  # bytes of one report of protocol K, from its number on
SHORTEST_X = 30
DRIVER, DRIVER_SIZE = 1 << 8, 12
_NEAR = WEEK_S * SECOND


def _measure(window: bytes) -> int:
    if window[0] not in b"KX" or _imei(window[:11]) is None:
        return 0
    size = int.from_bytes(window[1:3], "big")
    return size if size >= (K_REPORT if window[0] == ord("K") else SHORTEST_X) else 0


def _verify(frame: bytes) -> str:
    return "ok" if crc16_modbus(frame[:-2]) == int.from_bytes(frame[-2:], "big") else "bad"


def _fill(frame: bytes, report: Report) -> None:
    imei = _imei(frame)
    if imei is None:
        raise DecodeError("an Astra frame without an IMEI")
    report.fields["type"] = chr(frame[0])
    report.device(imei)
    cursor = Cursor(frame, 10 if frame[0] == ord("K") else 11, len(frame) - 2)
    if frame[0] == ord("K"):
        while cursor.left >= K_REPORT:
            _read_k(cursor, report)
    else:
        _read_x(cursor, frame[3], report)


def _imei(head: bytes) -> str | None:
    at = 3 if head[:1] == b"K" else 4
    digits = f"{int.from_bytes(head[at : at + 4], 'big'):08d}{int.from_bytes(head[at + 4 : at + 7], 'big'):07d}"
    return digits if is_imei(digits) else None


def _read_k(reports: Cursor, report: Report) -> None:
    """Number(1) latitude(4) longitude(4) time(4) speed(1, 2 km/h) course(1, 2 degrees) reason(3) state(2) ...; the state's bit 8
    announces driver(7) odometer(3) hours(2) behind the report."""
    cursor = reports.part(K_REPORT)
    if int.from_bytes(cursor.data[cursor.at + 18 : cursor.at + 20], "big") & DRIVER and reports.left >= DRIVER_SIZE:
        reports.skip(DRIVER_SIZE)
    cursor.skip(1)
    latitude, longitude, time = cursor.i32() / 1e6, cursor.i32() / 1e6, gps_time(cursor.u32())
    if time is None:
        raise DecodeError("an Astra report without a time")
    report.fix(latitude, longitude, time=time, valid=True, speed=cursor.u8() * 2, course=cursor.u8() * 2)


def _read_x(cursor: Cursor, count: int, report: Report) -> None:
    """Number(1) mask(7) time(4), items that the mask names, among them fix time(4) latitude(4) longitude(4).

    The mask's meaning was not published with the samples: the fix is known by its time, which is near the report's.
    """
    for _ in range(count):
        if cursor.left < 24:
            return
        cursor.skip(7)
        sent = gps_time(cursor.u32())
        if sent is None:
            return
        found = next(
            (at for at in range(cursor.at, min(cursor.at + 16, cursor.end - 12)) if _is_fix(cursor.data, at, sent)),
            None,
        )
        if found is None:
            return
        place = Cursor(cursor.data, found)
        time = gps_time(place.u32())
        report.fix(place.i32() / 1e6, place.i32() / 1e6, time=time, valid=True)
        mask = cursor.data[cursor.at - 10 : cursor.at - 4]
        following = cursor.data.find(mask, place.at)
        if following < 0:
            return
        cursor.at = following - 1


def _is_fix(data: bytes, at: int, sent: int) -> bool:
    time = gps_time(int.from_bytes(data[at : at + 4], "big"))
    latitude = int.from_bytes(data[at + 4 : at + 8], "big", signed=True)
    longitude = int.from_bytes(data[at + 8 : at + 12], "big", signed=True)
    near = time is not None and abs(time - sent) < _NEAR
    return near and abs(latitude) <= 90_000_000 and abs(longitude) <= 180_000_000


DIALECT = FramedDialect(
    name="astra",
    rank=10,
    anchors=(rb"[KX][\x00-\x08][\s\S][\x00-\x40]",),
    measure=_measure,
    read=gathered(_fill, _verify, strict=True),
    weak=True,
)
