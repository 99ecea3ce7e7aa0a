"""What the generic layer says of whole payloads, and that every word of it can be walked back."""

from __future__ import annotations

import base64
import gzip
import io
import json
import random
import zlib

import cbor2
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iotwatch.decode.generic import GENERIC
from iotwatch.model import Confidence
from iotwatch.place.replay import Replay
from iotwatch.read.stream import from_bytes
from iotwatch.words.doubts import ReadingDoubt

PARIS = (48.8584, 2.2945)
PLAIN = {"lat": 48.8584, "lon": 2.2945, "tst": 1700000000}
IMEI = "490154203237518"  # the example of 3GPP TS 23.003


@pytest.mark.parametrize(
    "payload",
    [
        json.dumps(PLAIN),
        json.dumps({"gpsLatitude": "48.8584", "gpsLongitude": "2.2945"}),
        json.dumps({"data": [{"location": {"coords": {"latitude": 48.8584, "longitude": 2.2945, "accuracy": 5}}}]}),
        json.dumps({"latitude_i": 488584000, "longitude_i": 22945000}),
        json.dumps({"lat": 48858400, "lng": 2294500}),
        json.dumps({"latitude": {"value": 48.8584, "ts": 1}, "longitude": {"value": 2.2945, "ts": 1}}),
        json.dumps([{"name": "latitude", "value": "48.8584"}, {"name": "longitude", "value": "2.2945"}]),
        json.dumps([{"bn": "/6/0/", "n": "0", "v": 48.8584}, {"n": "1", "v": 2.2945}]),
        json.dumps({"columns": ["time", "lat", "lon"], "rows": [["t", 48.8584, 2.2945]]}),
        json.dumps({"type": "Feature", "geometry": {"type": "Point", "coordinates": [2.2945, 48.8584]}}),
        json.dumps({"gps": [48.8584, 2.2945]}),
        json.dumps({"ll": "48.8584,2.2945"}),
        json.dumps({"where": {"纬度": 48.8584, "经度": 2.2945}}, ensure_ascii=False),
        json.dumps({"纬度": 48.8584, "经度": 2.2945}),
        json.dumps({"breitengrad": 48.8584, "laengengrad": 2.2945}),
        json.dumps({"start_latitude": 48.8584, "start_lontitude": 2.2945}),
        json.dumps({"lat": "48°51'30.24\"N", "lon": "2°17'40.2\"E"}),
        json.dumps({"lat": "4851.504", "ns": "N", "lon": "00217.670", "ew": "E"}),
        json.dumps({"payload": json.dumps({"msg": json.dumps(PLAIN)})}),
        json.dumps({"data": base64.b64encode(json.dumps(PLAIN).encode()).decode()}),
        json.dumps({"payload_hex": json.dumps(PLAIN).encode().hex()}),
        '{"wei":"x"}\n{"lat":48.8584,"lon":2.2945}\n',
        "{'lat': 48.8584, 'lon': 2.2945}",
        '{"lat":48.8584,"lon":2.2945,"cut":"short',
        '2024-05-01 12:00:00 INFO report {"lat":48.8584,"lon":2.2945}',
        b"\x02\xaa\x14\x00\x01\x02\x03\x04\x05\x06\x07\x08" + b'{"stat":{"lati":48.8584,"long":2.2945}}',
        "id=7&lat=48.8584&lon=2.2945&timestamp=1700000000",
        "ll=48.8584%2C2.2945&v=6",
        "Geo-Position: 48.8584;2.2945\r\nAccept: */*\r\n",
        "lat:48.8584,lng:2.2945,bat:90",
        "Lat:N48.85840,Lon:E2.29450,speed:0",
        "time,lat,lon\n1700000000,48.8584,2.2945\n",
        "1700000000,48.8584,2.2945,35.0,0.0\n",
        "http://maps.google.com/maps?q=48.8584,2.2945",
        ">RPV12345+4885840+00229450000312;ID=0001;*7F<",
        "$X,1,210322083942,+4851.5040,+00217.6700,0",
        "*HQ,1234567890,V1,083942,A,4851.5040,N,00217.6700,E,0,0,210322#",
        '<gpx><trk><trkseg><trkpt lat="48.8584" lon="2.2945"><ele>3</ele></trkpt></trkseg></trk></gpx>',
        "<pos><latitude>48.8584</latitude><longitude>2.2945</longitude></pos>",
        cbor2.dumps(PLAIN),
        msgspec.msgpack.encode(PLAIN),
        gzip.compress(json.dumps(PLAIN).encode(), mtime=0),
        zlib.compress(json.dumps(PLAIN).encode()),
        json.dumps(PLAIN).encode().hex(),
        base64.b64encode(json.dumps(PLAIN).encode()),
        "%7B%22lat%22%3A48.8584%2C%22lon%22%3A2.2945%7D",
        base64.b64encode(gzip.compress(json.dumps(PLAIN).encode(), mtime=0)),
    ],
)
def test_one_place_in_any_form(places_in, payload):
    assert places_in(payload) == [PARIS]


