"""How much work a file of an image takes, counted in calls: gross losses of speed fail here, whatever the machine is doing."""

from __future__ import annotations

import random
import sys
from pathlib import Path
from types import FrameType
from typing import Any

from iotwatch.open.pipeline import Job, analyse
from iotwatch.signatures import load
from tests.unpack.images import make_tar

FILES = 60
MOST_CALLS_A_FILE = 620
"""Settings and data of 3 kB take 520 in this process; 760 where every pattern is asked for its matches in turn."""


def _image(folder: Path, files: int) -> Path:
    chance = random.Random(5)
    members = {}
    for number in range(files):
        lines = [f"option{chance.randrange(10**6)}={chance.randrange(10**9)} # {chance.random()}" for _ in range(60)]
        members[f"etc/{number}.conf"] = "\n".join(lines).encode()
        members[f"usr/{number}.bin"] = chance.randbytes(3000)
    path = folder / f"{files}.tar"
    path.write_bytes(make_tar(members))
    return path


def _calls(path: Path) -> int:
    calls = 0

    def count(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        analyse(Job(str(path), "car", named=True), load())
    finally:
        sys.setprofile(before)
    return calls


def test_a_file_of_an_image_takes_bounded_work(tmp_path: Path) -> None:
    few, many = _image(tmp_path, 2), _image(tmp_path, FILES)
    analyse(Job(str(few), "car", named=True), load())  # what is made once
    assert (_calls(many) - _calls(few)) / (2 * (FILES - 2)) < MOST_CALLS_A_FILE
