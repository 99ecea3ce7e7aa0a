"""Network frames in a modem's bulk transfers become flows, names and positions, and every evidence is a cut of the USB capture."""

from __future__ import annotations

import io
import json
import socket
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

import dpkt
import numpy as np
import pytest

from iotwatch import read
from iotwatch.batch.scan import Plan, scan
from iotwatch.decode import decode
from iotwatch.model import cut
from iotwatch.open.pipeline import Options
from iotwatch.place.replay import Replay
from iotwatch.read import Framed
from iotwatch.store import Store
from iotwatch.store.views import read_view
from tests.decode.usb.captures import Capture
from tests.decode.usb.modem import (
    BROKER,
    BY_NAME,
    HOST,
    NAME,
    POSITION,
    RESOLVER,
    SECURE_NAME,
    SERVER,
    WAYS,
    Way,
    captured,
    conversation,
    framed,
    hdlc,
    mbim,
    names,
    packets,
    talk,
    tcp,
    udp,
)
from tests.place.test_replay import replay_everything

FLOWS = [
    ("tcp", HOST, SERVER, 443, SECURE_NAME),
    ("tcp", HOST, BROKER, 1883, NAME),
    ("udp", HOST, RESOLVER, 53, ""),
]


def said(pcap: bytes, kind: str) -> Iterator[tuple[str, dict]]:
    for stream in read.read_capture(io.BytesIO(pcap)).streams:
        for message in decode(stream):
            yield from ((trait.value, trait.facts) for trait in message.traits if trait.kind == kind)


_FORMS = [
    *(("usbmon-mmap", late, size) for late in (False, True) for size in (1 << 20, 64)),
    *(("usbmon", False, 64), ("usbpcap", False, 1 << 20), ("usbpcap", True, 512)),
]


def _variants() -> Iterator[tuple[str, Way, bool, int]]:
    """Form, way, whether the capture began late, and the size of transfers."""
    for way in WAYS:
        for form, late, size in _FORMS:
            if way.late or not late:
                yield form, way, late, size


def test_every_way_gives_flows_names_and_a_position_sent_up(tmp_path: Path) -> None:
    folder = tmp_path / "captures"
    folder.mkdir()
    variants = list(_variants())
    for form, way, late, size in variants:
        data = captured(form, way, conversation(), descriptors=not late, buffer=size)
        (folder / f"{form}-{way.name}-{late}-{size}.pcap").write_bytes(data)
    scan([folder], tmp_path / "case.db", Plan(jobs=1))
    count, wrong = replay_everything(tmp_path / "case.db")
    assert wrong == []
    assert count > 500
    with Store(tmp_path / "case.db") as store:
        sources = store.query("SELECT * FROM sources")
        assert len(sources) == len(variants)
        for source in sources:
            _has_it_all(store, source)


def _has_it_all(store: Store, source: dict) -> None:
    told = source["path"]
    assert (source["status"], source["vantage"]) == ("ok", "usb"), told
    columns = "transport, client, server, server_port, server_name"
    flows = store.query(f"SELECT {columns} FROM flows WHERE source_id = ?", (source["id"],))
    assert sorted(tuple(row.values()) for row in flows) == sorted(FLOWS), told
    (position,) = store.query("SELECT * FROM positions WHERE source_id = ?", (source["id"],))
    assert (position["latitude"], position["longitude"]) == POSITION, told
    assert (position["direction"], position["server"]) == ("up", BROKER), told
    place = store.places.place(position["place_id"])
    assert position["frame"] in place.frames, told
    frames = Path(told).read_bytes()
    for (offset, length), frame in zip(place.operation.spans, place.operation.frames, strict=True):
        if place.parent is None:
            assert _holds(frames, frame, offset, length), told
    kinds = set()
    with Path(told).open("rb") as file:
        replay = Replay(file)
        for row in read_view(store, source["asset"]).contacts:
            kinds.add(row.kind)
            offsets = np.frombuffer(row.offsets, "<i8")
            for index, excerpt in ((0, row.first_bytes), (-1, row.last_bytes)):
                assert excerpt, told
                assert replay.result(cut(row.origin, [(int(offsets[index]), len(excerpt))])) == excerpt, told
    assert kinds == {"connection", "burst", "dns"}, told


