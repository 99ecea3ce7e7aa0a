"""EElink packets made here."""

from __future__ import annotations

import struct

from iotwatch.decode.message import Message
from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.read.stream import from_bytes

DIALECT = named("eelink")

SECONDS = 1_714_979_289  # 2024-05-06 07:08:09 UTC
IMEI = "490154203237518"


def read(data: bytes) -> list[Message]:
    return list(DIALECT.messages(from_bytes(data)))


def packet(kind: int, content: bytes, *, envelope: bool = False) -> bytes:
    inner = b"gg" + bytes([kind]) + struct.pack(">HH", len(content) + 2, 7) + content
    if not envelope:
        return inner
    return b"EL" + struct.pack(">HH", len(inner) + 10, 0xABCD) + bytes.fromhex("0" + IMEI) + inner


def scaled(latitude: float, longitude: float) -> bytes:
    return struct.pack(">ii", round(latitude * 1_800_000), round(longitude * 1_800_000))


def test_the_older_place_behind_a_login() -> None:
    place = (
        struct.pack(">I", SECONDS)
        + scaled(-29.5, 30.25)
        + struct.pack(">BHHHH", 42, 90, 655, 10, 20324)
        + b"\0\x2e\xb1"
    )
    login, report, lost = read(
        packet(1, bytes.fromhex("0" + IMEI) + b"\1\4") + packet(2, place + b"\1") + packet(4, place + b"\0\4")
    )
    assert login.device_ids == report.device_ids == (IMEI,)
    (fix,) = report.fixes
    assert (fix.latitude, fix.longitude, fix.time, fix.valid) == (-29.5, 30.25, SECONDS * 1_000_000, True)
    assert [(cell.mcc, cell.mnc, cell.lac, cell.cid) for cell in report.cells] == [(655, 10, 20324, 11953)]
    assert lost.fixes[0].valid is False


def test_the_later_place_with_all_its_parts() -> None:
    parts = scaled(51.5, -0.25) + struct.pack(">hHHB", 120, 42, 90, 7)
    cells = (
        struct.pack(">HHHIB", 234, 10, 100, 200, 40)
        + struct.pack(">HIB", 101, 201, 39)
        + struct.pack(">HIB", 102, 202, 38)
    )
    points = bytes.fromhex("02005e000001c4")
    (message,) = read(packet(0x12, struct.pack(">IB", SECONDS, 0x1F) + parts + cells + points, envelope=True))
    assert (message.fixes[0].latitude, message.fixes[0].longitude) == (51.5, -0.25)
    assert [cell.cid for cell in message.cells] == [200, 201, 202]
    assert [(point.bssid, point.signal) for point in message.access_points] == [("02:00:5e:00:00:01", -60)]
    assert message.device_ids == (IMEI,)


def test_cells_without_a_place_and_text() -> None:
    (lookup,) = read(packet(0x12, struct.pack(">IB", SECONDS, 2) + struct.pack(">HHHIB", 234, 10, 100, 200, 40)))
    assert (lookup.fixes, len(lookup.cells)) == ((), 1)
    text = b"\x88Lat:S23.500000\nLon:W114.250000\nDate Time:2024-05-06 07:08:09"
    (answer,) = read(packet(0x80, text))
    assert (answer.fixes[0].latitude, answer.fixes[0].longitude) == (-23.5, -114.25)
    assert answer.fixes[0].time == SECONDS * 1_000_000


def test_a_place_without_a_date_gives_no_place() -> None:
    assert not any(message.fixes for message in read(packet(2, bytes(30))))
    assert not DIALECT.claims(b"gg\x02\0\x1b" + bytes(60), None)
