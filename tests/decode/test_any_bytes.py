"""Whatever the bytes are, a decoder gives messages within them or its typed error, in bounded time."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from iotwatch.decode import LOOSE, PROTOCOLS, decode
from iotwatch.errors import DecodeError
from iotwatch.read.stream import from_bytes

OURS = (*PROTOCOLS, *LOOSE)
MANY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def check(message) -> None:
    for item in (message, *message.traits, *message.fixes):
        assert 0 <= item.span[0] <= item.span[1] <= len(message.stream.data)
    assert all(abs(fix.latitude) <= 90 and abs(fix.longitude) <= 180 for fix in message.fixes)
    if message.body is not None:
        message.body.evidence()


def likely(decoder):
    """Bytes that this decoder's own anchors let through, and plain noise."""
    starts = st.one_of([st.from_regex(anchor) for anchor in decoder.anchors])
    return st.one_of(
        st.binary(max_size=300), st.builds(lambda start, rest: start + rest, starts, st.binary(max_size=200))
    )


@pytest.mark.parametrize("decoder", OURS, ids=lambda decoder: decoder.name)
@MANY
@given(data=st.data())
def test_any_bytes_give_messages_or_the_typed_error(decoder, data):
    raw = data.draw(likely(decoder))
    decoder.claims(raw, None)
    for datagram in (False, True):
        try:
            for message in decoder.messages(replace(from_bytes(raw), datagram=datagram)):
                check(message)
        except DecodeError:
            continue


@MANY
@given(st.binary(max_size=400), st.sampled_from(["tcp", "udp", "usb", "text", "payload"]))
def test_the_dispatcher_never_raises(raw, kind):
    for message in decode(replace(from_bytes(raw, kind=kind), datagram=kind == "udp")):
        check(message)


@pytest.mark.parametrize(
    "raw",
    [
        b"\x00" * 65536,
        b"\xff" * 65536,
        b"$GPRMC," * 9362,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nA\r\n" * 10900,
        b"\x16\x03\x01\x00\x01" * 13107,
        b"\x10\x0e\x00\x04MQTT\x04\x02\x00\x3c\x00\x02id" + b"\xc0\x00" * 32760,
        b"\x00\x01\x00\x00\x00\x40\x00\x00\x00\x00\x00\x00" + b"\xc0\x0c" * 32762,
        b"GET / " + b"A" * 65530,
        b"<13>1 " * 10922,
        b'{"class":"TPV",' * 4369,
    ],
    ids=lambda raw: repr(raw[:12]),
)
def test_64_kib_of_spite_take_a_moment(raw):
    for decoder in OURS:
        begun = time.process_time()
        try:
            sum(1 for _ in decoder.messages(from_bytes(raw)))
        except DecodeError:
            continue
        finally:
            assert time.process_time() - begun < 0.5, decoder.name  # 0.05 on an idle core


def test_every_decoder_refuses_an_empty_head():
    assert [decoder.name for decoder in OURS if decoder.claims(b"", None)] == []
