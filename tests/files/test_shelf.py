"""Bytes that wait: they come back as they were, take no more than their room, and leave no name behind."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    with pytest.raises(LimitReached, match="No space left"):
        Shelf().put(bytes(10_000))
