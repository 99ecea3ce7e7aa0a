from __future__ import annotations

import struct

import cbor2
import pytest

from iotwatch.decode import decode
from iotwatch.decode.iot.coap import COAP
from iotwatch.decode.iot.coap_exchange import LONGEST, messages
from iotwatch.decode.iot.lwm2m_content import LWM2M_CBOR, resources
from iotwatch.errors import DecodeError
from iotwatch.read.stream import Flow
from tests.calls import calls_while


def option(delta: int, value: bytes) -> bytes:
    """RFC 7252 section 3.1, with one byte of extended delta or length where needed."""

    def part(number: int) -> tuple[int, bytes]:
        return (number, b"") if number < 13 else (13, bytes([number - 13]))

    (d, more_d), (n, more_n) = part(delta), part(len(value))
    return bytes([d << 4 | n]) + more_d + more_n + value


def coap(code: int, *options: tuple[int, bytes], payload: bytes = b"", token: bytes = b"\x5a\xa5") -> bytes:
    out, last = bytes([0x40 | len(token), code]) + b"\x12\x34" + token, 0
    for number, value in options:
        out += option(number - last, value)
        last = number
    return out + (b"\xff" + payload if payload else b"")


PATH, FORMAT, QUERY = 11, 12, 15
LINKS = b'</>;rt="oma.lwm2m",</1/0>,</3/0>,</6/0>'
REGISTER = coap(
    2, (PATH, b"rd"), (FORMAT, b"\x28"), (QUERY, b"ep=urn:imei:356938035643809"), (QUERY, b"lt=86400"), payload=LINKS
)


def test_a_registration_names_the_device(datagrams, traits_of):
    (message,) = decode(datagrams(REGISTER, port=5683))
    assert message.protocol == "lwm2m"
    assert message.device_ids == ("356938035643809",)
    assert [(kind, value) for kind, value, _ in traits_of([message])] == [
        ("coap.url", "/rd"),
        ("lwm2m.endpoint", "urn:imei:356938035643809"),
    ]
    assert message.traits[1].facts["objects"] == ["1/0", "3/0", "6/0"]
    assert message.body.data == LINKS
    assert message.body.context["content-type"] == "application/link-format"


def tlv(ident: int, value: bytes) -> bytes:
    """OMA LwM2M 1.1 section 7.4.3: a resource with an 8-bit identifier."""
    if len(value) < 8:
        return bytes([0xC0 | len(value), ident]) + value
    return bytes([0xC8, ident, len(value)]) + value


PLACE = tlv(0, struct.pack(">d", 52.1)) + tlv(1, struct.pack(">d", 4.3)) + tlv(5, struct.pack(">i", 1_700_000_000))
FORMAT_TLV = (11542).to_bytes(2, "big")


def test_object_6_in_tlv(datagrams):
    wire = coap(3, (PATH, b"6"), (PATH, b"0"), (FORMAT, FORMAT_TLV), payload=PLACE)
    (message,) = decode(datagrams(wire, port=5683))
    (fix,) = message.fixes
    assert (fix.latitude, fix.longitude, fix.time) == (52.1, 4.3, 1_700_000_000_000_000)
    assert message.stream.data[slice(*fix.span)] == PLACE
    assert message.doubts == ()


def test_a_notification_has_no_path_and_the_doubt_says_so(datagrams):
    instance = bytes([0x08, 0, len(PLACE)]) + PLACE
    wire = coap(0x45, (6, b"\x01"), (FORMAT, FORMAT_TLV), payload=instance)
    (message,) = decode(datagrams(wire, port=5683))
    assert (message.protocol, len(message.fixes), len(message.doubts)) == ("lwm2m", 1, 1)


def test_float32_and_other_objects(datagrams):
    short = tlv(0, struct.pack(">f", 52.1)) + tlv(1, struct.pack(">f", 4.3))
    (message,) = decode(datagrams(coap(3, (PATH, b"6"), (PATH, b"0"), (FORMAT, FORMAT_TLV), payload=short), port=5683))
    assert message.fixes[0].latitude == pytest.approx(52.1, abs=1e-5)
    (other,) = decode(datagrams(coap(3, (PATH, b"3303"), (PATH, b"0"), (FORMAT, FORMAT_TLV), payload=short), port=5683))
    assert other.fixes == ()


