"""Which end of a conversation is the device, when the capture begins anywhere: the table of ``docs/direction.md``.

    python -m tests.studies.direction_study [--cuts N] [--write]

Each capture of the corpus is cut before its packets (of more than ``--cuts``, before so many, evenly), and what is left is read
again. Counted are the conversations that the cut falls into: begun before it, and going on behind it. The truth is told by dpkt
and stands apart from the code under test: of TCP who sent the SYN; of UDP what DNS, DHCP and NTP say of themselves, else who
spoke first in a conversation that began well inside the whole capture. Conversations of one port with itself have no such truth,
nor have those of peers by their very protocol (Ethereum's discovery): there anybody asks anybody. Tunnels are left out: what is
inside them is another conversation.

The corpus's tracker messages have a known sender and no network: each is put into one of ``_NETWORKS``, over TCP and UDP, with
what a server says in between, on ports that mean nothing; it is cut before each packet in turn, and read alone.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import struct
from collections import Counter, defaultdict
from collections.abc import Iterator
from ipaddress import ip_address
from itertools import cycle
from pathlib import Path
from typing import Any, NamedTuple

import dpkt

from iotwatch.observe.traffic.roles import settle
from iotwatch.read import read_capture
from iotwatch.words.ends import EndsBy
from tests.corpus import FOLDER

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs" / "direction.md"
BEGIN, END = "<!-- made by tests/studies/direction_study.py -->", "<!-- end -->"
_TUNNELS = {1701, 2152, 3544, 4789, 6081}
_ASKED = {53, 67, 68, 123}
_PEERS = {30303}  # devp2p discv4: Node Discovery Protocol
_WELL_INSIDE = 2.0  # seconds after a capture's first packet
_LINKS = {1: dpkt.ethernet.Ethernet, 12: dpkt.ip.IP, 101: dpkt.ip.IP, 113: dpkt.sll.SLL, 276: dpkt.sll2.SLL2}
_NETWORKS = {
    "private to public": ("192.168.43.17", "47.88.12.201"),
    "carrier NAT to public": ("100.72.13.9", "47.88.12.201"),
    "private to private": ("192.168.43.17", "192.168.43.90"),
    "public to public": ("2a02:3032:8:1::17", "2a01:4f8:10:20::5"),
}
End = tuple[bytes, int]
Five = tuple[int, frozenset[End]]


class Packet(NamedTuple):
    """A frame of a conversation: when, its bytes, who sent it to whom, and what it carries."""

    time: float
    frame: bytes
    source: End
    target: End
    flags: int
    payload: bytes


class Conversation(NamedTuple):
    """Packets in order, and the end that is the device."""

    kind: str
    packets: list[Packet]
    device: End


class Capture(NamedTuple):
    """All packets of a capture in order, its LINKTYPE, and which conversations begin at what packet and end behind which."""

    link: int
    packets: list[Packet | None]
    frames: list[tuple[float, bytes]]
    spans: list[tuple[int, int, Conversation]]


class Tally(NamedTuple):
    """How many cuts there were, of which how many were told right, and wrong ones by what told them."""

    cuts: Counter[str]
    right: Counter[str]
    guessed: Counter[str]
    wrong: Counter[tuple[str, str]]


def pcap(link: int, frames: list[tuple[float, bytes]]) -> bytes:
    out = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, link)]
    for time, frame in frames:
        whole = int(time)
        size = len(frame)
        out += [struct.pack("<IIII", whole & 0xFFFFFFFF, int((time - whole) * 1e6), size, size), frame]
    return b"".join(out)


def captured(file: Path) -> Capture | None:
    """A capture with those of its conversations whose device is known; ``None`` where dpkt has no reader for it."""
    with file.open("rb") as raw:
        try:
            reader = dpkt.pcap.UniversalReader(raw)
            link = reader.datalink()
            frames = [(float(time), bytes(frame)) for time, frame in reader] if link in _LINKS else []
        except (ValueError, dpkt.Error, OSError, struct.error):
            return None
    found: dict[Five, list[int]] = defaultdict(list)
    packets = []
    for row, (time, frame) in enumerate(frames):
        number, packet = _packet(link, time, frame) or (0, None)
        packets.append(packet)
        if packet is not None:
            found[number, frozenset((packet.source, packet.target))].append(row)
    spans = []
    for (number, _), rows in found.items():
        mine = [packet for row in rows if (packet := packets[row]) is not None]
        if (device := _asker(number, mine, frames[0][0])) is not None:
            spans.append((rows[0], rows[-1] + 1, Conversation(_kind(number, mine[0]), mine, device)))
    return Capture(link, packets, frames, spans)


def _kind(number: int, one: Packet) -> str:
    if number == dpkt.ip.IP_PROTO_TCP:
        return "TCP"
    ports = {one.source[1], one.target[1]}
    if ports & _ASKED:
        return "UDP: DNS, DHCP, NTP"
    near = {not ip_address(end[0]).is_global for end in (one.source, one.target)}
    peers = bool(ports & _PEERS) or len(near) < 2
    return "UDP: two near or two public ends (peers, media)" if peers else "UDP: a near and a public end"


def _packet(link: int, time: float, frame: bytes) -> tuple[int, Packet] | None:
    try:
        inner: Any = _LINKS[link](frame)
        while not isinstance(inner, dpkt.ip.IP | dpkt.ip6.IP6):
            inner = inner.data
            if isinstance(inner, bytes):
                return None
        body = inner.data
        if not isinstance(body, dpkt.tcp.TCP | dpkt.udp.UDP):
            return None
        ends = (bytes(inner.src), body.sport), (bytes(inner.dst), body.dport)
        number = dpkt.ip.IP_PROTO_TCP if isinstance(body, dpkt.tcp.TCP) else dpkt.ip.IP_PROTO_UDP
        return number, Packet(time, frame, *ends, getattr(body, "flags", 0), bytes(body.data))
    except (dpkt.Error, AttributeError, IndexError, struct.error):
        return None


def _asker(number: int, packets: list[Packet], begun: float) -> End | None:
    first = packets[0]
    ports = {first.source[1], first.target[1]}
    if first.source == first.target or ports & _TUNNELS:
        return None
    if number == dpkt.ip.IP_PROTO_TCP:
        opened = {one.source for one in packets if one.flags & (dpkt.tcp.TH_SYN | dpkt.tcp.TH_ACK) == dpkt.tcp.TH_SYN}
        return opened.pop() if len(opened) == 1 else None
    for one in packets:
        if 53 in ports and len(one.payload) > 12:
            return one.target if one.payload[2] & 0x80 else one.source
        if ports & {67, 68} and one.payload:
            return one.source if one.payload[0] == 1 else one.target  # RFC 2131: BOOTREQUEST
        if 123 in ports and one.payload and one.payload[0] & 7 in (3, 4):
            return one.source if one.payload[0] & 7 == 3 else one.target  # RFC 5905: client, server
    return first.source if len(ports) == 2 and first.time - begun > _WELL_INSIDE else None


def stated(rows: list[dict[str, Any]]) -> Iterator[Conversation]:
    """The messages of trackers, each between a server's answers, in the networks in turn."""
    draw = random.Random(7)
    networks = cycle(_NETWORKS.items())
    for row in rows:
        payload = bytes.fromhex(row.get("wire_hex") or row["payload_hex"])
        if not payload or not row["carries_position"] or len(payload) > 1300:
            continue
        network, hosts = next(networks)
        for transport in ("tcp", "udp"):
            device, server = ((ip_address(host).packed, draw.randint(1025, 65535)) for host in hosts)
            yield Conversation(f"{transport}, {network}", _exchange(transport, (device, server), payload, draw), device)


