"""Binary logs of a unit, without their schema: timed places that move as a car does are told as stored, and nothing else is."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from iotwatch.batch.scan import Plan, scan
from iotwatch.model import iso
from iotwatch.open.pipeline import Job, analyse
from iotwatch.place.replay import Replay
from iotwatch.signatures import load
from iotwatch.store import Store
from iotwatch.unpack import EVERY_STEP
from tests.open.binary_logs import (
    BEGUN,
    DRIVE,
    Log,
    blobs,
    delimited,
    frames,
    frames_of_integers,
    lengths_of_32_bits,
    scaled,
    tarred,
)


@pytest.mark.parametrize("log", [delimited, lengths_of_32_bits, scaled, frames, frames_of_integers, blobs])
def test_every_record_is_told_with_its_time_and_its_bytes(log: Log, tmp_path: Path) -> None:
    path = tmp_path / "unit.tar"
    path.write_bytes(tarred("history", log(DRIVE)))
    found = analyse(Job(str(path), "unit"), load()).positions
    told = [(round(one.latitude or 0, 6), round(one.longitude or 0, 6), iso(one.time)) for one in found]
    assert told == [(latitude, longitude, iso(time * 1_000_000)) for latitude, longitude, time in DRIVE]
    assert {one.direction for one in found} == {"local"}
    # A scale that nobody says is never more than possible.
    guessed = log in (scaled, frames_of_integers)
    assert {one.confidence.name for one in found} == {"POSSIBLE" if guessed else "LIKELY"}
    with path.open("rb") as file:
        replay = Replay(file, EVERY_STEP)
        for one in found:
            whole = replay.result(one.evidence.place)
            assert whole[: len(one.evidence.excerpt)] == one.evidence.excerpt
    assert len({one.evidence.place for one in found}) == len(DRIVE)


def test_a_loose_log_is_told_as_stored(tmp_path: Path) -> None:
    (tmp_path / "history.pb").write_bytes(delimited(DRIVE))
    scan([tmp_path / "history.pb"], tmp_path / "told.db", Plan(jobs=1))
    store = Store(tmp_path / "told.db")
    (finding,) = store.query("SELECT title, severity FROM findings WHERE kind = 'location'")
    assert finding["title"].startswith("Position stored on the unit (")
    assert finding["severity"] == "info"
    (asset,) = store.query("SELECT verdict FROM assets")
    assert asset["verdict"] == "capable"


def parked(draw: random.Random) -> bytes:
    return delimited([(48.1371, 11.5754, time) for _, _, time in DRIVE])


def jumping(draw: random.Random) -> bytes:
    return delimited([(draw.uniform(-60, 60), draw.uniform(-170, 170), time) for *_, time in DRIVE])


def clockless(draw: random.Random) -> bytes:
    return delimited([(latitude, longitude, 0) for latitude, longitude, _ in DRIVE])


def counters(draw: random.Random) -> bytes:
    return frames_of_integers([(0.5 + n * 1e-4, 20 + n * 1e-4, BEGUN + n) for n in range(40)])


def measurements(draw: random.Random) -> bytes:
    """A machine's sensors: times, counters, temperatures, and noise."""
    return b"".join(
        struct.pack("<2sHIffiI", b"SN", n, BEGUN + n, draw.gauss(40, 9), draw.gauss(20, 9), draw.getrandbits(30), n * n)
        for n in range(300)
    )


def noise(draw: random.Random) -> bytes:
    return b"".join(b"\xaa\x55" + draw.randbytes(30) for _ in range(200))


@pytest.mark.parametrize("log", [parked, jumping, clockless, counters, measurements, noise])
def test_what_does_not_drive_is_no_track(log: Callable[[random.Random], bytes], tmp_path: Path) -> None:
    path = tmp_path / "unit.tar"
    path.write_bytes(tarred("records.bin", log(random.Random(log.__name__))))
    assert not analyse(Job(str(path), "unit"), load()).positions
