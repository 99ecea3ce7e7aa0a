"""AT2000 logins made here."""

from __future__ import annotations

from iotwatch.decode.message import Message
from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.read.stream import from_bytes

DIALECT = named("at2000")

IMEI = "490154203237518"


def read(data: bytes) -> list[Message]:
    return list(DIALECT.messages(from_bytes(data)))


def test_the_login_names_the_sender() -> None:
    data = b"\x01\x01\x2f" + bytes(14) + IMEI.encode() + bytes(range(32))
    (message,) = read(data)
    assert message.device_ids == (IMEI,)
    assert message.fields["encrypted"] is True
    assert message.doubts
    assert DIALECT.claims(data, None)
    assert not DIALECT.claims(data[:40], None)
