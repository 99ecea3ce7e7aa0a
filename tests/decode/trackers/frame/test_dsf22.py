"""DSF22 frames made here."""

from __future__ import annotations

import struct

from iotwatch.decode.message import Message
from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.read.stream import from_bytes
from iotwatch.words.doubts import ReadingDoubt

DIALECT = named("dsf22")

SECONDS = 1_714_979_289  # 2024-05-06 07:08:09 UTC


def read(data: bytes) -> list[Message]:
    return list(DIALECT.messages(from_bytes(data)))


def frame(*places: tuple[float, float], unit: int = 777) -> bytes:
    records = b"".join(struct.pack("<iiIB", round(a * 1e7), round(b * 1e7), SECONDS, 50) + bytes(3) for a, b in places)
    return b"FB" + struct.pack("<HB", unit, len(places)) + records


def test_records() -> None:
    one, two = read(frame((24.5, -56.25), (-15.5, 35.25)) + frame((1.5, 2.5)))
    assert [(fix.latitude, fix.longitude) for fix in one.fixes] == [(24.5, -56.25), (-15.5, 35.25)]
    assert (one.fixes[0].time, one.fixes[0].speed) == (SECONDS * 1_000_000, 50)
    assert one.device_ids == ("777",)
    assert len(two.fixes) == 1


def test_claims_need_the_exact_length_and_dates() -> None:
    assert not DIALECT.claims(frame((1, 2)) + b"\0", None)
    assert not DIALECT.claims(b"FB\1\0\1" + bytes(16), None)
    (cut,) = read(frame((1, 2), (3, 4))[:-16] + bytes(16))
    assert len(cut.fixes) == 1
    assert cut.doubts[0].word is ReadingDoubt.NOT_TO_THE_END
