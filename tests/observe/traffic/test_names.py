"""The far end's name: what the client asked for in the flow itself comes before what DNS said of the address."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from iotwatch.decode.message import Message, Trait
from iotwatch.observe.traffic.names import Names
from iotwatch.read.stream import Flow, from_bytes

SERVER = "198.51.100.9"


def said(flow: int, *traits: Trait, protocol: str = "tls") -> Message:
    stream = replace(from_bytes(b"x" * 8, kind="tcp"), flow=Flow(flow, "tcp", "192.0.2.7", 40000, SERVER, 443))
    return Message(protocol, stream, (0, 8), traits=traits)


def dns(name: str, address: str = SERVER) -> Trait:
    return Trait("dns.answer", name, (0, 8), {"addresses": [address]})


@pytest.mark.parametrize("dns_first", [True, False])
def test_the_name_asked_for_in_the_flow_comes_before_that_of_dns(dns_first: bool) -> None:
    messages = [said(1, dns("edge.cdn.example"), protocol="dns"), said(5, Trait("tls.sni", "gps.example", (0, 8)))]
    names = Names()
    for message in messages if dns_first else reversed(messages):
        names.learn(message)
    assert names.of(5, SERVER) == "gps.example"
    assert names.of(6, SERVER) == "edge.cdn.example"
    assert names.of(6, "198.51.100.10") == ""


def test_the_first_to_say_it_is_kept() -> None:
    names = Names()
    for message in (
        said(5, Trait("tls.sni", "first.example", (0, 8)), Trait("tls.ja4", "t13d", (0, 8))),
        said(5, Trait("tls.sni", "second.example", (0, 8)), Trait("tls.ja4", "t12d", (0, 8)), protocol="http"),
        said(5, dns("one.example"), dns("two.example")),
    ):
        names.learn(message)
    assert (names.of(5, SERVER), names.ja4, names.protocol) == ("first.example", {5: "t13d"}, {5: "tls"})
    assert names.address == {SERVER: "one.example"}