SENML = [{"bn": "/6/0/", "n": "0", "v": 52.1}, {"n": "1", "v": 4.3}, {"n": "5", "v": 1_700_000_000}]


@pytest.mark.parametrize(
    ("content", "payload"),
    [
        (110, b'[{"bn":"/6/0/","n":"0","v":52.1},{"n":"1","v":4.3},{"n":"5","v":1700000000}]'),
        (112, cbor2.dumps([{-2: "/6/0/", 0: "0", 2: 52.1}, {0: "1", 2: 4.3}, {0: "5", 2: 1_700_000_000}])),
        (11543, b'{"bn":"/6/0/","e":[{"n":"0","v":52.1},{"n":"1","v":4.3},{"n":"5","v":1700000000}]}'),
    ],
)
def test_object_6_in_senml(content, payload, datagrams):
    wire = coap(2, (PATH, b"dp"), (FORMAT, content.to_bytes(2, "big").lstrip(b"\0")), payload=payload)
    (message,) = decode(datagrams(wire, port=5683))
    assert [(fix.latitude, fix.longitude, fix.time) for fix in message.fixes] == [(52.1, 4.3, 1_700_000_000_000_000)]


@pytest.mark.parametrize("payload", [b"[[[[", b'[{"n":5}]', b'{"e":7}', b"\xff\xff", b"[" * 3000])
def test_broken_senml_says_nothing(payload, datagrams):
    for content in (110, 112, 11543):
        wire = coap(2, (PATH, b"dp"), (FORMAT, content.to_bytes(2, "big").lstrip(b"\0")), payload=payload)
        assert [message.fixes for message in decode(datagrams(wire, port=5683))] == [()]


def test_plain_coap_keeps_path_and_body(datagrams, traits_of):
    wire = coap(2, (PATH, b"track"), (FORMAT, b"\x32"), payload=b'{"lat":52.1}')
    (message,) = decode(datagrams(wire, port=9999))
    assert (message.protocol, message.fields["path"], message.body.data) == ("coap", "/track", b'{"lat":52.1}')
    assert message.body.context["content-type"] == "application/json"


@pytest.mark.parametrize(
    "wire", [b"\x41\x01", b"\x44\x01\x12", b"\x40\x01\x00\x00\xd0", b"\x42\x01\x00\x01ab" + b"\x77" * 20]
)
def test_what_is_no_coap_is_not_claimed(wire):
    assert not COAP.claims(wire, None)
    assert not COAP.claims(REGISTER, Flow(0, "tcp", "192.0.2.1", 1, "192.0.2.2", 2))


def _shared(count: int, *levels: int) -> bytes:
    """A map of ``count`` keys that share one value (tags 28 and 29): the map of the next level, an empty one at last."""
    if not levels:
        return b"\xa0"
    index, *deeper = levels
    first = b"\xd8\x1c" + _shared(count, *deeper)
    values = [first] + [b"\xd8\x1d" + bytes([index])] * (count - 1)
    return (
        b"\xb9"
        + count.to_bytes(2, "big")
        + b"".join(b"\x19" + struct.pack(">H", at) + v for at, v in enumerate(values))
    )


@pytest.mark.parametrize(
    "payload",
    [b"\xd8\x1c\xa1\x80\xd8\x1d\x00", b"\xd8\x1c\xa1\x06\xd8\x1d\x00", _shared(140, 0, 1, 2, 3)],
    ids=["a map in itself by no key", "a map in itself", "maps that share"],
)
def test_maps_that_hold_themselves_or_each_other_end(payload: bytes) -> None:
    assert len(payload) < LONGEST
    assert calls_while(lambda: resources(LWM2M_CBOR, payload, ())) < 100_000


def test_of_many_broken_messages_one_is_kept(datagrams) -> None:
    errors: list[DecodeError] = []
    whole = coap(2, (PATH, b"a"))
    found = list(messages(datagrams(*[whole[:-1]] * 50, whole, port=5683), errors))
    assert (len(found), len(errors)) == (1, 1)
