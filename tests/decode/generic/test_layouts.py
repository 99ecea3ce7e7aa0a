"""Published layouts: receivers, broadcasts, LoRaWAN, APRS, protobuf; values from their documents or made here."""

from __future__ import annotations

import math
import struct

import pytest

from iotwatch.decode.generic.layouts.broadcast import j2735
from iotwatch.decode.generic.layouts.kml import read_kml
from iotwatch.decode.generic.layouts.receivers import crc24q, geodetic
from iotwatch.model import Confidence
from iotwatch.read.stream import from_bytes


def ubx(kind: bytes, body: bytes) -> bytes:
    frame = kind + struct.pack("<H", len(body)) + body
    first = second = 0
    for byte in frame:
        first = first + byte & 255
        second = second + first & 255
    return b"\xb5b" + frame + bytes((first, second))


def pvt(flags: int = 1) -> bytes:
    body = bytearray(92)
    struct.pack_into("<IH5BB", body, 0, 0, 2024, 5, 6, 7, 8, 9, 7)
    body[20], body[21] = 3, flags
    struct.pack_into("<iii", body, 24, 22945000, 488584000, 35000)
    return bytes(body)


def test_ubx_fixes_are_likely_by_their_check_value_and_certain_only_with_others(read):
    (message,) = read(b"junk" + ubx(b"\x01\x07", pvt()))
    fix = message.fixes[0]
    assert (message.protocol, message.confidence, message.checksum) == ("ubx", Confidence.LIKELY, "ok")
    assert (fix.latitude, fix.longitude, fix.valid, fix.time) == (48.8584, 2.2945, True, 1_714_979_289_000_000)
    assert read(ubx(b"\x01\x07", pvt(flags=0)))[0].fixes[0].valid is False
    assert read(ubx(b"\x01\x07", pvt())[:-1] + b"\0") == []


def test_ubx_places_of_high_precision(read):
    """NAV-HPPOSLLH (u-blox M9 interface description 3.15.6): degrees in 1e-7, and what is left of them in 1e-9."""
    body = bytearray(36)
    struct.pack_into("<iiii", body, 8, 22945000, 488584000, 35000, 30000)
    struct.pack_into("<bb", body, 24, 44, -33)
    ((message,), old) = (
        read(ubx(b"\x01\x14", bytes(body))),
        read(ubx(b"\x01\x02", struct.pack("<Iiiiiii", 0, -7, 5, 0, 0, 0, 0))),
    )
    fix = message.fixes[0]
    assert (fix.latitude, fix.longitude) == pytest.approx((48.858399967, 2.294500044), abs=1e-10)
    assert fix.altitude == 35
    assert (old[0].fixes[0].latitude, old[0].fixes[0].longitude) == pytest.approx((5e-7, -7e-7))


def earth_centred(latitude: float, longitude: float) -> tuple[float, float, float]:
    phi, lam, e2 = math.radians(latitude), math.radians(longitude), 6.69437999014e-3
    normal = 6378137.0 / math.sqrt(1 - e2 * math.sin(phi) ** 2)
    return (
        normal * math.cos(phi) * math.cos(lam),
        normal * math.cos(phi) * math.sin(lam),
        normal * (1 - e2) * math.sin(phi),
    )


def test_earth_centred_metres(read):
    x, y, z = earth_centred(-33.8688, 151.2093)
    assert geodetic(x, y, z) == pytest.approx((-33.8688, 151.2093, 0), abs=1e-6)
    assert geodetic(1, 2, 3) is None
    body = struct.pack("<Iiiii", 0, *(round(value * 100) for value in (x, y, z)), 0)
    (message,) = read(ubx(b"\x01\x01", body))
    assert (message.fixes[0].latitude, message.fixes[0].longitude) == pytest.approx((-33.8688, 151.2093), abs=1e-6)


def test_a_reference_station_is_somebody_elses_place(read):
    bits = 1005 << 140 | 2003 << 128
    for at, value in zip((34, 74, 114), earth_centred(48.8584, 2.2945), strict=True):
        bits |= (round(value * 10_000) & (1 << 38) - 1) << (152 - at - 38)
    frame = b"\xd3\x00\x13" + bits.to_bytes(19, "big")
    (message,) = read(frame + crc24q(frame).to_bytes(3, "big"))
    assert message.protocol == "rtcm"
    assert message.fixes[0].whose == "base station"
    assert message.fixes[0].latitude == pytest.approx(48.8584, abs=1e-6)


@pytest.mark.parametrize(
    ("line", "place"),
    [
        (b"CALL>DEST:!4903.50N/07201.75W-Test\r\n", (49.05833, -72.02917)),
        (b"CALL>DEST,WIDE1-1:/092345z4903.50N/07201.75W>\r\n", (49.05833, -72.02917)),
        (b"CALL>DEST:;LEADER   *092345z4903.50N/07201.75W>\r\n", (49.05833, -72.02917)),
        (b"CALL>DEST:=/5L!!<*e7>7P[\r\n", (49.5, -72.75)),  # compressed: APRS 1.0.1 chapter 9
    ],
)
def test_aprs(read, line, place):
    (message,) = read(line)
    assert message.protocol == "aprs"
    assert (message.fixes[0].latitude, message.fixes[0].longitude) == pytest.approx(place, abs=1e-4)
    assert message.device_ids == ("CALL",)


