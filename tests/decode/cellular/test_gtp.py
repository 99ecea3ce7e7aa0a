"""Messages put together from 3GPP TS 29.060 and TS 29.274."""

from __future__ import annotations

import pytest

from iotwatch.decode import decode
from iotwatch.decode.cellular.gtp import GTP_CONTROL

IMSI = bytes.fromhex("62022143658709f1")
EQUIPMENT = bytes.fromhex("9410450223731510")
LINE = bytes.fromhex("9471652701")
PORT = 2123
CELL = bytes.fromhex("18 62f2201234 62f2200abcdef1")  # flags: TAI and ECGI


def element(kind: int, value: bytes) -> bytes:
    return bytes([kind]) + len(value).to_bytes(2, "big") + b"\0" + value


def version_2(*elements: bytes, flags: int = 0x48) -> bytes:
    body = (b"\0\0\0\0" if flags & 8 else b"") + b"\0\0\x01\0" + b"".join(elements)
    return bytes([flags, 32]) + len(body).to_bytes(2, "big") + body


def version_1(*elements: bytes) -> bytes:
    body = b"\0\x01\0\0" + b"".join(elements)
    return b"\x32\x10" + len(body).to_bytes(2, "big") + b"\0\0\0\0" + body


CREATE_SESSION = version_2(
    element(1, IMSI), element(76, LINE), element(75, EQUIPMENT), element(86, CELL), element(71, b"\x08internet")
)
CREATE_CONTEXT = version_1(
    b"\x02" + IMSI,
    b"\x0f\xfc",
    b"\x10\0\0\0\x01",
    b"\x83\0\x06\x05cmnet",
    b"\x86\0\x06\x91" + LINE,
    b"\x98\0\x08\0" + bytes.fromhex("62f220 1234 5678"),
    b"\x9a\0\x08" + EQUIPMENT,
)


def told(stream) -> list[tuple[str, str]]:
    return [(trait.kind, trait.value) for message in decode(stream) for trait in message.traits]


def test_version_2_names_sim_line_equipment_cell_and_access_point(datagrams, traits_of):
    messages = list(decode(datagrams(CREATE_SESSION, port=PORT)))
    assert [message.protocol for message in messages] == ["gtp-c"]
    assert traits_of(messages) == [
        ("imsi", "262012345678901", IMSI),
        ("msisdn", "4917567210", LINE),
        ("imeisv", "4901542032375101", EQUIPMENT),
        ("imei", "490154203237518", EQUIPMENT),
        ("cell.serving", "262-2-4660-180150001", CELL),
        ("apn", "internet", b"\x08internet"),
    ]


def test_version_1_names_the_same(datagrams):
    assert told(datagrams(CREATE_CONTEXT, port=PORT)) == [
        ("imsi", "262012345678901"),
        ("apn", "cmnet"),
        ("msisdn", "4917567210"),
        ("cell.serving", "262-2-4660-22136"),
        ("imeisv", "4901542032375101"),
        ("imei", "490154203237518"),
    ]


def test_the_port_is_no_evidence(datagrams):
    assert told(datagrams(CREATE_SESSION, port=40000)) == told(datagrams(CREATE_SESSION, port=PORT))


def test_a_message_may_ride_on_another(datagrams):
    """TS 29.274 section 5.5.1: the piggybacking flag, here on an echo without a tunnel number."""
    assert ("imsi", "262012345678901") in told(datagrams(version_2(element(3, b"\x11"), flags=0x50) + CREATE_SESSION))


@pytest.mark.parametrize("whole", [CREATE_SESSION, CREATE_CONTEXT])
def test_elements_must_fill_the_message(whole, datagrams):
    assert told(datagrams(whole[:-1], port=PORT)) == []
    longer = whole[:3] + bytes([whole[3] + 1]) + whole[4:] + b"\0"
    assert told(datagrams(longer, port=PORT)) == []


def test_user_data_is_not_control():
    assert not GTP_CONTROL.claims(b"\x30\xff" + CREATE_CONTEXT[2:], None)


@pytest.mark.parametrize(
    "text", [b"HTTP/1.1 200 OK\r\n", b"GET / HTTP/1.1\r\n\r\n", b"1234567890123456", b"OPTIONS * RTSP/1.0"]
)
def test_text_is_no_signalling(text):
    assert not GTP_CONTROL.claims(text, None)
