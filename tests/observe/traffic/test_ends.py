"""Which end sent a position, from captures that begin in the middle, to the sentence of the finding."""

from __future__ import annotations

import itertools
import json
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import dpkt
import pytest

from iotwatch.batch.scan import Plan, scan
from iotwatch.open.pipeline import Options
from iotwatch.report.reader import Reader
from iotwatch.store import Store
from iotwatch.words.ends import EndsBy
from tests.studies.fleet_traffic import frame

CAR, ROUTER, NEIGHBOUR, SERVER = "192.168.43.17", "192.168.43.1", "192.168.43.90", "203.0.113.9"
REPORT = b"imei:352353773718421,tracker,240317124147,,F,094126.000,A,3625.72975,N,05031.36339,W,0.025,;"
NAMELESS = b'{"latitude": 36.42882, "longitude": -50.52273, "speed": 4.5}'
NAMED = b'{"imei": "352353773718421", "latitude": 36.42882, "longitude": -50.52273}'
WEATHER = b'{"lat": 52.52, "lon": 13.41, "current": {"temperature_2m": 7.4, "relative_humidity_2m": 81}}'
Said = tuple[str, str, bytes]  # source, target, what it says


def capture(
    path: Path, said: Sequence[Said], ports: dict[str, int], *, tcp: bool = False, every: float = 2.0, skip: int = 0
) -> Path:
    """A capture of what was said between ends of these ports; ``skip`` packets were missed."""
    sent = dict.fromkeys(ports, 1000)
    with path.open("wb") as file:
        writer = dpkt.pcap.Writer(file)
        for number, (source, target, data) in enumerate(said):
            packet = frame(source, target, data, own=ports[source], port=ports[target])
            if tcp:
                ethernet = dpkt.ethernet.Ethernet(packet)
                segment = dpkt.tcp.TCP(
                    sport=ports[source], dport=ports[target], seq=sent[source], ack=sent[target], flags=0x18, data=data
                )
                sent[source] += len(data)
                inner = dpkt.ip.IP(src=ethernet.data.src, dst=ethernet.data.dst, p=6, data=segment)
                inner.len = len(inner)
                packet = bytes(dpkt.ethernet.Ethernet(src=ethernet.src, dst=ethernet.dst, data=inner))
            if number >= skip:
                writer.writepkt(packet, ts=1_700_000_000 + every * number)
    return path


def talk(device: str, server: str, report: bytes, *, asked: bytes = b"ON", rounds: int = 3) -> list[Said]:
    """The server is heard first, every time."""
    return [(server, device, asked), (device, server, report)] * rounds


class Told:
    """What a scan stored, and the reasons of the one finding about a position."""

    def __init__(self, path: Path, **options: Any) -> None:
        database = path.with_suffix(".db")
        scan([path], database, Plan(asset="car", jobs=1, options=Options(**options)))
        with Store(database) as store:
            reader = Reader(store, masked=False)
            found = [row for row in reader.findings() if row["kind"] == "location"]
            self.titles = [row["title"] for row in found]
            self.confidence = found[0]["confidence"] if found else ""
            self.reasons = list(map(str, found[0]["reasons"])) if found else []
            self.doubts = list(map(str, found[0]["doubts"])) if found else []
            self.flows = list(store.query("SELECT client, server, packets_up, packets_down FROM flows"))
            self.contacts = {
                (row["client"], row["kind"]): (row["events"], bytes(row["first_bytes"]))
                for row in store.query("SELECT client, kind, events, first_bytes FROM contacts")
            }
            self.directions = {row["direction"] for row in store.query("SELECT direction FROM positions")}

    def by(self) -> str:
        return next((reason for reason in self.reasons if reason.startswith("who sent it: ")), "")


def who(told: EndsBy) -> str:
    return f"who sent it: {told.text}"


