"""Binary protocols of GNSS receivers: u-blox UBX, SiRF binary and RTCM 3 station messages; each frame has a check value.

Sources: u-blox M8/M9/M10 interface descriptions (NAV-PVT, NAV-POSLLH, NAV-HPPOSLLH, NAV-POSECEF, NAV-SOL, HNR-PVT, MGA-INI-POS);
SiRF Binary Protocol Reference (MID 2, MID 41); RTCM 10403 (1005, 1006).
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Iterator

from iotwatch.decode.fields import clock, on_globe
from iotwatch.decode.message import Fix, Message
from iotwatch.model import Confidence
from iotwatch.patterns import regex
from iotwatch.read.stream import Stream
from iotwatch.words.doubts import ReadingDoubt
from iotwatch.words.said import Said

SYNC = regex(
    rb"\xb5\x62[\x01\x02\x13\x28\x29][\x00-\xff]|\xa0\xa2[\x00-\x07][\x00-\xff][\x02\x29]|\xd3\x00[\x13\x15]\x3e[\xd0-\xef]",
    re.DOTALL,
)
MAX_BAD = 64
"""Frame heads in a row whose check value is wrong, after which the bytes are something else."""
_LLH = {(0x01, 0x02): (4, 8, 12), (0x29, 0x02): (4, 8, 12), (0x01, 0x14): (8, 12, 16), (0x29, 0x14): (8, 12, 16)}
_ECEF_CM = {(0x01, 0x01): 4, (0x29, 0x01): 4, (0x01, 0x06): 12, (0x01, 0x13): 8}
_PVT = {(0x01, 0x07): (20, 24), (0x29, 0x07): (20, 24), (0x28, 0x00): (16, 20)}
_AXIS, _ECCENTRICITY = 6_378_137.0, 6.69437999014e-3


def read(stream: Stream, start: int, end: int) -> Iterator[Message]:
    """Every frame with a good check value that states a place."""
    data = stream.data
    at, bad = start, 0
    while bad < MAX_BAD and (match := SYNC.search(data, at, end)) is not None:
        head = match.start()
        reader = {0xB5: _ubx, 0xA0: _sirf, 0xD3: _rtcm}[data[head]]
        message, at = reader(stream, head, end)
        bad = bad + 1 if at == head + 2 else 0
        if message is not None:
            yield message


def geodetic(x: float, y: float, z: float) -> tuple[float, float, float] | None:
    """Degrees and metres above the ellipsoid of earth-centred metres (WGS-84, Bowring's formula); ``None`` inside the earth."""
    distance = math.hypot(x, y)
    radius = math.hypot(distance, z)
    if not 6_300_000 < radius < 6_500_000:
        return None
    minor = _AXIS * math.sqrt(1 - _ECCENTRICITY)
    theta = math.atan2(z * _AXIS, distance * minor)
    second = (_AXIS**2 - minor**2) / minor**2
    latitude = math.atan2(
        z + second * minor * math.sin(theta) ** 3, distance - _ECCENTRICITY * _AXIS * math.cos(theta) ** 3
    )
    normal = _AXIS / math.sqrt(1 - _ECCENTRICITY * math.sin(latitude) ** 2)
    height = distance / max(math.cos(latitude), 1e-9) - normal
    return math.degrees(latitude), math.degrees(math.atan2(y, x)), height


def _message(stream: Stream, name: str, span: tuple[int, int], fix: Fix, doubts: tuple[Said, ...] = ()) -> Message:
    when = fix.time if fix.time is not None else stream.time_at(span[0])
    return Message(name, stream, span, when, fixes=(fix,), checksum="ok", confidence=Confidence.CERTAIN, doubts=doubts)


def ubx_end(data: bytes, head: int, end: int, *, most: int = 0xFFFF) -> int:
    """Where the UBX frame at ``head`` with up to ``most`` bytes of payload ends; 0 unless its check value holds."""
    size = int.from_bytes(data[head + 4 : head + 6], "little")
    stop = head + 8 + size
    if stop > end or size > most:
        return 0
    first = second = 0
    for byte in data[head + 2 : stop - 2]:
        first = first + byte & 255
        second = second + first & 255
    return stop if data[stop - 2 : stop] == bytes((first, second)) else 0


def sirf_end(data: bytes, head: int, end: int) -> int:
    """Where the SiRF frame at ``head`` ends; 0 unless its check value holds."""
    stop = head + 8 + int.from_bytes(data[head + 2 : head + 4], "big")
    sums_up = sum(data[head + 4 : stop - 4]) & 0x7FFF == int.from_bytes(data[stop - 4 : stop - 2], "big")
    return stop if stop <= end and data[stop - 2 : stop] == b"\xb0\xb3" and sums_up else 0


def _ubx(stream: Stream, head: int, end: int) -> tuple[Message | None, int]:
    data = stream.data
    stop = ubx_end(data, head, end, most=1024)
    if not stop:
        return None, head + 2
    fix, doubts = _ubx_fix((data[head + 2], data[head + 3]), data[head + 6 : stop - 2], (head, stop))
    return (_message(stream, "ubx", (head, stop), fix, doubts) if fix is not None else None), stop


def _ubx_fix(kind: tuple[int, int], body: bytes, span: tuple[int, int]) -> tuple[Fix | None, tuple[Said, ...]]:
    if kind in _PVT and len(body) >= 72:
        mode, at = _PVT[kind]
        longitude, latitude, height = struct.unpack_from("<iii", body, at)
        year, month, day, hour, minute, second = struct.unpack_from("<H5B", body, 4)
        time = clock(year, month, day, hour, minute, second) if body[11] & 3 == 3 else None
        valid = bool(body[mode + 1] & 1) and body[mode] in (1, 2, 3, 4)
        return _fix(latitude / 1e7, longitude / 1e7, span, time, valid, height / 1000), ()
    if kind in _LLH and len(body) >= 28:
        at, _, _ = _LLH[kind]
        longitude, latitude, height = struct.unpack_from("<iii", body, at)
        extra = struct.unpack_from("<bb", body, 24) if kind[1] == 0x14 else (0, 0)
        return _fix(
            latitude / 1e7 + extra[1] * 1e-9, longitude / 1e7 + extra[0] * 1e-9, span, altitude=height / 1000
        ), ()
    if kind in _ECEF_CM and len(body) >= 20:
        place = geodetic(*(value / 100 for value in struct.unpack_from("<iii", body, _ECEF_CM[kind])))
        said = bool(body[11] & 1) and body[10] in (1, 2, 3, 4) if kind == (0x01, 0x06) else None
        return (_fix(place[0], place[1], span, None, said, place[2]) if place else None), ()
    if kind == (0x13, 0x40) and len(body) == 20 and body[0] == 1:
        latitude, longitude, height = struct.unpack_from("<iii", body, 4)
        return _fix(latitude / 1e7, longitude / 1e7, span, altitude=height / 100), (ReadingDoubt.GIVEN_TO_RECEIVER(),)
    return None, ()


def _fix(
    latitude: float,
    longitude: float,
    span: tuple[int, int],
    time: int | None = None,
    valid: bool | None = None,  # noqa: FBT001
    altitude: float | None = None,
) -> Fix | None:
    if not on_globe(latitude, longitude):
        return None
    return Fix(latitude, longitude, span, time=time, valid=valid, altitude=altitude)


def _sirf(stream: Stream, head: int, end: int) -> tuple[Message | None, int]:
    data = stream.data
    stop = sirf_end(data, head, end)
    if not stop:
        return None, head + 2
    body = data[head + 4 : stop - 4]
    size, fix = len(body), None
    if body[0] == 41 and size >= 40:
        year, month, day, hour, minute, second = struct.unpack_from(">H4BH", body, 11)
        latitude, longitude, height = struct.unpack_from(">iii", body, 23)
        time = clock(year, month, day, hour, minute, second // 1000)
        fix = _fix(latitude / 1e7, longitude / 1e7, (head, stop), time, body[1:3] == b"\0\0", height / 100)
    elif body[0] == 2 and size >= 20:
        place = geodetic(*(float(value) for value in struct.unpack_from(">iii", body, 1)))
        fix = _fix(place[0], place[1], (head, stop), None, body[19] & 7 != 0, place[2]) if place else None
    return (_message(stream, "sirf", (head, stop), fix) if fix is not None else None), stop


def _rtcm(stream: Stream, head: int, end: int) -> tuple[Message | None, int]:
    """Messages 1005 and 1006: where a reference station stands (38 bits each, 0.1 mm)."""
    data = stream.data
    size = int.from_bytes(data[head + 1 : head + 3], "big") & 0x3FF
    stop = head + 6 + size
    if stop > end or crc24q(data[head : stop - 3]) != int.from_bytes(data[stop - 3 : stop], "big"):
        return None, head + 2
    bits = int.from_bytes(data[head + 3 : stop - 3], "big")
    metres = []
    for at in (34, 74, 114):
        value = bits >> (size * 8 - at - 38) & (1 << 38) - 1
        metres.append((value - (1 << 38) if value >> 37 else value) / 10_000)
    place = geodetic(*metres)
    fix = Fix(place[0], place[1], (head, stop), altitude=place[2], whose="base station") if place else None
    return (_message(stream, "rtcm", (head, stop), fix) if fix is not None else None), stop


def crc24q(data: bytes) -> int:
    """CRC-24Q (polynomial 0x1864CFB), as RTCM 3 uses it."""
    value = 0
    for byte in data:
        value ^= byte << 16
        for _ in range(8):
            value <<= 1
            if value & 0x1000000:
                value ^= 0x1864CFB
    return value
