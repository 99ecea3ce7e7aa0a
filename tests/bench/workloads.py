"""Seeded captures for measuring: a day of a device fleet, a flood of small packets, a folder of small files.

    python tests/bench/workloads.py fleet FILE [--bytes N] [--packets N] [--flows N] [--seed N]
    python tests/bench/workloads.py small FILE [--bytes N]
    python tests/bench/workloads.py batch FOLDER [--files N] [--bytes N]

``fleet`` mixes beacons, DNS, NTP, TLS, HTTP and MQTT position reports, GT06-like frames and bulk downloads; a tenth of
the flows is IPv6, one in twenty carries a VLAN tag. Addresses are RFC 1918, RFC 2544 and RFC 3849 ranges, names are under
example. Checksums are zero.
"""

from __future__ import annotations

import argparse
import struct
from itertools import pairwise
from pathlib import Path

import numpy as np
from rendering import pcap, pcapng
from traffic import ACK, DAY_US, NOISE, PSH, SYN, Traffic


def client_hello(name: str) -> bytes:
    host = name.encode()
    sni = struct.pack(">HHHBH", 0, len(host) + 5, len(host) + 3, 0, len(host)) + host
    body = b"\3\3" + bytes(32) + b"\0" + b"\0\4\x13\1\x13\2" + b"\1\0" + struct.pack(">H", len(sni)) + sni
    return b"\x16\3\1" + struct.pack(">H", len(body) + 4) + b"\1" + len(body).to_bytes(3, "big") + body


def dns_query(name: str) -> bytes:
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return b"\x12\x34\1\0\0\1\0\0\0\0\0\0" + labels + b"\0\0\1\0\1"


