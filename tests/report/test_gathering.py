"""Parts of the report from rows: commands that a shell takes as they stand, minutes counted once."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import msgspec

from iotwatch.model import Cut, Step
from iotwatch.report.document import Document, Source
from iotwatch.report.gathering import contacts, far_ends, minutes, positions
from iotwatch.report.walkback import command
from iotwatch.store import Store

HOSTILE = "it's; touch pwned #.pcap"


def test_the_dd_command_shows_the_bytes_of_a_hostile_file_name(tmp_path: Path) -> None:
    path = tmp_path / HOSTILE
    path.write_bytes(bytes(range(100)))
    line = command((Cut(((10, 5),)),), str(path), "", 3, "abc")
    shown = subprocess.run(["sh", "-c", line.removesuffix(" | xxd")], capture_output=True, cwd=tmp_path, check=True)
    assert shown.stdout == bytes(range(10, 15))
    assert [one.name for one in tmp_path.iterdir()] == [HOSTILE]


def test_other_places_get_tshark_or_our_own_command() -> None:
    spread = (Cut(((10, 5), (40, 5))),)
    assert shlex.split(command(spread, HOSTILE, "", 7, "finding abc"))[:5] == [
        "tshark",
        "-r",
        HOSTILE,
        "-Y",
        "frame.number == 7",
    ]
    inside = (Step("gzip"), Cut(((1, 2),)))
    assert command(inside, HOSTILE, "etc/passwd", None, "finding abc") == "iotwatch show finding abc --unmask"


def test_minutes_that_two_captures_share_count_once(raw: Document) -> None:
    capture = next(one for one in raw.assets[0].sources if one.kind == "capture")

    def from_to(first: str, last: str) -> Source:
        day = "2026-11-22T"
        return msgspec.structs.replace(capture, first_seen=f"{day}{first}.000000Z", last_seen=f"{day}{last}.000000Z")

    pair = (from_to("10:00:00", "10:10:00"), from_to("10:05:00", "10:20:00"))
    assert minutes(pair) == 20
    assert minutes((*pair, from_to("12:00:00", "12:01:00"))) == 21
    assert minutes(()) == 0


def test_contacts_hold_the_times_of_their_bursts(car: Path) -> None:
    with Store(car, create=False) as store:
        found = contacts(store, "Van 20")
        (one,) = [row for row in found if row.kind == "burst" and row.server_name == "gps.tracker-cloud.example"]
        ends = far_ends(store, "Van 20", positions(store, "Van 20"))
    assert one.events == len(one.ticks) == 12
    assert list(one.ticks) == sorted(one.ticks)
    assert one.ticks[0] == 1_795_311_514_874
    assert ends[0].positions == 12
    assert sum(end.positions for end in ends) == 12
