"""DualCam openings made here."""

from __future__ import annotations

import struct

from iotwatch.decode.message import Message
from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.read.stream import from_bytes

DIALECT = named("dualcam")

IMEI = "490154203237518"


def read(data: bytes) -> list[Message]:
    return list(DIALECT.messages(from_bytes(data)))


def test_the_opening_names_the_sender_and_files_are_told() -> None:
    opening = b"\0\0" + struct.pack(">HHQI", 14, 3, int(IMEI), 0)
    name = b"gsm/picture/240506/070809.jpg\0"
    opened, named = read(opening + b"\0\x0d" + struct.pack(">H", len(name)) + name)
    assert opened.device_ids == named.device_ids == (IMEI,)
    assert named.fields["path"] == "gsm/picture/240506/070809.jpg"
    assert opened.fixes == named.fixes == ()


def test_claims_need_an_imei_or_a_path() -> None:
    assert not DIALECT.claims(b"\0\0" + struct.pack(">HHQI", 14, 3, 12345, 0), None)
    assert not DIALECT.claims(b"\0\x0d\0\x08abcdefgh", None)
