"""Globalstar's XML messages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iotwatch.decode.message import Message
from iotwatch.decode.trackers.engine import text
from iotwatch.read.stream import from_bytes

DIALECT = text.load(text.FOLDER / "globalstar.toml")
SECONDS = int(datetime(2024, 3, 17, 9, 41, 26, tzinfo=UTC).timestamp())
MICROS = SECONDS * 1_000_000


def only(data: bytes) -> Message:
    found = list(DIALECT.messages(from_bytes(data)))
    assert len(found) == 1
    return found[0]


def test_globalstar_fractions_of_the_full_circle() -> None:
    latitude, longitude = round(-33.25 / 90 * 2**23), round(151.5 / 180 * 2**23)
    raw = b"\0" + latitude.to_bytes(3, "big", signed=True) + longitude.to_bytes(3, "big", signed=True) + b"\x0a\0"
    xml = (
        '<?xml version="1.0"?>\n<stuMessages messageID="1"><stuMessage><esn>0-1234567</esn>'
        f"<unixTime>{SECONDS}</unixTime><gps>N</gps>"
        f'<payload length="9" source="pc" encoding="hex">0x{raw.hex().upper()}</payload></stuMessage></stuMessages>'
    ).encode()
    message = only(xml)
    fix = message.fixes[0]
    assert (fix.latitude, fix.longitude) == pytest.approx((-33.25, 151.5), abs=1e-4)
    assert (fix.time, message.device_ids) == (MICROS, ("0-1234567",))


@given(st.binary(max_size=300))
@settings(max_examples=100, deadline=None)
def test_any_bytes_behind_a_good_beginning(data: bytes) -> None:
    for head in (b"", b"<stuMessage><esn>0-12345</esn>"):
        list(DIALECT.messages(from_bytes(head + data)))
