"""TCP: any cutting, order and repetition of a byte string gives that string; holes are told, never glued."""

from __future__ import annotations

from itertools import pairwise
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from iotwatch.read import Stream

SYN = 2


def stream_of(capture, *, up: bool = True) -> Stream:
    (stream,) = [stream for stream in capture.streams if stream.up == up]
    return stream


@st.composite
def segmentations(draw):
    """A byte string, segments (offset, length) that cover it with repeats and overlaps, in any order, and an ISN."""
    size = draw(st.integers(1, 60))
    data = bytes(draw(st.lists(st.integers(0, 255), min_size=size, max_size=size)))
    cuts = sorted(draw(st.sets(st.integers(1, size), max_size=8)) | {0, size})
    segments = list(pairwise(cuts))
    extra = draw(st.lists(st.tuples(st.integers(0, size - 1), st.integers(1, size)), max_size=5))
    segments += [(start, min(size, start + length)) for start, length in extra]
    return data, draw(st.permutations(segments)), draw(st.integers(0, 0xFFFFFFFF))


@given(segmentations())
def test_any_segmentation_gives_the_bytes_with_their_frames(build: SimpleNamespace, case) -> None:
    data, segments, isn = case
    frames = [build.tcp(seq=isn, flags=SYN)]
    frames += [build.tcp(data[start:end], seq=isn + 1 + start) for start, end in segments]
    raw = build.pcap([(n, frame) for n, frame in enumerate(frames)])
    stream = stream_of(build.read(raw))
    assert stream.data == data
    assert stream.gaps == ()
    for (start, end), frame, offset in zip(stream.segments(), stream.frames, stream.offsets, strict=True):
        first, last = segments[frame - 2]
        assert first <= start < end <= last
        assert raw[offset : offset + end - start] == data[start:end]


def test_a_hole_is_a_gap(build: SimpleNamespace) -> None:
    frames = [build.tcp(seq=99, flags=SYN), build.tcp(b"abc", seq=100), build.tcp(b"xyz", seq=110)]
    stream = stream_of(build.read(build.pcap(list(enumerate(frames)))))
    assert (stream.data, stream.gaps) == (b"abcxyz", ((3, 7),))


def test_bytes_missing_before_the_first_segment_are_a_gap(build: SimpleNamespace) -> None:
    frames = [build.tcp(seq=99, flags=SYN), build.tcp(b"xyz", seq=110)]
    stream = stream_of(build.read(build.pcap(list(enumerate(frames)))))
    assert (stream.data, stream.gaps) == (b"xyz", ((0, 10),))


def test_a_stream_may_begin_in_the_middle_and_wrap(build: SimpleNamespace) -> None:
    frames = [build.tcp(b"abc", seq=0xFFFFFFFE), build.tcp(b"def", seq=1)]
    stream = stream_of(build.read(build.pcap(list(enumerate(frames)))))
    assert (stream.data, stream.gaps) == (b"abcdef", ())


def test_a_snaplen_cut_leaves_a_gap_and_is_told(build: SimpleNamespace) -> None:
    frames = [build.tcp(b"0123456789", seq=100), build.tcp(b"after", seq=110)]
    raw = bytearray(build.pcap([(1, frames[0][:-4]), (2, frames[1])]))
    raw[24 + 12 : 24 + 16] = len(frames[0]).to_bytes(4, "little")
    capture = build.read(bytes(raw))
    stream = stream_of(capture)
    assert (stream.data, stream.gaps) == (b"012345after", ((6, 4),))
    assert not capture.complete
    assert ("packets.cut", 1) in [(row.measure, row.value) for row in capture.coverage]


def test_a_new_syn_on_the_same_ports_is_a_new_flow(build: SimpleNamespace) -> None:
    frames = []
    for isn in (100, 5000, 900_000):
        frames += [build.tcp(seq=isn, flags=SYN), build.tcp(b"flow %d" % isn, seq=isn + 1)]
        frames += [build.tcp(seq=isn, flags=SYN), build.tcp(b"ok", seq=7, back=True)]
    capture = build.read(build.pcap(list(enumerate(frames))))
    assert len(capture.flows) == 3
    assert [stream.data for stream in capture.streams if stream.up] == [b"flow 100", b"flow 5000", b"flow 900000"]
    assert capture.flows.packets[:3].tolist() == [[3, 1]] * 3
