"""Frames that another stream carries: packets over segments, and the way back to the outer file."""

from __future__ import annotations

import io
import struct
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iotwatch.model import Coverage
from iotwatch.place.replay import Replay
from iotwatch.read import Framed, read_framed
from iotwatch.read.stream import Stream, from_bytes
from iotwatch.read.streams.inner import relocated
from iotwatch.words.measures import Measure

HEADER = 7  # bytes of the outer file before each piece


def carried(
    frames: list[bytes], pieces: list[int], *, outbound: list[bool] | None = None, link: int = 1
) -> tuple[bytes, Framed]:
    """An outer file in which the frames stand one behind the other, cut into pieces with a header before each."""
    data = b"".join(frames)
    starts = sorted({0, *(piece for piece in pieces if piece < len(data))})
    limits = [*starts[1:], len(data)]
    file, offsets = b"", []
    for start, end in zip(starts, limits, strict=True):
        offsets.append(len(file) + HEADER)
        file += b"#" * HEADER + data[start:end]
    ends = np.cumsum([len(frame) for frame in frames])
    begins = ends - [len(frame) for frame in frames]
    framed = Framed(
        data=data,
        starts=np.array(starts),
        offsets=np.array(offsets),
        frames=np.arange(len(starts)) * 2 + 11,
        times=np.arange(len(starts)) * 1000 + 10**15,
        kind="network",
        begins=begins,
        ends=ends,
        lengths=ends - begins,
        links=np.full(len(frames), link, np.int32),
        outbound=np.array(outbound if outbound is not None else [True] * len(frames)),
        told=(Coverage(Measure.USB_NETWORK, len(frames)),),
    )
    return file, framed


def test_packets_in_one_piece_stand_in_the_outer_file(build: SimpleNamespace) -> None:
    frames = [
        build.tcp(b"first,", seq=1),
        build.tcp(b"second", seq=7),
        build.ethernet(build.ip(build.udp(b"alone"), 17)),
    ]
    file, framed = carried(frames, [len(frames[0]), len(frames[0]) + len(frames[1])])
    capture = read_framed(framed)
    assert (capture.packets, len(capture.flows), capture.complete) == (3, 2, True)
    assert capture.coverage[0] == Coverage(Measure.USB_NETWORK, 3)
    tcp, udp = capture.streams
    assert (tcp.data, tcp.frames.tolist()) == (b"first,second", [11, 13])
    evidence = tcp.evidence(3, 9)
    assert Replay(io.BytesIO(file)).result(evidence.place) == b"st,sec"
    assert evidence.place.frames == (11, 13)
    assert (udp.data, udp.datagram, udp.frames.tolist()) == (b"alone", True, [15])
    first = int(capture.flows.first_offset[1])
    assert file[first : first + 14] == frames[2][:14]


def test_datagram_over_two_pieces_is_a_stream_of_its_own(build: SimpleNamespace) -> None:
    frames = [build.ethernet(build.ip(build.udp(text), 17)) for text in (b"whole one", b"split here", b"whole two")]
    file, framed = carried(frames, [len(frames[0]) + 42 + 6, len(frames[0]) + len(frames[1])])
    streams = list(read_framed(framed).streams)
    assert [(stream.datagram, stream.data) for stream in streams] == [
        (True, b"whole onewhole two"),
        (False, b"split here"),
    ]
    assert streams[1].frames.tolist() == [11, 13]
    assert list(streams[0].segments()) == [(0, 9), (9, 18)]
    replay = Replay(io.BytesIO(file))
    assert [replay.result(stream.place(0, len(stream.data))) for stream in streams] == [s.data for s in streams]


def test_ip_fragments_over_pieces_are_put_together(build: SimpleNamespace) -> None:
    datagram = build.udp(b"0123456789abcdefghijklmnopqrstuv")
    parts = [(datagram[:16], 0x2000), (datagram[16:], 2)]
    frames = [build.ip(part, 17, ident=9, fragment=field) for part, field in parts]
    file, framed = carried(frames, [25, 36, 60], link=101)
    (stream,) = read_framed(framed).streams
    assert stream.data == datagram[8:]
    assert stream.frames.tolist() == [13, 15, 17]
    assert Replay(io.BytesIO(file)).result(stream.place(0, len(stream.data))) == datagram[8:]


def test_contact_of_a_packet_over_pieces_is_its_first_piece(build: SimpleNamespace) -> None:
    file, framed = carried([build.tcp(b"payload", seq=1)], [30])
    contacts = read_framed(framed).contacts
    for row in range(len(contacts)):
        at, excerpt = int(contacts.offsets[row]), contacts.excerpt(row)
        assert (file[at : at + len(excerpt)], len(excerpt)) == (excerpt, 30)


@pytest.mark.parametrize(("sent", "client"), [(True, "192.0.2.7"), (False, "198.51.100.1")])
def test_who_sent_it_is_the_client(build: SimpleNamespace, sent: bool, client: str) -> None:
    frames = [build.ethernet(build.ip(build.udp(b"x", ports=(40000, 5000)), 17)), build.tcp(b"y", flags=0x18)]
    flows = read_framed(carried(frames, [], outbound=[sent, sent])[1]).flows
    assert [flows.flow(row).client for row in range(2)] == [client, client]


def test_no_frames_give_an_empty_capture() -> None:
    capture = read_framed(Framed(**_empty(), complete=False))
    assert (capture.packets, list(capture.streams), len(capture.contacts), capture.complete) == (0, [], 0, False)


def _empty() -> dict:
    blank = from_bytes(b"")
    return {name: getattr(blank, name) for name in ("data", "starts", "offsets", "frames", "times")}


@given(st.binary(min_size=1, max_size=60), st.lists(st.integers(0, 60), max_size=8), st.data())
def test_any_part_of_any_pieces_is_found_again(data: bytes, pieces: list[int], draw: st.DataObject) -> None:
    file, outer = carried([data], pieces)
    cuts = sorted(draw.draw(st.lists(st.integers(0, len(data)), min_size=2, max_size=6, unique=True)))
    spans = list(zip(cuts[::2], cuts[1::2], strict=False))
    lengths = [end - start for start, end in spans]
    inner = Stream(
        data=b"".join(data[start:end] for start, end in spans),
        starts=np.cumsum(lengths) - lengths,
        offsets=np.array([start for start, _ in spans]),
        frames=np.zeros(len(spans), np.int64),
        times=np.zeros(len(spans), np.int64),
        datagram=draw.draw(st.booleans()),
    )
    replay = Replay(io.BytesIO(file))
    found = list(relocated(inner, outer))
    assert sorted(b"".join(stream.data for stream in found)) == sorted(inner.data)
    for stream in found:
        assert replay.result(stream.place(0, len(stream.data))) == stream.data
        assert not stream.datagram or all(
            stream.data[start:end] in {data[a:b] for a, b in spans} for start, end in stream.segments()
        )


def test_header_cut_by_the_capture_counts_what_was_on_the_wire(build: SimpleNamespace) -> None:
    frame = build.tcp(b"z" * 100, seq=1)
    _, framed = carried([frame[:64]], [])
    framed.lengths[0] = len(frame)
    capture = read_framed(framed)
    assert not capture.complete
    assert Coverage(Measure.PACKETS_CUT, 1, "stored shorter than on the wire (snap length)") in capture.coverage
    assert struct.unpack_from("<q", np.int64(capture.flows.octets[0, 0]).tobytes()) == (154,)
