"""snoop files (RFC 1761) and btsnoop files."""

from __future__ import annotations

import struct
from types import SimpleNamespace


def snoop(frames: list[bytes], link: int = 4) -> bytes:
    out = [b"snoop\0\0\0" + struct.pack(">II", 2, link)]
    for number, frame in enumerate(frames):
        pad = -len(frame) % 4
        out.append(
            struct.pack(">IIIIII", len(frame), len(frame), 24 + len(frame) + pad, 0, 7, number) + frame + bytes(pad)
        )
    return b"".join(out)


def btsnoop(frames: list[bytes], link: int = 1002) -> bytes:
    out = [b"btsnoop\0" + struct.pack(">II", 1, link)]
    for number, frame in enumerate(frames):
        time = 0x00DCDDB30F2F8000 + 1_700_000_000_000_000 + number
        out.append(struct.pack(">IIIIQ", len(frame), len(frame), 1, 3, time) + frame)
    return b"".join(out)


def test_packets_times_and_flows(build: SimpleNamespace) -> None:
    capture = build.read(snoop([build.tcp(b"abc", seq=1), build.tcp(b"defg", seq=4)]))
    assert (capture.format, capture.packets, capture.first, capture.last) == ("snoop", 2, 7_000_000, 7_000_001)
    assert [stream.data for stream in capture.streams] == [b"abcdefg"]
    assert capture.complete


def test_damage_ends_the_file(build: SimpleNamespace) -> None:
    raw = snoop([build.tcp(b"abc")] * 3)
    assert build.read(raw[:-5]).damage[0].end == len(raw) - 5
    broken = bytearray(raw)
    broken[16 + 8 : 16 + 12] = bytes(4)
    capture = build.read(bytes(broken))
    assert (capture.packets, capture.damage[0].start) == (0, 16)


def test_what_a_bluetooth_host_heard(build: SimpleNamespace) -> None:
    capture = build.read(btsnoop([b"\x04\x3e\x05hello", b"\x04\x3e\x03abc"]))
    assert (capture.format, capture.packets, capture.link_types) == ("btsnoop", 2, {"bluetooth-h4": 2})
    assert (capture.first, capture.last) == (1_700_000_000_000_000, 1_700_000_000_000_001)
    (stream,) = capture.streams
    assert (stream.kind, stream.data) == ("bluetooth", b"\x04\x3e\x05hello\x04\x3e\x03abc")
    assert stream.place(0, 8).operation.spans == ((40, 8),)
    assert ("packets.dropped", 3) in [(row.measure, row.value) for row in capture.coverage]


def test_a_cut_btsnoop_file_is_damaged(build: SimpleNamespace) -> None:
    raw = btsnoop([b"\x04\x3e\x05hello"] * 3)
    capture = build.read(raw[:-2])
    assert (capture.packets, capture.complete, capture.damage[0].end) == (2, False, len(raw) - 2)


def test_frames_of_an_unknown_kind_are_counted(build: SimpleNamespace) -> None:
    capture = build.read(btsnoop([b"abc"], link=1003))
    assert (capture.packets, capture.frames) == (1, {"unknown": 1})
