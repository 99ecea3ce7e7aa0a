"""Advertisements as columns: every layer gives what was sent, whatever else stands in the bytes."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iotwatch.decode.air.advertisements import NO_LEVEL, Advertisements, advertisements
from iotwatch.decode.air.crc24 import crc24, crc24_of_each
from iotwatch.decode.air.tags import LAYOUTS, tagged
from iotwatch.read.layers.columns import SLACK
from iotwatch.read.layers.typed import Frames
from iotwatch.words.linktypes import link_type
from tests import advertised
from tests.advertised import Advertisement

TILE = advertised.tile("a")


def frames(packets: list[bytes], link: str) -> Frames:
    sizes = np.array([len(packet) for packet in packets], np.int64)
    end = sizes.cumsum()
    data = np.frombuffer(b"".join(packets) + bytes(SLACK), np.uint8)
    number = np.arange(len(packets), dtype=np.int64)
    return Frames(data, end - sizes, end, end - sizes, number + 1, number, link)


def heard(packets: list[bytes], link: str) -> Advertisements:
    return advertisements(frames(packets, link))


def said(found: Advertisements) -> list[tuple[str, bytes]]:
    return [
        (int(one).to_bytes(6, "big").hex(":"), found.data[start:end].tobytes())
        for one, start, end in zip(found.address, found.start, found.end, strict=True)
    ]


@pytest.mark.parametrize("link", advertised.FRAMES)
def test_every_layer_gives_what_was_sent(link: int) -> None:
    sent = [Advertisement(0.0, *TILE, -41), Advertisement(1.0, *advertised.phone(3), -92)]
    found = heard([advertised.FRAMES[link](one) for one in sent], link_type(link).name)
    assert said(found) == [(one.address, one.payload) for one in sent]
    assert found.level.tolist() == ([NO_LEVEL] * 2 if link == 251 else [-41, -92])
    assert found.intact.all()


def test_a_report_of_several_advertisements() -> None:
    parts = b""
    for sender, payload in (TILE, advertised.phone(1), advertised.chipolo("b")):
        raw = bytes.fromhex(sender.replace(":", ""))[::-1]
        parts += b"\x03\x01" + raw + bytes([len(payload)]) + payload + struct.pack("b", -50)
    event = b"\x04\x3e" + bytes([len(parts) + 2]) + b"\x02\x03" + parts
    found = heard([event, b"\x04\x0e\x04\x01\x03\x0c\x00"], "bluetooth-h4")
    assert said(found) == [TILE, advertised.phone(1), advertised.chipolo("b")]
    assert found.frame.tolist() == [0, 0, 0]


def test_an_extended_advertisement_on_the_air_and_one_of_the_coded_phy() -> None:
    """AUX_ADV_IND with an advertiser's address and an ADI behind it (vol. 6, part B, 2.3.4)."""
    raw = bytes.fromhex(TILE[0].replace(":", ""))[::-1]
    body = b"\x09\x09" + raw + b"\x12\x34" + TILE[1]
    packet = bytes([0x47, len(body)]) + body
    access, told = bytes.fromhex("d6be898e"), advertised.check(packet)
    found = heard([access + packet + told, access + b"\x00" + packet + told], "bluetooth-le-ll")
    assert said(found) == [TILE, TILE]
    assert found.intact.all()


def test_what_a_sniffer_says_counts_where_it_left_no_check_value() -> None:
    whole = advertised.nordic(Advertisement(0.0, *TILE))
    without = whole[:-3] + bytes(3)
    bad = without[:8] + b"\0" + without[9:]
    assert heard([whole, without, bad], "nordic_ble").intact.tolist() == [True, True, False]


def test_data_channels_are_no_advertisements() -> None:
    packet = advertised.on_air(Advertisement(0.0, *TILE))
    assert len(heard([b"\x11\x22\x33\x44" + packet[4:]], "bluetooth-le-ll")) == 0


@given(st.binary(min_size=1, max_size=60))
def test_the_check_value_is_that_of_the_specification(packet: bytes) -> None:
    told = int.from_bytes(advertised.check(packet), "little")
    data = np.frombuffer(packet + packet[::-1], np.uint8)
    ends = np.array([0, len(packet), 2 * len(packet)])
    assert crc24(packet) == told
    assert crc24_of_each(data, ends[:-1], ends[1:]).tolist() == [told, crc24(packet[::-1])]


LINKS = sorted({link_type(number).name for number in (*advertised.FRAMES, 0xFF0A)})


@settings(max_examples=300, deadline=None)
@given(st.data(), st.sampled_from(LINKS))
def test_any_bytes_are_read_inside_their_frames(data: st.DataObject, link: str) -> None:
    whole = [advertised.on_air(Advertisement(0.0, *TILE)), advertised.report(Advertisement(0.0, *TILE), extended=True)]
    noise = st.one_of(
        st.binary(max_size=300),
        st.tuples(st.sampled_from(whole), st.integers(0, 60), st.binary(max_size=4)).map(
            lambda one: one[0][: one[1]] + one[2] + one[0][one[1] + len(one[2]) :]
        ),
        st.tuples(st.sampled_from(whole), st.integers(0, 60)).map(lambda one: one[0][: one[1]]),
    )
    packets = frames(data.draw(st.lists(noise, min_size=1, max_size=6)), link)
    found = advertisements(packets)
    assert (found.start >= packets.start[found.frame]).all()
    assert (found.end <= packets.end[found.frame]).all()
    assert (found.start <= found.end).all()
    tags = tagged(found)
    assert (tags.body <= found.end[tags.row]).all()
    assert ((tags.layout >= 0) & (tags.layout < len(LAYOUTS))).all()
