from __future__ import annotations

import pytest
from msgspec.structs import replace

from iotwatch.decode.message import Fix, Message
from iotwatch.model import Direction
from iotwatch.observe.traffic.direction import direction, far_end_doubts, sender, subject, turned
from iotwatch.read.stream import Flow, Stream, from_bytes
from iotwatch.words.doubts import ReadingDoubt

PUBLIC, OTHER, HOME, SERVER = "198.51.100.9", "203.0.113.4", "192.168.1.20", "192.168.1.1"


def over(client: str, server: str, *, up: bool = True, transport: str = "tcp", **context: str) -> Stream:
    flow = Flow(
        0, transport, client, 40000, server, 2947, client_mac="02:00:00:00:00:01", server_mac="02:00:00:00:00:02"
    )
    return replace(from_bytes(b"x" * 8, kind=transport), flow=flow, up=up, context=context)


def on(kind: str, **context: str) -> Stream:
    return replace(from_bytes(b"x" * 8, kind=kind), context=context)


def says(stream: Stream, protocol: str, *, fix: bool = True) -> Message:
    fixes = (Fix(51.5, 4.25, (0, 8)),) if fix else ()
    return Message(protocol=protocol, stream=stream, span=(0, 8), fixes=fixes)


@pytest.mark.parametrize(
    ("stream", "wanted"),
    [
        (over(HOME, PUBLIC), Direction.UP),
        (over(HOME, PUBLIC, up=False), Direction.DOWN),
        (over(HOME, SERVER), Direction.UP),
        (over("127.0.0.1", "127.0.0.1", transport="udp"), Direction.LOCAL),
        (over("::1", "::1"), Direction.LOCAL),
        (over(HOME, "255.255.255.255", transport="udp"), Direction.BROADCAST),
        (over(HOME, "192.168.1.255", transport="udp"), Direction.BROADCAST),
        (over(HOME, "239.2.3.1", transport="udp"), Direction.BROADCAST),
        (over(HOME, "198.51.100.255", transport="udp"), Direction.UP),
        (over(HOME, PUBLIC, bus="can0"), Direction.LOCAL),
        (on("802.11"), Direction.BROADCAST),
        (on("ethertype-8947"), Direction.BROADCAST),
        (on("bluetooth", linktype="nordic_ble"), Direction.BROADCAST),
        (on("bluetooth", linktype="bluetooth-h4"), Direction.LOCAL),
        (on("usb"), Direction.LOCAL),
        (on("can"), Direction.LOCAL),
        (on("text"), Direction.LOCAL),
    ],
)
def test_the_way_of_a_stream(stream: Stream, wanted: Direction) -> None:
    assert direction(stream) is wanted


def test_radio_signalling_goes_by_its_own_header() -> None:
    heard = replace(over("127.0.0.1", "127.0.0.1", transport="udp"), kind="gsmtap")
    assert direction(heard) is Direction.UP
    assert direction(replace(heard, up=False)) is Direction.DOWN


@pytest.mark.parametrize("protocol", ["gpsd", "nmea", "ubx", "gt06", "jt808"])
def test_who_serves_its_own_receiver_is_the_device(protocol: str) -> None:
    message = turned(says(over(HOME, SERVER, up=False), protocol))
    flow = message.stream.flow
    assert flow is not None
    assert direction(message.stream) is Direction.UP
    assert (flow.client, flow.server, subject(message.stream)) == (SERVER, HOME, f"ip:{SERVER}")
    assert flow.client_mac == "02:00:00:00:00:02"
    assert far_end_doubts(message.stream) == (ReadingDoubt.LOCAL_FAR_END(),)


@pytest.mark.parametrize(
    "message",
    [
        says(over(HOME, PUBLIC, up=False), "nmea"),  # a caster or a service tells the client
        says(over(HOME, PUBLIC, up=False), "gt06"),
        says(over(OTHER, PUBLIC, up=False), "nmea"),
        says(over(HOME, SERVER, up=False), "json"),  # a weather station of the house
        says(over(HOME, SERVER, up=False, host="cam.local"), "nmea"),  # inside an HTTP answer
        says(over(HOME, SERVER, up=False, transport="udp"), "nmea"),
        says(over(HOME, SERVER, up=False), "gt06", fix=False),
    ],
)
def test_what_a_service_tells_stays_down(message: Message) -> None:
    assert turned(message) is message
    assert direction(message.stream) is Direction.DOWN


def test_a_capture_begun_in_mid_connection_does_not_hide_a_tracker() -> None:
    assert direction(turned(says(over(PUBLIC, HOME, up=False), "gt06")).stream) is Direction.UP


def test_subjects_are_addresses_wires_and_paths() -> None:
    assert subject(over(HOME, PUBLIC)) == f"ip:{HOME}"
    assert subject(on("usb", device="usb:1-2")) == "usb:1-2"
    assert subject(replace(on("usb", device="usb:1-2"), path="a.pcap")) == "usb:1-2@a.pcap"
    assert subject(replace(on("text"), path="/var/log/x")) == "path:/var/log/x"
    assert subject(on("text")) == ""


def test_a_sender_is_told_with_its_far_end() -> None:
    said = sender(over(HOME, SERVER, host="gps.example:8080"))
    assert (said.subject, said.direction, said.doubts, said.host) == (
        *(f"ip:{HOME}", Direction.UP),
        *((ReadingDoubt.LOCAL_FAR_END(),), "gps.example"),
    )
    assert said.facts("gt06") == {
        "protocol": "gt06",
        "direction": "up",
        "server": SERVER,
        "server_port": 2947,
        "client_mac": "02:00:00:00:00:01",
    }
    wire = sender(on("usb", device="usb:1-2"))
    assert (wire.subject, wire.facts("nmea")) == ("usb:1-2", {"protocol": "nmea", "direction": "local"})
