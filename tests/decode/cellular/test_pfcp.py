"""Messages put together from 3GPP TS 29.244."""

from __future__ import annotations

from iotwatch.decode import decode

IMSI = bytes.fromhex("62022143658709f1")
EQUIPMENT = bytes.fromhex("9410450223731510")
LINE = bytes.fromhex("9471652701")


def element(kind: int, value: bytes) -> bytes:
    return kind.to_bytes(2, "big") + len(value).to_bytes(2, "big") + value


def session(*elements: bytes) -> bytes:
    body = bytes(8) + b"\0\0\x01\0" + b"".join(elements)
    return b"\x21\x32" + len(body).to_bytes(2, "big") + body


USER = element(141, bytes([7, 8]) + IMSI + bytes([8]) + EQUIPMENT + bytes([5]) + LINE)
NODE = element(60, b"\0\x7f\0\0\x04")


def test_a_session_names_its_user_and_network(datagrams, traits_of):
    messages = list(decode(datagrams(session(NODE, USER, element(159, b"\x03ims")), port=8805)))
    assert [message.protocol for message in messages] == ["pfcp"]
    assert traits_of(messages) == [
        ("imsi", "262012345678901", IMSI),
        ("imeisv", "4901542032375101", EQUIPMENT),
        ("imei", "490154203237518", EQUIPMENT),
        ("msisdn", "4917567210", LINE),
        ("apn", "ims", b"\x03ims"),
    ]


def test_a_user_without_an_imsi(datagrams, traits_of):
    messages = decode(datagrams(session(NODE, element(141, bytes([4, 5]) + LINE)), port=8805))
    assert [trait[:2] for trait in traits_of(messages)] == [("msisdn", "4917567210")]


def test_elements_must_fill_the_message(datagrams):
    assert list(decode(datagrams(session(NODE, USER)[:-1], port=8805))) == []
    assert list(decode(datagrams(session(NODE, USER + b"\0"), port=8805))) == []


def test_a_user_that_is_cut_short_says_what_is_whole(datagrams, traits_of):
    messages = decode(datagrams(session(element(141, bytes([3, 8]) + IMSI + bytes([8, 0x94]))), port=8805))
    assert [trait[:2] for trait in traits_of(messages)] == [("imsi", "262012345678901")]
