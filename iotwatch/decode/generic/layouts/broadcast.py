"""What vehicles and aircraft tell whoever listens: J2735 messages, ASTM F3411 Remote ID and Mode S extended squitter.

Sources: SAE J2735 MessageFrame in unaligned PER (BSM, PSM core fields), ASTM F3411-22a message layout, ICAO Annex 10 and
"The 1090 MHz Riddle" for Mode S and CPR.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Iterator

from iotwatch.decode.fields import on_globe
from iotwatch.decode.message import Fix, Message, Trait
from iotwatch.model import Confidence
from iotwatch.patterns import regex
from iotwatch.read.stream import Stream
from iotwatch.words.doubts import ReadingDoubt
from iotwatch.words.kinds import Kind

FRAME = regex(rb"\x00(?:\x14|\x20)", re.DOTALL)
_BSM_LATITUDE, _PSM_LATITUDE = 3 + 7 + 32 + 16, 19 + 4 + 16 + 7 + 32 + 3
"""Bit where the latitude begins: after preamble, counter, temporary id and second mark; the PSM has 18 optional parts."""
SQUITTER = regex(rb"\*([0-9A-Fa-f]{28});")
_ID_BYTES = 25
_NEAR_ZERO = 0.1
"""Degrees that small numbers of other kinds read as, where a single message stands alone."""


def _parity_of(byte: int) -> int:
    value = byte << 16
    for _ in range(8):
        value = value << 1 ^ (0x1FFF409 if value & 0x800000 else 0)
    return value & 0xFFFFFF


_PARITY = tuple(_parity_of(byte) for byte in range(256))


def j2735(stream: Stream, start: int, end: int) -> Iterator[Message]:
    """The place in a BSM or PSM; an IEEE 1609.2 head of up to 64 bytes may stand before it."""
    data = stream.data
    for match in FRAME.finditer(data, start, min(end, start + 64)):
        body, stop = _length(data, match.end(), end)
        whole = stop == end or data[start : start + 2] in (b"\x03\x80", b"\x03\x81")
        if body < 0 or stop - body < 20 or not (whole or stream.flow is None):
            continue
        at = _BSM_LATITUDE if data[match.start() + 1] == 0x14 else _PSM_LATITUDE
        window = data[body : body + 24]
        bits, size = int.from_bytes(window, "big"), len(window) * 8
        latitude = (bits >> (size - at - 31) & 0x7FFFFFFF) - 900_000_000
        longitude = (bits >> (size - at - 63) & 0xFFFFFFFF) - 1_799_999_999
        if abs(latitude) > 900_000_000 or abs(longitude) > 1_800_000_000:
            continue
        if abs(latitude) < 1_000_000 and abs(longitude) < 1_000_000:
            continue
        first = body + at // 8
        fix = Fix(latitude / 1e7, longitude / 1e7, (first, min(first + 9, end)))
        yield _message(stream, "j2735", (match.start(), stop), (fix,), weak=not whole)
        return


def _length(data: bytes, at: int, end: int) -> tuple[int, int]:
    """Where a PER open type begins and ends; -1 when it is longer than what is there."""
    if at >= end:
        return -1, -1
    size, at = data[at], at + 1
    if size & 0xC0 == 0x80:
        size, at = (size & 0x3F) << 8 | data[at] if at < end else 0, at + 1
    elif size & 0x80:
        return -1, -1
    return (at, at + size) if at + size <= end else (-1, -1)


def _message(
    stream: Stream,
    name: str,
    span: tuple[int, int],
    fixes: tuple[Fix, ...],
    *,
    weak: bool = False,
    names: tuple[str, ...] = (),
) -> Message:
    return Message(
        protocol=name,
        stream=stream,
        span=span,
        time=stream.time_at(span[0]),
        fixes=fixes,
        traits=tuple(Trait(Kind.DEVICE_ID, one, span) for one in names),
        device_ids=names,
        confidence=Confidence.POSSIBLE if weak else Confidence.LIKELY,
        doubts=(ReadingDoubt.LAYOUT_ALONE(),),
    )


def is_remote_id(data: bytes, start: int, end: int) -> bool:
    """A message pack of whole messages, or one Location message."""
    size = end - start
    if size >= 3 and data[start] >> 4 == 15 and data[start] & 15 <= 2 and data[start + 1] == _ID_BYTES:
        return 1 <= data[start + 2] <= 9 and size == 3 + data[start + 2] * _ID_BYTES
    return size == _ID_BYTES and data[start] in (0x10, 0x11, 0x12) and _is_location(data[start:end])


def _is_location(data: bytes) -> bool:
    """ASTM F3411-22a section 5.4.5.5: status, direction, accuracies, tenths of seconds after the hour; the rest is reserved."""
    status, direction, stamp = data[1] >> 4, data[2], int.from_bytes(data[21:23], "little")
    accuracies = data[19] & 15 <= 12 and data[19] >> 4 <= 6 and data[20] & 15 <= 4 and data[20] >> 4 <= 6
    return (
        status <= 4
        and direction <= 180
        and accuracies
        and (stamp <= 36_000 or stamp == 0xFFFF)
        and not (data[23] >> 4 or data[24])
    )


def remote_id(stream: Stream, start: int, end: int) -> Iterator[Message]:
    """Place of the aircraft (type 1) and of its operator (type 4), serial number (type 0)."""
    data = stream.data
    pack = data[start] >> 4 == 15
    first = start + 3 if pack else start
    fixes: list[Fix] = []
    names: list[str] = []
    for at in range(first, end - _ID_BYTES + 1, _ID_BYTES):
        kind = data[at] >> 4
        if kind == 0:
            serial = data[at + 2 : at + 22].rstrip(b"\0")
            names += [serial.decode("ascii")] if serial.isalnum() and serial.isascii() else []
        elif kind in (1, 4):
            offset = at + (5 if kind == 1 else 2)
            latitude, longitude = (value / 1e7 for value in struct.unpack_from("<ii", data, offset))
            far = max(abs(latitude), abs(longitude)) > (0 if pack else _NEAR_ZERO)
            if on_globe(latitude, longitude) and far:
                fixes.append(Fix(latitude, longitude, (offset, offset + 8), whose="operator" if kind == 4 else ""))
    if fixes:
        yield _message(stream, "remote-id", (start, end), tuple(fixes), weak=not pack, names=tuple(names))


def mode_s(stream: Stream, start: int, end: int) -> Iterator[Message]:
    """Airborne positions (type codes 9 to 18, 20 to 22) of AVR lines, where an even and an odd frame of one aircraft meet."""
    last: dict[tuple[bytes, int], tuple[float, float, int, int]] = {}
    for match in SQUITTER.finditer(stream.data, start, end):
        frame = bytes.fromhex(match[1].decode("ascii"))
        code = frame[4] >> 3
        if frame[0] >> 3 != 17 or _parity(frame) or not (9 <= code <= 18 or 20 <= code <= 22):
            continue
        bits = int.from_bytes(frame[4:11], "big")
        odd = bits >> 34 & 1
        last[frame[1:4], odd] = ((bits >> 17 & 0x1FFFF) / 131072, (bits & 0x1FFFF) / 131072, *match.span())
        even_frame, odd_frame = last.get((frame[1:4], 0)), last.get((frame[1:4], 1))
        if even_frame is None or odd_frame is None:
            continue
        fixes = tuple(
            Fix(*place, (one[2], one[3]), whose="another aircraft")
            for one, is_odd in ((even_frame, False), (odd_frame, True))
            if (place := _cpr(even_frame, odd_frame, newest_odd=is_odd)) is not None
        )
        if fixes:
            span = (min(even_frame[2], odd_frame[2]), max(even_frame[3], odd_frame[3]))
            when = stream.time_at(span[0])
            names = (frame[1:4].hex(),)
            yield Message(
                "mode-s",
                stream,
                span,
                when,
                fixes=fixes,
                device_ids=names,
                checksum="ok",
                confidence=Confidence.CERTAIN,
            )
            last.pop((frame[1:4], 0))
            last.pop((frame[1:4], 1))


def _parity(frame: bytes) -> int:
    """Remainder of a frame over Mode S's generator (0x1FFF409): zero when all 112 bits arrived."""
    value = 0
    for byte in frame[:-3]:
        value = (value << 8 & 0xFFFFFF) ^ _PARITY[value >> 16 ^ byte]
    return value ^ int.from_bytes(frame[-3:], "big")


