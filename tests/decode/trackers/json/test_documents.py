"""Dialects that are JSON of a known shape."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iotwatch.decode.message import Cell, Message
from iotwatch.decode.trackers.engine import json_file
from iotwatch.decode.trackers.engine.json_values import degrees, moment
from iotwatch.open.answer import answer
from iotwatch.read.stream import from_bytes

WHEN = datetime(2024, 3, 17, 9, 41, 26, tzinfo=UTC)
MICROS = int(WHEN.timestamp()) * 1_000_000
SECONDS = int(WHEN.timestamp())
BY_NAME = {dialect.name: dialect for dialect in json_file.load_all()}


def only(messages: Any) -> Message:
    found = list(messages)
    assert len(found) == 1
    return found[0]


def read(name: str, document: Any) -> Message:
    return only(BY_NAME[name].messages(from_bytes(json.dumps(document).encode())))


def test_owntracks_with_a_cell() -> None:
    document = {
        "cog": 113,
        "lat": -47.305937,
        "_type": "location",
        "lon": 8.390695,
        "tst": SECONDS,
        "tid": "QX",
        "vel": 12,
    }
    message = read("owntracks", {**document, "mcc": 232, "mnc": 1, "lac": "4F4D", "cid": "673A"})
    fix = message.fixes[0]
    assert (fix.latitude, fix.longitude, fix.time, fix.speed, fix.course) == (-47.305937, 8.390695, MICROS, 12, 113)
    assert message.device_ids == ("QX",)
    assert message.cells == (Cell(232, 1, 0x4F4D, 0x673A),)


def test_the_traccar_clients_json() -> None:
    coords = {"latitude": 47.305937, "longitude": 8.390695, "speed": 10, "heading": -1}
    message = read(
        "osmand", {"location": {"timestamp": "2024-03-17T09:41:26.500Z", "coords": coords}, "device_id": "77"}
    )
    fix = message.fixes[0]
    assert (fix.time, fix.speed, fix.course) == (MICROS + 500_000, 36, None)
    assert message.device_ids == ("77",)


def test_the_things_stack_nests_what_its_decoders_name() -> None:
    ids = {"device_id": "car-7", "dev_eui": "A84041FFFF010203"}
    payload = {"gps_1": {"altitude": 408, "latitude": 47.305937, "longitude": 8.390695}, "temperature_2": 21.5}
    document = {"end_device_ids": ids, "received_at": WHEN.isoformat(), "uplink_message": {"decoded_payload": payload}}
    for name in ("ttnhttp", "dragino"):
        message = read(name, document)
        assert [(fix.latitude, fix.longitude, fix.time) for fix in message.fixes] == [(47.305937, 8.390695, MICROS)]
    other = {**document, "end_device_ids": {**ids, "dev_eui": "70B3D584041F0203"}}
    assert list(BY_NAME["dragino"].messages(from_bytes(json.dumps(other).encode()))) == []


def test_a_place_in_names_that_a_dialect_does_not_know_is_left_to_others() -> None:
    document = {"_type": "location", "gpsLat": 47.3, "x": {"lat": "n", "lon": 1}}
    assert list(BY_NAME["owntracks"].messages(from_bytes(json.dumps(document).encode()))) == []


def test_orbcomm_counts_thousandths_of_a_minute() -> None:
    fields = [{"Name": "Latitude", "Value": "-2031720"}, {"Name": "Longitude", "Value": 9072480}, {"Name": "Speed"}]
    one = {"MessageUTC": "2024-03-17 09:41:26", "MobileID": "01234567SKY8901", "Payload": {"Fields": fields}}
    message = read("orbcomm", {"ErrorID": 0, "Messages": [one, {"MobileID": "x", "Payload": {"Fields": None}}]})
    assert [(fix.latitude, fix.longitude, fix.time) for fix in message.fixes] == [(-33.862, 151.208, MICROS)]
    assert message.device_ids == ("01234567SKY8901",)


def test_flespi_lists_every_message() -> None:
    one = {
        "position.latitude": 47.3,
        "position.longitude": 8.3,
        "position.valid": False,
        "timestamp": SECONDS,
        "ident": "a1",
    }
    message = read("flespi", [one, {**one, "position.latitude": 47.4}])
    assert [(fix.latitude, fix.valid) for fix in message.fixes] == [(47.3, False), (47.4, False)]
    assert message.device_ids == ("a1",)


def test_smartcar_takes_the_signal_with_a_place() -> None:
    signals = [
        {"code": "charge-voltage", "body": {"value": 240}},
        {"body": {"latitude": 47.3, "longitude": -8.3}, "meta": {"oemUpdatedAt": SECONDS * 1000}},
    ]
    message = read("smartcar", {"version": "4.0", "eventId": "x", "vehicleId": "v-1", "data": {"signals": signals}})
    assert [(fix.latitude, fix.longitude, fix.time) for fix in message.fixes] == [(47.3, -8.3, MICROS)]


def test_a_gateways_place_is_the_gateways() -> None:
    uplink = {
        "decoded_payload": {"latitude": 47.3, "longitude": 8.3, "wifi": {"A1:B2:C3:D4:E5:F6": {"rssi": -61}}},
        "rx_metadata": [{"location": {"latitude": 47.5, "longitude": 8.5}}],
    }
    message = read(
        "ttnhttp",
        {"end_device_ids": {"device_id": "dev"}, "received_at": "2024-03-17T09:41:26Z", "uplink_message": uplink},
    )
    assert [(fix.latitude, fix.whose) for fix in message.fixes] == [(47.3, ""), (47.5, "gateway")]
    assert [(point.bssid, point.signal) for point in message.access_points] == [("a1:b2:c3:d4:e5:f6", -61)]


def test_pui() -> None:
    document = {
        "id": "352481963572819",
        "ts": "2024-03-17T09:41:26Z",
        "rpt": "hf",
        "location": {"lat": 47.3, "lon": -8.3},
    }
    message = read("pui", document)
    assert (message.fixes[0].latitude, message.fixes[0].longitude, message.fixes[0].time) == (47.3, -8.3, MICROS)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("47.3", 47.3),
        ("-8", -8.0),
        (12, 12.0),
        ("null", None),
        (True, None),
        (None, None),
        ("1e9", None),
        ("4" * 30, None),
    ],
)
def test_degrees_of_numbers_and_their_text(value: object, expected: float | None) -> None:
    assert degrees(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (SECONDS, MICROS),
        (SECONDS * 1000, MICROS),
        ("2024-03-17T10:41:26+01:00", MICROS),
        ("soon", None),
        (5, None),
        (None, None),
    ],
)
def test_moments(value: object, expected: int | None) -> None:
    assert moment(value) == expected


VALUES = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8) | st.integers(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "location",
                    "coords",
                    "latitude",
                    "longitude",
                    "lat",
                    "lon",
                    "_type",
                    "data",
                    "signals",
                    "uplink_message",
                ]
            )
            | st.text(max_size=4),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(VALUES)
@settings(max_examples=150, deadline=None)
def test_any_document_is_read_without_an_error(value: Any) -> None:
    for dialect in json_file.load_all():
        keys = " ".join(dialect.keys)
        data = json.dumps([value, keys] if dialect.name == "flespi" else {"x": keys, "location": value, "data": value})
        list(dialect.messages(from_bytes(data.encode())))
        list(dialect.messages(from_bytes(json.dumps(value).encode() + keys.encode())))


def test_keys_behind_the_head_of_a_long_document() -> None:
    """A cabinet lists its doors first, and is named after four thousand bytes of them."""
    doors = [{"id": "02106001", "value": "", "doorId": str(door)} for door in range(100)]
    place = [{"id": "01101001", "value": "3"}, {"id": "01102001", "value": "8.5"}, {"id": "01103001", "value": "47.25"}]
    whole = json.dumps(
        {"attrList": doors + place, "devId": "CHZD1", "msgType": 310, "txnNo": "1"}, separators=(",", ":")
    )
    said = answer(whole.encode())
    assert len(whole) > 4096
    assert (said.dialect, said.device_ids) == ("stb", ("CHZD1",))
    assert [(fix.latitude, fix.longitude) for fix in said.fixes] == [(-47.25, 8.5)]


@pytest.mark.parametrize("written", ["AB=", "ABC==", "A==", "=", "", "AYgIAunpC4EAEGg"])
def test_a_payload_that_is_no_base64_states_nothing(written: str) -> None:
    uplink = {"end_device_ids": {"device_id": "car-31"}, "uplink_message": {"frm_payload": written}}
    (message,) = BY_NAME["ttnhttp"].messages(from_bytes(json.dumps(uplink).encode()))
    assert (message.fixes, message.device_ids) == ((), ("car-31",))
