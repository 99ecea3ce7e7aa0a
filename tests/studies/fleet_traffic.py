"""Small captures of cars that call home by the clock, for tests of fleets and sweeps."""

from __future__ import annotations

import random
from pathlib import Path

import dpkt

START = 1_768_000_000.0
_CLIENT = "192.0.2.10"


def calls(path: Path, far_ends: dict[str, float], *, start: float = START, seed: int = 1, minutes: float = 40) -> Path:
    """Datagrams of one client to each address of ``far_ends`` every so many seconds, with a little jitter."""
    chance = random.Random(seed)
    events = sorted(
        (start + number * seconds + chance.uniform(0, 0.05), address)
        for address, seconds in far_ends.items()
        for number in range(int(minutes * 60 / seconds))
    )
    with path.open("wb") as file:
        writer = dpkt.pcap.Writer(file)
        for time, address in events:
            writer.writepkt(frame(_CLIENT, address, b"status %d" % seed), ts=time)
    return path


def frame(
    source: str,
    target: str,
    data: bytes,
    mac: bytes = b"\x02\x00\x5e\x00\x53\x10",
    *,
    own: int = 4000,
    port: int = 7700,
) -> bytes:
    """An Ethernet frame with one UDP datagram."""
    datagram = dpkt.udp.UDP(sport=own, dport=port, data=data)
    datagram.ulen = len(datagram)
    packet = dpkt.ip.IP(src=_packed(source), dst=_packed(target), p=17, data=datagram)
    packet.len = len(packet)
    return bytes(dpkt.ethernet.Ethernet(src=mac, dst=b"\x02\x00\x5e\x00\x53\x01", data=packet))


def _packed(address: str) -> bytes:
    return bytes(map(int, address.split(".")))
