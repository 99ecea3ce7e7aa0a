"""The flow table: directions, counts, keys; and the hash table beneath it."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from iotwatch.read.flows.hash_table import KeyTable

SYN, SYN_ACK, ACK = 2, 18, 16


def test_who_sends_the_syn_is_the_client(build: SimpleNamespace) -> None:
    frames = [build.tcp(seq=5, flags=SYN), build.tcp(seq=9, flags=SYN_ACK, back=True), build.tcp(b"ok", seq=6)]
    flows = build.read(build.pcap(list(enumerate(frames)))).flows
    assert flows.text(0) == "tcp 192.0.2.7:40000 > 198.51.100.1:5000"
    assert flows.packets[0].tolist() == [2, 1]
    assert flows.octets[0].tolist() == [len(frames[0]) + len(frames[2]), len(frames[1])]
    assert (flows.first[0], flows.last[0].tolist()) == (0, [2, 1])


def test_a_syn_ack_or_a_low_port_first_tells_the_server(build: SimpleNamespace) -> None:
    answer = build.tcp(seq=9, flags=SYN_ACK, back=True)
    assert build.read(build.pcap([(1, answer)])).flows.flow(0).client == "192.0.2.7"
    data = build.tcp(b"220 ready", ports=(40000, 25), back=True)
    assert build.read(build.pcap([(1, data)])).flows.flow(0).server_port == 25


def test_private_speaks_to_public_in_the_middle_of_a_connection(build: SimpleNamespace) -> None:
    frame = build.ethernet(build.ip(build.tcp(b"x")[34:], 6, source="198.51.100.9", target="192.168.1.5"))
    flow = build.read(build.pcap([(1, frame)])).flows.flow(0)
    assert (flow.client, flow.server) == ("192.168.1.5", "198.51.100.9")


def test_protocols_without_ports_are_flows_of_two_addresses(build: SimpleNamespace) -> None:
    ping = build.ethernet(build.ip(b"\x08\0" + bytes(10), 1))
    other = build.ethernet(build.ip(b"?" * 8, 200))
    capture = build.read(build.pcap([(1, ping), (2, other)]))
    assert [capture.flows.transport(row) for row in range(2)] == ["icmp", "ip-200"]
    assert [stream.kind for stream in capture.streams] == ["icmp", "ip-200"]


def test_many_flows_keep_their_order(build: SimpleNamespace) -> None:
    frames = [build.tcp(b"%d" % n, ports=(1024 + n % 5000, 8000)) for n in range(7000)]
    flows = build.read(build.pcap(list(enumerate(frames)))).flows
    assert len(flows) == 5000
    assert flows.ports[:5000, 0].tolist() == list(range(1024, 6024))
    assert flows.packets[:5000].sum() == 7000


@given(st.lists(st.sets(st.integers(0, (1 << 64) - 1), min_size=1, max_size=300), max_size=6))
def test_the_key_table_is_a_dictionary(batches) -> None:
    table, known = KeyTable(bits=3), {}
    for batch in batches:
        fresh = [key for key in sorted(batch) if key not in known]
        rows = {key: len(known) + n for n, key in enumerate(fresh)}
        table.put(np.array(fresh, np.uint64), np.array(list(rows.values()), np.int64))
        known |= rows
        changed = sorted(batch)[:3]
        known |= {key: known[key] + 1000 for key in changed}
        table.replace(np.array(changed, np.uint64), np.array([known[key] for key in changed], np.int64))
        keys = np.array([*known, 12345], np.uint64)
        assert table.find(keys).tolist() == [*known.values(), known.get(12345, -1)]
