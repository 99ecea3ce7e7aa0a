"""TZone AVL and TZ-TT series.

Source: reference facts: TZone (frame, scales, IMEI); blocks and course bits read off the samples. ``TZ``, length of
what follows up to the CRC (2), ``24 24``, model (2), firmware (4), IMEI in packed digits (8), time as six plain bytes,
then blocks that each begin with their length (2): GPS (not in 04xx models without a receiver), cells, state ...;
CRC-16/MODBUS of all from ``24 24`` (2), CR LF.
"""

from __future__ import annotations

from iotwatch.decode.fields import Cursor, bcd, binary_time
from iotwatch.decode.message import Cell, Fix
from iotwatch.decode.trackers.engine.checksums import crc16_modbus
from iotwatch.decode.trackers.engine.frames import Frame, FramedDialect, Session, checked, fix_at
from iotwatch.errors import DecodeError
from iotwatch.words.identity import imei_of_bcd

GPS_BLOCK = 22
COARSE_MODELS = {0x0101, 0x0102, 0x0103, 0x010A, 0x010B}
COARSE, FINE = 600_000, 6_000_000
WEST, NORTH, VALID = 1 << 9, 1 << 10, 1 << 11
HEAD = 26


def _measure(window: bytes) -> int | None:
    if len(window) < HEAD or window[:2] != b"TZ" or window[4:6] != b"$$":
        return None
    size = int.from_bytes(window[2:4], "big") + 6
    return size if size >= HEAD + 4 and window[size - 2 : size] in {b"\r\n", b""} else None


def _read(frame: bytes, session: Session) -> Frame | None:  # noqa: ARG001
    good = crc16_modbus(frame[4:-4]) == int.from_bytes(frame[-4:-2], "big")
    device = imei_of_bcd(bcd(frame[12:20]))
    time = binary_time(frame[20:26])
    model = int.from_bytes(frame[6:8], "big")
    cursor = Cursor(frame, HEAD, len(frame) - 4)
    fixes: tuple[Fix, ...] = ()
    cells: list[Cell] = []
    try:
        size = cursor.u16()
        if size == GPS_BLOCK:
            fixes = (_fix(cursor.part(size), COARSE if model in COARSE_MODELS else FINE),)
        elif size:
            cursor.at -= 2  # a model without receiver: the first block is the cells'
        cells = _cells(cursor.part(cursor.u16()))
    except DecodeError:
        if not good:
            return None
    return Frame(
        kind="position" if fixes else "status",
        fields={"model": f"{model:04x}"},
        fixes=fixes,
        cells=tuple(cells),
        device=device,
        device_at=(12, 20),
        time=time,
        checksum=checked(good=good),
    )


def _fix(block: Cursor, scale: int) -> Fix:
    start = block.at
    block.skip(1)  # satellites
    latitude, longitude = block.u32() / scale, block.u32() / scale
    time = binary_time(block.take(6))
    block.skip(5)
    flags = block.u16()
    if time is None:
        raise DecodeError("the block has no such time")
    return fix_at(
        latitude if flags & NORTH else -latitude,
        -longitude if flags & WEST else longitude,
        (start, block.at),
        time,
        valid=bool(flags & VALID),
        course=float(flags & 0x1FF),
    )


def _cells(block: Cursor) -> list[Cell]:
    """Either area and cell (2 each), or a count and per cell its length, MCC and MNC in packed digits, area, cell."""
    if block.left == 4:
        area, cell = block.u16(), block.u16()
        return [Cell(0, 0, area, cell)] if area and cell else []
    cells = []
    for _ in range(block.u8() if block.left else 0):
        item = block.part(block.u8())
        mcc, mnc, area = int(item.bcd(2)), item.take(2).hex(), item.u16()
        if mnc.isdecimal() and 200 <= mcc < 800:
            cells.append(Cell(mcc, int(mnc), area, item.uint(item.left)))
    return cells


DIALECT = FramedDialect(
    name="tzone", rank=10, anchors=(rb"TZ[\x00-\x0f][\x00-\xff]\$\$",), measure=_measure, read=_read
)
