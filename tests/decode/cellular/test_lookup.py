from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iotwatch.decode import decode
from iotwatch.decode.cellular.lookup import named, service
from iotwatch.decode.cellular.lookup_xml import LOOKUP_XML
from iotwatch.decode.message import Cell, Message
from iotwatch.read.stream import from_bytes

CELLS = {"cellTowers": [{"cellId": 42, "locationAreaCode": 415, "mobileCountryCode": 310, "mobileNetworkCode": 410}]}
POINTS = {
    "token": "t",
    "wifi": [{"bssid": "00:17:c5:cd:ca:aa", "signal": -51}, {"bssid": "00:17:c5:cd:ca:ab", "signal": -60}],
}
LTE = b'{"lte":[{"mcc":262,"mnc":2,"cid":14126859,"rsrp":-103}]}'
AMAP = "/position?accesstype=0&imei=352315052834187&bts=460,01,40977,2205409,-65&key=k"
SKYHOOK = (
    b'<?xml version="1.0"?><LocationRQ xmlns="http://skyhookwireless.com/wps/2005"><access-point><mac>E01D3BBE14DA</mac>'
    b"<signal-strength>-50</signal-strength></access-point></LocationRQ>"
)
YANDEX = (
    b"xml=<ya_lbs_request><gsm_cells><cell><countrycode>250</countrycode><operatorid>99</operatorid><cellid>42332</cellid>"
    b"<lac>36002</lac></cell></gsm_cells></ya_lbs_request>"
)


def said(target: str, host: str, body: bytes = b"") -> list[Message]:
    method = "POST" if body else "GET"
    wire = f"{method} {target} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
    found: list[Message] = []
    todo = [from_bytes(wire, kind="tcp")]
    while todo:
        for message in decode(todo.pop()):
            if message.cells or message.access_points:
                found.append(named(message))
            if message.body is not None:
                todo.append(message.body)
    return found


@pytest.mark.parametrize(
    ("target", "host", "body", "name"),
    [
        ("/geolocation/v1/geolocate?key=k", "www.googleapis.com", json.dumps(CELLS).encode(), "google-geolocate"),
        ("/v1/geolocate?key=k", "api.beacondb.net", json.dumps(CELLS).encode(), "ichnaea-geolocate"),
        ("/v2/process.php", "eu1.unwiredlabs.com", json.dumps(POINTS).encode(), "unwired-location"),
        (AMAP, "apilocate.amap.com", b"", "amap-location"),
        ("/cell/get?key=k&mcc=260&mnc=2&lac=10250&cellid=26511", "opencellid.org", b"", "opencellid"),
        ("/wps2/location", "api.skyhookwireless.com", SKYHOOK, "skyhook"),
        ("/api/1.1/location", "api.lbs.yandex.net", YANDEX, "yandex-locator"),
        ("/cell/?mcc=460&mnc=1&lac=4301&ci=20986&output=xml", "api.cellocation.com:83", b"", "cellocation"),
        ("/wifi/?mac=00:17:c5:cd:ca:aa&output=json", "api.cellocation.com", b"", "cellocation"),
        (
            "/loc/?cl=460,1,4301,20986,-89;460,1,4301,20987,-90&wl=00:17:c5:cd:ca:aa,-70",
            "cellocation.com",
            b"",
            "cellocation",
        ),
        ("/geolocation/wifi?v=1.1&bssid=00:17:C5:CD:CA:AA", "api.mylnikov.org", b"", "mylnikov-geolocation"),
        ("/v2/locate?apiKey=k", "positioning.hereapi.com", LTE, "here-positioning"),
        ("/somewhere", "lbs.example", json.dumps(CELLS).encode(), "look-up-list"),
    ],
)
def test_who_is_asked(target: str, host: str, body: bytes, name: str) -> None:
    (message,) = said(target, host, body)
    assert message.protocol == name


def test_a_list_of_no_known_service_keeps_its_form() -> None:
    (message,) = said("/t?mcc=260&mnc=2&lac=10250&cellid=26511", "tracker.example")
    assert message.protocol == "query"


def test_a_plain_address_in_a_query_is_the_devices_own() -> None:
    assert said("/report?mac=00:17:c5:cd:ca:aa&v=1", "tracker.example") == []


def test_a_host_alone_names_nothing() -> None:
    assert service("www.googleapis.com", "/drive/v3/files") == ""
    assert service("amap.com.evil.example", AMAP) == ""
    assert service("apilocate.amap.com:443", AMAP) == "amap-location"


def test_dialects_and_messages_without_lists_stay() -> None:
    stream = from_bytes(b"x").tagged(host="apilocate.amap.com", target=AMAP)
    dialect = Message("gt06", stream, (0, 1), cells=(Cell(460, 1, 1, 1),))
    assert named(dialect) is dialect
    silent = Message("json", stream, (0, 1), generic=True)
    assert named(silent) is silent


@given(st.binary(max_size=300))
def test_any_bytes_behind_the_head(rest: bytes) -> None:
    for message in LOOKUP_XML.messages(from_bytes(b"<ya_lbs_request>" + rest)):
        assert message.cells or message.access_points
