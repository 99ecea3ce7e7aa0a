"""BCE frames made here."""

from __future__ import annotations

import struct

import pytest

from iotwatch.decode.message import Message
from iotwatch.decode.trackers.engine.checksums import sum8
from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.read.stream import from_bytes

DIALECT = named("bce")

SECONDS = 1_714_979_289  # 2024-05-06 07:08:09 UTC
IMEI = "490154203237518"


def read(data: bytes) -> list[Message]:
    return list(DIALECT.messages(from_bytes(data)))


def structure(latitude: float, longitude: float, masks: tuple[int, ...] = (0x4003,), rest: bytes = b"") -> bytes:
    stamp = ((SECONDS - 0x47798280) >> 1) << 4 & 0xFFFFFFFF | 7
    place = struct.pack("<ffBBBHI", longitude, latitude, 60, 0x38, 45, 120, 1000)
    content = struct.pack("<I", stamp) + b"".join(struct.pack("<H", mask) for mask in masks) + place + rest
    return bytes([len(content)]) + content


def frame(kind: int, *structures: bytes) -> bytes:
    content = bytes([kind, 0x11]) + b"".join(structures)
    data = struct.pack("<QH", int(IMEI), len(content)) + content
    return data + bytes([sum8(data)])


def test_structures_with_masks_and_a_cell() -> None:
    cell = struct.pack("<HHBHH", 0x8CD1, 262, 3, 1234, 5678)
    far = structure(-51.5, -11.25, masks=(0xC003, 0x8000, 0x0001), rest=cell)
    (message,) = read(frame(0xA5, structure(51.5, 11.25, rest=cell), far))
    assert [(fix.latitude, fix.longitude) for fix in message.fixes] == [(51.5, 11.25), (-51.5, -11.25)]
    assert message.fixes[0].time == pytest.approx(SECONDS * 1_000_000, abs=2_000_000)
    assert (message.fixes[0].speed, message.fixes[0].course, message.fixes[0].altitude) == (60, 90, 120)
    assert [(cell.mcc, cell.mnc, cell.lac, cell.cid) for cell in message.cells] == [(262, 3, 1234, 5678)]
    assert (message.device_ids, message.checksum) == ((IMEI,), "ok")


def test_other_kinds_hold_no_position_and_a_wrong_sum_is_told() -> None:
    (message,) = read(frame(0xC1, b"\xff"))
    assert message.fixes == ()
    broken = frame(0xA0, structure(51.5, 11.25, masks=(0x0001,)))[:-1] + b"\0"
    assert read(broken)[0].checksum == "bad"


def test_claims_need_an_imei() -> None:
    assert not DIALECT.claims(bytes(8) + b"\x42\0\xa0" + bytes(80), None)
