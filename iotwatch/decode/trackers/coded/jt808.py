"""JT/T 808, the Chinese standard of commercial vehicles' terminals, editions 2013 and 2019, and its many variants.

Source: JT/T 808-2013 and -2019 section 4.4 (frame) and 8 (messages); reference facts for vendors' own messages.
``7E`` message id(2) attributes(2) [2019: version(1)] phone(BCD 6; 2019: 10) serial(2) [total(2) index(2)] body xor(1)
``7E``; inside, ``7E`` is sent as ``7D 02`` and ``7D`` as ``7D 01``. Logs often hold the unescaped form: both are read.
A variant begins and ends with ``E7``, has a phone of 7 bytes and other escapes.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from iotwatch.decode.fields import Cursor, bcd_time
from iotwatch.decode.trackers.coded import jt808_body as bodies
from iotwatch.decode.trackers.engine.checksums import xor8
from iotwatch.decode.trackers.engine.frames import FramedDialect
from iotwatch.decode.trackers.engine.report import Report, gathered
from iotwatch.errors import DecodeError
from iotwatch.model import Confidence
from iotwatch.patterns import regex
from iotwatch.place.steps import unescape_7d
from iotwatch.words.doubts import ReadingDoubt
from iotwatch.words.identity import is_imei, with_check_digit
from iotwatch.words.kinds import Kind

STANDARD, VARIANT = 0x7E, 0xE7
LONGEST = 2 * (1023 + 24) + 2  # everything escaped

_MEANT = {b"\xe6\1": b"\xe6", b"\xe6\2": b"\xe7", b"\x3e\1": b"\x3e", b"\x3e\2": b"\x3d"}
_ESCAPED = regex(rb"[\xe6\x3e][\x01\x02]")
SHORT_SERIAL = (0x5501, 0x5502)
REPORT = 0x0200
COMMANDS = {
    0x8103: "set parameters",
    0x8104: "query parameters",
    0x8105: "terminal control",
    0x8108: "update firmware",
    0x8201: "locate",
    0x8202: "track",
    0x8300: "text",
    0x8400: "call back",
    0x8500: "vehicle control",
    0x8600: "set circular area",
    0x8801: "take picture",
    0x9101: "start live video",
}


class Header(NamedTuple):
    """The head of a message; ``size`` is where the body begins, ``part`` counts from 1, 0 when there are no ``parts``."""

    message: int
    body: int
    encrypted: bool
    phone: bytes
    size: int
    parts: int = 0
    part: int = 0


def read_header(content: bytes, flag: int = STANDARD) -> Header:
    """The header at the start of unescaped content; ``DecodeError`` when it is cut short."""
    cursor = Cursor(content)
    message, attributes = cursor.u16(), cursor.u16()
    later = bool(attributes & 0x4000) and message not in SHORT_SERIAL
    if later and not content[5:15].hex().isdecimal() and content[4:5] != b"\1":
        later = False  # a vendor that puts the IMEI as a number here sets the bit and keeps the old header
    if later:
        cursor.skip(1)
    phone = cursor.take(7 if flag == VARIANT else 10 if later else 6)
    cursor.skip(1 if message in SHORT_SERIAL else 2)
    parts = part = 0
    if attributes & 0x2000:
        parts, part = cursor.u16(), cursor.u16()
    encrypted = bool(attributes & 0x1C00) and message not in SHORT_SERIAL
    return Header(message, attributes & 0x3FF, encrypted, phone, cursor.at, parts, part)


def _measure(window: bytes) -> int:
    if len(window) < 14:
        return 0
    for stop in (
        _declared_end(window),
        window.find(window[:1], 1, LONGEST) + 1,
    ):
        if stop > 13 and _unframe(window[:stop]) is not None:
            return stop
    return 0


def _declared_end(window: bytes) -> int:
    """Where an unescaped frame of the declared length ends, when a flag stands there."""
    try:
        header = read_header(window[1:40], window[0])
    except DecodeError:
        return 0
    stop = 1 + header.size + header.body + 2
    return stop if stop <= len(window) and window[stop - 1] == window[0] else 0


def _verify(frame: bytes) -> str:
    content = _unframe(frame)
    return "ok" if content and xor8(content) == 0 else "bad"


def _fill(frame: bytes, report: Report) -> None:
    content = _unframe(frame)
    if content is None:
        raise DecodeError("the JT/T 808 header's length is not the frame's")
    header = read_header(content, frame[0])
    body = content[header.size : -1]
    report.fields["type"] = f"{header.message:04x}"
    _add_sender(header.phone, report)
    if header.message in COMMANDS:
        report.fields["command"] = COMMANDS[header.message]
    if header.encrypted:
        report.fields["encrypted"] = True
        report.doubts.append(ReadingDoubt.BODY_ENCRYPTED())
    elif header.parts and header.part != 1:
        report.doubts.append(ReadingDoubt.PART_LEFT())
    elif header.message in bodies.READERS:
        bodies.READERS[header.message](Cursor(body), report)


@lru_cache(maxsize=4)
def _unframe(frame: bytes) -> bytes | None:
    """Header, body and check byte of a frame in either form; ``None`` when the length is not the declared one.

    A wrong length is forgiven to a position report with its date in place, and to a known message whose check holds.
    """
    inner = frame[1:-1]
    plain = unescape_7d(inner) if frame[0] == STANDARD else _unescape_variant(inner)
    forms = (inner,) if plain == inner else (inner, plain)
    for content in forms:
        try:
            header = read_header(content, frame[0])
        except DecodeError:
            continue
        if header.size + header.body + 1 == len(content):
            return content
    return next((content for content in reversed(forms) if _is_proven(content)), None)


def _unescape_variant(inner: bytes) -> bytes:
    return _ESCAPED.sub(lambda found: _MEANT[found[0]], inner)


def _is_proven(content: bytes) -> bool:
    if len(content) <= 12 + bodies.BLOCK:
        return False
    message = int.from_bytes(content[:2], "big")
    if message == REPORT and bcd_time(content[34:40]) is not None:
        return True
    return message in bodies.READERS and content[4:10].hex().isdecimal() and xor8(content) == 0


def _add_sender(phone: bytes, report: Report) -> None:
    """The terminal's number in packed digits; some vendors put their IMEI there as an integer, without its
    check digit."""
    digits = phone.hex()
    if not digits.isdecimal():
        digits = with_check_digit(str(int.from_bytes(phone, "big")))
        if len(digits) != 15 or digits[:2] not in ("35", "86", "01"):  # the bodies that hand out IMEIs
            raise DecodeError("the JT/T 808 header has no phone number")
    stripped = digits.lstrip("0")
    if is_imei(stripped):
        report.device(stripped)
    else:
        report.device(digits, Kind.TERMINAL_PHONE)


DIALECT = FramedDialect(
    name="jt808",
    rank=30,
    anchors=(rb"[\x7e\xe7][\x00-\x12\x55\x60\x80-\x9f]",),
    measure=_measure,
    read=gathered(_fill, _verify, unproven=Confidence.POSSIBLE, weak_check=True),
    limit=LONGEST,
)
