"""Where drafted dialects see a message end in a stream, and what they take for the head of a protocol."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from iotwatch.decode.trackers.own import load_folder
from iotwatch.read.stream import from_bytes
from iotwatch.report.words.draft import Draft, Told, draft

PLACES = [(48.858222, 2.2945), (48.858301, 2.29461), (48.858377, 2.294702), (48.858411, 2.29489)]
LAYOUT = {
    "encoding": "int32 1e6 twos-complement big",
    "latitude_at": 12,
    "latitude_bytes": 4,
    "latitude_field": "i32 lat /1000000.0",
    "longitude_at": 16,
    "longitude_bytes": 4,
    "longitude_field": "i32 lon /1000000.0",
}


def message(place: tuple[float, float], device: bytes, tail: int) -> bytes:
    """Head, how many bytes follow, the device's number, the place, and a tail."""
    body = b"\xd1" + device + struct.pack(">ii", *(round(half * 1e6) for half in place)) + bytes(range(1, tail + 1))
    return b"\xab\x07" + bytes([len(body)]) + body


def made(tails: list[int], devices: list[bytes]) -> tuple[Draft, list[bytes]]:
    sent = [message(*one) for one in zip(PLACES, devices, tails, strict=True)]
    told = [
        Told(data, *place, LAYOUT, device.hex(), whole=True)
        for data, place, device in zip(sent, PLACES, devices, strict=True)
    ]
    return draft(told, "tcp", proven=True), sent


ONE, OTHER = b"\x01\x23\x45\x67\x89\x01\x02\x03", b"\x99\x88\x77\x66\x55\x44\x33\x22"


@pytest.mark.parametrize(("tails", "size"), [([4, 4, 4, 4], "fixed = 24"), ([1, 4, 2, 9], 'field = "u8@2"')])
def test_all_messages_of_a_stream_are_read(tmp_path: Path, tails: list[int], size: str) -> None:
    drafted, sent = made(tails, [ONE] * 4)
    assert size in drafted.lines
    path = tmp_path / "dialects" / drafted.folder / "one.toml"
    path.parent.mkdir(parents=True)
    path.write_text("\n".join(drafted.lines))
    (dialect,) = load_folder(tmp_path)
    fixes = [fix for one in dialect.messages(from_bytes(b"".join(sent))) for fix in one.fixes]
    assert [(fix.latitude, fix.longitude) for fix in fixes] == [pytest.approx(place, abs=1e-6) for place in PLACES]
    (other,) = dialect.messages(from_bytes(message((-33.45, -70.64), OTHER, tails[0])))
    assert other.fixes[0].latitude == pytest.approx(-33.45), "another device's message begins alike"


def test_several_devices_teach_a_longer_head() -> None:
    alone, _ = made([4, 4, 4, 4], [ONE] * 4)
    together, _ = made([4, 4, 4, 4], [ONE, OTHER] * 2)
    assert r"anchors = ['\xab\x07']" in alone.lines
    assert r"anchors = ['\xab\x07\x15\xd1']" in together.lines
