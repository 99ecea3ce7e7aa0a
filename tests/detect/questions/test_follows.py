"""What follows the movement: from captures and a track or noted phases to the sentence, and what is not said."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from iotwatch.detect.beacons.pair import Pair
from iotwatch.detect.follows.chance import SHARES, followed
from iotwatch.detect.follows.movement import Movement
from iotwatch.detect.follows.traffic import Sending
from iotwatch.report.browse.masked_copy import write_masked_copy
from tests.talks import START, Timed, datagram, finding, run, scan, told, write

LEGS = ((0, 700), (1500, 2500), (3000, 4100))  # the car moves from second to second
END = 4100
WIDE = ("--radius", "10000")  # few places to look for in what is sent
SENTENCES = {
    "track": "what a device sends to one far end follows the car's movement; what it says was not read.",
    # Its clock alone says as much where phases are noted.
    "case": "a device gets in touch with the same place again and again, and far more often while the car drives.",
}
FAR = "203.0.113.9"


def record(draw: random.Random, size: int = 160) -> bytes:
    """A TLS record that nobody reads."""
    return b"\x17\x03\x03" + size.to_bytes(2) + draw.randbytes(size)


def reports(draw: random.Random, seconds: Iterable[int], server: str = FAR) -> list[Timed]:
    return [datagram(second + draw.random(), "192.168.1.20", server, 443, record(draw)) for second in seconds]


def beside(draw: random.Random) -> list[Timed]:
    """What comes at any time: a kept connection, and requests in bursts."""
    frames = reports(draw, range(7, END, 31), "198.51.100.5")
    at = 0.0
    while at < END - 100:
        at += draw.expovariate(1 / 200)
        for _ in range(draw.randint(2, 9)):
            at += draw.uniform(2, 12)
            frames.append(datagram(at, "192.168.1.20", "198.51.100.6", 443, draw.randbytes(99)))
    return frames


def moving() -> Iterator[int]:
    for first, last in LEGS:
        yield from range(first + 4, last, 30)


def track(path: Path, legs: tuple[tuple[int, int], ...] = LEGS) -> Path:
    """A logger's CSV: north at 12 m/s while the car moves, trembling by some metres all the time."""
    draw, latitude, lines = random.Random(2), 50.0, ["time,lat,lon"]
    for second in range(END):
        if any(first <= second < last for first, last in legs):
            latitude += 12 / 111_195
        lines.append(f"{START + second:.0f},{latitude + draw.gauss(0, 1.5) / 111_195:.7f},8.0")
    path.write_text("\n".join(lines) + "\n")
    return path


def case(path: Path, legs: tuple[tuple[int, int], ...] = LEGS) -> Path:
    ends = [0, *(second for leg in legs for second in leg), END]
    phases = [
        f'[[phases]]\nname = "{"driving" if number % 2 else "parked"}"\nfrom = {_iso(first)}\nto = {_iso(last)}\n'
        for number, (first, last) in enumerate(pairwise(ends))
        if last > first
    ]
    path.write_text("".join(phases))
    return path


def _iso(second: int) -> str:
    return datetime.fromtimestamp(START + second, UTC).isoformat()


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    draw = random.Random(5)
    return write(tmp_path / "car.pcap", sorted(reports(draw, moving()) + beside(draw)))


@pytest.mark.parametrize("noted", ["track", "case"])
def test_what_is_sent_while_the_car_moves_is_told(capture: Path, tmp_path: Path, noted: str) -> None:
    how = ("--track", track(tmp_path / "t.csv"), *WIDE) if noted == "track" else ("--case", case(tmp_path / "c.toml"))
    printed = " ".join(scan(tmp_path / "d.db", capture, "--asset", "car", *how).split())
    assert SENTENCES[noted] in printed
    follows = finding(tmp_path / "d.db", "follows")
    assert follows["title"] == f"What is sent to {FAR}:443 follows the car's movement"
    assert (follows["severity"], follows["confidence"]) == ("medium", "likely")
    assert follows["facts"]["ways"][0] == "moves"
    assert 1 / 3001 <= follows["facts"]["chance"] <= 0.001
    assert "95 of 95 times while the car moved (68% of 68 min)" in follows["reasons"][0]
    assert "for all 3 far ends and ways of following" in follows["reasons"][-1]
    assert "what was sent was not read: that it holds the place is not seen" in follows["doubts"]
    assert [row["verdict"] for row in told(tmp_path / "d.db", "asset")] == ["suspicious"]
    assert "CHANGED" not in run(tmp_path / "d.db", "doctor", "--evidence")


def test_stops_at_other_times_are_followed_by_nothing(capture: Path, tmp_path: Path) -> None:
    other = track(tmp_path / "t.csv", ((500, 1400), (2200, 3300)))
    scan(tmp_path / "d.db", capture, "--asset", "car", "--track", other, *WIDE)
    assert not [row for row in told(tmp_path / "d.db", "finding") if row["kind"] == "follows"]


def test_without_movement_nothing_is_asked(capture: Path, tmp_path: Path) -> None:
    scan(tmp_path / "d.db", capture, "--asset", "car")
    assert not [row for row in told(tmp_path / "d.db", "finding") if row["kind"] == "follows"]


def test_of_a_track_its_movement_is_kept_and_no_place(capture: Path, tmp_path: Path) -> None:
    scan(tmp_path / "d.db", capture, "--asset", "car", "--track", track(tmp_path / "t.csv"), *WIDE)
    ((kept,),) = sqlite3.connect(tmp_path / "d.db").execute("SELECT drives FROM assets")
    assert '"metres":[0,' in kept
    assert "50.0" not in kept
    write_masked_copy(tmp_path / "d.db", tmp_path / "m.db")
    assert sqlite3.connect(tmp_path / "m.db").execute("SELECT drives FROM assets").fetchall() == [("masked",)]
    run(tmp_path / "d.db", "rejudge")
    assert finding(tmp_path / "d.db", "follows")["confidence"] == "likely"


def test_many_far_ends_cost_little() -> None:
    draw = np.random.default_rng(1)
    moves = np.ones(1024, np.float32)
    moves[200:400] = moves[600:700] = 0
    speed = moves * draw.uniform(5, 40, 1024).astype(np.float32)
    turning = (draw.random(1024) < 0.05).astype(np.float32) * moves
    movement = Movement(moves, speed, turning, np.array([0, 4_096_000_000]), 4.0)
    some = [np.sort(draw.uniform(0, 1024, 4000)).astype(np.float32) for _ in range(63)]
    some.append(np.flatnonzero(moves)[::8].astype(np.float32))
    pair = Pair("", "", "", "burst", ())
    sent = [Sending(pair, at, np.full(len(at), 90, np.float32)) for at in some]
    began = time.process_time()
    ways = followed(sent, movement)[-1]
    assert time.process_time() - began < 6  # a quarter of a second where numpy uses one core
    assert ways[0].chance <= 0.01
    assert sum(SHARES.values()) == pytest.approx(1)
