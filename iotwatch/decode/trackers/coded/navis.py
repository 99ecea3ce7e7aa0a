"""Navtelecom NTCB and FLEX (Signal, Smart).

Source: reference facts: Navtelecom NTCB/FLEX; Navtelecom's public protocol description for the order of FLEX fields.
NTCB: ``@NTC``, receiver and sender (4 each), body length (2), XOR of the body, XOR of the 15 bytes before; all little
endian. The body names itself: ``*>S:`` with the IMEI, ``*>T`` and ``*>A`` telemetry, ``*>FLEX`` the field mask.
FLEX: ``~`` and a letter, records whose fields the mask decides (``~E`` and ``~X``: fixed ones, not seen on a sample),
CRC-8 (0x31, init 0xFF). A frame does not tell its length, so it ends where the CRC holds and the next one, or nothing,
begins.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator

from iotwatch.decode.fields import clock, text, unix_time
from iotwatch.decode.message import Fix
from iotwatch.decode.trackers.engine.checksums import crc8, xor8
from iotwatch.decode.trackers.engine.frames import Frame, FramedDialect, Session, checked, fix_at
from iotwatch.errors import DecodeError
from iotwatch.model import Confidence

HEAD = 16
SCALE = 600_000
F6 = 0x06
WHOLE, RADIANS = struct.Struct("<iiifH"), struct.Struct("<fffH")
"""Latitude, longitude, altitude (0.1 m) as integers, speed, course; the formats before F6 have radians, no altitude."""
DAY = 86_400 * 1_000_000
MONTH = 31 * DAY
FLEX_LEAST, FLEX_LIMIT = 32, 1024
FLEX_SIZES = (4, 2, 4, 1, 1, 1, 1, 1, 4, 4, 4, 4, 4, 2)
"""Bytes of the first FLEX fields: index, event, time, four of state, navigation, its time, lat, lon, alt, speed, course."""
LIKELY_MASKS = tuple(bytes([0xE1 | states << 1, 0xFC]) for states in range(15, -1, -1))
"""The masks tried when none was told: any of the four states before the navigation's; all of them is the usual one."""
STRUCTURE, EXTENDED_SIZE, EXTENDED_MASK = b"\x0a", 34, b"\xe1\xfc"
TIME, STATE, FIX_TIME, LATITUDE, LONGITUDE, ALTITUDE, SPEED, COURSE = 2, 7, 8, 9, 10, 11, 12, 13


def _measure(window: bytes) -> int | None:
    if window[:4] == b"@NTC":
        if len(window) < HEAD or xor8(window[:15]) != window[15]:
            return None
        return HEAD + int.from_bytes(window[12:14], "little")
    if window[:1] != b"~" or len(window) < FLEX_LEAST:
        return None
    return next(_flex_ends(window), None)


def _flex_ends(window: bytes) -> Iterator[int]:
    """Sizes at which the FLEX frame's CRC holds and another frame, or nothing, follows."""
    at, done, value = 1, 0, 0xFF
    while at < min(len(window), FLEX_LIMIT):
        at = window.find(b"~", at + 1)
        at = len(window) if at < 0 else at
        value, done = crc8(window[done : at - 1], init=value), at - 1
        if FLEX_LEAST <= at <= FLEX_LIMIT and value == window[at - 1]:
            yield at


def _read(frame: bytes, session: Session) -> Frame | None:
    return _ntcb(frame, session) if frame[:1] == b"@" else _flex(frame, session)


def _ntcb(frame: bytes, session: Session) -> Frame | None:
    body = frame[HEAD:]
    checksum = checked(good=xor8(body) == frame[14])
    if body[:4] == b"*>S:":
        return Frame(kind="login", device=text(body[4:]), device_at=(HEAD + 4, len(frame)), checksum=checksum)
    if body[:3] in {b"*>T", b"*>A"}:
        many = body[:3] == b"*>A"
        count, at = (body[3], HEAD + 4) if many else (1, HEAD + 3)
        size, rest = divmod(len(frame) - at, count) if count else (0, 1)
        if rest:
            return None
        fixes = [_fixed_record(frame, at + n * size, at + (n + 1) * size) for n in range(count)]
        return Frame(kind="position", fixes=tuple(fix for fix in fixes if fix), checksum=checksum)
    if body[:6] == b"*>FLEX":
        session.notes["mask"] = body[10:]
        return Frame(kind="field mask", checksum=checksum)
    kind = "command" if body[:2] in {b"*<", b"*?", b"*!"} else "answer"
    return Frame(kind=kind, fields={"text": body.decode("ascii")} if body.isascii() else {}, checksum=checksum)


