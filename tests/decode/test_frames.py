"""What is asked by the kind of its stream: 802.11 and Bluetooth frames, CAN, C-ITS, receivers' own bytes."""

from __future__ import annotations

import struct

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from iotwatch.decode import FRAMES, decode
from iotwatch.decode.gnss.receiver_log import is_receiver_log
from iotwatch.decode.iot.can_bus import CAN_BUS
from iotwatch.read.stream import Stream

MANY = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
F3411 = b"\xfa\x0b\xbc\x0d"


@pytest.fixture
def frames(datagrams):
    def make(kind: str, *payloads: bytes, linktype: str = "") -> Stream:
        return replace(datagrams(*payloads), kind=kind, context={"linktype": linktype})

    return make


def location(latitude: float, longitude: float) -> bytes:
    return b"\x12\x20\x54\x00\x00" + struct.pack("<ii", round(latitude * 1e7), round(longitude * 1e7)) + bytes(12)


def beacon(element: bytes) -> bytes:
    head = b"\x80\0\0\0" + b"\xff" * 6 + bytes.fromhex("60601fc60ecc") * 2 + b"\0\0"
    return head + bytes(12) + b"\0\x04test" + bytes((221, len(element))) + element


def test_remote_id_in_a_beacon_is_the_aircraft_and_names_its_sender(frames) -> None:
    serial = b"\x02\x12" + b"1581F4QWB23".ljust(20, b"\0") + bytes(3)
    pack = b"\xf2\x19\x02" + serial + location(47.37, 8.53)
    (message,) = decode(frames("802.11", beacon(F3411 + b"\x01" + pack)))
    assert message.device_ids == ("1581F4QWB23",)
    assert [(fix.latitude, fix.longitude, fix.whose) for fix in message.fixes] == [(47.37, 8.53, "")]
    assert message.stream.context["device"] == "mac:60:60:1f:c6:0e:cc"


def test_remote_id_without_a_place_has_no_fix(frames) -> None:
    (message,) = decode(frames("802.11", beacon(F3411 + b"\x01\xf2\x19\x01" + location(0.0, 79.5))))
    assert [fix.valid for fix in message.fixes] == [False]


def test_droneid_tells_aircraft_pilot_and_home_apart(frames) -> None:
    def units(*degrees: float) -> bytes:
        return b"".join(struct.pack("<i", round(value * 174533)) for value in degrees)

    body = b"\x26\x37\x12\x58\x62\x13\x10\x02\x4d\x06\x33\x1f" + b"K6RE0WENAH9P8QAL" + units(13, 12) + bytes(12)
    body += bytes(8) + units(56, 43) + units(44, 57) + bytes(8)
    (message,) = decode(frames("802.11", beacon(body)))
    places = [(round(fix.latitude, 4), round(fix.longitude, 4), fix.whose) for fix in message.fixes]
    assert places == [(12, 13, ""), (56, 43, "operator"), (57, 44, "home point")]
    assert message.device_ids == ("K6RE0WENAH9P8QAL",)


def test_a_damaged_advertisement_lowers_the_confidence(frames) -> None:
    data = b"\x02\x16\xfa\xff\x0d\x01" + location(47.37, 8.53)
    packet = b"\x02" + bytes((len(data) + 6,)) + bytes(6) + data
    (message,) = decode(frames("bluetooth", b"\xd6\xbe\x89\x8e" + packet + b"\0\0\0", linktype="bluetooth-le-ll"))
    assert (message.checksum, message.confidence.name) == ("bad", "POSSIBLE")


def test_an_advertisement_is_its_senders(frames) -> None:
    data = b"\x1e\x16\xfa\xff\x0d\x01" + location(47.37, 8.53)
    address = bytes.fromhex("665544332211")
    air = b"\xd6\xbe\x89\x8e"
    legacy = air + b"\x42" + bytes((len(data) + 6,)) + address + data + bytes(3)
    extended = air + b"\x07" + bytes((len(data) + 10,)) + b"\x09\x09" + address + b"\0\0" + data + bytes(3)
    host = b"\x04\x3e" + bytes((len(data) + 12,)) + b"\x02\x01\x03\x01" + address + bytes((len(data),)) + data + b"\xc4"
    far = (
        b"\x04\x3e" + bytes((len(data) + 26,)) + b"\x0d\x01\0\0\x01" + address + bytes(16) + bytes((len(data),)) + data
    )
    for frame in (legacy, extended, host, far):
        (message,) = decode(frames("bluetooth", frame, linktype="bluetooth-le-ll"))
        assert message.stream.context["device"] == "mac:11:22:33:44:55:66"


def can(number: int, data: bytes) -> bytes:
    return struct.pack(">IBBBB", number | 0x80000000, len(data), 0, 0, 0) + data


def test_positions_on_the_bus(frames) -> None:
    rapid = can(0x09F80112, struct.pack("<ii", 525317656, 54411646))
    nothing = can(0x09F80112, b"\xff\xff\xff\x7f\xff\xff\xff\x7f")
    vehicle = can(0x18FEF34A, struct.pack("<II", 2_100_000_000 + 525317656, 2_100_000_000 - 54411646))
    found = [message.fixes[0] for message in decode(frames("can", rapid, nothing, vehicle))]
    assert [(fix.latitude, fix.longitude) for fix in found] == [(52.5317656, 5.4411646), (52.5317656, -5.4411646)]


