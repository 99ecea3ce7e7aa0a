from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iotwatch.decode import decode
from iotwatch.decode.air.ais import AIS
from iotwatch.read.stream import from_bytes

# Published examples of ITU-R M.1371 messages (gpsd's AIVDM protocol page and receivers' logs).
CLASS_A = b"!AIVDM,1,1,,B,177KQJ5000G?tO`K>RA1wUbN0TKH,0*5C"
BASE = b"!AIVDM,1,1,,A,403OviQuMGCqWrRO9>E6fE700@GO,0*4D"
CLASS_B = b"!AIVDM,1,1,,A,B52K>;h00Fc>jpUlNV@ikwpUoP06,0*4C"


def checked(body: bytes) -> bytes:
    value = 0
    for byte in body:
        value ^= byte
    return b"!" + body + b"*%02X" % value


def test_other_vessels_are_told_as_others() -> None:
    (message,) = decode(from_bytes(CLASS_A + b"\r\n", kind="udp"))
    (fix,) = message.fixes
    assert (round(fix.latitude, 4), round(fix.longitude, 4)) == (47.5828, -122.3458)
    assert (fix.whose, message.device_ids, message.fields["mmsi"]) == ("another vessel", (), "477553000")
    assert message.checksum == "ok"


def test_the_own_ship_is_the_device() -> None:
    own = checked(CLASS_A[1:-3].replace(b"AIVDM", b"AIVDO"))
    (message,) = AIS.messages(from_bytes(own))
    assert (message.fixes[0].whose, message.device_ids) == ("", ("477553000",))


def test_base_stations_and_class_b() -> None:
    found = list(AIS.messages(from_bytes(BASE + b"\r\n" + CLASS_B + b"\r\n")))
    assert [message.fields["type"] for message in found] == [4, 18]
    assert found[0].fixes[0].whose == "an aid to navigation or base station"
    assert (round(found[0].fixes[0].latitude, 3), round(found[0].fixes[0].longitude, 3)) == (36.884, -76.352)


@pytest.mark.parametrize(
    "wire", [CLASS_A[:-1] + b"D", b"!AIVDM,1,1,,B,1,0*00", checked(b"AIVDM,2,2,1,A,88888888880,2")]
)
def test_broken_and_lonely_sentences_say_nothing(wire: bytes) -> None:
    assert list(AIS.messages(from_bytes(wire))) == []


@given(st.binary(max_size=60))
def test_any_payload(body: bytes) -> None:
    for message in AIS.messages(from_bytes(checked(b"AIVDM,1,1,,A," + body + b",0"))):
        assert message.fixes
