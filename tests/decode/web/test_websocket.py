from __future__ import annotations

import zlib

import pytest

from iotwatch.decode import decode
from iotwatch.errors import UnpackError
from iotwatch.place.steps import apply
from iotwatch.read.stream import from_bytes
from iotwatch.words.doubts import ReadingDoubt

UPGRADE = b"GET /live HTTP/1.1\r\nHost: ws.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
MASK = bytes.fromhex("37fa213d")
HELLO = bytes.fromhex("818537fa213d7f9f4d5158")  # RFC 6455 section 5.7: a single masked text frame with "Hello"


def frames(data: bytes):
    return [message for message in decode(from_bytes(data, kind="tcp")) if message.protocol == "websocket"]


def test_the_masked_frame_of_the_standard():
    (message,) = frames(UPGRADE + HELLO)
    assert message.fields == {"opcode": "text", "final": True, "masked": True}
    assert message.body.data == b"Hello"
    assert message.body.context["host"] == "ws.example"
    cut, step = message.body.place(0, 5).parent.chain()
    raw = (UPGRADE + HELLO)[cut.spans[0][0] :][: cut.spans[0][1]]
    assert apply(step.name, raw, step.argument) == b"Hello"


def test_unmasked_control_and_long_frames():
    answer = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"
    long = b"\x82\x7e\x01\x00" + b"z" * 256
    messages = frames(answer + b"\x81\x05Hello" + b"\x89\x05Hello" + long)
    assert [message.body.data for message in messages] == [b"Hello", b"z" * 256]
    assert messages[1].stream.data[slice(*messages[1].span)] == long


def test_a_compressed_frame_is_inflated():
    engine = zlib.compressobj(wbits=-15)
    packed = engine.compress(b'{"lat": 52.0001}') + engine.flush(zlib.Z_SYNC_FLUSH)
    packed = packed.removesuffix(b"\x00\x00\xff\xff")  # RFC 7692 section 7.2.1
    (message,) = frames(UPGRADE + bytes([0xC1, len(packed)]) + packed)
    assert message.body.data == b'{"lat": 52.0001}'


def test_a_frame_with_unknown_bits_ends_the_reading():
    assert frames(UPGRADE + b"\xb1\x05Hello" + HELLO) == []


def test_a_cut_frame_is_told():
    (message,) = frames(UPGRADE + HELLO[:-2])
    assert message.body.data == b"Hel"
    assert message.doubts == (ReadingDoubt.FRAME_CUT(),)


def test_an_upgrade_that_was_declined_leaves_plain_requests():
    messages = list(decode(from_bytes(UPGRADE + UPGRADE, kind="tcp")))
    assert [message.protocol for message in messages] == ["http", "http"]


@pytest.mark.parametrize(
    ("step", "argument"), [("xor-mask", "zz"), ("xor-mask", ""), ("xor-autokey", "abcd"), ("xor-autokey", "x")]
)
def test_a_key_that_is_none_is_an_error(step, argument):
    with pytest.raises(UnpackError):
        apply(step, b"data", argument)


def test_no_bytes_need_no_key():
    assert apply("xor-mask", b"", "37fa") == apply("xor-autokey", b"", "ab") == b""
