"""Parts of the report from rows: commands that a shell takes as they stand, minutes counted once."""

from __future__ import annotations

import gzip
import shlex
import subprocess
from pathlib import Path

from iotwatch.batch.scan import Plan, scan
from iotwatch.model import Cut, Step
from iotwatch.report.document.gathering import contacts, far_ends, positions
from iotwatch.report.reader import Reader
from iotwatch.report.words.walkback import commands
from iotwatch.store import Store
from tests.report.conftest import CAPTURES

HOSTILE = "it's; touch pwned #.pcap"


def test_the_dd_command_shows_the_bytes_of_a_hostile_file_name(tmp_path: Path) -> None:
    path = tmp_path / HOSTILE
    path.write_bytes(bytes(range(100)))
    line = commands((Cut(((10, 5),)),), str(path), "", "frame.number == 3", "abc")[0]
    shown = subprocess.run(["sh", "-c", line.removesuffix(" | xxd")], capture_output=True, cwd=tmp_path, check=True)
    assert shown.stdout == bytes(range(10, 15))
    assert [one.name for one in tmp_path.iterdir()] == [HOSTILE]


def test_other_places_get_tshark_or_our_own_command() -> None:
    spread = (Cut(((10, 5), (40, 5))),)
    assert shlex.split(commands(spread, HOSTILE, "", "frame.number == 7", "finding abc")[0])[:5] == [
        "tshark",
        "-r",
        HOSTILE,
        "-Y",
        "frame.number == 7",
    ]
    inside = (Step("squashfs", "etc/passwd"), Cut(((1, 2),)))
    assert commands(inside, HOSTILE, "etc/passwd", "", "finding abc")[0] == "iotwatch show finding abc --unmask"


def test_every_way_to_the_bytes_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a capture.pcap.gz"
    path.write_bytes(gzip.compress(bytes(range(100))))
    chain = (Step("gzip"), Cut(((10, 5), (40, 5)), (7, 9)))
    tshark, unpacked, ours = commands(chain, str(path), "", "frame.number in {7, 9}", "evidence 3")
    assert shlex.split(tshark) == ["tshark", "-r", str(path), "-Y", "frame.number in {7, 9}", "-x"]
    shown = subprocess.run(["sh", "-c", f"{unpacked} -p"], capture_output=True, check=True).stdout
    assert bytes.fromhex(shown.decode()) == bytes((*range(10, 15), *range(40, 45)))
    assert ours == "iotwatch show evidence 3 --unmask"


def test_of_many_spans_dd_shows_as_many_as_the_excerpt_is_made_of() -> None:
    spans = tuple((100 * index, 50) for index in range(1000))
    line = commands((Cut(spans),), "log.txt", "", "", "evidence 3")[0]
    assert line.count("dd if=log.txt") == 6
    assert line.endswith(") | xxd")


def test_a_capture_inside_an_image_is_not_opened_with_tshark() -> None:
    chain = (Step("squashfs", "a.pcap"), Cut(((10, 5),), (7,)))
    assert commands(chain, "unit.bin", "", "frame.number == 7", "evidence 3") == ("iotwatch show evidence 3 --unmask",)


def test_contacts_hold_the_times_of_their_bursts(car: Path) -> None:
    with Store(car, create=False) as store:
        found = contacts(Reader(store, masked=False), "Van 20")
        (one,) = [row for row in found if row.kind == "burst" and row.server_name == "gps.tracker-cloud.example"]
        ends = far_ends(Reader(store, masked=False), "Van 20", positions(Reader(store, masked=False), "Van 20"))
    assert one.events == len(one.ticks) == 12
    assert list(one.ticks) == sorted(one.ticks)
    assert one.ticks[0] == 1_795_311_514_874
    assert ends[0].positions == 12
    assert sum(end.positions for end in ends) == 12


def test_who_answers_for_a_name_does_not_bear_it(tmp_path: Path) -> None:
    """A module maker's cloud was asked for: the resolver is nobody's cloud, and the name stands for itself."""
    scan([CAPTURES / "dns-and-tls"], tmp_path / "a.db", Plan(asset="car", jobs=1))
    with Store(tmp_path / "a.db") as store:
        ends = far_ends(Reader(store, masked=False), "car", ())
        store.connection.execute("DELETE FROM flows WHERE server_name = 'iot-south.quectel.com'")
        asked = far_ends(Reader(store, masked=False), "car", ())
    assert {end.vendor for end in ends if end.port == 53} == {""}
    assert [(end.name, end.port) for end in ends if end.vendor == "Quectel"] == [("iot-south.quectel.com", 443)]
    assert [(end.name, end.address, end.port) for end in asked if end.vendor == "Quectel"] == [
        ("iot-south.quectel.com", "", None)
    ]
