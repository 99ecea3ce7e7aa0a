"""GB/T 32960.3-2016, the uplink of every electric and hybrid car sold in China: TCP, the port is the platform's choice.

Source: GB/T 32960.3-2016 section 6 (frame) and 7 (information blocks); reference facts. ``23 23`` command(1) answer(1)
VIN(17) encryption(1) length(2) data BCC(1, xor from the command on). The edition of 2025 begins with ``24 24``: only its
head is read here. Times are GMT+8; the longitude stands before the latitude, both times 1e6.
"""

from __future__ import annotations

from collections.abc import Callable

from iotwatch.decode.fields import Cursor, binary_time
from iotwatch.decode.trackers.engine.checksums import xor8
from iotwatch.decode.trackers.engine.frames import FramedDialect
from iotwatch.decode.trackers.engine.report import Report, gathered
from iotwatch.errors import DecodeError
from iotwatch.patterns import regex
from iotwatch.words.doubts import ReadingDoubt
from iotwatch.words.kinds import Kind

HEAD = 24
ZONE = 8
PLAIN = 1
COMMANDS = {
    0x01: "login",
    0x02: "realtime",
    0x03: "resend",
    0x04: "logout",
    0x05: "platform login",
    0x06: "platform logout",
    0x07: "heartbeat",
    0x08: "time",
    0x80: "query parameters",
    0x81: "set parameters",
    0x82: "control",
}
_VIN = regex(rb"[A-Z0-9]{17}|\0{17}")


def _motors(cursor: Cursor) -> None:
    cursor.skip(12 * cursor.u8())


def _fuel_cell(cursor: Cursor) -> None:
    cursor.skip(6)
    cursor.skip(cursor.u16() + 10)


def _alarms(cursor: Cursor) -> None:
    cursor.skip(5)
    for _ in range(4):
        cursor.skip(4 * cursor.u8())


def _voltages(cursor: Cursor) -> None:
    for _ in range(cursor.u8()):
        cursor.skip(9)
        cursor.skip(2 * cursor.u8())


def _temperatures(cursor: Cursor) -> None:
    for _ in range(cursor.u8()):
        cursor.skip(1)
        cursor.skip(cursor.u16())


FIXED = {0x01: 20, 0x04: 5, 0x06: 14}  # vehicle, engine, extremes
COUNTED: dict[int, Callable[[Cursor], None]] = {
    0x02: _motors,
    0x03: _fuel_cell,
    0x07: _alarms,
    0x08: _voltages,
    0x09: _temperatures,
}
POSITION = 0x05


def _measure(window: bytes) -> int:
    head = window[:HEAD]
    if len(head) < HEAD or head[:2] not in (b"##", b"$$") or head[3] not in (1, 2, 3, 4, 0xFE):
        return 0
    if not _VIN.fullmatch(head, 4, 21) or head[21] not in (1, 2, 3, 4, 0xFE, 0xFF):
        return 0
    return HEAD + int.from_bytes(head[22:24], "big") + 1


def _verify(frame: bytes) -> str:
    return "ok" if xor8(frame[2:]) == 0 else "bad"


def _fill(frame: bytes, report: Report) -> None:
    command, answer = frame[2], frame[3]
    report.fields["command"] = COMMANDS.get(command, f"{command:02x}")
    report.fields["answer"] = answer != 0xFE
    vin = frame[4:21].strip(b"\0").decode("ascii")
    if vin:
        report.vin = vin
        report.device(vin)
    if frame[:2] == b"$$":
        report.doubts.append(ReadingDoubt.HEAD_OF_2025())
    elif frame[21] != PLAIN:
        report.fields["encrypted"] = True
        report.doubts.append(ReadingDoubt.DATA_UNIT_ENCRYPTED())
    elif answer == 0xFE and command == 0x01:
        _read_login(Cursor(frame, HEAD, len(frame) - 1), report)
    elif answer == 0xFE and command in (0x02, 0x03):
        _read_blocks(Cursor(frame, HEAD, len(frame) - 1), report)


def _read_login(cursor: Cursor, report: Report) -> None:
    """Time(6) serial(2) ICCID(20, ASCII)."""
    cursor.skip(8)
    iccid = cursor.take(20)
    if iccid.isalnum() and iccid.isascii():
        report.trait(Kind.ICCID, iccid.decode("ascii"))


def _read_blocks(cursor: Cursor, report: Report) -> None:
    """Time(6), then information blocks; what a vendor's block hides after it is told as a doubt."""
    time = binary_time(cursor.take(6), zone=ZONE)
    while cursor.left:
        block = cursor.u8()
        try:
            if block == POSITION:
                _read_position(cursor.part(9), time, report)
            elif block in FIXED:
                cursor.skip(FIXED[block])
            elif block in COUNTED:
                COUNTED[block](cursor)
            elif block >= 0x80:
                cursor.skip(cursor.u16())
            else:
                report.doubts.append(ReadingDoubt.BLOCK_UNKNOWN(block=block))
                return
        except DecodeError as error:
            report.doubts.append(ReadingDoubt.BLOCKS_LEFT(error=str(error)))
            return


def _read_position(cursor: Cursor, time: int | None, report: Report) -> None:
    """Status(1: bit 0 invalid, bit 1 south, bit 2 west) longitude(4) latitude(4)."""
    status = cursor.u8()
    longitude, latitude = cursor.u32() / 1e6, cursor.u32() / 1e6
    report.fix(
        -latitude if status & 2 else latitude,
        -longitude if status & 4 else longitude,
        time=time,
        valid=not status & 1,
    )


DIALECT = FramedDialect(
    name="gb32960",
    rank=30,
    anchors=(rb"##[\x01-\x08\x80-\x82]", rb"\$\$[\x01-\x0b\x80-\x82][\x01-\x04\xfe]"),
    measure=_measure,
    read=gathered(_fill, _verify, weak_check=True),
    limit=1 << 16,
)
