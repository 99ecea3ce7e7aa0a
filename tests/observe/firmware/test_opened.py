"""How much of an image was opened, and what of a container is its own."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from iotwatch.batch.scan import Plan, scan
from iotwatch.observe.firmware import outside
from iotwatch.read.stream import from_bytes
from iotwatch.store import Store
from iotwatch.unpack import sniff, unpack
from tests.unpack.images import make_boot, make_tar, make_uimage, make_zip

TREE = {"etc/a.conf": b"server=a.fleet.example\n" * 300, "bin/b": b"#!/bin/sh\n"}
NOISE = random.Random(808).randbytes(20_000)


def opened(data: bytes, folder: Path) -> tuple[int, str]:
    """Bytes opened, and what the verdict says."""
    (folder / "image.bin").write_bytes(data)
    scan([folder / "image.bin"], folder / "a.db", Plan(jobs=1, force=True))
    with Store(folder / "a.db") as store:
        (row,) = store.query("SELECT value FROM coverage WHERE measure = 'bytes opened'")
        (asset,) = store.query("SELECT verdict_reason FROM assets")
    return int(row["value"]), asset["verdict_reason"]


def test_all_of_a_container_that_opens(tmp_path: Path) -> None:
    data = make_tar(TREE)
    assert opened(data, tmp_path)[0] == len(data)


def test_a_dump_without_its_noise(tmp_path: Path) -> None:
    data = NOISE + make_uimage(make_tar(TREE)).ljust(60_000, b"\xff")
    count, reason = opened(data, tmp_path)

    assert 59_990 <= count <= 60_010  # noise may end in a byte that looks like padding
    assert f"{count} of {len(data)} bytes opened" in reason


@pytest.mark.parametrize("data", [NOISE, b"7z\xbc\xaf\x27\x1c" + NOISE, b"Salted__" + NOISE])
def test_nothing_of_what_cannot_be_opened(data: bytes, tmp_path: Path) -> None:
    count, reason = opened(data, tmp_path)
    assert count == 0
    assert reason.endswith(f"0 of {len(data)} bytes opened")


def test_part_of_a_broken_archive(tmp_path: Path) -> None:
    data = make_zip({"a": NOISE, "b": NOISE[::-1]})[:30_000]
    assert 0 < opened(data, tmp_path)[0] < len(data)


def test_outside_is_what_no_member_takes() -> None:
    slack = b"deleted: server=gone.fleet.example ".ljust(2048, b".")
    kernel, page = b"kernel " * 3000, 4096
    boot = make_boot(kernel, b"ramdisk " * 300, page)
    data = boot[: page - len(slack)] + slack + boot[page:]
    stream = from_bytes(data, kind="file")
    whole = unpack(data, None)

    parts = list(outside(stream, whole))

    assert sniff(data[:512], data) == "android-boot"
    assert any(slack in part.data for part in parts)
    assert not any(kernel in part.data for part in parts)
    for part in parts:
        evidence = part.evidence()
        assert data[evidence.offset or 0 :][: evidence.length] == part.data


def test_nothing_is_outside_of_compressed_bytes() -> None:
    import gzip

    data = gzip.compress(TREE["etc/a.conf"])
    assert list(outside(from_bytes(data, kind="file"), unpack(data, None))) == []