@pytest.mark.parametrize("tcp", [False, True])
@pytest.mark.parametrize(
    ("device", "server", "by"),
    [
        (CAR, SERVER, EndsBy.SCOPE),
        ("100.72.13.9", SERVER, EndsBy.SCOPE),
        ("169.254.7.7", SERVER, EndsBy.SCOPE),
        (CAR, ROUTER, EndsBy.STATED),
        (CAR, NEIGHBOUR, EndsBy.STATED),
        ("198.51.100.4", SERVER, EndsBy.STATED),
    ],
)
@pytest.mark.parametrize("ports", [(33074, 26814), (2633, 24033)])
def test_who_reports_in_a_dialect_is_the_device_whoever_was_heard_first(
    device: str, server: str, by: EndsBy, ports: tuple[int, int], tcp: bool, tmp_path: Path
) -> None:
    path = capture(tmp_path / "a.pcap", talk(device, server, REPORT), {device: ports[0], server: ports[1]}, tcp=tcp)
    told = Told(path)
    assert told.titles == [f"Position sent to {server} (gps103)"]
    assert told.by() == who(by)
    assert told.flows == [{"client": device, "server": server, "packets_up": 3, "packets_down": 3}]
    assert told.contacts.keys() == {(device, "connection"), (device, "burst")}
    events, first = told.contacts[device, "burst"]
    assert (events, REPORT[:10] in first) == (3, True)


def test_any_beginning_gives_the_same_ends(tmp_path: Path) -> None:
    for skip, tcp in itertools.product(range(6), (False, True)):
        path = tmp_path / f"{skip}{tcp}.pcap"
        capture(path, talk(CAR, NEIGHBOUR, REPORT), {CAR: 2633, NEIGHBOUR: 24033}, tcp=tcp, skip=skip)
        told = Told(path)
        assert told.flows[0]["client"] == CAR
        assert told.directions == {"up"}


def test_without_a_dialect_who_names_himself_beside_a_place_is_the_device(tmp_path: Path) -> None:
    path = capture(tmp_path / "a.pcap", talk(CAR, NEIGHBOUR, NAMED), {CAR: 2633, NEIGHBOUR: 24033})
    told = Told(path)
    assert (told.directions, told.by()) == ({"up"}, who(EndsBy.STATED))


@pytest.mark.parametrize(("ports", "way"), [((44850, 35763), "up"), ((35763, 44850), "down")])
def test_what_ports_alone_tell_is_possible(ports: tuple[int, int], way: str, tmp_path: Path) -> None:
    path = capture(tmp_path / "a.pcap", talk(CAR, NEIGHBOUR, NAMELESS), {CAR: ports[0], NEIGHBOUR: ports[1]})
    told = Told(path)
    assert (told.directions, told.confidence, told.by()) == ({way}, "possible", who(EndsBy.PORTS))
    assert f"which end sent it is a guess, told by {EndsBy.PORTS.text}" in told.doubts


def test_a_declared_device_is_the_device(tmp_path: Path) -> None:
    path = capture(tmp_path / "a.pcap", talk(CAR, NEIGHBOUR, NAMELESS), {CAR: 35763, NEIGHBOUR: 44850})
    told = Told(path, scope=(CAR,))
    assert (told.directions, told.confidence, told.by()) == ({"up"}, "likely", who(EndsBy.DECLARED))
    assert told.contacts[CAR, "burst"][0] == 3


@pytest.mark.parametrize("tcp", [False, True])
def test_what_a_public_service_answers_was_not_sent(tcp: bool, tmp_path: Path) -> None:
    said = [(SERVER, CAR, WEATHER), (CAR, SERVER, b"\x01next")] * 3
    told = Told(capture(tmp_path / "a.pcap", said, {CAR: 2000, SERVER: 9563}, tcp=tcp))
    assert told.directions == {"down"}
    assert not any("sent" in title for title in told.titles)


def test_one_direction_alone_is_enough(tmp_path: Path) -> None:
    for number, (report, by) in enumerate(((REPORT, EndsBy.STATED), (NAMELESS, EndsBy.ALONE))):
        path = capture(tmp_path / f"{number}.pcap", [(CAR, NEIGHBOUR, report)] * 3, {CAR: 2633, NEIGHBOUR: 24033})
        told = Told(path)
        assert (told.directions, told.by(), told.confidence) == ({"up"}, who(by), "likely")


def test_many_reach_one(tmp_path: Path) -> None:
    cars = [f"192.168.43.{number}" for number in range(20, 26)]
    ports = {NEIGHBOUR: 52000, **{car: 30000 + number for number, car in enumerate(cars)}}
    said = [one for car in cars for one in talk(car, NEIGHBOUR, NAMELESS)]
    told = Told(capture(tmp_path / "a.pcap", said, ports))
    assert {row["client"] for row in told.flows} == set(cars)
    assert (told.directions, told.by(), told.confidence) == ({"up"}, who(EndsBy.MANY), "likely")


