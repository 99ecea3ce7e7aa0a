from __future__ import annotations

import gzip
import zlib

import pytest
import zstandard

from iotwatch.decode import decode
from iotwatch.decode.web.http import HTTP
from iotwatch.decode.web.http_head import read_head
from iotwatch.read.stream import from_bytes
from iotwatch.words.doubts import ReadingDoubt

POST = (
    b"POST /v1/report?imei=356938035643809&lat=52.1&lon=4.3 HTTP/1.1\r\n"
    b"Host: API.Example.com:8080\r\nUser-Agent: QUECTEL_MODULE\r\nContent-Type: application/json\r\n"
    b"Content-Length: 14\r\n\r\n" + b'{"lat":52.001}'
)


def read(data: bytes, kind: str = "tcp"):
    return list(decode(from_bytes(data, kind=kind)))


def test_a_request_gives_its_names_its_query_and_its_body(traits_of):
    request, query = read(POST)
    assert request.fields == {
        "method": "POST",
        "target": "/v1/report?imei=356938035643809&lat=52.1&lon=4.3",
        "host": "API.Example.com:8080",
        "agent": "QUECTEL_MODULE",
        "type": "application/json",
    }
    assert traits_of([request]) == [
        ("http.host", "api.example.com", b"API.Example.com:8080"),
        ("http.url", "api.example.com:8080/v1/report", b"/v1/report?imei=356938035643809&lat=52.1&lon=4.3"),
        ("http.agent", "QUECTEL_MODULE", b"QUECTEL_MODULE"),
    ]
    assert request.traits[0].facts == {"port": 8080}
    assert request.body.data == b'{"lat":52.001}'
    assert request.body.context["content-type"] == "application/json"
    assert request.body.evidence().offset == POST.index(b"{")
    assert query.body.data == b"imei=356938035643809&lat=52.1&lon=4.3"
    assert query.body.context["kind"] == "query"


def test_requests_follow_each_other_in_one_connection():
    messages = read(POST + b"\r\n" + POST + b"GET /next HTTP/1.1\r\nHost: b.example\r\n\r\n")
    assert [m.fields["target"] for m in messages if "method" in m.fields] == [messages[0].fields["target"]] * 2 + [
        "/next"
    ]
    assert [m.body is not None for m in messages] == [True, True, True, True, False]


def test_chunks_make_one_cut(traits_of):
    head = b"HTTP/1.1 200 OK\r\nServer: App-webs/\r\nTransfer-Encoding: chunked\r\n\r\n"
    wire = head + b"4\r\nlat=\r\n4;x=y\r\n52.1\r\n0\r\n\r\nHTTP/1.1 204 No\r\n\r\n"
    first, second = read(wire)
    assert first.body.data == b"lat=52.1"
    operation = first.body.place(0, 8).operation
    assert [wire[at : at + size] for at, size in operation.spans] == [b"lat=", b"52.1"]
    assert traits_of([first]) == [("http.server", "App-webs/", b"App-webs/")]
    assert (second.fields["status"], second.body) == (204, None)


def _deflated(data: bytes) -> bytes:
    return zlib.compress(data)[2:-4]


@pytest.mark.parametrize(
    ("coding", "pack", "step"),
    [
        (b"gzip", gzip.compress, "gzip"),
        (b"deflate", zlib.compress, "zlib"),
        (b"deflate", _deflated, "deflate"),
        (b"zstd", zstandard.ZstdCompressor().compress, "zstd"),
    ],
)
def test_a_coded_body_is_undone_by_a_named_step(coding, pack, step):
    packed = pack(b'{"latitude": 52.000001, "longitude": 4.3}')
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: %b\r\nContent-Length: %d\r\n\r\n" % (coding, len(packed))
    (message,) = read(head + packed)
    assert message.body.data == b'{"latitude": 52.000001, "longitude": 4.3}'
    cut, done = message.body.place(0, 5).parent.chain()
    assert cut.spans == ((len(head), len(packed)),)
    assert done.name == step


def test_a_coding_that_is_broken_or_unknown_leaves_the_body_as_it_is():
    for coding, reason in ((b"gzip", "gzip data are broken: "), (b"br", "the content coding 'br' was not undone")):
        (message,) = read(b"HTTP/1.1 200 OK\r\nContent-Encoding: %b\r\nContent-Length: 4\r\n\r\nabcd" % coding)
        assert message.body.data == b"abcd"
        (doubt,) = message.doubts
        assert doubt.text.startswith(reason)