def _holds(pcap: bytes, frame: int, offset: int, length: int) -> bool:
    """Whether the bytes stand in the pcap record of this number."""
    here = 24
    for _ in range(frame - 1):
        here += 16 + struct.unpack_from("<I", pcap, here + 8)[0]
    return here + 16 <= offset and offset + length <= here + 16 + struct.unpack_from("<I", pcap, here + 8)[0]


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_frames_are_the_packets_that_were_packed(way: Way, late: bool) -> None:
    pcap = captured("usbmon-mmap", way, conversation(), descriptors=not late)
    if late and not way.late:
        assert framed(pcap) == []
        return
    (body,) = framed(pcap)
    found = [(up, data) for up, data in packets(body) if b"\xc0\x21" not in data[:4]]
    assert [up for up, _ in found] == [up for up, _ in conversation()]
    for (_, data), (_, packet) in zip(found, conversation(), strict=True):
        assert data.endswith(packet)
        assert len(data) - len(packet) in (0, 4, 14)
    ((value, facts),) = said(pcap, "usb.network")
    assert value == way.called
    assert read.read_framed(body).flows.flow(0).tunnel.startswith(f"{way.called} on usb:1/7")
    assert facts["guessed"] == (late and way.name != "ppp")
    assert facts.get("sessions") == {"mbim": [3], "qmap": [1], "qmap-4": [1], "qmap-5": [1]}.get(way.name)


def test_modem_is_told_by_what_only_modems_speak() -> None:
    for name, words in (("mbim", ["MBIM data"]), ("qmap", ["QMAP data"]), ("ecm", []), ("rndis", [])):
        pcap = captured("usbmon", BY_NAME[name], conversation(), descriptors=False)
        assert [value for value, _ in said(pcap, "modem.cellular")] == words


@pytest.mark.parametrize("name", ["ecm", "raw-ip", "ncm16"])
def test_host_is_the_client_when_the_capture_begins_late(name: str) -> None:
    """No SYN was seen, both ports are high, and the far end is the first to speak."""
    talked = [
        *talk(BROKER, 31883, 21002, [b"one", b"two"], [b"three"])[3:],
        (True, udp(HOST, SERVER, 40007, 50007, b"four")),
    ]
    downlink = [
        (False, udp(SERVER, HOST, 50007, 40007, b"five")),
        (False, tcp(BROKER, HOST, 31883, 21002, 9, 9, 16, b"six")),
    ]
    (body,) = framed(captured("usbmon", BY_NAME[name], [*downlink, *talked], descriptors=False))
    capture = read.read_framed(body)
    ends = [(flow.client, flow.server) for flow in map(capture.flows.flow, range(len(capture.flows)))]
    assert sorted(ends) == [(HOST, BROKER), (HOST, SERVER)]
    assert {(stream.flow.server, stream.up): stream.data for stream in capture.streams if stream.flow}[
        SERVER, True
    ] == b"four"


def test_station_behind_an_ethernet_device_stays_the_client_of_what_it_opens() -> None:
    """A device that reaches the network through the host: its SYN decides. On a modem's link there is nobody behind it."""
    turned = [(not up, packet) for up, packet in talk(BROKER, 1883, 41002, [b"hello"], [])]
    for name, client in (("ecm", HOST), ("raw-ip", BROKER)):
        (body,) = framed(captured("usbmon", BY_NAME[name], turned))
        assert read.read_framed(body).flows.flow(0).client == client


def test_dialogue_beside_ppp_is_text() -> None:
    capture = Capture("usbmon")
    capture.enumerate(4, 0x2C7C, 0x0125, ("Quectel", "EC25"), [(0xFF, 0, 0)])
    dialled = [(1, b"ATD*99#\r"), (0x81, b"\r\nCONNECT\r\n")]
    asked = [(1, b"AT+CGSN\r"), (0x81, b"\r\n869710030002905\r\n\r\nOK\r\n")]
    for endpoint, data in (*dialled, *((1, data) for up, data in _ppp_session()), *asked):
        capture.bulk(4, endpoint, data)
    pcap = capture.pcap()
    bodies = [m.body for s in read.read_capture(io.BytesIO(pcap)).streams for m in decode(s) if m.body is not None]
    frames, dialogue = bodies
    assert isinstance(frames, Framed)
    assert dialogue.data == b"ATD*99#\r\r\nCONNECT\r\nAT+CGSN\r\r\n869710030002905\r\n\r\nOK\r\n"
    imei = next(trait for message in decode(dialogue) for trait in message.traits if trait.kind == "imei")
    evidence = dialogue.evidence(*imei.span)
    assert Replay(io.BytesIO(pcap)).result(evidence.place) == b"869710030002905"


