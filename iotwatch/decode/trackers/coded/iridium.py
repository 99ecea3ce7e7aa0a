"""Iridium Short Burst Data, DirectIP, from a device (mobile originated): TCP from the gateway to whoever runs the service.

Source: Iridium, SBD service developers' guide, DirectIP; the place held on one message, within its own radius of the receiver's
place that the message carried. ``01`` length(2), then elements of kind(1) length(2), big endian. 01 header: reference(4)
IMEI(15) status(1) two counters(2 each) Unix time(4). 03 place as the constellation reckons it: hemispheres(1) degrees(1)
minutes in thousandths(2), twice, radius in km(4). 02 is what the device sent.
"""

from __future__ import annotations

from iotwatch.decode.fields import Cursor, unix_time
from iotwatch.decode.trackers.engine.frames import FramedDialect
from iotwatch.decode.trackers.engine.report import Report, gathered
from iotwatch.errors import DecodeError

HEADER, PAYLOAD, PLACE = 0x01, 0x02, 0x03
HEADER_SIZE, PLACE_SIZE = 28, 11
SOUTH, WEST = 0x02, 0x01
LONGEST = 2048


def _measure(window: bytes) -> int:
    if len(window) < 6 or window[0] != 0x01 or window[3] != HEADER:
        return 0
    size = int.from_bytes(window[1:3], "big")
    return 3 + size if 3 + HEADER_SIZE <= size <= LONGEST else 0


def _fill(frame: bytes, report: Report) -> None:
    cursor = Cursor(frame, 3)
    time: int | None = None
    while cursor.left:
        kind = cursor.u8()
        element = cursor.part(cursor.u16())
        if kind == HEADER and element.left == HEADER_SIZE:
            element.skip(4)
            imei = element.ascii(15)
            if len(imei) != 15 or not imei.isdecimal():
                raise DecodeError("a header without an IMEI")
            report.device(imei)
            element.skip(5)
            time = unix_time(element.u32())
        elif kind == PLACE and element.left == PLACE_SIZE:
            _read_place(element, time, report)
        elif kind == PAYLOAD:
            report.fields["payload"] = element.rest()[:256].hex()
    if time is None:
        raise DecodeError("no header with a time")


def _read_place(element: Cursor, time: int | None, report: Report) -> None:
    where = element.u8()
    latitude = element.u8() + element.u16() / 60_000
    longitude = element.u8() + element.u16() / 60_000
    radius = element.u32()
    report.fix(-latitude if where & SOUTH else latitude, -longitude if where & WEST else longitude, time=time)
    report.fields["radius_km"] = radius
    report.doubts.append(f"the satellites' own reckoning, within {radius} km")


DIALECT = FramedDialect(
    name="iridium",
    anchors=(rb"\x01[\x00-\x08][\x00-\xff]\x01\x00\x1c[\x00-\xff]{4}[0-9]{15}",),
    measure=_measure,
    read=gathered(_fill),
)
