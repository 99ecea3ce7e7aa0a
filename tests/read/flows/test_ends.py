"""The ladder of evidence for who is a flow's client, packet by packet."""

from __future__ import annotations

import struct
from ipaddress import ip_address, ip_network
from types import SimpleNamespace

import pytest

from iotwatch.read import Devices
from iotwatch.words.ends import EndsBy

HOME, PUBLIC = "192.168.1.5", "198.51.100.9"


def datagram(build: SimpleNamespace, source: str, target: str, ports: tuple[int, int], data: bytes = b"x") -> bytes:
    """A frame with one UDP datagram, over IPv4 or IPv6."""
    body = struct.pack(">HHHH", *ports, 8 + len(data), 0) + data
    ends = ip_address(source), ip_address(target)
    if ends[0].version == 4:
        return build.ethernet(build.ip(body, 17, source=source, target=target))
    head = struct.pack(">IHBB", 0x60000000, len(body), 17, 64) + ends[0].packed + ends[1].packed
    return b"\x02\0\0\0\0\x01\x02\0\0\0\0\x02\x86\xdd" + head + body


@pytest.mark.parametrize(
    ("device", "far_end", "by"),
    [
        ("10.1.2.3", "8.8.8.8", EndsBy.SCOPE),
        ("172.31.255.1", "8.8.8.8", EndsBy.SCOPE),
        ("100.64.0.1", "8.8.8.8", EndsBy.SCOPE),
        ("169.254.9.9", "8.8.8.8", EndsBy.SCOPE),
        ("fd00::5", "2001:4860:4860::8888", EndsBy.SCOPE),
        (str(ip_address("::ffff:192.168.1.5")), str(ip_address("::ffff:8.8.8.8")), EndsBy.SCOPE),
        ("8.8.4.4", "224.0.1.5", EndsBy.SCOPE),
        ("192.168.1.5", "192.168.1.255", EndsBy.SCOPE),
        ("0.0.0.0", "255.255.255.255", EndsBy.SCOPE),  # noqa: S104  who asks for an address by DHCP
        ("fe80::5", "ff02::fb", EndsBy.SCOPE),
        ("192.168.1.5", "100.64.0.1", EndsBy.PORTS),
        ("172.32.0.1", "8.8.8.8", EndsBy.PORTS),
        ("100.128.0.1", "8.8.8.8", EndsBy.PORTS),
        ("2001:db8::5", "fe80::1", EndsBy.PORTS),
    ],
)
def test_who_reaches_less_far_is_the_client(build: SimpleNamespace, device: str, far_end: str, by: EndsBy) -> None:
    for frame in (
        datagram(build, device, far_end, (33000, 22000)),
        datagram(build, far_end, device, (22000, 33000)),
        datagram(build, device, far_end, (22000, 33000)) if by is EndsBy.SCOPE else b"",
    ):
        if frame:
            flow = build.read(build.pcap([(1, frame)])).flows.flow(0)
            assert (flow.client, flow.server, flow.told) == (device, far_end, by)


@pytest.mark.parametrize(
    ("client", "server", "by"),
    [
        (40000, 53, EndsBy.SERVICE),
        (720, 2049, EndsBy.SERVICE),
        (68, 67, EndsBy.SERVICE),
        (546, 547, EndsBy.SERVICE),
        (200, 47808, EndsBy.SERVICE),
        (40001, 40000, EndsBy.PORTS),
        (50077, 62910, EndsBy.PORTS),
        (0, 9, EndsBy.SERVICE),
    ],
)
def test_ports_come_last(build: SimpleNamespace, client: int, server: int, by: EndsBy) -> None:
    if client == 200:  # both are services: the lower one
        client, server = server, client
    for ports, ends in (((client, server), ("10.0.0.1", "10.0.0.2")), ((server, client), ("10.0.0.2", "10.0.0.1"))):
        flow = build.read(build.pcap([(1, datagram(build, *ends, ports))])).flows.flow(0)
        assert (flow.client_port, flow.server_port, flow.told) == (client, server, by)


