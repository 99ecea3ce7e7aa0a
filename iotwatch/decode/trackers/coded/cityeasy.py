"""CityEasy personal trackers: TCP.

Source: reference samples. ``54 54`` length(2, whole frame) id(7 BCD: an IMEI without its check digit) command(2)
content, serial(4) check(2, not verified here) ``0D 0A``. A report's content is text: time, fix, satellites, place; cells.
"""

from __future__ import annotations

import re

from iotwatch.decode.fields import bcd, clock
from iotwatch.decode.trackers.engine.frames import FramedDialect
from iotwatch.decode.trackers.engine.report import Report, gathered
from iotwatch.words.identity import with_check_digit

HEAD = 13
_PLACE = re.compile(
    rb"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d),([AV]),(\d{1,2}),([NS]),(\d{1,2}\.\d{1,8}),([EW]),(\d{1,3}\.\d{1,8}),"
    rb"(\d{1,4}\.\d{1,3})"
)
_CELLS = re.compile(rb";(\d{3}),(\d{1,3}),((?:\d{1,6},\d{1,9},\d{1,3},?){1,8})")


def _measure(window: bytes) -> int:
    head = window[:HEAD]
    if len(head) < HEAD or head[:2] != b"TT" or not head[4:11].hex().isdecimal() or head[11] > 1:
        return 0
    size = int.from_bytes(head[2:4], "big")
    if size < 21 or (size <= len(window) and window[size - 2 : size] != b"\r\n"):
        return 0
    return size


def _fill(frame: bytes, report: Report) -> None:
    report.device(with_check_digit(bcd(frame[4:11])))
    report.fields["type"] = frame[11:13].hex()
    if place := _PLACE.search(frame, HEAD):
        year, month, day, hour, minute, second = (int(part) for part in place.groups()[:6])
        latitude, longitude = float(place[10]), float(place[12])
        report.fix(
            -latitude if place[9] == b"S" else latitude,
            -longitude if place[11] == b"W" else longitude,
            time=clock(year, month, day, hour, minute, second),
            valid=place[7] == b"A",
            speed=float(place[13]),
        )
    if cells := _CELLS.search(frame, HEAD):
        numbers = [int(number) for number in cells[3].split(b",") if number]
        for at in range(0, len(numbers) - 2, 3):
            report.cell(int(cells[1]), int(cells[2]), numbers[at], numbers[at + 1])


DIALECT = FramedDialect(
    name="cityeasy",
    anchors=(rb"TT[\x00-\x04]",),
    measure=_measure,
    read=gathered(_fill),
)
