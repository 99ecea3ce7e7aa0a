"""A host with a port is read one way everywhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from iotwatch.decode import decode
from iotwatch.observe.traffic.names import Names
from iotwatch.read.stream import Flow, from_bytes
from iotwatch.words.hosts import Host, read_host


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("Example.com", Host("example.com")),
        ("example.com:8080", Host("example.com", 8080)),
        ("example.com:", Host("example.com")),
        ("example.com:x", Host("example.com:x")),
        ("example.com:99999", Host("example.com")),
        ("192.0.2.1:80", Host("192.0.2.1", 80)),
        ("[2001:db8::77]:8080", Host("2001:db8::77", 8080)),
        ("[2001:db8::77]", Host("2001:db8::77")),
        ("2001:db8::77", Host("2001:db8::77")),
        ("[2001:db8::77", Host("2001:db8::77")),
        ("", Host("")),
    ],
)
def test_a_host_with_or_without_a_port(text: str, host: Host) -> None:
    assert read_host(text) == host


def test_a_far_end_named_by_its_address_keeps_all_of_it() -> None:
    flow = Flow(0, "tcp", "2001:db8::1", 40000, "2001:db8::77", 8080)
    stream = from_bytes(b"GET / HTTP/1.1\r\nHost: [2001:db8::77]:8080\r\n\r\n", kind="tcp")
    names = Names()
    for message in decode(replace(stream, flow=flow)):
        names.learn(message)
    assert names.of(0, "2001:db8::77") == "2001:db8::77"


@given(st.text(max_size=60))
def test_any_text_is_read(text: str) -> None:
    name, port = read_host(text)
    assert len(name) <= 4 * len(text)
    assert port is None or 0 <= port < 65536
