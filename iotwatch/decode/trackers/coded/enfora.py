"""Enfora modems and trackers: TCP and UDP, an NMEA RMC sentence behind a binary head.

Source: reference facts for Enfora; reference samples. Length(2, whole frame) API number(2) command and status(3),
numbers in columns of text among them the IMEI, then ``$GPRMC``.
"""

from __future__ import annotations

import re

from iotwatch.decode.fields import clock, degrees_minutes
from iotwatch.decode.trackers.engine.checksums import xor8
from iotwatch.decode.trackers.engine.frames import KNOT, FramedDialect
from iotwatch.decode.trackers.engine.report import Report, gathered
from iotwatch.errors import DecodeError

_IMEI = re.compile(rb"(?<!\d)\d{15}(?!\d)")
_RMC = re.compile(
    rb"\$?GPRMC,(\d\d)(\d\d)(\d\d)(?:\.\d{1,3})?,([AV]),(\d{4}\.\d{1,7}),([NS]),(\d{5}\.\d{1,7}),([EW]),"
    rb"(\d{0,4}\.?\d{0,3}),(\d{0,3}\.?\d{0,3}),(\d\d)(\d\d)(\d\d)[^*$]{0,20}\*([0-9A-Fa-f]{2})"
)


def _measure(window: bytes) -> int:
    size = int.from_bytes(window[:2], "big")
    whole = 40 <= size <= 512 and size <= len(window)
    return size if whole and _RMC.search(window, 0, size) and _IMEI.search(window, 0, size) else 0


def _verify(frame: bytes) -> str:
    sentence = _RMC.search(frame)
    if sentence is None:
        return "none"
    inner = sentence.group().lstrip(b"$")[:-3]
    return "ok" if xor8(inner) == int(sentence[14], 16) else "bad"


def _fill(frame: bytes, report: Report) -> None:
    imei, sentence = _IMEI.search(frame), _RMC.search(frame)
    if imei is None or sentence is None:
        raise DecodeError("an Enfora message without an id and a sentence")
    report.device(imei.group().decode("ascii"))
    hour, minute, second = (int(sentence[i]) for i in (1, 2, 3))
    day, month, year = (int(sentence[i]) for i in (11, 12, 13))
    latitude, longitude = degrees_minutes(float(sentence[5])), degrees_minutes(float(sentence[7]))
    report.fix(
        -latitude if sentence[6] == b"S" else latitude,
        -longitude if sentence[8] == b"W" else longitude,
        time=clock(year, month, day, hour, minute, second),
        valid=sentence[4] == b"A",
        speed=float(sentence[9]) * KNOT if sentence[9].strip(b".") else None,
        course=float(sentence[10]) if sentence[10].strip(b".") else None,
    )


DIALECT = FramedDialect(
    name="enfora",
    rank=30,
    anchors=(rb"[\x00\x01][\s\S]\x00[\x00-\x20]{3}",),
    measure=_measure,
    read=gathered(_fill, _verify),
)
