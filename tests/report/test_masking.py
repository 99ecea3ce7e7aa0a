"""What masking hides, in every way that numbers and places are written, and what it leaves alone."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iotwatch.report import masking
from iotwatch.report.masking import mask, mask_text


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("IMEI 860000000000017.", "IMEI 86000000*******."),
        ("860000000000017", "86000000*******"),
        ("imei860000000000017x", "imei86000000*******x"),
        ("dump-860000000000017.1.bin", "dump-86000000*******.1.bin"),
        ("860000000000017.tracker.example", "86000000*******.tracker.example"),
        ("t/860000000000017/up", "t/86000000*******/up"),
        ("35-209900-176148-1", "35-209900-******-*"),
        ("8999 9010 0000 0000 0013", "8999 9010 **** **** ****"),
        ("89999010000000000013", "89999010************"),
        ("001010123456789", "00101012*******"),
        ("+49 170 1234567", "+49 170 1******"),
        ("+491701234567", "+491701******"),
        ("sim 01390000000", "sim 01390******"),
        # The digits of a number as hex, and as half bytes in a frame.
        ("383630303030303030303030303137", "38363030**********************"),
        ("78780d010860000000000017000182", "78780d010860000000000017000182"[:6] + "01086000****************"),
        ("00:00:5e:00:53:10", "00:00:5e:**:**:**"),
        ("00-00-5E-00-53-10", "00-00-5E-**-**-**"),
        ("mac:00:00:5e:00:53:10", "mac:00:00:5e:**:**:**"),
        ("x00:00:5e:00:53:10", "x00:00:5e:**:**:**"),
        ("00:00:5e:ff:fe:00:53:10", "00:00:5e:**:**:**:**:**"),
        ("uuid:2f402f80-da50-11e1-9b23-00005e0053ff::upnp", "uuid:2f402f80-da50-11e1-9b23-00005e******::upnp"),
        ("<urn:gsma:imei:86000000-000001-0>", "<urn:gsma:imei:86000000-******-*>"),
        ("0000.5e00.5310", "0000.5e**.****"),
        ("tap_ 00005e005310 ", "tap_ 00005e****** "),
        ("quec_00005e005310", "quec_00005e******"),
        ("fe80::200:5eff:fe00:5310", "fe80::200:5eff:fe**:****"),
        ("WVWZZZ1JZXW000001", "WVWZZZ1J*********"),
        ("47.913027,66.284519", "47.91,66.28"),
        ("at 47.913027, -6.2", "at 47.91, -6.20"),
        ('{"lat": 47.913027}', '{"lat": 47.91}'),
        ("lon=-1.310018&speed=4", "lon=-1.31&speed=4"),
        ("latitude=47913027", "latitude=479*****"),
        ("!3d47.913027!4d-1.310018", "!3d47.91!4d-1.31"),
        ("POINT(-1.310018 47.913027)", "POINT(-1.31 47.91)"),
        ("N47.913027 E6.284519", "N47.91 E6.28"),
        ("47.913027N", "47.91N"),
        ("$GPGGA,013833.000,4754.7816,N,06617.0711,E,1", "$GPGGA,013833.000,4754.**,N,06617.**,E,1"),
        ("+QGPSLOC: 013832.000,5412.8742N,06431.9308W,0.8", "+QGPSLOC: 013832.000,5412.**N,06431.**W,0.8"),
        ("54°12'52.3\"N", "54°12'**\"N"),
    ],
)
def test_numbers_and_places_are_hidden(text: str, hidden: str) -> None:
    assert mask_text(text) == hidden
    assert mask_text(hidden) == hidden


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-22T01:38:34.876015Z",
        "20261122013834.pcap",
        "1795311514.874101",
        "every 10.125 s for 120.500 minutes of listening in all there",
        "192.168.100.200,10.100.200.1",
        "frame.number in {15, 55}",
        "ip.addr == 192.0.2.10 && tcp.port == 51234",
        "EC25EFAR06A06M4G",
        "firmware 19006.1000.00.02.70.30",
        "81600.0000.00.29.21.24_5001.0000.040.000.040_C38",
        "t13d1516h2_8daaf6152771_e5627efa2ab1",
        "2001:db8::10",
        "Position sent to gps.tracker-cloud.example (gt06)",
        "chance 6.32e-08",
        "",
    ],
)
def test_what_names_no_device_and_no_place_stays(text: str) -> None:
    assert mask_text(text) == text


def test_values_are_masked_by_their_names_too() -> None:
    row = {
        "imei": 860000000000017,
        "phone": "170123",
        "senders": {"860000000000017": 3},
        "latitude": 47.913027,
        "frame": 12,
        "bytes": 10**12,
        "valid": True,
        "excerpt": "383630303030",
        "evidence": [{"excerpt": "38"}],
        "decoded": [{"what": "longitude", "value": 6.284519}, {"what": "imei", "value": "860000000000017"}],
        "aliases": ["1234567890123456"],
        "asset": "860000000000017.pcap",
    }
    assert mask(row) == {
        "imei": "86000000*******",
        "phone": "******",
        "senders": {"86000000*******": 3},
        "latitude": 47.91,
        "frame": 12,
        "bytes": 10**12,
        "valid": True,
        "excerpt": "masked",
        "evidence": [{"excerpt": "masked"}],
        "decoded": [{"what": "longitude", "value": 6.28}, {"what": "imei", "value": "86000000*******"}],
        "aliases": ["1234567890123456"],
        "asset": "860000000000017.pcap",
    }


@given(text=st.text(alphabet="0123456789.,:-+NSEWlat=°'\"abcdefABCDEF {}\n", max_size=200))
def test_masking_twice_is_masking_once(text: str) -> None:
    once = mask_text(text)
    assert mask_text(once) == once


@pytest.mark.parametrize("piece", ["1", "1.", "1-", "a1", "12:", "lat=", "1.1,", "89 ", "+1 ", "A", "5eff:fe", "1°1'"])
def test_hostile_text_takes_no_longer_than_its_length(piece: str) -> None:
    started = time.process_time()
    mask_text(piece * 40_000)
    assert time.process_time() - started < 2


@pytest.mark.parametrize("others", [0, 200])
def test_names_are_hidden_in_texts_whatever_their_number(others: int) -> None:
    names = [f"unit-{number:04d}-tail" for number in range(others)]
    row = {"device_id": "van-007-secret", "title": "van-007-secret spoke", "ids": {"x": "van-007"}}
    told = masking.told({"row": row, "others": [{"device_id": name} for name in names]})
    assert told["row"]["title"] == f"{told['row']['device_id']} spoke"
    assert "secret" not in str(told)
    assert "tail" not in str(told)
    assert told["row"]["ids"]["x"] == "van-007"
