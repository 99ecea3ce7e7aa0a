"""Sigfox callbacks with made values."""

from __future__ import annotations

import json
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iotwatch.decode.message import Message
from iotwatch.decode.trackers.engine import json_file
from iotwatch.model import Confidence
from iotwatch.read.stream import from_bytes

DIALECT = json_file.load(json_file.FOLDER / "sigfox.toml")
LATITUDE, LONGITUDE = -33.867100, 151.207100
PACKED = (
    b"\x10" + struct.pack("<ii", round(LATITUDE * 1e7), round(LONGITUDE * 1e7)) + b"\x00\x00\x9a",
    b"\x1f" + struct.pack(">II", round(-LATITUDE * 1e6) | 1 << 31, round(LONGITUDE * 1e6)) + b"\x01\x02\x03",
    b"\x20\x02" + struct.pack(">ff", LATITUDE, LONGITUDE) + b"\x05\x64",
    b"\x01\x00\xb0\x11" + struct.pack(">ii", round(LATITUDE * 6e4), round(LONGITUDE * 6e4)),
)


def read(**document: Any) -> list[Message]:
    return list(DIALECT.messages(from_bytes(json.dumps(document).encode())))


@pytest.mark.parametrize("payload", PACKED)
def test_a_packed_place_is_possible(payload: bytes) -> None:
    (message,) = read(device="3A7F12", time="1700000000", data=payload.hex(), seqNumber=8)
    (fix,) = message.fixes
    assert (fix.latitude, fix.longitude) == pytest.approx((LATITUDE, LONGITUDE), abs=2e-5)
    assert fix.time == 1_700_000_000_000_000
    assert (message.device_ids, message.confidence) == (("3A7F12",), Confidence.POSSIBLE)
    assert message.doubts


def test_the_networks_reckoning_and_the_stations_place() -> None:
    computed = {"lat": LATITUDE, "lng": LONGITUDE, "radius": 900, "source": 2, "status": 1}
    (message,) = read(deviceId="3A7F12", data="62", seqNumber=9, computedLocation=computed, lat="-34.0", lng="151.0")
    own, station = message.fixes
    assert (own.latitude, own.longitude, own.whose) == (LATITUDE, LONGITUDE, "")
    assert (station.latitude, station.whose) == (-34.0, "station")
    assert message.confidence is Confidence.LIKELY


def test_a_place_that_the_customers_server_has_unpacked() -> None:
    (message,) = read(deviceId="3A7F12", seqNum="9", latitude=str(LATITUDE), longitude=str(LONGITUDE), battery="3.6")
    assert [(fix.latitude, fix.longitude, fix.whose) for fix in message.fixes] == [(LATITUDE, LONGITUDE, "")]
    assert message.confidence is Confidence.LIKELY


@given(payload=st.binary(max_size=12), other=st.recursive(st.none() | st.integers() | st.text(), st.lists))
def test_any_payload_gives_places_on_the_globe(payload: bytes, other: Any) -> None:
    for message in read(device="1", seqNumber=1, data=payload.hex(), computedLocation=other, time=other, lat=other):
        assert all(abs(fix.latitude) <= 90 and abs(fix.longitude) <= 180 for fix in message.fixes)