def _fixed_record(frame: bytes, start: int, end: int) -> Fix | None:
    """A record of the formats F1 to F6: format, index (4), event (2), its time, inputs ..., then the navigation block.

    The block begins with a state byte and a time of its own, less than a day from the event's; what stands before it
    differs by format, so that second time is looked for.
    """
    layout = frame[start]
    event = _time(frame[start + 7 : start + 13])
    shape = WHOLE if layout == F6 else RADIANS
    if event is None:
        return None
    for at in range(start + 13, end - 7 - shape.size + 1):
        time = _time(frame[at + 1 : at + 7])
        if time is None or abs(time - event) > DAY:
            continue
        values = shape.unpack_from(frame, at + 7)
        if layout == F6:
            latitude, longitude, altitude = values[0] / SCALE, values[1] / SCALE, values[2] / 10
        else:
            latitude, longitude, altitude = math.degrees(values[0]), math.degrees(values[1]), None
        return fix_at(
            latitude, longitude, (at, at + 7 + shape.size), time,
            valid=bool(frame[at] & 2), altitude=altitude, speed=_speed(values[-2]), course=float(values[-1]),
        )  # fmt: skip
    return None


def _time(data: bytes) -> int | None:
    """``hh mm ss dd mm yy`` as plain bytes; the month counts from 0."""
    if len(data) < 6 or data[5] >= 100:
        return None
    return clock(data[5], data[4] + 1, data[3], data[0], data[1], data[2])


def _speed(value: float) -> float | None:
    return value if math.isfinite(value) and 0 <= value < 2000 else None


def _flex(frame: bytes, session: Session) -> Frame | None:
    letter = frame[1:2]
    if letter in b"EX":
        return _extended(frame)
    if letter == b"A":
        count, at = frame[2], 3
    else:
        count, at = 1, 6 if letter == b"T" else 2
    size, rest = divmod(len(frame) - 1 - at, count) if count else (0, 1)
    if rest:
        return None
    told = session.notes.get("mask")
    guesses = [(mask, MONTH) for mask in LIKELY_MASKS] + [(LIKELY_MASKS[0], None)]
    for mask, lag in [(told, None)] if told else guesses:
        try:
            fixes = tuple(_flex_record(frame, at + n * size, mask, lag) for n in range(count))
        except DecodeError:
            continue
        return Frame(kind="position", fixes=fixes, checksum="ok", confidence=Confidence.LIKELY)
    return None


def _extended(frame: bytes) -> Frame:
    """FLEX 2: ``~E`` with a count or ``~X`` with an event number, then records of length (2) and structure version 10.

    Those hold event number, event, time, state, time of fix, place, altitude, speed and course whatever the mask says.
    """
    count, at = (frame[2], 3) if frame[1:2] == b"E" else (1, 6)
    fixes: list[Fix] = []
    for _ in range(count):
        size = int.from_bytes(frame[at : at + 2], "little")
        if frame[at + 2 : at + 3] != STRUCTURE or at + 2 + size > len(frame) - 1 or size < EXTENDED_SIZE:
            raise DecodeError("a record has another structure")
        fixes.append(_flex_record(frame, at + 3, EXTENDED_MASK))
        at += 2 + size
    return Frame(kind="position", fixes=tuple(fixes), checksum="ok", confidence=Confidence.LIKELY)


def _flex_record(frame: bytes, at: int, mask: bytes, lag: int | None = None) -> Fix:
    """The record at byte ``at``. Its two times must agree: eight bits of CRC alone prove little.

    ``lag`` is how old the fix may be; without it there may be none at all.
    """
    offsets: dict[int, int] = {}
    here = at
    for field, size in enumerate(FLEX_SIZES):
        if mask[field // 8 : field // 8 + 1] and mask[field // 8] & 0x80 >> field % 8:
            offsets[field] = here
            here += size
    if not {TIME, STATE, FIX_TIME, LATITUDE, LONGITUDE} <= offsets.keys() or here >= len(frame):
        raise DecodeError("the record's fields are not all there")

    def integer(field: int) -> int:
        return int(struct.unpack_from("<i", frame, offsets[field])[0])

    event, time = unix_time(integer(TIME)), unix_time(integer(FIX_TIME))
    state = frame[offsets[STATE]]
    if event is None or (time is None and state & 2) or (time is not None and time > event + DAY):
        raise DecodeError("the record's times do not agree")
    if lag is not None and (time is None or event - time > lag):
        raise DecodeError("the fix is too old for a guess")
    return fix_at(
        integer(LATITUDE) / SCALE, integer(LONGITUDE) / SCALE, (offsets[TIME], here), time,
        valid=bool(state & 2),
        altitude=integer(ALTITUDE) / 10 if ALTITUDE in offsets else None,
        speed=_speed(struct.unpack_from("<f", frame, offsets[SPEED])[0]) if SPEED in offsets else None,
        course=float(int.from_bytes(frame[offsets[COURSE] : here], "little")) if COURSE in offsets else None,
    )  # fmt: skip


DIALECT = FramedDialect(
    name="navis", rank=10, anchors=(rb"@NTC", rb"~[TACEX][\x00-\xff]"), measure=_measure, read=_read, limit=HEAD + 4096
)
