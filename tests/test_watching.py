"""Only what has settled is scanned, once, and a restart goes on."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from iotwatch.fanout import Plan
from iotwatch.watching import settled, watch

CAPTURE = Path(__file__).parent.parent / "captures" / "gt06-tracker" / "gt06-tracker.pcap"


def test_a_file_that_still_grows_is_left_alone(tmp_path: Path) -> None:
    old, new, empty = tmp_path / "old.pcap", tmp_path / "new.pcap", tmp_path / "empty.pcap"
    for path in (old, new):
        shutil.copyfile(CAPTURE, path)
    empty.touch()
    os.utime(old, (1000, 1000))
    os.utime(new, (1095, 1095))
    os.utime(empty, (1000, 1000))
    assert settled(tmp_path, 10, clock=lambda: 1100.0) == [old]


def test_each_file_once_and_a_restart_adds_nothing(tmp_path: Path) -> None:
    folder, database = tmp_path / "ring", tmp_path / "a.db"
    folder.mkdir()
    shutil.copyfile(CAPTURE, folder / "a.pcap")
    once = {"settle": 0.0, "interval": 0.1}

    (report,) = watch(folder, database, Plan(jobs=1), rounds=2, **once)
    assert report.count("ok") == 1
    assert list(watch(folder, database, Plan(jobs=1), rounds=1, **once)) == []
    shutil.copyfile(CAPTURE, folder / "b.pcap")
    (report,) = watch(folder, database, Plan(jobs=1), rounds=1, **once)
    assert [(outcome.asset, outcome.status) for outcome in report.outcomes] == [("a.pcap", "known"), ("b.pcap", "ok")]
