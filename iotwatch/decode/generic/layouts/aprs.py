"""APRS lines (APRS Protocol Reference 1.0.1): uncompressed, compressed (base 91) and Mic-E places, of stations and objects."""

from __future__ import annotations

import re
from collections.abc import Iterator

from iotwatch.decode.message import Fix, Message
from iotwatch.patterns import regex
from iotwatch.read.stream import Stream
from iotwatch.words.doubts import ReadingDoubt

LINE = regex(
    rb"(?P<source>[A-Z0-9]{3,9}(?:-[A-Z0-9]{1,2})?)>(?P<target>[A-Z0-9]{3,9}(?:-[A-Z0-9]{1,2})?)(?:,[A-Za-z0-9*,\-]{1,120})?:(?P<body>[^\r\n]{9,512})"
)
_PLAIN = regex(
    rb"(?P<y>\d{2}[\d ]{2}\.[\d ]{2})(?P<ns>[NSns])[\x20-\x7e](?P<x>[01]\d{2}[\d ]{2}\.[\d ]{2})(?P<ew>[EWew])[\x20-\x7e]"
)
_COMPRESSED = regex(rb"[/\\A-Za-j](?P<y>[!-{]{4})(?P<x>[!-{]{4})[!-{][!-{ ][!-{ ]?")
_EXTRA = regex(rb"!W(?P<y>\d)(?P<x>\d)!")
_HEADS = {0x21: 1, 0x3D: 1, 0x2F: 8, 0x40: 8, 0x3B: 18, 0x29: -1}
"""Where the place begins by data type: ``! =`` at once, ``/ @`` after a time, ``;`` after name and time, ``)`` after a name."""


def read(stream: Stream, start: int, end: int) -> Iterator[Message]:
    """Every line that states a place."""
    for match in LINE.finditer(stream.data, start, end):
        body, at = match["body"], match.start("body")
        kind = body[0]
        if kind in (0x60, 0x27):
            fix = _mic_e(match["target"].partition(b"-")[0], body, (at, at + 9))
        elif kind in _HEADS:
            fix = _plain(body, at, _HEADS[kind])
        else:
            fix = None
        if fix is None:
            continue
        doubts = (ReadingDoubt.OF_OBJECT(),) if kind in (0x3B, 0x29) else ()
        names = (match["source"].decode("ascii"),)
        yield Message(
            "aprs", stream, match.span(), stream.time_at(match.start()), fixes=(fix,), device_ids=names, doubts=doubts
        )


def _plain(body: bytes, at: int, skip: int) -> Fix | None:
    if skip < 0:
        skip = next((i + 1 for i, byte in enumerate(body[:12]) if byte in b"!_" and i > 2), 0)
        if not skip:
            return None
    whose = "object" if body[0] in (0x3B, 0x29) else ""
    if match := _PLAIN.match(body, skip):
        y, x = (text.replace(b" ", b"5").decode("ascii") for text in (match["y"], match["x"]))
        latitude = int(y[:2]) + _minutes(y[2:], match, body, "y")
        longitude = int(x[:3]) + _minutes(x[3:], match, body, "x")
        if latitude > 90 or longitude > 180:
            return None
        latitude = -latitude if match["ns"] in b"Ss" else latitude
        longitude = -longitude if match["ew"] in b"Ww" else longitude
        return Fix(latitude, longitude, (at + match.start(), at + match.end()), whose=whose)
    if match := _COMPRESSED.match(body, skip):
        latitude, longitude = 90 - _base91(match["y"]) / 380_926, -180 + _base91(match["x"]) / 190_463
        if abs(latitude) <= 90 and abs(longitude) <= 180:
            return Fix(latitude, longitude, (at + match.start(), at + match.end()), whose=whose)
    return None


def _minutes(text: str, match: re.Match[bytes], body: bytes, axis: str) -> float:
    """Degrees of ``mm.hh``, with the third digit that OGN adds in ``!Wxy!``."""
    extra = _EXTRA.search(body, match.end())
    return (float(text) + (int(extra[axis]) / 1000 if extra else 0)) / 60


def _base91(digits: bytes) -> int:
    value = 0
    for digit in digits:
        value = value * 91 + digit - 33
    return value


def _mic_e(target: bytes, body: bytes, span: tuple[int, int]) -> Fix | None:
    """Chapter 10: the latitude's digits hide in the destination's call, flags for north, west and 100 degrees too."""
    if len(target) < 6 or len(body) < 9:
        return None
    digits = ""
    for char in target[:6]:
        if 0x30 <= char <= 0x39:
            digits += chr(char)
        elif 0x41 <= char <= 0x4A:
            digits += chr(char - 17)
        elif 0x50 <= char <= 0x59:
            digits += chr(char - 32)
        elif char in b"KLZ":
            digits += "5"
        else:
            return None
    latitude = int(digits[:2]) + float(f"{digits[2:4]}.{digits[4:6]}") / 60
    degrees = body[1] - 28 + (100 if target[4] >= 0x50 else 0)
    if 180 <= degrees <= 189:
        degrees -= 80
    elif 190 <= degrees <= 199:
        degrees -= 190
    minutes = body[2] - 28
    minutes -= 60 if minutes >= 60 else 0
    longitude = degrees + (minutes + (body[3] - 28) / 100) / 60
    if not (0 <= latitude <= 90 and 0 <= longitude <= 180 and 0 <= minutes < 60 and 0 <= body[3] - 28 < 100):
        return None
    return Fix(latitude if target[3] >= 0x50 else -latitude, -longitude if target[5] >= 0x50 else longitude, span)