def _exchange(transport: str, ends: tuple[End, End], payload: bytes, draw: random.Random) -> list[Packet]:
    """Three reports of one device with what a server says before each, as it is when nobody saw how it began."""
    packets, sent = [], [draw.getrandbits(31), draw.getrandbits(31)]
    for number in range(6):
        side = 1 - number % 2
        data = (b"ON\r\n", payload)[1 - side]
        (source, sport), (target, dport) = ends[side], ends[1 - side]
        if transport == "tcp":
            layer = dpkt.tcp.TCP(sport=sport, dport=dport, seq=sent[side], ack=sent[1 - side], flags=0x18, data=data)
            sent[side] = (sent[side] + len(data)) & 0xFFFFFFFF
        else:
            layer = dpkt.udp.UDP(sport=sport, dport=dport, ulen=8 + len(data), data=data)
        kind = dpkt.ip.IP_PROTO_TCP if transport == "tcp" else dpkt.ip.IP_PROTO_UDP
        if len(source) == 4:
            frame = bytes(dpkt.ip.IP(src=source, dst=target, p=kind, data=layer, len=20 + len(bytes(layer))))
        else:
            frame = bytes(dpkt.ip6.IP6(src=source, dst=target, nxt=kind, hlim=64, data=layer, plen=len(bytes(layer))))
        packets.append(Packet(1.7e9 + number, frame, ends[side], ends[1 - side], 0x18, data))
    return packets


