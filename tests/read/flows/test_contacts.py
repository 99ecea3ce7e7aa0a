"""Contacts: connections, bursts a second apart, and pings, one row per pair of ends."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iotwatch.files.contact_events import first_and_last, first_and_last_time, unpack, unpack_times
from iotwatch.read.flows import contacts
from iotwatch.read.flows.contacts import BURST, CONNECTION, ICMP

S = 1_000_000


def rows_of(capture, kind: int) -> list[list[int]]:
    table = capture.contacts
    return [table.times[table.events(row)].tolist() for row in range(len(table)) if table.kind[row] == kind]


def test_bursts_of_a_flow_are_a_second_apart(build: SimpleNamespace) -> None:
    times = [1, 1.4, 2, 2.9, 5, 6.5, 8.4, 20]
    frames = [(int(time * S), build.tcp(b"ping", seq=4 * n)) for n, time in enumerate(times)]
    frames += [(int(7.0 * S), build.tcp(b"pong", back=True))]
    capture = build.read(build.pcap(sorted(frames)))
    assert rows_of(capture, BURST) == [[1 * S, 2 * S, 5 * S, 6_500_000, 8_400_000, 20 * S]]
    assert rows_of(capture, CONNECTION) == [[1 * S]]


def test_flows_of_one_pair_share_a_row_in_order_of_time(build: SimpleNamespace) -> None:
    frames = [(n * 60 * S, build.tcp(b"beacon %d" % n, ports=(50000 - n, 443))) for n in range(10)]
    raw = build.pcap(frames)
    capture = build.read(raw)
    table = capture.contacts
    assert len(table) == 2
    assert rows_of(capture, CONNECTION) == rows_of(capture, BURST) == [[n * 60 * S for n in range(10)]]
    burst = table.kind.tolist().index(BURST)
    events = table.events(burst)
    assert table.flow[events].tolist() == list(range(10))
    assert table.frames[events].tolist() == list(range(1, 11))
    assert table.sizes[events].tolist() == [len(b"beacon 0")] * 10
    for last in (False, True):
        at = events.stop - 1 if last else events.start
        offset, length = int(table.offsets[at]), int(table.lengths[at])
        assert table.excerpt(burst, last=last) == raw[offset : offset + min(64, length)]


def test_each_ping_is_an_event(build: SimpleNamespace) -> None:
    ping = build.ethernet(build.ip(b"\x08\0" + bytes(10), 1))
    capture = build.read(build.pcap([(n * 100_000, ping) for n in range(5)]))
    assert rows_of(capture, ICMP) == [[n * 100_000 for n in range(5)]]
    assert rows_of(capture, CONNECTION) == []


def test_an_empty_capture_has_an_empty_table(build: SimpleNamespace) -> None:
    assert len(build.read(build.pcap([])).contacts) == 0


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 3), min_size=1, max_size=60), st.integers(1, 40))
def test_rows_in_bulk_are_the_rows(build: SimpleNamespace, monkeypatch, talk: list[int], block: int) -> None:
    frames = [(n * 2 * S, build.tcp(b"x" * (n + 1), ports=(40000 + port, 443))) for n, port in enumerate(talk)]
    table = build.read(build.pcap(frames)).contacts
    with monkeypatch.context() as patch:
        patch.setattr(contacts, "_ROWS", block)
        patch.setattr(contacts, "_EVENTS", block)
        packed, excerpts = list(table.packed()), list(table.excerpts())
    assert excerpts == [(table.excerpt(row), table.excerpt(row, last=True)) for row in range(len(table))]
    assert len(packed) == len(table)
    for row, columns in enumerate(packed):
        events = table.events(row)
        times, sizes, frames, offsets, lengths = columns
        count = np.array([events.stop - events.start])
        assert unpack_times([times], count).tolist() == table.times[events].tolist()
        assert unpack([sizes], count).tolist() == table.sizes[events].tolist()
        assert unpack([frames], count).tolist() == table.frames[events].tolist()
        ends = [events.start, events.stop - 1]
        assert first_and_last(frames, count[0]) == tuple(table.frames[ends].tolist())
        assert first_and_last_time(times, count[0]) == tuple(table.times[ends].tolist())
        assert first_and_last(offsets) == tuple(table.offsets[ends].tolist())
        assert first_and_last(lengths) == tuple(table.lengths[ends].tolist())


def test_times_too_far_apart_for_one_key_are_still_sorted(build: SimpleNamespace) -> None:
    frames = [build.enhanced(time, build.tcp(b"x")) for time in ((1 << 61) + 5, 7 * S, (1 << 60) + 3)]
    capture = build.read(build.section() + build.interface() + b"".join(frames))
    assert rows_of(capture, BURST) == [[(1 << 60) + 3, (1 << 61) + 5]]