@pytest.mark.parametrize(
    "payload",
    [
        '{"lat":12.5,"jitter":0.8,"unit":"ms"}',
        '{"read":{"clat_ns":{"min":12},"lat_ns":{"min":13}},"lat":51.5,"long_name":"5 items"}',
        '{"position":3,"location":"shelf 4"}',
        '{"latitude":"Latitude 59","longitude":"Dell"}',
        '{"latitude":{"type":"number"},"longitude":{"type":"number"}}',
        '{"lat":-90.0,"lon":-180.0,"fix":0}',
        '{"latitude":2147483647,"longitude":2147483647}',
        '{"lat":0,"lng":0}',
        '{"lat":"NaN","lon":"NaN"}',
        '{"latitude":"","longitude":""}',
        '{"bbox":[51.5,-0.12,120.4,33.3]}',
        '{"bounds":{"northeast":{"lat":48.9,"lng":2.4},"southwest":{"lat":48.8,"lng":2.2}}}',
        '{"min_lat":48.81234,"min_lon":2.21234,"max_lat":48.91234,"max_lon":2.41234}',
        '{"lat_enabled":true,"lon_enabled":true}',
        '{"x":0.3127,"y":0.329,"bri":254}',
        '{"geometry":{"type":"Point","coordinates":[null,null]}}',
        '{"accel":[0.12,-9.81,0.33],"gyro":[12.3,48.85,2.29]}',
        '{"fw":"48.8584","hw":"2.2945"}',
        '[{"bn":"/3303/0/5700","v":-12.8},{"bn":"/6/0/0","v":-39.0}]',
        "temp,hum\n48.8584,2.2945\n51.5074,-0.1278\n",
        "body{margin:51.5px -0.12em;transform:translate(48.8584%,2.2945%)}",
        "ratio 48.8584 2.2945 and no more",
        "<html><body>lat=48.8584&lon=2.2945</body></html>",
    ],
)
def test_what_only_looks_like_a_place(places_in, payload):
    assert places_in(payload) == []


def test_a_named_pair_is_likely_and_never_certain(read):
    (message,) = read(json.dumps(PLAIN))
    assert (message.protocol, message.generic, message.confidence) == ("json", True, Confidence.LIKELY)
    assert message.fixes[0].time == 1_700_000_000_000_000
    assert message.doubts == ()


def test_a_pair_by_shape_is_possible_with_its_doubt(read):
    (message,) = read("1700000000,48.8584,2.2945,35.0,0.0\n")
    assert message.confidence == Confidence.POSSIBLE
    assert ReadingDoubt.BY_SHAPE() in message.doubts


def test_identities_ride_along(read):
    payload = {"imei": IMEI, "vin": "WVWZZZ1JZXW000001", "iccid": "8949000000000000001", "pos": PLAIN}
    (message,) = read(json.dumps(payload))
    assert message.device_ids == (IMEI, "8949000000000000001")
    assert message.vin == "WVWZZZ1JZXW000001"
    kinds = {trait.kind: message.stream.data[slice(*trait.span)] for trait in message.traits}
    assert kinds["imei"] == f'"imei": "{IMEI}"'.encode()
    assert set(kinds) == {"imei", "vin", "iccid"}


def test_each_position_keeps_the_device_beside_it(read):
    fleet = [{"deviceId": "van-1", **PLAIN}, {"deviceId": "van-2", "lat": 52.52, "lon": 13.405}]
    assert [(m.device_ids, m.fixes[0].latitude) for m in read(json.dumps(fleet))] == [
        (("van-1",), 48.8584),
        (("van-2",), 52.52),
    ]


def test_an_identity_alone_is_told_and_a_serial_number_alone_is_not(read):
    (message,) = read(json.dumps({"imei": IMEI, "model": "x"}))
    assert (message.device_ids, message.fixes) == ((IMEI,), ())
    assert read(json.dumps({"sn": "A-1234567", "imei": "490154203237519"})) == []