def test_a_fast_packet_is_put_together_and_a_gap_ends_it(frames) -> None:
    body = bytes(1) + struct.pack("<HI", 19000, 0) + struct.pack("<qqq", 525317656 * 10**9, 54411646 * 10**9, 10**6)
    body += b"\x10" + bytes(11)
    chunks = [bytes((0x20, len(body))) + body[:6]]
    chunks += [bytes((0x20 + n,)) + body[6 + 7 * (n - 1) : 6 + 7 * n].ljust(7, b"\xff") for n in range(1, 7)]
    whole = [can(0x0DF80512, chunk) for chunk in chunks]
    (message,) = decode(frames("can", *whole))
    assert (round(message.fixes[0].latitude, 6), message.fixes[0].valid) == (52.531766, True)
    assert list(decode(frames("can", *whole[:3], *whole[4:]))) == []


def test_iso_tp_carries_a_body(frames) -> None:
    answer = b"\x62\xf1\x90WVWZZZ1KZAW000001"
    chunks = [b"\x10" + bytes((len(answer),)) + answer[:6], b"\x21" + answer[6:13], b"\x22" + answer[13:20]]
    (message,) = CAN_BUS.messages(frames("can", *[struct.pack(">IBBBB", 0x7E8, 8, 0, 0, 0) + one for one in chunks]))
    assert message.body is not None
    assert message.body.data == answer


def cam(latitude: int, longitude: int) -> bytes:
    bits = f"{1:08b}{2:08b}{4711:032b}{99:016b}" + "000" + "0" + f"{5:08b}"
    bits += f"{latitude + 900_000_000:031b}{longitude + 1_800_000_000:032b}"
    pdu = int(bits.ljust(320, "0"), 2).to_bytes(40, "big")
    vector = bytes(8) + struct.pack(">Iii", 1, 0, 0) + bytes(4)
    return b"\x11\0\x05\x01\x20\x50\0\0\0\x2c\x01\0" + vector + bytes(4) + b"\x07\xd1\0\0" + pdu


@pytest.mark.parametrize(
    ("place", "fixes"), [((435546630, 103041900), 1), ((900_000_001, 1_800_000_001), 0), ((-338688000, 1512093000), 1)]
)
def test_a_vehicle_says_where_it_is(frames, place: tuple[int, int], fixes: int) -> None:
    (message,) = decode(frames("ethertype-8947", cam(*place)))
    assert (message.protocol, message.device_ids, len(message.fixes)) == ("etsi-cam", ("4711",), fixes)
    assert all((fix.latitude, fix.longitude) == (place[0] / 1e7, place[1] / 1e7) for fix in message.fixes)


def test_an_early_vehicle_has_its_vector_four_bytes_sooner(frames) -> None:
    """TS 102 636-4-1 V1.1.1: a beacon of version 0, and what another layout would make of the same bytes."""
    head = bytes.fromhex("0010000000000001")
    vector = bytes.fromhex("0000020000000001") + struct.pack(">IiiHHHH", 77, 514_775_183, 56_605_966, 12, 180, 60, 0)
    (message,) = decode(frames("ethertype-8947", head + vector))
    assert [(fix.latitude, fix.longitude) for fix in message.fixes] == [(51.4775183, 5.6605966)]
    assert message.stream.context["device"] == "mac:02:00:00:00:00:01"
    assert list(decode(frames("ethertype-8947", b"\x20" + head[1:] + vector))) == []
    assert list(decode(frames("ethertype-8947", head[:4] + b"\x7f\0\0\1" + vector))) == []
    later = cam(435546630, 103041900)
    assert list(decode(frames("ethertype-8947", b"\x01" + later[1:]))) == []


def ubx(kind: bytes, body: bytes) -> bytes:
    first = second = 0
    inner = kind + struct.pack("<H", len(body)) + body
    for byte in inner:
        first = first + byte & 255
        second = second + first & 255
    return b"\xb5\x62" + inner + bytes((first, second))


def test_a_receivers_own_bytes_are_told_from_other_binaries(frames) -> None:
    places = [
        ubx(b"\x01\x02", struct.pack("<Iiiiii", 1, -688066651, 447654405 + n, 0, 0, 0) + bytes(4)) for n in range(3)
    ]
    data = b"{}\n" + b"\0".join(places) + b"$GPGLL,4916.45,N,12311.12,W,225444,A*31\r\n"
    assert is_receiver_log(data)
    assert not is_receiver_log(data[: len(places[0]) * 2 + 4])
    found = [message.protocol for message in decode(replace(frames("receiver-log", data), datagram=False))]
    assert found == ["nmea", "ubx", "ubx", "ubx"]


@pytest.mark.parametrize("kind", sorted(FRAMES))
@MANY
@given(data=st.data())
def test_any_frame_gives_messages_within_it(kind: str, data, datagrams) -> None:
    starts = [
        beacon(F3411 + b"\x01\xf2\x19\x09" + location(1, 2)),
        b"\xd0" + bytes(23) + b"\x04\x09\x50\x6f\x9a\x13\x88\x69\x19\x9d\x92\x09\x01\0\x10\x1d",
        b"\xd6\xbe\x89\x8e\x02\x40\x16\xfa\xff\x0d",
        can(0x0DF80512, b"\x20\x2b123456"),
        cam(1, 1)[:40],
        ubx(b"\x01\x02", bytes(28)),
    ]
    raw = [
        data.draw(st.sampled_from([b"", *starts])) + data.draw(st.binary(max_size=120))
        for _ in range(data.draw(st.integers(1, 4)))
    ]
    stream = replace(datagrams(*[one or b"\0" for one in raw]), kind=kind)
    for message in decode(stream):
        for span in (message.span, *(fix.span for fix in message.fixes), *(trait.span for trait in message.traits)):
            assert 0 <= span[0] <= span[1] <= len(message.stream.data)