def mqtt_publish(topic: bytes, text: bytes) -> bytes:
    body = struct.pack(">H", len(topic)) + topic + text
    return b"\x30" + bytes([len(body) % 128 | 128, len(body) // 128]) + body


def fleet(seed: int = 1, size: int = 1 << 30, packets: int = 2_000_000, flows: int = 20_000) -> Traffic:
    """A day of a fleet; what the devices' talk leaves of ``size`` and ``packets`` is filled with downloads."""
    traffic = Traffic(np.random.default_rng(seed))
    rng = traffic.rng
    names = [f"{word}{n}.fleet.example.com" for n in range(60) for word in ("api", "ota", "gps")]
    hellos = [traffic.text(client_hello(name)) for name in names]
    queries = [traffic.text(dns_query(name)) for name in names]
    server_hello = traffic.text(b"\x16\3\3\0\x5a\2\0\0\x56\3\3" + bytes(84) + b"\x17\3\3\4\0" + rng.bytes(1024))
    login = traffic.text(bytes.fromhex("78780d01035823909018763500010d0a0d0a"))
    report = traffic.text(
        bytes.fromhex("787822220f0c1d023305c9027ac8180c46586000140001cc00287d001f71000001000820860d0a")
    )
    for beacon in range(max(1, flows // 700)):
        period = int(rng.uniform(30, 3600) * 1e6 / min(1.0, flows / 20_000))
        for time in range(int(rng.uniform(0, period)), DAY_US - 10_000_000, period):
            size_up = 60 + beacon * 7 % 300
            traffic.talk(443, time, [(0, False, hellos[beacon % 60]), (20_000, True, traffic.noise(size_up))])
    downloads = []
    for kind in rng.choice(
        7, max(200, flows - len(traffic.flows)), p=[0.36, 0.1, 0.24, 0.14, 0.05, 0.03, 0.08]
    ).tolist():
        start, pick = int(rng.uniform(0, DAY_US - 60_000_000)), int(rng.integers(0, len(names)))
        if kind == 0:
            traffic.talk(53, start, [(0, False, queries[pick]), (20_000, True, queries[pick])], tcp=False)
        elif kind == 1:
            traffic.talk(123, start, [(0, False, traffic.text(b"\x23" + bytes(47))), (9_000, True, (0, 48))], tcp=False)
        elif kind == 2:
            turns = [(0, False, hellos[pick]), (20_000, True, server_hello)]
            turns += [(200_000, bool(n % 2), traffic.noise(int(rng.integers(60, 1400)))) for n in range(pick % 12)]
            traffic.talk(443, start, turns)
        elif kind == 3:
            body = b'{"lat":%.6f,"lon":%.6f}' % (rng.uniform(-60, 60), rng.uniform(-170, 170))
            post = b"POST /v1/position HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n\r\n" % (
                names[pick].encode(),
                len(body),
            )
            answer = traffic.text(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            traffic.talk(80, start, [(0, False, traffic.text(post + body)), (50_000, True, answer)])
        elif kind == 4:
            turns = [(0, False, traffic.text(b"\x10\x13\0\4MQTT\4\2\0\x3c\0\7track%02d" % (pick % 100)))]
            for _ in range(5 + pick % 35):
                text = b'{"lat":%.5f,"lng":%.5f}' % (rng.uniform(-60, 60), rng.uniform(-170, 170))
                turns.append((int(rng.uniform(5e6, 3e7)), False, traffic.text(mqtt_publish(b"fleet/pos", text))))
            traffic.talk(1883, start, turns)
        elif kind == 5:
            traffic.talk(5023, start, [(0, False, login), *[(30_000_000, False, report)] * (5 + pick % 50)])
        else:
            downloads.append((start, pick))
    _download(traffic, downloads, hellos, size, packets)
    return traffic


def _download(
    traffic: Traffic, downloads: list[tuple[int, int]], hellos: list[tuple[int, int]], size: int, packets: int
) -> None:
    """Bulk transfers, of very different lengths, that fill up to the wanted packets and bytes."""
    rng = traffic.rng
    used = sum(len(part) for part in traffic.parts)
    used_bytes = sum(int(part["size"].sum()) for part in traffic.parts) + used * 72
    weights = rng.pareto(1.5, len(downloads)) + 0.2
    left = max(packets - used, 20 * len(downloads))
    counts = np.maximum(20, weights / weights.sum() * left).astype(int)
    mean = max(0, (size - used_bytes) / left - 72)
    for (start, pick), count in zip(downloads, counts.tolist(), strict=True):
        sizes = np.where(rng.random(count) < min(1.0, mean / 1400), 1400, 0)
        time = start + np.sort(rng.integers(0, min(count * 2000, DAY_US // 4), count))
        down = sizes > 0
        at = rng.integers(0, NOISE - 1500, count)
        at[0], sizes[0], down[0] = *hellos[pick], False
        traffic.add(traffic.flow(443), time, down, np.where(sizes > 0, ACK | PSH, ACK), at, sizes)


def small(seed: int = 2, size: int = 256 << 20) -> Traffic:
    """Packets of about 80 bytes in slow flows, half TCP and half UDP."""
    traffic = Traffic(np.random.default_rng(seed))
    rng = traffic.rng
    count = size // 96
    flows = max(1, min(40_000, count // 8))
    for number in range(flows):
        tcp = number % 2 == 0
        per = max(3, count // flows)
        sizes = rng.integers(12, 42, per)
        flags = np.full(per, ACK | PSH if tcp else 0)
        if tcp:
            flags[:3], sizes[:3] = (SYN, SYN | ACK, ACK), 0
        gaps = rng.uniform(0.2, 1.8, per) * min(rng.uniform(5e6, 3e8), DAY_US / 2.2 / per)
        time = rng.integers(0, DAY_US // 2) + np.cumsum(gaps).astype(np.int64)
        at = rng.integers(0, NOISE - 100, per)
        flow = traffic.flow(1883 if tcp else 5683, tcp=tcp, six=False)
        traffic.add(flow, time, np.arange(per) % 2 == 1, flags, at, sizes)
    return traffic


def write(traffic: Traffic, path: Path) -> int:
    """Write one pcap in order of time; how many packets it has."""
    packets = traffic.packets()
    packets = packets[np.argsort(packets["time"], kind="stable")]
    with path.open("wb") as file:
        file.writelines(pcap(traffic, packets))
    return len(packets)


def write_batch(folder: Path, files: int = 2000, size: int = 126 << 20, seed: int = 3) -> int:
    """Many small files of whole flows, half pcap and half pcapng; how many packets they have."""
    folder.mkdir(parents=True, exist_ok=True)
    traffic = fleet(seed, size, max(1, size // 400), files * 9)
    packets = traffic.packets()
    borders = np.linspace(0, len(packets), files + 1).astype(int).tolist()
    for number, (first, last) in enumerate(pairwise(borders)):
        part = packets[first:last]
        part = part[np.argsort(part["time"], kind="stable")]
        if number % 2:
            (folder / f"{number:05d}.pcapng").write_bytes(pcapng(traffic, part))
        else:
            (folder / f"{number:05d}.pcap").write_bytes(b"".join(pcap(traffic, part)))
    return len(packets)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workload", choices=["fleet", "small", "batch"])
    parser.add_argument("path", type=Path)
    parser.add_argument("--bytes", type=int)
    parser.add_argument("--packets", type=int, default=2_000_000)
    parser.add_argument("--flows", type=int, default=20_000)
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    if wanted.workload == "batch":
        print(write_batch(wanted.path, wanted.files, wanted.bytes or wanted.files * 63_000, wanted.seed), "packets")
    elif wanted.workload == "small":
        print(write(small(wanted.seed, wanted.bytes or 256 << 20), wanted.path), "packets")
    else:
        print(write(fleet(wanted.seed, wanted.bytes or 1 << 30, wanted.packets, wanted.flows), wanted.path), "packets")


if __name__ == "__main__":
    main()
