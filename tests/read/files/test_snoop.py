"""snoop files (RFC 1761)."""

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
