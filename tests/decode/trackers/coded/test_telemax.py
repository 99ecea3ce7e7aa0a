"""Telemax lines made here."""

from __future__ import annotations

from iotwatch.decode.trackers.coded.telemax import DIALECT
from iotwatch.read.stream import from_bytes

HEAD = "Y0000000112345606737407000100780101"
PLACE = f"{round(-3.5 * 30000) + 5_400_000:06X}{round(51.5 * 30000) + 5_400_000:06X}"


def read(text: str):
    return list(DIALECT.messages(from_bytes(text.encode())))


def test_the_times_between_follow_the_interval():
    data = f"{HEAD}03BC{PLACE}24050607080900000000BC{PLACE}3C{PLACE}24050607140900000000\r\n"
    (message,) = read(data)
    assert [(fix.latitude, fix.longitude) for fix in message.fixes] == [(51.5, -3.5)] * 3
    first = 1_714_979_289_000_000
    assert [fix.time - first for fix in message.fixes] == [0, 120_000_000, 360_000_000]
    assert [fix.valid for fix in message.fixes] == [True, True, False]
    assert message.device_ids == ("737407",)


def test_a_login_and_what_is_none():
    assert read("%067374070128\r\n")[0].device_ids == ("737407",)
    assert not DIALECT.claims(b"%99737407\r\n", None)
    assert read(f"{HEAD}02BC{PLACE}24050607080900000000\r\n") == []
    assert read(f"{HEAD}01BC{PLACE}24139907080900000000\r\n") == []
