"""Bytes that wait: they come back as they were, take no more than their room, and leave no name behind."""

from __future__ import annotations

import errno
import gzip
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iotwatch.batch.scan import Plan, scan
from iotwatch.errors import LimitReached
from iotwatch.files.shelf import Shelf


@given(st.lists(st.binary(max_size=9000), max_size=8))
def test_all_come_back(parts: list[bytes]) -> None:
    shelf = Shelf()
    kept = [shelf.put(part) for part in parts]
    assert [one.read() for one in reversed(kept)] == parts[::-1]
    assert [one.size for one in kept] == [len(part) for part in parts]


def test_pieces_are_joined() -> None:
    pieces = [bytes([number]) * 3000 for number in range(5)]
    assert Shelf().take(15_000, iter(pieces)).read() == b"".join(pieces)


def test_there_is_no_more_than_its_room() -> None:
    shelf = Shelf(10_000)
    kept = shelf.put(bytes(6000))
    with pytest.raises(LimitReached):
        shelf.put(bytes(6000))
    assert shelf.put(bytes(4000)).size == 4000
    assert kept.read() == bytes(6000)


def test_nothing_has_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    kept = Shelf().put(b"x" * 10_000)
    assert list(tmp_path.iterdir()) == []
    assert kept.read() == b"x" * 10_000


def test_a_full_disk_is_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "pwrite", full)
    shelf = Shelf()
    with pytest.raises(LimitReached, match="No space left"):
        shelf.put(bytes(10_000))
    assert "No space left" in shelf.refused


def test_a_source_is_read_again_once_the_disk_has_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = b"AT+CGSN\r\n490154203237518\r\nOK\r\n" * 1000
    (tmp_path / "log.gz").write_bytes(gzip.compress(log))

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    told = []
    for disk in (full, os.pwrite, os.pwrite):
        monkeypatch.setattr(os, "pwrite", disk)
        (outcome,) = scan([tmp_path / "log.gz"], tmp_path / "a.db", Plan(jobs=1)).outcomes
        told.append((outcome.status, outcome.known))
    assert told == [("partial", False), ("ok", False), ("ok", True)]
