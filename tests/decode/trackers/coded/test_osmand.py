"""OsmAnd's live tracking requests."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iotwatch.decode.message import Cell, Message
from iotwatch.decode.trackers.coded.osmand import DIALECT
from iotwatch.model import Confidence
from iotwatch.read.stream import from_bytes

SECONDS = int(datetime(2024, 3, 17, 9, 41, 26, tzinfo=UTC).timestamp())
MICROS = SECONDS * 1_000_000


def only(data: bytes) -> Message:
    found = list(DIALECT.messages(from_bytes(data)))
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(
    "request_line",
    [
        f"GET /?id=352481963572819&lat=47.305937&lon=8.390695&timestamp={SECONDS}&hdop=1.2 HTTP/1.1\r\n\r\n",
        f"POST /track?lon=8.390695&speed=3&timestamp={SECONDS}000&lat=47.305937&deviceid=352481963572819 HTTP/1.1\r\n\r\n",
        "GET /?id=352481963572819&location=47.305937,8.390695&timestamp=2024-03-17T09:41:26Z HTTP/1.0\r\n\r\n",
        f"id=352481963572819&timestamp={SECONDS}&lat=47.305937&lon=8.390695&altitude=4",
    ],
)
def test_osmand_in_any_order(request_line: str) -> None:
    data = request_line.encode()
    message = only(data)
    assert DIALECT.claims(data, None)
    fix = message.fixes[0]
    assert (fix.latitude, fix.longitude, fix.time) == (47.305937, 8.390695, MICROS)
    assert b"47.305937" in data[slice(*fix.span)]
    assert b"8.390695" in data[slice(*fix.span)]
    assert message.device_ids == ("352481963572819",)
    assert message.traits[0].kind == "imei"


def test_osmand_without_an_id_is_only_possible_and_a_weather_question_is_none() -> None:
    query = b"GET /?lat=47.3&lon=8.3&speed=1&bearing=20 HTTP/1.1\r\n\r\n"
    assert only(query).confidence is Confidence.POSSIBLE
    assert list(DIALECT.messages(from_bytes(b"GET /weather?lat=47.3&lon=8.3&units=metric HTTP/1.1\r\n\r\n"))) == []


def test_osmand_cell_of_the_traccar_client() -> None:
    data = b"GET /?id=7&lat=0&lon=0&timestamp=5&cell=505,1,28000,1470,-70 HTTP/1.1\r\n\r\n"
    message = only(data)
    assert message.cells == (Cell(505, 1, 28000, 1470),)
    assert message.fixes[0].valid is False


@given(st.binary(max_size=300))
@settings(max_examples=100, deadline=None)
def test_any_bytes_behind_a_good_beginning(data: bytes) -> None:
    for head in (b"", b"GET /?id=1&lat="):
        list(DIALECT.messages(from_bytes(head + data)))