def test_a_handshake_outweighs_addresses(tmp_path: Path) -> None:
    """Somebody public connects to a service of the house; it is his position that comes."""
    path = tmp_path / "a.pcap"
    with path.open("wb") as file:
        writer = dpkt.pcap.Writer(file)
        steps = ((SERVER, CAR, 0x02, b""), (CAR, SERVER, 0x12, b""), (SERVER, CAR, 0x18, REPORT))
        for number, (source, target, flags, data) in enumerate(steps):
            ports = {SERVER: 40001, CAR: 7000}
            begun = 1 if data else 0
            segment = dpkt.tcp.TCP(sport=ports[source], dport=ports[target], seq=begun, ack=1, flags=flags, data=data)
            inner = dpkt.ip.IP(
                src=bytes(map(int, source.split("."))), dst=bytes(map(int, target.split("."))), p=6, data=segment
            )
            inner.len = len(inner)
            writer.writepkt(bytes(dpkt.ethernet.Ethernet(data=inner)), ts=1_700_000_000 + number)
    told = Told(path)
    assert (told.flows[0]["client"], told.directions, told.by()) == (SERVER, {"up"}, who(EndsBy.HANDSHAKE))


def lwm2m(code: int, token: bytes, options: bytes = b"", payload: bytes = b"") -> bytes:
    """A CoAP message (RFC 7252 section 3), non-confirmable."""
    return bytes([0x50 | len(token), code]) + b"\x12\x34" + token + options + (b"\xff" + payload if payload else b"")


def resource(number: int, degrees: float) -> bytes:
    """A resource of four bytes as TLV (OMA Core 1.1 section 7.4.3)."""
    return bytes([0xC4, number]) + struct.pack(">f", degrees)


def test_a_device_that_answers_an_lwm2m_server_sends(tmp_path: Path) -> None:
    token = b"\x0a\x0b\x0c\x0d"
    asked = lwm2m(0x01, token, b"\xb1" + b"6" + b"\x01" + b"0" + b"\x62" + struct.pack(">H", 11542))
    place = resource(0, 36.42882) + resource(1, -50.52273)
    answer = lwm2m(0x45, token, b"\xc2" + struct.pack(">H", 11542), place)
    # The server's port is not CoAP's, and the device's is lower: neither says who is who.
    for number, (ports, asking) in enumerate((((5683, 5683), True), ((56830, 56831), True), ((5683, 56830), False))):
        said = talk(CAR, NEIGHBOUR, answer, asked=asked)
        said = said if asking else [one for one in said if one[0] == CAR]
        told = Told(capture(tmp_path / f"{number}.pcap", said, {CAR: ports[0], NEIGHBOUR: ports[1]}))
        assert (told.directions, told.by()) == ({"up"}, who(EndsBy.STATED))
        assert told.flows[0]["client"] == CAR


def test_a_web_server_on_a_high_port_is_known_by_its_answers(tmp_path: Path) -> None:
    body = json.dumps({"latitude": 36.42882, "longitude": -50.52273}).encode()
    request = (
        b"POST /p HTTP/1.1\r\nHost: home.example\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        % len(body)
    )
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    said = [(NEIGHBOUR, CAR, answer), (CAR, NEIGHBOUR, request + body)] * 2
    told = Told(capture(tmp_path / "a.pcap", said, {CAR: 2633, NEIGHBOUR: 24033}, tcp=True))
    assert (told.directions, told.by(), told.confidence) == ({"up"}, who(EndsBy.STATED), "likely")


@pytest.mark.parametrize(("mode", "client"), [(3, CAR), (4, NEIGHBOUR)])
def test_a_clock_that_asks_from_its_own_port_is_the_device(tmp_path: Path, mode: int, client: str) -> None:
    clock = bytes([0x18 | mode, 2, 4, 0xFA]) + bytes(4) + b"\0\0\0\x20" + b"GPS\0" + bytes(32)
    told = Told(capture(tmp_path / "clock.pcap", [(CAR, NEIGHBOUR, clock)] * 3, {CAR: 123, NEIGHBOUR: 123}))
    assert [flow["client"] for flow in told.flows] == [client]
