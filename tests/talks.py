"""Captures made of what devices say, by dpkt: for tests that begin at a file and end at what is printed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import dpkt
from click.testing import CliRunner

from iotwatch.cli import group

Timed = tuple[float, bytes]
START = 1_780_000_000.0
MAC = bytes.fromhex("020000000007")
_ROUTER = bytes.fromhex("020000000001")


def frame(payload: dpkt.Packet, client: str, server: str, *, mac: bytes = MAC) -> bytes:
    """An Ethernet frame around a TCP or UDP packet."""
    number = dpkt.ip.IP_PROTO_TCP if isinstance(payload, dpkt.tcp.TCP) else dpkt.ip.IP_PROTO_UDP
    packet = dpkt.ip.IP(src=_bytes(client), dst=_bytes(server), p=number, data=payload)
    packet.len = len(packet)
    return bytes(dpkt.ethernet.Ethernet(src=mac, dst=_ROUTER, data=packet))


def _bytes(address: str) -> bytes:
    return bytes(map(int, address.split(".")))


def datagram(
    at: float, client: str, server: str, port: int, data: bytes, *, mac: bytes = MAC, sport: int = 40000
) -> Timed:
    """One UDP datagram, ``at`` seconds since the start."""
    packet = dpkt.udp.UDP(sport=sport, dport=port, data=data)
    packet.ulen = len(packet)
    return START + at, frame(packet, client, server, mac=mac)


def talk(
    at: float, client: str, server: str, port: int, *sent: bytes, sport: int = 40000, mac: bytes = MAC
) -> list[Timed]:
    """A TCP connection in which the client sends ``sent``, a second between them."""
    made, seq = [], 1
    for step, (flags, data) in enumerate(
        [(dpkt.tcp.TH_SYN, b""), *((dpkt.tcp.TH_ACK | dpkt.tcp.TH_PUSH, one) for one in sent)]
    ):
        packet = dpkt.tcp.TCP(sport=sport, dport=port, seq=seq, ack=1 if step else 0, flags=flags, data=data)
        made.append((START + at + step, frame(packet, client, server, mac=mac)))
        seq += len(data) + (flags == dpkt.tcp.TH_SYN)
    return made


def report(device: str, latitude: float, longitude: float, at: float, host: str = "track.example.net") -> bytes:
    """A position as the OsmAnd app sends it by HTTP, ``at`` seconds since the start."""
    query = f"id={device}&lat={latitude}&lon={longitude}&timestamp={int(START + at)}&speed=10&batt=80"
    return f"GET /?{query} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: tracker\r\n\r\n".encode()


def write(path: Path, frames: Iterable[Timed]) -> Path:
    """A pcap of Ethernet frames in the order of their times."""
    with path.open("wb") as file:
        writer = dpkt.pcap.Writer(file)
        for time, data in sorted(frames, key=lambda one: one[0]):
            writer.writepkt(data, ts=time)
    return path


def run(database: Path, *words: str | Path) -> str:
    """What the command line prints on stdout, 120 columns wide."""
    result = CliRunner(env={"COLUMNS": "120"}).invoke(group, [*map(str, words), "--db", str(database)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    return result.stdout


def scan(database: Path, *words: str | Path) -> str:
    """The table that ``scan`` prints, its lines joined to one: sentences are folded there."""
    return " ".join(run(database, "scan", "--jobs", "1", *words).split())


def told(database: Path, *words: str) -> Any:
    """What ``show`` gives as JSON, unmasked."""
    return json.loads(run(database, "show", *words, "--format", "json", "--unmask"))


def finding(database: Path, kind: str, **facts: object) -> dict[str, Any]:
    """The one finding of a kind with such facts."""
    rows = [row for row in told(database, "finding") if row["kind"] == kind]
    (one,) = [row for row in rows if all(row["facts"].get(name) == value for name, value in facts.items())]
    return dict(one)