def _cpr(
    even: tuple[float, float, int, int], odd: tuple[float, float, int, int], *, newest_odd: bool
) -> tuple[float, float] | None:
    """Global airborne CPR decoding: latitude zones agree, then the zone of the newer frame gives the longitude."""
    index = math.floor(59 * even[0] - 60 * odd[0] + 0.5)
    latitudes = [360 / 60 * (index % 60 + even[0]), 360 / 59 * (index % 59 + odd[0])]
    latitudes = [value - 360 if value >= 270 else value for value in latitudes]
    zones = _longitude_zones(latitudes[0])
    if zones != _longitude_zones(latitudes[1]) or abs(latitudes[0]) > 90:
        return None
    count = max(zones - newest_odd, 1)
    m = math.floor(even[1] * (zones - 1) - odd[1] * zones + 0.5)
    longitude = 360 / count * (m % count + (odd if newest_odd else even)[1])
    return latitudes[newest_odd], longitude - 360 if longitude >= 180 else longitude


def _longitude_zones(latitude: float) -> int:
    if abs(latitude) >= 87:
        return 2 if abs(latitude) == 87 else 1
    ratio = 1 - (1 - math.cos(math.pi / 30)) / math.cos(math.radians(latitude)) ** 2
    return math.floor(2 * math.pi / math.acos(max(-1.0, min(1.0, ratio))))