def _ppp_session() -> list[tuple[bool, bytes]]:
    way = BY_NAME["ppp"]
    return [(up, way.pack([packet], up=up)) for up, packet in names() + talk(BROKER, 1883, 41002, [b"x}~"], []) if up]


@pytest.mark.parametrize("head", [b"\xff\x03\0\x21", b"\xff\x03\x21", b"\0\x21", b"\x21"])
def test_ppp_without_link_control_is_told_by_its_packets(head: bytes) -> None:
    """Address, control and the protocol's first byte may be left out (RFC 1661 sections 6.5 and 6.6)."""
    for count, dialled, found in ((3, False, 1), (2, False, 0), (1, True, 1)):
        capture = Capture("usbmon")
        if dialled:
            capture.bulk(4, 0x81, b"\r\nCONNECT 150000000\r\n")
        for up, packet in conversation()[:count]:
            capture.bulk(4, 1 if up else 0x81, hdlc(head + packet))
        bodies = framed(capture.pcap())
        assert len(bodies) == found, (head, count)
        for body in bodies:
            assert read.read_framed(body).flows.flow(0).server == RESOLVER


def test_ports_of_a_device_without_descriptors_are_told_apart() -> None:
    """Raw IP on one pair of endpoints, a dialogue on another."""
    capture = Capture("usbpcap")
    for number, (up, packet) in enumerate(conversation()):
        capture.bulk(4, 5 if up else 0x88, packet)
        capture.bulk(4, 3 if number % 2 else 0x84, b"AT+CSQ\r" if number % 2 else b"\r\n+CSQ: 17,99\r\n\r\nOK\r\n")
    bodies = [
        m.body for s in read.read_capture(io.BytesIO(capture.pcap())).streams for m in decode(s) if m.body is not None
    ]
    frames, dialogue = bodies
    assert [data for _, data in packets(frames)] == [packet for _, packet in conversation()]
    assert dialogue.data.startswith(b"\r\n+CSQ: 17,99\r\n\r\nOK\r\nAT+CSQ\r\r\n+CSQ")
    assert len(dialogue.data) == 6 * 7 + 6 * 21


def test_scope_does_not_hide_what_passes_the_wire_of_the_device(tmp_path: Path) -> None:
    path = tmp_path / "modem.pcap"
    path.write_bytes(captured("usbmon", BY_NAME["mbim"], conversation()))
    scan([path], tmp_path / "case.db", Plan(jobs=1, options=Options(scope=("00:00:5e:00:53:77",))))
    with Store(tmp_path / "case.db") as store:
        assert len(store.query("SELECT * FROM flows")) == 3
        assert len(store.query("SELECT * FROM positions WHERE direction = 'up'")) == 1


def test_diagnostic_messages_in_hdlc_frames_are_no_ppp() -> None:
    """Qualcomm's DIAG has the same flags, escapes and check sequence."""
    capture = Capture("usbmon")
    for number in range(40):
        capture.bulk(4, 0x81, hdlc(bytes([0x10 if number % 2 else 0x79, 0, number]) + bytes(range(60))))
    assert framed(capture.pcap()) == []


@pytest.mark.parametrize("late", [False, True])
def test_disk_that_holds_a_capture_file_has_no_network(late: bool) -> None:
    """Packets in sectors are files, not traffic."""
    content = captured("usbmon", BY_NAME["raw-ip"], conversation() * 20)
    capture = Capture("usbmon")
    if not late:
        capture.enumerate(4, 0x0781, 0x558B, ("SanDisk", "Extreme"), [(8, 6, 0x50)])
    for first in range(0, len(content), 4096):
        capture.bulk(4, 0x01, b"USBC" + bytes(27))
        capture.bulk(4, 0x81, content[first : first + 4096].ljust(4096, b"\0"))
    assert framed(capture.pcap()) == []


def test_packets_of_ipv6_prove_themselves_by_the_checksum_above() -> None:
    """No header checksum there (RFC 8200 section 8.1): UDP's, TCP's or ICMPv6's must be right."""
    for good in (True, False):
        sent = []
        for number in range(4):
            datagram = dpkt.udp.UDP(sport=40000, dport=50000, data=b"ping %d" % number)
            datagram.ulen = len(datagram)
            packet = dpkt.ip6.IP6(src=b"\x20\x01" + bytes(14), dst=b"\x20\x02" + bytes(14), nxt=17, data=datagram)
            packet.plen = len(datagram)
            data = bytearray(bytes(packet))
            data[-1] ^= not good
            sent.append((True, bytes(data)))
        assert bool(framed(captured("usbmon", BY_NAME["raw-ip"], sent, descriptors=False))) is good


