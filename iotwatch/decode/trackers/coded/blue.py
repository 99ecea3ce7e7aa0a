"""Blue (BlueIdea) trackers: TCP.

Source: reference samples. ``AA`` length(2, of what lies between it and the check) version(1) a byte, id(4), items of
length(1, its own byte included) type(1) content; xor(1) over all after ``AA``. Type 1 holds the place as pairs of
16-bit numbers: ``ddmm`` and the minutes' ten-thousandths. The samples show north and east only; the hemisphere bits are
those of the flags' neighbours.
"""

from __future__ import annotations

from iotwatch.decode.fields import Cursor, binary_time, degrees_minutes
from iotwatch.decode.trackers.engine.checksums import xor8
from iotwatch.decode.trackers.engine.frames import FramedDialect
from iotwatch.decode.trackers.engine.report import Report, gathered
from iotwatch.errors import DecodeError
from iotwatch.words.kinds import Kind

HEAD = 9
PLACE = 1
VALID, SOUTH, WEST = 0x80, 0x40, 0x20


def _measure(window: bytes) -> int:
    head = window[:HEAD]
    if len(head) < HEAD:
        return 0
    return int.from_bytes(head[1:3], "big") + 1


def _verify(frame: bytes) -> str:
    return "ok" if xor8(frame[1:]) == 0 else "bad"


def _fill(frame: bytes, report: Report) -> None:
    if len(frame) < HEAD + 2:
        raise DecodeError("a Blue frame without items")
    report.device(str(int.from_bytes(frame[5:9], "big")), Kind.TERMINAL_SERIAL)
    cursor = Cursor(frame, HEAD, len(frame) - 1)
    while cursor.left >= 2:
        size, kind = cursor.u8(), cursor.u8()
        if size < 2:
            raise DecodeError("a Blue item without a length")
        item = cursor.part(size - 2)
        if kind == PLACE and item.left >= 27:
            _read_place(item, report)


def _read_place(item: Cursor, report: Report) -> None:
    """Four bytes of state, flags(1), latitude(4) longitude(4), seven bytes of motion, time(6, binary)."""
    item.skip(4)
    flags = item.u8()
    latitude, longitude = _degrees(item), _degrees(item)
    item.skip(7)
    report.fix(
        -latitude if flags & SOUTH else latitude,
        -longitude if flags & WEST else longitude,
        time=binary_time(item.take(6)),
        valid=bool(flags & VALID),
    )


def _degrees(item: Cursor) -> float:
    return degrees_minutes(item.u16() + item.u16() / 10_000)


DIALECT = FramedDialect(
    name="blue",
    rank=30,
    anchors=(rb"\xaa[\x00-\x03][\s\S][\x80-\x8f]\x00",),
    measure=_measure,
    read=gathered(_fill, _verify, weak_check=True),
)
