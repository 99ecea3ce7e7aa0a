"""pcap files: every variant reads back, damage is stepped over and told."""

from __future__ import annotations

import io
import itertools
import struct
from types import SimpleNamespace

import dpkt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iotwatch.errors import NotEvidence
from iotwatch.read import read_capture
from iotwatch.read.files.pcap import PcapReader
from iotwatch.read.files.walk import Chain, walk, walk_plain
from iotwatch.read.files.window import Window

TIMES = st.integers(1_000_000, (1 << 32) * 1_000_000 - 1)
PACKETS = st.lists(st.tuples(TIMES, st.binary(min_size=0, max_size=80)), max_size=12)


@given(PACKETS, st.booleans(), st.booleans())
def test_reads_back_what_was_written(build: SimpleNamespace, packets, big, nano) -> None:
    capture = build.read(build.pcap(packets, link=147, big=big, nano=nano))
    assert capture.packets == len(packets)
    assert capture.complete
    stream = next(iter(capture.streams), None)
    kept = [(time, packet) for time, packet in packets if packet]
    if stream is None:
        assert not kept
        return
    pieces = [stream.data[start:end] for start, end in stream.segments()]
    assert list(zip(stream.times.tolist(), pieces, strict=True)) == kept
    assert stream.frames.tolist() == [number for number, (_, packet) in enumerate(packets, 1) if packet]


@given(PACKETS)
def test_reads_what_dpkt_writes(build: SimpleNamespace, packets) -> None:
    file = io.BytesIO()
    writer = dpkt.pcap.Writer(file, linktype=147)
    for time, packet in packets:
        writer.writepkt(packet, time // 1_000_000)
    assert build.read(file.getvalue()).packets == len(packets)


def test_modified_and_ixia_headers(build: SimpleNamespace) -> None:
    body = build.pcap([(2_000_005, build.tcp(b"hello"))])[24:]
    record, packet = body[:16], body[16:]
    head = struct.pack("<HHiIII", 2, 4, 0, 0, 262144, 1)
    modified = struct.pack("<I", 0xA1B2CD34) + head + (record + bytes(8) + packet) * 2
    ixia = struct.pack("<I", 0x1C0001AC) + head + bytes(4) + (record + packet) * 2
    for raw in (modified, ixia):
        capture = build.read(raw)
        assert capture.packets == 2
        assert capture.flows.flow(0).client == "192.0.2.7"
        assert capture.complete


def test_a_broken_record_header_is_stepped_over(build: SimpleNamespace) -> None:
    packets = [(1_700_000_000_000_000 + n, build.tcp(b"message %d" % n, seq=n * 10)) for n in range(50)]
    size = 16 + len(packets[0][1])
    raw = bytearray(build.pcap(packets))
    broken = 24 + size * 10
    raw[broken + 8 : broken + 12] = b"\xff\xff\xff\x7f"
    capture = build.read(bytes(raw))
    assert capture.packets == 49
    (damage,) = capture.damage
    assert damage.start == broken
    assert damage.end == broken + 16 + len(packets[10][1])
    assert not capture.complete


def test_a_truncated_tail_keeps_what_is_whole(build: SimpleNamespace) -> None:
    packets = [(1_700_000_000_000_000 + n, build.tcp(b"x" * 20)) for n in range(5)]
    raw = build.pcap(packets)
    capture = build.read(raw[:-7])
    assert capture.packets == 4
    (damage,) = capture.damage
    assert (damage.end, "cut short" in damage.reason) == (len(raw) - 7, True)


def test_large_files_walk_in_lanes(build: SimpleNamespace) -> None:
    packets = [(1_700_000_000_000_000 + n * 1000, build.tcp(b"y" * (n % 900), seq=n)) for n in range(3000)]
    raw = build.pcap(packets)
    assert len(raw) > 1 << 20
    capture = build.read(raw)
    assert capture.packets == 3000
    assert capture.flows.packets[0].tolist() == [3000, 0]
    assert capture.complete


@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("nano", [False, True])
@pytest.mark.parametrize("minor", [2, 4])
def test_lanes_find_the_records_of_every_dialect(build: SimpleNamespace, big: bool, nano: bool, minor: int) -> None:
    packets = [(1_700_000_000_000_000 + n * 1000, build.tcp(b"y" * (n % 900), seq=n)) for n in range(900)]
    raw = bytearray(build.pcap(packets, big=big, nano=nano))
    raw[6:8] = minor.to_bytes(2, "big" if big else "little")
    window = Window(io.BytesIO(raw))
    reader = PcapReader(window)
    sizes = [16 + len(packet) for _, packet in packets]
    starts = [24 + before for before in itertools.accumulate(sizes, initial=0)]
    assert [reader.guess(start - sizes[n] + 3, len(raw)) for n, start in enumerate(starts[1:-2])] == starts[1:-2]
    walked = walk(window.buffer, 24, window.have, reader.chain, reader.guess)
    assert walked.starts.tolist() == starts[:-1]
    assert (walked.used, walked.broken) == (len(raw), False)


@settings(max_examples=30)
@given(
    st.lists(st.integers(0, 3000), min_size=40, max_size=400), st.lists(st.integers(0, 400_000), max_size=3), st.data()
)
def test_lanes_and_the_plain_walk_agree(sizes: list[int], broken: list[int], data) -> None:
    raw = bytearray(b"".join(struct.pack("<IIII", 7, 7, size, size) + bytes([size & 255]) * size for size in sizes))
    for at in broken:
        raw[at % len(raw)] ^= 0x40
    chain = Chain(8, 16, 16, 0, 262_144, False)
    starts = walk_plain(raw + bytes(64), 0, len(raw), chain).starts.tolist()
    guesses = sorted({0, *data.draw(st.lists(st.sampled_from([*starts, 5]), max_size=40))})

    def guess(at: int, limit: int) -> int:
        return next((one for one in guesses if at <= one < limit), -1)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("iotwatch.read.files.walk.LANE_BYTES", max(1, len(raw) // 40))
        patch.setattr("iotwatch.read.files.walk._FEW", 2)
        walked = walk(raw + bytes(64), 0, len(raw), chain, guess)
    plain = walk_plain(raw + bytes(64), 0, len(raw), chain)
    assert walked.starts.tolist() == plain.starts.tolist()
    assert (walked.used, walked.broken, walked.wanted) == (plain.used, plain.broken, plain.wanted)


@pytest.mark.parametrize("raw", [b"", b"\xd4\xc3\xb2\xa1", b"MZ" + bytes(100), bytes(64)])
def test_what_is_no_capture_is_refused(raw: bytes) -> None:
    with pytest.raises(NotEvidence):
        read_capture(io.BytesIO(raw))


@given(st.binary(max_size=400), st.booleans())
def test_any_bytes_behind_a_header_end_well(build: SimpleNamespace, noise: bytes, big) -> None:
    capture = build.read(build.pcap([], big=big) + noise)
    assert capture.bytes == 24 + len(noise)
    for stream in capture.streams:
        assert stream.data


def test_damage_everywhere_is_still_read(build: SimpleNamespace) -> None:
    packets = [(1_700_000_000_000_000 + n, build.tcp(b"message", seq=n * 7)) for n in range(4000)]
    size = 16 + len(packets[0][1])
    raw = bytearray(build.pcap(packets))
    for broken in range(24, len(raw), size * 8):
        raw[broken + 8 : broken + 12] = b"\xff" * 4
    capture = build.read(bytes(raw))
    assert capture.packets == 3500
    assert len(capture.damage) == 500
