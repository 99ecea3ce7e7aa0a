"""Cells of GT06: how wide each part is depends on the message type, and the operator's code may be two bytes wide."""

from __future__ import annotations

import struct

import pytest

from iotwatch.decode.fields import Cursor
from iotwatch.decode.message import Cell
from iotwatch.decode.trackers.coded import gt06_cells
from iotwatch.decode.trackers.coded.gt06_cells import AFTER_GPS, ALONE, LISTS, read_cell, read_list, scan_frame_size
from iotwatch.decode.trackers.engine.report import Report

TIME = bytes([24, 5, 6, 7, 8, 9])
CELL = Cell(262, 7, 0x1234, 0x9ABC)
# Bytes of operator, area and cell by message type, as the makers' documents have them: the default, and those that differ.
PLAIN = (1, 2, 3)
OTHER = {0x11: (2, 2, 4), 0x31: (2, 2, 4), 0x34: (1, 2, 4), 0x36: (1, 2, 4)} | dict.fromkeys(
    (0x38, 0xA0, 0xA1, 0xA2, 0xA4, 0xA5, 0xA7), (1, 4, 8)
)
GAPS = {0x34: 6, 0x38: 3, 0xA4: 1, 0x24: 1}


def cell(kind: int, *, wide_operator: bool = False) -> bytes:
    operator, area, number = OTHER.get(kind, PLAIN)
    head = (262 | 0x8000 if wide_operator else 262).to_bytes(2, "big") + CELL.mnc.to_bytes(
        2 if wide_operator else operator, "big"
    )
    return head + CELL.lac.to_bytes(area, "big") + CELL.cid.to_bytes(number, "big")


@pytest.mark.parametrize("wide_operator", [False, True])
@pytest.mark.parametrize("kind", sorted({**AFTER_GPS, **ALONE}))
def test_one_cell_of_each_type(kind: int, wide_operator: bool) -> None:
    layout = {**AFTER_GPS, **ALONE}[kind]
    gap = b"\x08" if layout.sized else bytes(GAPS.get(kind, 0))
    report = Report()
    read_cell(Cursor(gap + cell(kind, wide_operator=wide_operator) + b"\xff\xff"), layout, report)
    assert report.cells == [CELL]
    cut_short = Report()
    read_cell(Cursor((gap + cell(kind))[:-1]), layout, cut_short)
    assert cut_short.cells == []


@pytest.mark.parametrize(
    ("head", "operator", "number"),
    [(b"", 1, 3), (b"\x08", 1, 3), (b"\x09", 1, 3), (b"\x0a", 1, 4), (b"\x0a", 2, 4)],
    ids=["no length", "8", "9", "10", "10 with a wide operator"],
)
def test_a_length_before_the_cell_says_how_wide_it_is(head: bytes, operator: int, number: int) -> None:
    wire = head + struct.pack(">H", 262) + CELL.mnc.to_bytes(operator, "big") + struct.pack(">H", CELL.lac)
    report = Report()
    read_cell(Cursor(wire + CELL.cid.to_bytes(number, "big") + bytes(9)), AFTER_GPS[0x32], report)
    assert report.cells == [CELL]


@pytest.mark.parametrize("kind", sorted(LISTS))
def test_a_list_of_each_type(kind: int) -> None:
    operator = struct.pack(">HB", 262, CELL.mnc)
    _, area, number = OTHER.get(kind, PLAIN)
    towers = b"".join(
        CELL.lac.to_bytes(area, "big") + (CELL.cid + at).to_bytes(number, "big") + b"\x32" for at in range(7)
    )
    points = b"\x03\x02" + bytes.fromhex("02005e00000a3c02005e00000b46")
    gap = LISTS[kind].gap
    body = TIME + bytes(gap) + operator + (b"\x07" if gap else b"") + towers + (b"" if gap else points)
    report = Report()
    assert read_list(kind, body, report)
    assert report.cells == [Cell(262, CELL.mnc, CELL.lac, CELL.cid + at) for at in range(7)]
    signals = [(point.bssid[-2:], point.signal) for point in report.access_points]
    assert signals == ([] if gap else [("0a", -60), ("0b", -70)])


def test_what_is_no_list() -> None:
    body = TIME + struct.pack(">HB", 262, 7) + bytes(40)
    assert not read_list(0x12, body, Report())
    assert not read_list(0x17, b"\xff" * 6 + body[6:], Report())
    assert not read_list(0x17, TIME + struct.pack(">HB", 100, 7) + bytes(40), Report())
    assert not read_list(0x17, body[:11], Report())


def test_the_size_of_a_frame_that_counts_access_points() -> None:
    head = b"\x78\x78\x02\x17" + bytes.fromhex("240506070809") + bytes(14)
    tail = b"\x01" + struct.pack(">HB", 262, 7) + struct.pack(">HHB", 10, 11, 60) + b"\r\n"
    assert scan_frame_size(head + tail) == len(head + tail)
    for wrong in (
        head[:3] + b"\x18" + head[4:] + tail,
        head + tail[:-1],
        head[:9],
        head[:4] + b"\xff" + head[5:] + tail,
    ):
        assert scan_frame_size(wrong) == 0
    assert gt06_cells.scan_frame_size(b"\x78\x78\x21\x17" + head[4:] + bytes(33 * 7) + tail) == 0
