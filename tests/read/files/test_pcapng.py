"""pcapng files: sections, interfaces, resolutions, old and simple packets."""

from __future__ import annotations

import struct
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

TIMES = st.integers(1_000_000, (1 << 40) - 1)
PACKETS = st.lists(st.tuples(TIMES, st.binary(min_size=1, max_size=60)), min_size=1, max_size=10)


@given(PACKETS, st.booleans(), st.sampled_from([3, 6, 9, 0x80 | 20, 0x80 | 30]))
def test_reads_back_what_was_written(build: SimpleNamespace, packets, big, resolution) -> None:
    capture = build.read(build.pcapng(packets, link=147, big=big, resolution=resolution))
    (stream,) = capture.streams
    assert [stream.data[start:end] for start, end in stream.segments()] == [packet for _, packet in packets]
    worst = 1 if resolution != 3 else 1000
    assert all(abs(ours - time) <= worst for ours, (time, _) in zip(stream.times.tolist(), packets, strict=True))


def test_sections_may_turn_the_byte_order(build: SimpleNamespace) -> None:
    frame = build.tcp(b"hello")
    one = build.section("<") + build.interface(1, "<") + build.enhanced(5, frame, "<")
    two = build.section(">") + build.interface(147, ">") + build.enhanced(6, frame, ">") + build.enhanced(7, frame, ">")
    capture = build.read(one + two + one)
    assert capture.packets == 4
    assert capture.link_types == {"ether": 2, "user0": 2}
    assert capture.complete


def test_old_and_simple_packets_and_other_blocks(build: SimpleNamespace) -> None:
    frame = build.tcp(b"hello")
    old = build.block(2, struct.pack("<HHIIII", 0, 0, 0, 9, len(frame), len(frame)) + frame + bytes(-len(frame) % 4))
    simple = build.block(3, struct.pack("<I", len(frame)) + frame + bytes(-len(frame) % 4))
    custom = build.block(0x0BAD, struct.pack("<I", 32473) + b"whatever")
    raw = build.section() + build.interface() + old + custom + simple + build.enhanced(20, frame)
    capture = build.read(raw)
    assert capture.packets == 3
    assert capture.flows.packets[0].tolist() == [3, 0]
    assert (capture.first, capture.last) == (9, 20)


def test_offset_of_an_interface_moves_its_times(build: SimpleNamespace) -> None:
    raw = build.section() + build.interface(offset=100) + build.enhanced(7, build.tcp(b"x"))
    assert build.read(raw).first == 100_000_007


def test_a_broken_block_is_stepped_over(build: SimpleNamespace) -> None:
    good = build.enhanced(9, build.tcp(b"hello"))
    head = build.section() + build.interface()
    broken = good[:4] + b"\xff\xff\xff\xff" + good[8:]
    capture = build.read(head + good * 3 + broken + good * 3)
    assert capture.packets == 6
    (damage,) = capture.damage
    assert (damage.start, damage.end) == (len(head) + 3 * len(good), len(head) + 4 * len(good))


def test_packets_of_an_undeclared_interface_are_counted(build: SimpleNamespace) -> None:
    raw = build.section() + build.interface() + build.enhanced(1, b"abcd", number=7)
    capture = build.read(raw)
    assert capture.link_types == {"unknown": 1}
    assert ("frames", "unknown", 1) in [(row.measure, row.subject, row.value) for row in capture.coverage]


@given(st.binary(max_size=300), st.booleans())
def test_any_bytes_behind_a_header_end_well(build: SimpleNamespace, noise: bytes, big) -> None:
    raw = build.pcapng([(1, b"abc")], big=big) + noise
    capture = build.read(raw)
    assert capture.packets >= 1
    assert capture.bytes == len(raw)


def test_many_sections_and_turns_are_read_in_one_go(build: SimpleNamespace) -> None:
    parts = []
    for order in "<><":
        parts.append(build.section(order) + build.interface(1, order) + build.enhanced(5, build.tcp(b"x"), order))
    capture = build.read(b"".join(parts) * 300)
    assert (capture.packets, capture.complete) == (900, True)