@pytest.mark.programs
@pytest.mark.parametrize("name", ["ncm16", "ncm32", "mbim"])
def test_tshark_finds_the_same_packets_in_the_same_frames(program, tmp_path: Path, name: str) -> None:
    """It reads NCM and MBIM blocks where descriptors announce them; the other ways it shows as bytes."""
    path = tmp_path / "modem.pcap"
    path.write_bytes(captured("usbmon-mmap", BY_NAME[name], conversation()))
    fields = ["-T", "fields", "-e", "frame.number", "-e", "ip.src", "-e", "ip.id", "-e", "ip.checksum"]
    out = subprocess.run(
        [program("tshark"), "-r", path, "-Y", "ip", *fields], capture_output=True, text=True, check=True
    )
    theirs = []
    for line in out.stdout.splitlines():
        number, sources, _, sums = line.split("\t")
        theirs += [(int(number), *pair) for pair in zip(sources.split(","), sums.split(","), strict=True)]
    (body,) = framed(path.read_bytes())
    ours = []
    for start, (_, data) in zip(body.begins.tolist(), packets(body), strict=True):
        packet = data[14:] if name != "mbim" else data
        ours.append((body.frame_at(start), socket.inet_ntoa(packet[12:16]), "0x" + packet[10:12].hex()))
    assert ours == theirs


def test_few_packets_make_no_guess() -> None:
    assert framed(captured("usbmon", BY_NAME["raw-ip"], names(), descriptors=False)) == []
    assert len(framed(captured("usbmon", BY_NAME["mbim"], names(), descriptors=False))) == 1


def test_device_service_stream_is_text() -> None:
    """MBIM 1.0 section 7: DSS beside IPS in one block's tables."""
    sentence = b"$GPRMC,013832.00,A,5412.8742,N,06431.9308,W,0.0,0.0,221126,,,A*7E\r\n"
    block = mbim([sentence], up=False).replace(b"IPS\x03", b"DSS\x01")
    capture = Capture("usbmon")
    capture.enumerate(4, 0x2C7C, 0x0125, ("Quectel", "EC25"), BY_NAME["mbim"].interfaces)
    capture.bulk(4, 0x82, block)
    bodies = [
        m.body for s in read.read_capture(io.BytesIO(capture.pcap())).streams for m in decode(s) if m.body is not None
    ]
    assert [(body.kind, body.data) for body in bodies if not isinstance(body, Framed)] == [("text", sentence)]


def test_interfaces_are_joined_by_the_union_descriptor() -> None:
    """CDC 1.2 section 5.2.3.2: the data interface need not stand behind its control interface."""
    capture = Capture("usbmon")
    face = [
        struct.pack("<9B", 9, 4, n, 0, 2, *triple, 0) for n, triple in enumerate([(2, 6, 0), (0xFF, 0, 0), (10, 0, 0)])
    ]
    ends = b"".join(struct.pack("<BBBBHB", 7, 5, address, 2, 512, 0) for address in (0x83, 0x03))
    body = face[0] + bytes([5, 0x24, 6, 0, 2]) + face[1] + face[2] + ends
    capture.control(
        4, bytes.fromhex("80060002000000ff"), struct.pack("<BBHBBBBB", 9, 2, 9 + len(body), 3, 1, 0, 0xA0, 250) + body
    )
    for up, packet in names():
        capture.bulk(4, 3 if up else 0x83, BY_NAME["ecm"].pack([packet], up=up))
    ((value, facts),) = said(capture.pcap(), "usb.network")
    assert (value, facts["interface"], facts["guessed"]) == ("Ethernet", 2, False)


@pytest.mark.corpus
def test_no_real_capture_of_other_devices_has_network_frames(corpus: Path) -> None:
    """Coolers, tablets, webcams, a dental sensor: none of the corpus' buses carries a network."""
    rows = [json.loads(line) for line in (corpus / "pcap" / "MANIFEST.jsonl").read_text().splitlines()]
    paths = [corpus / "pcap" / row["path"] for row in rows if str(row.get("linktype")).startswith("usb-")]
    assert len(paths) >= 29
    assert [path.name for path in paths if framed(path.read_bytes())] == []
