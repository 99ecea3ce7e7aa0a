"""ATrack reports made here, binary and ASCII."""

from __future__ import annotations

import struct

import pytest

from iotwatch.decode.message import Message
from iotwatch.decode.trackers.coded.atrack import DIALECT
from iotwatch.read.stream import from_bytes

SECONDS = 1_714_979_289  # 2024-05-06 07:08:09 UTC
IMEI = "490154203237518"


def read(data: bytes) -> list[Message]:
    return list(DIALECT.messages(from_bytes(data)))


def record(latitude: float, longitude: float, *, calendar: bool = False, text: bytes = b"") -> bytes:
    times = bytes.fromhex("07e80506070809") * 3 if calendar else struct.pack(">III", SECONDS, SECONDS + 1, SECONDS + 2)
    scaled = (round(longitude * 1e6), round(latitude * 1e6))
    return times + struct.pack(">iiHBIHBHBH", *scaled, 90, 2, 1234, 9, 0, 42, 0, 0) + b"\0" + bytes(4) + text + b"\0"


def frame(*records: bytes, prefix: bytes = b"@P", unit: str = IMEI) -> bytes:
    content = struct.pack(">HQ", 7, int(unit)) + b"".join(records)
    return prefix + b"\x12\x34" + struct.pack(">H", len(content)) + content


@pytest.mark.parametrize("calendar", [False, True])
def test_binary_records_with_free_text_between(calendar: bool) -> None:
    first = record(50.5, 3.25, calendar=calendar, text=b"%CI%VN WDBTEST00A0000001")
    (message,) = read(frame(first, record(-0.5, -35.5, calendar=calendar)))
    assert [(fix.latitude, fix.longitude) for fix in message.fixes] == [(50.5, 3.25), (-0.5, -35.5)]
    assert (message.fixes[0].time, message.fixes[0].speed, message.fixes[0].course) == (SECONDS * 1_000_000, 42, 90)
    assert (message.device_ids, message.vin) == ((IMEI,), "WDBTEST00A0000001")


def test_a_prefix_of_the_users_choice_needs_the_exact_length() -> None:
    data = frame(record(50.5, 3.25), prefix=b"\x02\x03")
    assert DIALECT.claims(data, None)
    assert not DIALECT.claims(data + b"\0", None)


def test_a_unit_without_an_imei_is_none_of_this_dialect() -> None:
    whole = frame(record(50.5, 3.25))
    assert DIALECT.claims(whole, None)
    assert not DIALECT.claims(frame(record(50.5, 3.25), unit="490154203237519"), None)
    assert not DIALECT.claims(whole[:15], None)


@pytest.mark.parametrize("stamp", ["1714979289", "20240506070809"])
def test_ascii_records(stamp: str) -> None:
    line = f"{stamp},{stamp},{stamp},-88429188,44271225,70,2,200563,8,1,12,0,0,,2000,2000,\r\n"
    (message,) = read(f"@P,6254,235,989,{IMEI},{line}{line}".encode())
    assert len(message.fixes) == 2
    fix = message.fixes[0]
    assert (fix.latitude, fix.longitude, fix.time, fix.speed) == (44.271225, -88.429188, SECONDS * 1_000_000, 12)


def test_keep_alive_and_photo_hold_no_position() -> None:
    keep, photo = read(b"\xfe\x02" + struct.pack(">QH", int(IMEI), 1) + frame(bytes(40), prefix=b"@R"))
    assert keep.fixes == photo.fixes == ()
    assert keep.device_ids == photo.device_ids == (IMEI,)
