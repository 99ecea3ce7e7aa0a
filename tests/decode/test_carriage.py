"""A tracker's message is none in what routers say, on another transport than a loose dialect's, or in a corner of a file."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from iotwatch.decode import decode
from iotwatch.decode.message import Message
from iotwatch.read.stream import Flow, Stream

XIRGO = (
    struct.pack(">BIB", 0, 174_605_249, 8)
    + struct.pack(">Iii", 1_700_000_000, 51_500_000, -3_500_000)
    + bytes(12)
    + b"WAUZZZ8K9AA000001".ljust(22, b"\0")
)
MINUTE = 60_000_000


def stream(*payloads: bytes, transport: str = "udp", kind: str = "") -> Stream:
    sizes = [len(one) for one in payloads]
    starts = np.cumsum([0, *sizes[:-1]]).astype(np.int64)
    flow = None if kind else Flow(0, transport, "192.0.2.1", 4000, "203.0.113.9", 5000)
    return Stream(
        b"".join(payloads), starts, starts.copy(), np.arange(1, len(sizes) + 1), np.arange(len(sizes)) * MINUTE,
        kind=kind or transport, flow=flow, datagram=transport != "tcp",
    )  # fmt: skip


def placed(one: Stream) -> list[Message]:
    return [message for message in decode(one) if message.fixes]


@pytest.mark.parametrize("kind", ["ethertype-8903", "llc", "ppp-8021"])
def test_frames_of_links_carry_no_place(kind: str) -> None:
    assert placed(stream(XIRGO))
    assert not placed(stream(XIRGO, kind=kind))


@pytest.mark.parametrize("transport", ["pim", "ospf", "ip-253", "esp"])
def test_routing_protocols_carry_no_place(transport: str) -> None:
    assert not placed(stream(XIRGO, transport=transport))


def test_a_loose_dialect_speaks_on_its_own_transport_alone() -> None:
    assert placed(stream(XIRGO))
    assert not placed(stream(XIRGO, transport="tcp"))


def test_a_loose_dialect_explains_most_of_its_flow() -> None:
    """One datagram of many may look like anything."""
    other = [bytes([7, number, 3, 9]) + bytes(range(200)) for number in range(9)]
    assert not placed(stream(*other[:4], XIRGO, *other[4:]))
    assert len(placed(stream(XIRGO, other[0][:20], XIRGO, XIRGO))) == 3


def test_a_dialect_that_told_no_place_does_not_silence_names() -> None:
    (named,) = placed(stream(b"IWAP16,latitude=22.543096,longitude=113.943062#"))
    assert (named.fixes[0].latitude, named.generic) == (22.543096, True)
    (own,) = placed(stream(b"IWAP01080524A2232.9806N11404.9355E000.1061830323.8706000908000102,460,0,9520,3671#"))
    assert not own.generic
