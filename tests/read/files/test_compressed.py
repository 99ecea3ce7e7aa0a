"""Compressed captures read like plain ones, their places go through the step, and their breaks are told."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
from pathlib import Path
from types import SimpleNamespace

import lz4.frame
import pytest
import zstandard

from iotwatch.errors import UnreadableSource
from iotwatch.model import step
from iotwatch.place.steps import apply
from iotwatch.read import open_capture, read_capture, sniff

COMPRESSORS = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": zstandard.ZstdCompressor().compress,
    "lz4": lz4.frame.compress,
}


@pytest.mark.parametrize("name", COMPRESSORS)
def test_reads_through_the_compression(build: SimpleNamespace, tmp_path: Path, name: str) -> None:
    raw = build.pcap([(n, build.tcp(b"message %03d" % n, seq=11 * n)) for n in range(40)])
    path = tmp_path / "capture"
    path.write_bytes(COMPRESSORS[name](raw))
    assert sniff(path.read_bytes()[:512]) == name
    file, origin, kind = open_capture(path)
    with file:
        capture = read_capture(file, origin=origin)
    assert (origin, kind, capture.packets, capture.complete) == (step(None, name), "pcap", 40, True)
    (stream,) = capture.streams
    evidence = stream.evidence(4, 7)
    outer, inner = evidence.place.chain()
    plain = apply(outer.name, path.read_bytes())
    offset, length = inner.spans[0]
    assert plain[offset : offset + length] == evidence.excerpt


def test_compression_in_compression(build: SimpleNamespace) -> None:
    raw = build.pcap([(1, build.tcp(b"x"))])
    file, origin, kind = open_capture(io.BytesIO(gzip.compress(lzma.compress(raw))))
    assert (origin, kind) == (step(step(None, "gzip"), "xz"), "pcap")
    assert read_capture(file).packets == 1


@pytest.mark.parametrize("name", COMPRESSORS)
def test_a_broken_end_keeps_what_came_before(build: SimpleNamespace, name: str) -> None:
    noise = bytes(n * n % 251 for n in range(1400))
    raw = build.pcap([(n, build.tcp(noise[n % 700 :] + bytes([n % 256]), seq=n * 1400)) for n in range(4000)])
    packed = COMPRESSORS[name](raw)
    file, origin, _ = open_capture(io.BytesIO(packed[: len(packed) * 2 // 3]))
    capture = read_capture(file, origin=origin)
    assert not capture.complete
    assert capture.damage
    assert name in ("xz", "bzip2", "zstd") or capture.packets > 0


def test_what_is_no_capture_has_no_name(tmp_path: Path) -> None:
    assert open_capture(io.BytesIO(b"hello, world"))[2] is None
    assert open_capture(io.BytesIO(gzip.compress(b"hello, world")))[2] is None
    assert open_capture(io.BytesIO(b"PK\x03\x04" + bytes(40)))[2] == "zip"
    with pytest.raises(UnreadableSource):
        open_capture(tmp_path / "absent")