def spread(count: int, most: int) -> list[int]:
    """At most ``most`` of ``count`` numbers, the first and the last among them."""
    if count <= most:
        return list(range(count))
    return sorted({round(step * (count - 1) / (most - 1)) for step in range(most)})


def told(link: int, frames: list[tuple[float, bytes]]) -> dict[frozenset[End], tuple[End, EndsBy]]:
    """Who the client of each conversation in these frames is, and by what that is told."""
    capture = read_capture(io.BytesIO(pcap(link, frames)))
    settle(capture)
    answers = {}
    for row in range(len(capture.flows)):
        flow = capture.flows.flow(row)
        assert flow.told is not None
        client = ip_address(flow.client).packed, flow.client_port
        # Five-tuples that are used again are conversations of their own; the cut falls into the first.
        ends = frozenset((client, (ip_address(flow.server).packed, flow.server_port)))
        answers.setdefault(ends, (client, flow.told))
    return answers


def _count(one: Conversation, answers: dict[frozenset[End], tuple[End, EndsBy]], tally: Tally) -> None:
    first = one.packets[0]
    if (answer := answers.get(frozenset((first.source, first.target)))) is None:
        return
    device, by = answer
    tally.cuts[one.kind] += 1
    if device == one.device:
        tally.right[one.kind] += 1
    else:
        tally.wrong[one.kind, by.name] += 1
        tally.guessed[one.kind] += by.guess


def weigh_capture(capture: Capture, tally: Tally, most: int) -> None:
    """Let the capture begin anywhere, and count what is told of the conversations that lost their beginning."""
    for at in spread(len(capture.frames), most):
        torn = [one for begin, end, one in capture.spans if begin < at < end]
        if torn:
            answers = told(capture.link, capture.frames[at:])
            for one in torn:
                _count(one, answers, tally)


def weigh(one: Conversation, tally: Tally) -> None:
    """The same for a conversation that is alone."""
    frames = [(packet.time, packet.frame) for packet in one.packets]
    for at in range(len(frames)):
        _count(one, told(101, frames[at:]), tally)


def _table(tally: Tally) -> list[str]:
    lines = [
        "| conversations | cuts | right | wrong, and said to be a guess | wrong otherwise |",
        "|---|---|---|---|---|",
    ]
    for kind, cuts in tally.cuts.items():
        right, guessed = tally.right[kind], tally.guessed[kind]
        lines.append(f"| {kind} | {cuts} | {right / cuts:.2%} | {guessed} | {cuts - right - guessed} |")
    return lines


def run(most: int) -> list[str]:
    """The two tables."""
    heard, said = (Tally(Counter(), Counter(), Counter(), Counter()) for _ in range(2))
    for file in sorted((FOLDER / "pcap").rglob("*")):
        if file.is_file() and file.suffix != ".jsonl" and (capture := captured(file)) is not None:
            weigh_capture(capture, heard, most)
    rows = [json.loads(line) for line in (FOLDER / "positions" / "traccar.jsonl").read_text().splitlines()]
    for one in stated(rows):
        weigh(one, said)
    for tally in (heard, said):
        print(*(f"wrong: {kind}, by {by}: {count}" for (kind, by), count in tally.wrong.most_common(20)), sep="\n")
    return ["Conversations of captures:", "", *_table(heard), "", "Messages of trackers:", "", *_table(said)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cuts", type=int, default=16)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    lines = run(options.cuts)
    print(*lines, sep="\n")
    if options.write:
        before, _, rest = PAGE.read_text().partition(BEGIN)
        PAGE.write_text("\n".join([before + BEGIN, *lines, END + rest.partition(END)[2]]))


if __name__ == "__main__":
    main()
