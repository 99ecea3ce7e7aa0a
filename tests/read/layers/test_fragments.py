"""IP fragments: any cutting and order gives the datagram, and each of its bytes knows its fragment."""

from __future__ import annotations

import struct
from itertools import pairwise
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

MORE = 0x2000


@given(st.binary(min_size=20, max_size=120), st.sets(st.integers(1, 14), max_size=4), st.randoms())
def test_a_datagram_in_any_pieces(build: SimpleNamespace, payload: bytes, cuts, random) -> None:
    datagram = build.udp(payload)
    edges = [0, *sorted(cut * 8 for cut in cuts if cut * 8 < len(datagram)), len(datagram)]
    pieces = list(pairwise(edges))
    random.shuffle(pieces)
    frames = []
    for start, end in pieces:
        bits = start // 8 | (MORE if end < len(datagram) else 0)
        frames.append(build.ethernet(build.ip(datagram[start:end], 17, fragment=bits)))
    raw = build.pcap(list(enumerate(frames)))
    capture = build.read(raw)
    (stream,) = capture.streams
    assert stream.data == payload
    assert stream.kind == "udp"
    assert capture.flows.packets[0].tolist() == [1, 0]
    for (start, end), frame, offset in zip(stream.segments(), stream.frames, stream.offsets, strict=True):
        assert raw[offset : offset + end - start] == payload[start:end]
        first, last = pieces[frame - 1]
        assert first <= start + 8 < end + 8 <= last
    assert not [row for row in capture.coverage if row.measure == "fragments.incomplete"]


def test_tcp_in_fragments_joins_its_stream(build: SimpleNamespace) -> None:
    head = struct.pack(">HHIIBBHHH", 40000, 5000, 103, 0, 0x50, 0x18, 8192, 0, 0)
    segment = head + b"0123456789" * 3
    frames = [build.tcp(b"abc", seq=100)]
    frames += [
        build.ethernet(build.ip(segment[24:], 6, fragment=3)),
        build.ethernet(build.ip(segment[:24], 6, fragment=MORE)),
    ]
    frames += [build.tcp(b"end", seq=133)]
    (stream,) = build.read(build.pcap(list(enumerate(frames)))).streams
    assert stream.data == b"abc" + b"0123456789" * 3 + b"end"
    assert stream.frames.tolist() == [1, 3, 2, 4]


def test_what_never_completes_is_told(build: SimpleNamespace) -> None:
    frame = build.ethernet(build.ip(build.udp(bytes(40)), 17, fragment=MORE))
    capture = build.read(build.pcap([(1, frame)]))
    assert ("fragments.incomplete", 1) in [(row.measure, row.value) for row in capture.coverage]


def test_ipv6_fragments(build: SimpleNamespace) -> None:
    datagram = build.udp(b"x" * 40)
    frames = []
    for start, end in ((24, 48), (0, 24)):
        piece = struct.pack(">BBHI", 17, 0, start | (end < 48), 7) + datagram[start:end]
        base = struct.pack(">IHBB", 6 << 28, len(piece), 44, 64) + bytes(15) + b"\1" + bytes(15) + b"\2"
        frames.append(build.ethernet(base + piece, 0x86DD))
    capture = build.read(build.pcap(list(enumerate(frames))))
    (stream,) = capture.streams
    assert stream.data == b"x" * 40
    assert (stream.flow.client, stream.flow.server) == ("::1", "::2")