@pytest.mark.parametrize(
    "line",
    [b"CALL>DEST:>status text\r\n", b"CALL>DEST::ADDRCALL :message text\r\n", b"CALL>DEST:_10090556c220s004g005\r\n"],
)
def test_aprs_without_a_place(places_in, line):
    assert places_in(line) == []


def test_two_squitters_make_a_place(read):
    # the pair of "The 1090 MHz Riddle"
    (message,) = read(b"*8D40621D58C382D690C8AC2863A7;\n*8D40621D58C386435CC412692AD6;\n")
    assert message.device_ids == ("40621d",)
    assert (message.fixes[0].latitude, message.fixes[0].longitude) == pytest.approx((52.2572, 3.91937), abs=1e-4)
    assert read(b"*8D40621D58C382D690C8AC2863A8;\n*8D40621D58C386435CC412692AD6;\n") == []


def test_remote_id_tells_the_aircraft_from_its_operator(read):
    location = b"\x12" + bytes(4) + struct.pack("<ii", 488584000, 22945000) + bytes(12)
    system = b"\x42\x00" + struct.pack("<ii", 488600000, 23000000) + bytes(15)
    serial = b"\x02\x12" + b"SN12345".ljust(20, b"\0") + bytes(3)
    (message,) = read(b"\xf2\x19\x03" + serial + location + system)
    assert [(fix.latitude, fix.whose) for fix in message.fixes] == [(48.8584, ""), (48.86, "operator")]
    assert message.device_ids == ("SN12345",)


def test_cayenne_and_milesight(read):
    (message,) = read(b"\x01\x88\x06\x76\x5f\xf2\x96\x0a\x00\x03\xe8")
    assert (message.protocol, message.fixes[0].latitude, message.fixes[0].longitude) == (
        "cayenne-lpp",
        42.3519,
        -87.9094,
    )
    data = b"\x01\x75\x64\x04\x88" + struct.pack("<ii", 24624950, 118030576) + b"\x22"
    (message,) = read(data + b"\x06\xd9\x08\xfd\x70\x40\xb9\x58\xdc\xc3\x02")
    assert (message.fixes[0].latitude, message.access_points[0].bssid, message.access_points[0].signal) == (
        24.62495,
        "fd:70:40:b9:58:dc",
        -61,
    )
    assert read(b"\x03\x67\x01\x10\x05\x67\x00\xff\x04\x67\x00\xff") == []


def field(number: int, data: bytes) -> bytes:
    return bytes((number << 3 | 2, len(data))) + data


def test_protobuf(read):
    position = b"\x0d" + struct.pack("<f", 28.06622) + b"\x15" + struct.pack("<f", -82.41769)
    feed = field(1, field(1, b"2.0")) + field(2, field(1, b"1") + field(4, field(2, position)))
    (message,) = read(feed)
    assert (message.protocol, message.confidence) == ("gtfs-realtime", Confidence.LIKELY)
    assert (message.fixes[0].latitude, message.fixes[0].longitude) == pytest.approx((28.06622, -82.41769), abs=1e-5)
    doubles = b"\x09" + struct.pack("<d", 48.85841) + b"\x11" + struct.pack("<d", 2.29451)
    (message,) = read(field(1, b"unit-7 abc") + field(3, doubles))
    assert (message.protocol, message.confidence) == ("protobuf", Confidence.POSSIBLE)


def test_lwm2m_tlv_without_its_path(read):
    data = b"\xc8\x00\x08" + struct.pack(">d", 43.918998) + b"\xc8\x01\x08" + struct.pack(">d", 2.351149)
    (message,) = read(data)
    assert (message.protocol, message.fixes[0].latitude) == ("lwm2m", 43.918998)
    assert message.doubts


@pytest.mark.parametrize(("kind", "at"), [(0x14, 58), (0x20, 81)])
def test_where_a_safety_message_states_its_place(kind: int, at: int) -> None:
    """SAE J2735: the latitude begins at a bit of its own, in 1e-7 degrees above 90 south; the longitude follows it."""
    bits = (488_584_000 + 900_000_000) << 161 - at | (22_945_000 + 1_799_999_999) << 129 - at
    body = bits.to_bytes(24, "big")
    frame = bytes((0, kind, len(body))) + body
    (message,) = j2735(from_bytes(frame), 0, len(frame))
    (fix,) = message.fixes
    assert (fix.latitude, fix.longitude) == (48.8584, 2.2945)


@pytest.mark.parametrize(
    "block", [b"<coordinates>11.5,48.1 ", b"<gx:Track><when>2024-05-01T10:00:00Z<gx:coord>11.5 48.1 520"]
)
def test_kml_whose_blocks_never_end_is_read_once(block: bytes) -> None:
    data = b"<kml>" + block * 300
    assert len(read_kml(data, 0, len(data)).children) == 300
