"""The whole corpus: packet counts as capinfos gives them, flows as tshark sees them, and no trouble with broken files."""

from __future__ import annotations

import io
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from iotwatch.errors import NotEvidence
from iotwatch.read import Capture, open_capture, read_capture, sniff

# Link types that the capinfos of Wireshark 4.0 refuses; libpcap and we read the records all the same.
UNSUPPORTED = "unknown or unsupported"


def captures(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                if sniff(file.read(512)) in ("pcap", "pcapng"):
                    yield path


def read(path: Path) -> Capture:
    file, origin, _ = open_capture(path)
    with file:
        return read_capture(file, origin=origin)


@pytest.mark.corpus
@pytest.mark.programs
def test_packet_counts_are_those_of_capinfos(corpus: Path, program: Callable[[str], str]) -> None:
    paths = list(captures(corpus / "pcap"))
    command = [program("capinfos"), "-Mc", "-T", "-r", *map(str, paths)]
    table = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    counts = dict(line.rsplit("\t", 1) for line in table.splitlines() if line.rsplit("\t", 1)[-1].isdigit())
    assert len(counts) > 350
    ours = {name: read(Path(name)).packets for name in counts}
    assert ours == {name: int(count) for name, count in counts.items()}


@pytest.mark.corpus
def test_malformed_files_are_read_quickly_and_described(corpus: Path) -> None:
    damaged = 0
    for path in captures(corpus / "pcap" / "malformed"):
        begun = time.process_time()
        try:
            capture = read(path)
        except NotEvidence:
            continue
        for stream in capture.streams:
            assert len(stream.data) == sum(end - start for start, end in stream.segments())
        assert time.process_time() - begun < 5, path.name
        assert all(0 <= one.start <= one.end <= capture.bytes and one.reason for one in capture.damage), path.name
        damaged += bool(capture.damage)
    assert damaged >= 5


@pytest.mark.corpus
def test_every_stream_byte_is_where_it_says(corpus: Path) -> None:
    checked = 0
    for path in list(captures(corpus / "pcap"))[::3]:
        raw = path.read_bytes()
        for stream in read_capture(io.BytesIO(raw)).streams:
            for (start, end), offset in zip(stream.segments(), stream.offsets.tolist(), strict=True):
                assert raw[offset : offset + end - start] == stream.data[start:end], path.name
                checked += 1
    assert checked > 10_000


Ends = tuple[str, str, int, str, int]


def tshark_flows(tshark: str, path: Path) -> Counter[tuple[object, ...]]:
    """Ends with packets and bytes each way, one entry per tshark conversation of TCP and UDP."""
    fields = [
        "frame.len", "ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "tcp.stream", "tcp.srcport", "tcp.dstport",
        "udp.stream", "udp.srcport", "udp.dstport",
    ]  # fmt: skip
    command = [tshark, "-n", "-r", str(path), "-T", "fields", "-E", "occurrence=l", "-E", "separator=/t"]
    command += ["-Y", "(tcp or udp) and not icmp and not icmpv6", *(part for name in fields for part in ("-e", name))]
    lines = subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()
    table: dict[tuple[str, str], Counter[tuple[str, int]]] = {}
    octets: dict[tuple[str, str], Counter[tuple[str, int]]] = {}
    ends: dict[tuple[str, str], set[tuple[str, int]]] = {}
    for line in lines:
        size, four, four_to, six, six_to, tcp, sport, dport, udp, usport, udport = line.split("\t")
        key = ("tcp", tcp) if tcp else ("udp", udp)
        source = (four or six, int(sport or usport))
        target = (four_to or six_to, int(dport or udport))
        ends.setdefault(key, set()).update((source, target))
        table.setdefault(key, Counter())[source] += 1
        octets.setdefault(key, Counter())[source] += int(size)
    return Counter(
        (key[0], *sorted((end, table[key][end], octets[key][end]) for end in pair)) for key, pair in ends.items()
    )


def our_flows(capture: Capture) -> Counter[tuple[object, ...]]:
    flows = capture.flows
    found: Counter[tuple[object, ...]] = Counter()
    for row in range(len(flows)):
        flow = flows.flow(row)
        if flow.transport in ("tcp", "udp"):
            up, down = flows.packets[row].tolist()
            bytes_up, bytes_down = flows.octets[row].tolist()
            pair = {
                (flow.client, flow.client_port): (up, bytes_up),
                (flow.server, flow.server_port): (down, bytes_down),
            }
            if len(pair) == 1:
                pair = {(flow.client, flow.client_port): (up + down, bytes_up + bytes_down)}
            found[(flow.transport, *sorted((end, *sums) for end, sums in pair.items()))] += 1
    return found


# Where tshark counts otherwise, and why.
DIFFERENT = {
    "suricata-verify__detect-ipopts__input.pcap": "tshark takes the end of a source route for the target",
    "nfstream__ipv6_in_gtp.pcap": "tshark does not look into this tunnel's extension header",
}


@pytest.mark.corpus
@pytest.mark.programs
def test_flows_are_those_of_tshark(corpus: Path, program: Callable[[str], str]) -> None:
    paths = [path for path in captures(corpus / "pcap") if path.parent.name != "malformed"]
    sample = paths[:: max(1, len(paths) // 40)][:40]
    assert len(sample) == 40
    for path in sample:
        if path.name in DIFFERENT:
            continue
        assert our_flows(read(path)) == tshark_flows(program("tshark"), path), path.name