def test_two_hundred_positions_in_gzip_walk_back_to_the_wire(read):
    rows = [{"t": 1_700_000_000 + i, "lat": 51.0 + i / 1000, "lng": 0.5 + i / 1000} for i in range(200)]
    wire = gzip.compress(json.dumps({"device": "van-19", "points": rows}).encode())
    fixes = [(message, fix) for message in read(wire) for fix in message.fixes]
    assert len(fixes) == 200
    assert [fix.time for _, fix in fixes[:2]] == [1_700_000_000_000_000, 1_700_000_001_000_000]
    replay = Replay(io.BytesIO(wire))
    for (message, fix), row in zip(fixes, rows, strict=True):
        evidence = message.stream.evidence(*fix.span)
        assert replay.result(evidence.place) == evidence.excerpt
        assert evidence.excerpt == f'"lat": {row["lat"]}, "lng": {row["lng"]}'.encode()


def _replays(data: bytes, messages) -> None:
    replay = Replay(io.BytesIO(data))
    for message in messages:
        spans = [message.span, *(fix.span for fix in message.fixes), *(trait.span for trait in message.traits)]
        for start, end in spans:
            assert 0 <= start <= end <= len(message.stream.data)
            evidence = message.stream.evidence(start, end)
            assert replay.result(evidence.place)[: len(evidence.excerpt)] == evidence.excerpt


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=600))
def test_any_bytes_give_a_result_or_nothing(data):
    _replays(data, list(GENERIC.messages(from_bytes(data))))


PIECES = st.sampled_from(
    [
        *(
            '"lat":',
            '"lon":',
            "lat=",
            "&lon=",
            "48.8584",
            "2.2945",
            "{",
            "}",
            "[",
            "]",
            ",",
            '"',
            "\\",
            ":",
            "&",
            "\n",
            " ",
        ),
        *(
            "N",
            "E",
            "4807.038",
            "01131.000",
            "$GPRMC,",
            "<a ",
            'lat="1.5"',
            ">",
            "</a>",
            "JEdQUk1D",
            "7878",
            "%22",
            "bssid",
        ),
        *(
            "aa:bb:cc:dd:ee:ff",
            "460,0,1,2",
            "geo:",
            "POINT(",
            "1700000000",
            IMEI,
            "纬度",
            "\0",
            "\xff",
            "e7",
            "-",
            "null",
        ),
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECES, max_size=40))
def test_any_text_of_telling_pieces_walks_back(read, pieces):
    data = "".join(pieces).encode("utf-8")
    _replays(data, read(data))


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["lat", "lon", "gps", "type", "v", "n", "bn", "mac", "cid", "time", "fix"]), inner
        )
    ),
    max_leaves=20,
)


@settings(max_examples=150, deadline=None)
@given(json_values)
def test_any_tree_in_json_cbor_and_msgpack(value):
    text = json.dumps({"root": value, "lat": 48.8584, "lon": 2.2945})
    _replays(text.encode(), list(GENERIC.messages(from_bytes(text.encode()))))
    packed = cbor2.dumps({"root": value, "lat": 48.8584, "lon": 2.2945})
    _replays(packed, list(GENERIC.messages(from_bytes(packed))))


def test_ordinary_traffic_makes_no_likely_claim():
    noise = random.Random(7)
    words = [
        "the",
        "latest",
        "long",
        "story",
        "of",
        "late",
        "longing:",
        "later",
        "versions,",
        "location",
        "pages",
        "and",
        "position",
        "papers,",
        "platform",
        "5.",
    ]
    prose = " ".join(noise.choice(words) + noise.choice(["", " 12.5", " 3", ", 4.2.1"]) for _ in range(60_000)).encode()
    page = b"<!DOCTYPE html><html>" + prose[:200_000] + b"</html>"
    rows = [{"id": i, "latency": i * 1.5, "lat": i % 90 + 0.5, "long_name": "x", "position": i} for i in range(5000)]
    for data in (prose, page, json.dumps(rows).encode(), noise.randbytes(400_000)):
        claims = [
            m for m in GENERIC.messages(from_bytes(data, kind="tcp")) if m.fixes and m.confidence > Confidence.POSSIBLE
        ]
        assert claims == []


@pytest.mark.parametrize(
    "piece",
    [
        b"[",
        b'{"lat":',
        b'\\"',
        b"lat=1&lon=2",
        b"<a ",
        b"<!",
        b"\x81",
        b"\xb5b\x01\x07\x5c\x00",
        b"1234.5678,N,",
        b"\x0a\x7f",
        b"7a",
    ],
)
def test_hostile_repetition_is_bounded(piece):
    data = b"lat=1 lon=2 " + piece * (65536 // len(piece))
    messages = list(GENERIC.messages(from_bytes(data)))
    assert len(messages) < 10_000
