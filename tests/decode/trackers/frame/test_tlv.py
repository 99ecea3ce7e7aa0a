"""TLV logins with made values."""

from __future__ import annotations

from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.model import Confidence
from iotwatch.read.stream import from_bytes

DIALECT = named("tlv")

IMEI, IMSI = b"490154203237518", b"234150000000001"


def read(data: bytes):
    return list(DIALECT.messages(from_bytes(data)))


def test_login_with_subscriber():
    (message,) = read(b"0C\x0f" + IMEI + b"\xff\x109" + IMSI + b"\x0fMADE_V1.00_EN\xff\x012")
    assert message.device_ids == (IMEI.decode(),)
    assert [(trait.kind, trait.value) for trait in message.traits] == [("imei", IMEI.decode()), ("imsi", IMSI.decode())]
    assert (message.fixes, message.confidence) == ((), Confidence.LIKELY)


def test_short_login_is_possible_not_more():
    assert [message.confidence for message in read(b"0B\x0f" + IMEI + b"\x011")] == [Confidence.POSSIBLE]
    assert read(b"0B\x0f1234") == []