def test_where_nothing_tells_the_lower_address_is_the_server(build: SimpleNamespace) -> None:
    for ends in (("10.0.0.9", "10.0.0.10"), ("10.0.0.10", "10.0.0.9")):
        flow = build.read(build.pcap([(1, datagram(build, *ends, (5000, 5000)))])).flows.flow(0)
        assert (flow.server, flow.told) == ("10.0.0.9", EndsBy.NOTHING)
        assert flow.told.guess


def test_a_ping_tells_who_asked(build: SimpleNamespace) -> None:
    def ping(kind: int, *ends: str) -> bytes:
        return build.ethernet(build.ip(bytes([kind]) + bytes(11), 1, source=ends[0], target=ends[1]))

    for frame in (ping(8, "10.0.0.1", "10.0.0.9"), ping(0, "10.0.0.9", "10.0.0.1")):
        flow = build.read(build.pcap([(1, frame)])).flows.flow(0)
        assert (flow.client, flow.told) == ("10.0.0.1", EndsBy.ECHO)


@pytest.mark.parametrize(
    "devices",
    [
        Devices((ip_network("198.51.100.0/28"),)),
        Devices(macs=(bytes.fromhex("020000000002"),)),
    ],
)
def test_a_declared_device_is_the_client(build: SimpleNamespace, devices: Devices) -> None:
    """Even one with a public address, of which somebody private is the server."""
    frame = b"\x02\0\0\0\0\x01\x02\0\0\0\0\x02" + datagram(build, PUBLIC, HOME, (7000, 4000))[12:]
    flow = build.read(build.pcap([(1, frame)]), devices=devices).flows.flow(0)
    assert (flow.client, flow.told) == (PUBLIC, EndsBy.DECLARED)
    assert build.read(build.pcap([(1, frame)])).flows.flow(0).client == HOME


def test_a_late_answer_to_a_syn_turns_a_flow_and_its_contacts(build: SimpleNamespace) -> None:
    stale = build.tcp(b"late", seq=4, ports=(5000, 40000))  # by its ports the receiver seems the client
    opened = build.tcp(seq=9, flags=18, ports=(5000, 40000), back=True)
    capture = build.read(
        build.pcap([(0, stale), (1_000_000, opened), (2_000_000, build.tcp(b"on", ports=(5000, 40000)))])
    )
    flow = capture.flows.flow(0)
    assert (flow.client_port, flow.server_port, flow.told) == (5000, 40000, EndsBy.HANDSHAKE)
    assert capture.flows.packets[0].tolist() == [2, 1]
    rows = {
        int(kind): capture.contacts.times[capture.contacts.events(row)].tolist()
        for row, kind in enumerate(capture.contacts.kind)
    }
    assert rows == {0: [0], 1: [0, 2_000_000]}
    assert [stream.up for stream in capture.streams] == [True]


def test_who_gets_no_answer_is_no_server(build: SimpleNamespace) -> None:
    once = [(0, datagram(build, "10.0.0.1", "10.0.0.2", (4000, 7700)))]
    assert build.read(build.pcap(once)).flows.flow(0).told is EndsBy.PORTS
    twice = [*once, (1, once[0][1])]
    capture = build.read(build.pcap(twice))
    flow = capture.flows.flow(0)
    assert (flow.client, flow.told) == ("10.0.0.1", EndsBy.ALONE)
    assert [(len(capture.contacts), stream.up) for stream in capture.streams] == [(2, True)]


def test_a_server_of_many_is_known_by_their_ports(build: SimpleNamespace) -> None:
    def pair(number: int) -> list[tuple[int, bytes]]:
        ends, ports = (f"10.0.0.{number}", "10.0.1.1"), (4000 + number, 30000)
        return [(0, datagram(build, *ends[::-1], ports[::-1])), (0, datagram(build, *ends, ports))]

    for count, server in ((2, "10.0.0.1"), (3, "10.0.1.1")):
        capture = build.read(build.pcap([one for number in range(1, count + 1) for one in pair(number)]))
        assert capture.flows.flow(0).server == server
    # A device that keeps its port is no server of those it asks.
    asked = [datagram(build, "10.0.0.1", f"10.0.1.{number}", (4000, 53)) for number in range(5)]
    capture = build.read(build.pcap(list(enumerate(asked))))
    assert {capture.flows.flow(row).client for row in range(5)} == {"10.0.0.1"}