def test_a_body_that_the_capture_cuts_short_is_told():
    (message,) = read(b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc")
    assert message.body.data == b"abc"
    assert message.doubts == (ReadingDoubt.BODY_CUT(),)


def test_a_head_that_the_capture_cuts_short_still_has_its_target():
    (message, query) = read(b"GET /?id=356938035643809&lat=52.1&lon=4.3&tim")
    assert message.fields["target"].startswith("/?id=3569")
    assert query.body.data == b"id=356938035643809&lat=52.1&lon=4.3&tim"


def test_the_answer_to_a_head_request_has_no_body():
    wire = b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
    assert [m.body and m.body.data for m in read(wire)] == [None, b"hi"]


def test_a_realm_and_a_user_are_told_and_no_password(traits_of):
    answer = b'HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm="Hikvision", nonce="1"\r\nContent-Length: 0\r\n\r\n'
    assert traits_of(read(answer)) == [("http.realm", "Hikvision", b"Hikvision")]
    request = (
        b'GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Digest username="admin", response="0123456789abcdef"\r\n\r\n'
    )
    assert ("http.user", "admin") in [(kind, value) for kind, value, _ in traits_of(read(request))]
    basic = b"GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Basic YWRtaW46c2VjcmV0\r\n\r\n"
    assert "YWRtaW46" not in str([message.fields for message in read(basic)] + traits_of(read(basic)))


def test_fields_that_name_a_place_or_a_device_go_on(traits_of):
    wire = b"GET /t HTTP/1.1\r\nHost: a\r\nX-Device-Id: 356938035643809\r\nX-GPS-Lat: 52.1\r\nX-GPS-Lon: 4.3\r\n\r\n"
    request, headers = read(wire)
    assert ("http.identity", "356938035643809", b"356938035643809") in traits_of([request])
    assert headers.body.context["kind"] == "headers"
    assert headers.body.data.startswith(b"Host: a\r\n")


def test_a_tunnel_is_handed_on():
    (message,) = read(b"CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n\x16\x03\x01\x00\x05hello")
    assert message.body.data == b"\x16\x03\x01\x00\x05hello"
    assert message.body.context["kind"] == "tunnel"


def test_rtsp_and_sip_share_the_shape(traits_of):
    rtsp = b"DESCRIBE rtsp://192.0.2.9/cam/realmonitor?channel=1 RTSP/1.0\r\nCSeq: 1\r\n\r\n"
    assert [m.protocol for m in read(rtsp)] == ["rtsp", "rtsp"]
    assert traits_of(read(rtsp))[0][1] == "rtsp://192.0.2.9/cam/realmonitor"
    server = b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nServer: Dahua Rtsp Server\r\n\r\n"
    assert traits_of(read(server)) == [("http.server", "Dahua Rtsp Server", b"Dahua Rtsp Server")]
    sip = b"REGISTER sip:example.com SIP/2.0\r\nFrom: <sip:12@example.com>\r\nUser-Agent: Box/1\r\nContent-Length: 0\r\n\r\n"
    assert [(m.protocol, [t.kind for t in m.traits]) for m in read(sip)] == [
        ("sip", ["sip.url", "sip.agent", "sip.from"])
    ]


def test_bytes_between_requests_are_passed_over():
    wire = b"GET /a HTTP/1.1\r\nHost: a\r\n\r\njunk that no length announced GET /b HTTP/1.1\r\nHost: b\r\n\r\n"
    assert [m.fields["target"] for m in read(wire)] == ["/a", "/b"]


@pytest.mark.parametrize(
    "head", [b"GETTING /x HTTP/1.1\r\n", b"GET lost and found\r\n", b"POST it\r\n", b"HTTP/1.1 abc\r\n"]
)
def test_what_only_looks_like_a_request_is_not_claimed(head):
    assert not HTTP.claims(head, None)


def test_field_names_are_lower_case_and_the_first_value_stays():
    wire = b"GET / HTTP/1.1\nHOST:  a \nHost: b\nno colon here\n\nrest"
    head = read_head(wire, 0, len(wire))
    assert head.fields["host"].value == "a"
    assert wire[head.end :] == b"rest"


def test_the_switch_to_websocket_is_told_and_no_other(traits_of):
    head = b"GET /live HTTP/1.1\r\nHost: b.example\r\nConnection: Upgrade\r\nUpgrade: %s\r\n\r\n"
    assert ("http.upgrade", "websocket", b"WebSocket") in traits_of(read(head % b"WebSocket"))
    assert not [trait for trait in traits_of(read(head % b"h2c")) if trait[0] == "http.upgrade"]
