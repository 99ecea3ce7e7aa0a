"""Markers: words are words, calls are calls, and everything ends in bounded time."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iotwatch.observe.firmware import markers


def words(data: bytes, kind: str) -> list[tuple[str, bytes]]:
    return [(hit.marker.value, data[hit.start : hit.end]) for hit in markers.find(data).get(kind, [])]


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"imei=%s", "imei"),
        (b"\0get IMEI fail\0", "imei"),
        (b"\0deviceImei\0", "imei"),
        (b"IMEI2", "imei"),
        (b"AT+CIMI\r", "imsi"),
        (b"/run/iccid", "iccid"),
        ("imei".encode("utf-16-le"), "imei"),
    ],
)
def test_an_identity_is_read(data: bytes, what: str) -> None:
    assert what in [value for value, _ in words(data, "identity")]


@pytest.mark.parametrize(
    "data", [b"timeit", b"TimeInfo", b"currentTimeInMin", b"imeiswert", b"himsical", b"TIMEIN", b""]
)
def test_a_word_inside_another_is_none(data: bytes) -> None:
    assert words(data, "identity") == []


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b"wget -q -O - http://x.example/", "fetches by program"),
        (b'subprocess.run(["curl", "-s"])', "fetches by program"),
        (b"POST %s HTTP/1.1\r\n", "HTTP request"),
        (b'AT+QIOPEN=1,0,"TCP"', "socket through the modem"),
    ],
)
def test_a_network_call(data: bytes, value: str) -> None:
    assert value in [name for name, _ in words(data, "network")]


@pytest.mark.parametrize("data", [b"is_curl_error_valid", b"libcurl.so.4", b"wget", b"busybox wget applet"])
def test_a_name_alone_is_no_network_call(data: bytes) -> None:
    assert words(data, "network") == []


@pytest.mark.parametrize(
    ("frame", "dialect"),
    [
        (b"imei:%s,tracker,%s", "gps103"),
        (b"*HQ,%s,V1,%02d%02d%02d,A,", "h02"),
        (b"+RESP:GTFRI,%s,", "gl200"),
        (b"[3G*%s*%04X*UD,", "watch"),
        (b"#L#%s;%s\r\n", "wialon"),
    ],
)
def test_a_tracker_frame_names_its_dialect(frame: bytes, dialect: str) -> None:
    assert (dialect) in [value for value, _ in words(b"\0" + frame + b"\0", "dialect")]


def test_every_marker_counts_at_most_256_times() -> None:
    assert len(words(b"imei," * 5000, "identity")) == markers.HITS_PER_MARKER


@given(st.binary(max_size=4096))
@settings(max_examples=60, deadline=None)
def test_any_bytes_are_searched(data: bytes) -> None:
    for hits in markers.find(data).values():
        for hit in hits:
            assert 0 <= hit.start < hit.end <= len(data)
