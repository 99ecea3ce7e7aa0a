from __future__ import annotations

import pytest

from iotwatch.decode import decode
from iotwatch.decode.fields import Cursor
from iotwatch.decode.iot.mqtt import MQTT, varint
from iotwatch.errors import DecodeError
from iotwatch.read.stream import from_bytes
from iotwatch.words.doubts import ReadingDoubt


def text(value: bytes) -> bytes:
    return len(value).to_bytes(2, "big") + value


def packet(first: int, body: bytes) -> bytes:
    assert len(body) < 128
    return bytes([first, len(body)]) + body


# MQTT 3.1.1 section 3.1: flags C6 = user, password, will QoS 0, clean session.
CONNECT = packet(
    0x10,
    text(b"MQTT")
    + b"\x04\xc6\x00\x3c"
    + text(b"356938035643809")
    + text(b"will/t")
    + text(b"gone")
    + text(b"carrier")
    + text(b"s3cret!"),
)
PUBLISH = packet(0x30, text(b"sys/pk/dk/post") + b'{"lat":52.1}')


def read(data: bytes):
    return list(decode(from_bytes(data, kind="tcp")))


def test_a_session_names_client_user_and_topics(traits_of):
    wire = CONNECT + PUBLISH + packet(0x82, b"\0\1" + text(b"cmd/#") + b"\0" + text(b"ota/+") + b"\1") + b"\xc0\0"
    messages = read(wire)
    assert [message.fields["packet"] for message in messages] == ["connect", "publish", "subscribe", "pingreq"]
    assert traits_of(messages) == [
        ("mqtt.client", "356938035643809", b"356938035643809"),
        ("mqtt.topic", "will/t", b"will/t"),
        ("mqtt.user", "carrier", b"carrier"),
        ("mqtt.topic", "sys/pk/dk/post", b"sys/pk/dk/post"),
        ("mqtt.topic", "cmd/#", b"cmd/#"),
        ("mqtt.topic", "ota/+", b"ota/+"),
    ]
    assert messages[0].fields["password"] is True
    assert messages[0].fields["keep_alive"] == 60


def test_a_password_is_never_told():
    messages = read(CONNECT)
    assert "s3cret" not in str([(m.fields, m.traits, m.body and m.body.data) for m in messages])


def test_a_payload_goes_on_with_its_topic():
    _, publish = read(CONNECT + PUBLISH)
    assert publish.body.data == b'{"lat":52.1}'
    assert publish.body.context["topic"] == "sys/pk/dk/post"
    assert publish.body.context["client"] == "356938035643809"
    assert publish.body.evidence().offset == len(CONNECT) + PUBLISH.index(b"{")


def test_version_5_has_properties(traits_of):
    connect = packet(0x10, text(b"MQTT") + b"\x05\x02\x00\x1e" + b"\x05\x11\x00\x00\x00\x0a" + text(b"c5"))
    properties = b"\x03" + text(b"application/json") + b"\x23\x00\x01" + b"\x26" + text(b"k") + text(b"v")
    first = packet(0x32, text(b"t/1") + b"\x00\x07" + bytes([len(properties)]) + properties + b"{}")
    second = packet(0x32, text(b"") + b"\x00\x08" + b"\x03\x23\x00\x01" + b"[1]")
    _, one, two = read(connect + first + second)
    assert (one.body.data, one.body.context["content-type"]) == (b"{}", "application/json")
    assert (two.body.data, two.body.context["topic"]) == (b"[1]", "t/1")  # by its alias


@pytest.mark.parametrize(
    ("rest", "payload"),
    [(b'{"a":1}', b'{"a":1}'), (b'\0{"a":1}', b'{"a":1}'), (b"\x02\x01\x01hi", b"hi"), (b"\0\1\2\3", b"\0\1\2\3")],
)
def test_the_version_of_a_stream_without_connect_shows_in_its_publish(rest, payload):
    (message,) = read(packet(0x30, text(b"a/b") + rest))
    assert message.body.data == payload


def test_an_assigned_client_id_is_told(traits_of):
    connack = packet(0x20, b"\0\0" + bytes([10]) + b"\x12" + text(b"auto-17"))
    assert traits_of(read(connack + b"\xd0\0")) == [("mqtt.client", "auto-17", b"auto-17")]


@pytest.mark.parametrize(
    ("raw", "value"),
    [(b"\x00", 0), (b"\x7f", 127), (b"\x80\x01", 128), (b"\xff\x7f", 16383), (b"\xff\xff\xff\x7f", 268_435_455)],
)
def test_lengths_of_the_standard(raw, value):
    """MQTT 5.0 table 1-1."""
    assert varint(Cursor(raw)) == value


def test_a_length_of_five_bytes_is_an_error():
    with pytest.raises(DecodeError):
        varint(Cursor(b"\x80\x80\x80\x80\x01"))


def test_a_packet_that_the_capture_cuts_is_told():
    _, message = read(CONNECT + PUBLISH[:-4])
    assert message.doubts == (ReadingDoubt.PACKET_CUT(),)


def test_junk_after_packets_is_an_error_that_keeps_them():
    stream = from_bytes(CONNECT + b"\x00\x05junk!")
    messages = MQTT.messages(stream)
    assert next(messages).fields["packet"] == "connect"
    with pytest.raises(DecodeError):
        next(messages)


@pytest.mark.parametrize("head", [b"0\x82hello world", b"=x=y and more", b"\x20\x02zz", b"\x82\x10" + b"\xff" * 16])
def test_what_only_starts_like_a_packet_is_not_claimed(head):
    assert not MQTT.claims(head, None)
