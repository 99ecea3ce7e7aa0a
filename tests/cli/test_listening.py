"""Listening time from the capture to the sentence: phases, pauses, wrong clocks, several taps, databases of before."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import dpkt
import pytest
from click.testing import CliRunner

from iotwatch.cli import group as cli
from tests.pcaps import pcap

TRACKER = Path(__file__).parent.parent.parent / "captures" / "gt06-tracker" / "gt06-tracker.pcap"
START = int(datetime(2026, 11, 22, 10, tzinfo=UTC).timestamp())
MINUTE = 60
# Frames on Bluetooth (LINKTYPE_BLUETOOTH_HCI_H4, 187): an event that a host controller sends for nothing.
BLUETOOTH = (bytes.fromhex("040e0401000000"), 187)


def minutes(first: int, last: int, every: int = 30) -> range:
    """A packet each half minute."""
    return range(START + first * MINUTE, START + last * MINUTE + 1, every)


def case(folder: Path, *phases: tuple[str, int, int]) -> Path:
    text = ""
    for name, first, last in phases:
        begin, end = (datetime.fromtimestamp(START + at * MINUTE, UTC).isoformat() for at in (first, last))
        text += f'[[phases]]\nname = "{name}"\nfrom = {begin}\nto = {end}\n'
    path = folder / "case.toml"
    path.write_text(text, encoding="utf-8")
    return path


def scan(folder: Path, *captures: Iterable[int], phases: tuple[tuple[str, int, int], ...] = ()) -> str:
    """What ``scan`` prints of a car that these captures were made of, as one line."""
    for number, stamps in enumerate(captures):
        (folder / f"{number}.pcap").write_bytes(pcap(stamps))
    return run(folder, phases)


def run(folder: Path, phases: tuple[tuple[str, int, int], ...] = ()) -> str:
    words = [
        "scan",
        "--exit-zero",
        "--db",
        str(folder / "a.db"),
        "--asset",
        "car",
        "--case",
        str(case(folder, *phases)),
    ]
    told = CliRunner().invoke(cli, [*words, *map(str, sorted(folder.glob("*.pcap")))], catch_exceptions=False)
    assert told.exit_code == 0
    return " ".join(told.stdout.split())


BOTH = (("parked", 0, 20), ("driving", 20, 40))


def test_both_phases_were_listened_to(tmp_path: Path) -> None:
    told = scan(tmp_path, minutes(0, 40), phases=BOTH)
    assert told.startswith("car: nothing-seen")
    assert "We listened for 40 minutes in all, with the car noted as parked and driving." in told
    assert "Listening did not cover" not in told


@pytest.mark.parametrize("clock", [0, 315_964_800, 2**31, 2**32 - 1])
def test_one_wrong_stamp_is_told_and_adds_no_minute(clock: int, tmp_path: Path) -> None:
    told = scan(tmp_path, [clock, *minutes(0, 40)], phases=BOTH)
    assert "We listened for 40 minutes in all, with the car noted as parked and driving." in told
    assert "Recorded by a clock that was wrong, and so not told to be of any time: 1 piece." in told
    with sqlite3.connect(tmp_path / "a.db") as connection:
        for table in ("sources", "assets"):
            first, last = connection.execute(f"SELECT first_seen, last_seen FROM {table}").fetchone()
            assert (first, last) == ("2026-11-22T10:00:00.000000Z", "2026-11-22T10:40:00.000000Z"), table


def test_a_wrong_stamp_does_not_fill_phases_without_packets(tmp_path: Path) -> None:
    """The stamp lies behind both phases, as if the capture had gone on."""
    told = scan(tmp_path, [START, START + 1, START + 3600 * 24 * 30], phases=BOTH)
    assert told.startswith("car: not-enough-data")
    assert "We listened for less than a minute in all, with the car noted as parked." in told
    assert "Listening did not cover 1 of the 2 times that were noted (driving)." in told


def test_phases_that_hold_no_packet_are_not_named_as_listened_to(tmp_path: Path) -> None:
    told = scan(tmp_path, minutes(60, 100), phases=BOTH)
    assert told.startswith("car: not-enough-data")
    assert "We listened for 40 minutes in all. Listening did not cover 2 of the 2 times that were noted" in told


@pytest.mark.parametrize("name", ["locked", "ignition", "driving"])
def test_any_phase_without_a_packet_is_too_little_for_absence(name: str, tmp_path: Path) -> None:
    told = scan(tmp_path, minutes(0, 40), phases=(*BOTH, (name, 60, 61)))
    assert told.startswith("car: not-enough-data")
    assert f"Listening did not cover 1 of the 3 times that were noted ({name})." in told


def test_a_pause_is_not_listened_to(tmp_path: Path) -> None:
    """Two recordings in one file: an hour between them is a phase that nobody heard."""
    merged = [*minutes(0, 20), *minutes(80, 100)]
    told = scan(tmp_path, merged, phases=(("parked", 0, 20), ("driving", 25, 75)))
    assert "We listened for 40 minutes in all, with the car noted as parked." in told
    assert told.startswith("car: not-enough-data")


def test_the_same_in_two_files_is_told_alike(tmp_path: Path) -> None:
    told = scan(tmp_path, minutes(0, 20), minutes(80, 100))
    assert "We listened for 40 minutes in all." in told


def test_what_two_taps_heard_at_once_counts_once(tmp_path: Path) -> None:
    (tmp_path / "bluetooth.pcap").write_bytes(pcap(minutes(10, 40), *BLUETOOTH))
    told = scan(tmp_path, minutes(0, 20), phases=BOTH)
    assert "We listened for 40 minutes in all, with the car noted as parked and driving." in told
    with sqlite3.connect(tmp_path / "a.db") as connection:
        assert {row for (row,) in connection.execute("SELECT vantage FROM sources")} == {"lan", "bluetooth"}


def test_no_first_and_last_time_is_that_of_a_wrong_clock(tmp_path: Path) -> None:
    """A tracker's first packets are stamped 1980, as a recorder does that waits for the time of a satellite."""
    with TRACKER.open("rb") as file:
        packets = list(dpkt.pcap.Reader(file))
    with (tmp_path / "0.pcap").open("wb") as file:
        writer = dpkt.pcap.Writer(file)
        for number, (stamp, frame) in enumerate(packets):
            writer.writepkt(frame, ts=315_964_800 + number if number < 20 else stamp)
    told = run(tmp_path)
    assert "reports-location" in told or "suspicious" in told
    assert "any time: 20 pieces." in told
    with sqlite3.connect(tmp_path / "a.db") as connection:
        assert connection.execute("SELECT count(*) FROM evidence WHERE time < '1981'").fetchone() > (0,)
        for table in ("sources", "assets", "findings", "flows"):
            times = connection.execute(f"SELECT first_seen, last_seen FROM {table}").fetchall()
            assert times, table
            assert {year[:4] for row in times for year in row if year} == {"2026"}, table


@pytest.mark.parametrize(
    ("phase", "words"),
    [
        (("parkt", 0, 20), "the known ones are parked, ignition, driving, locked"),
        (("parked", 20, 0), "a phase ends after it starts"),
    ],
)
def test_a_phase_that_cannot_be_is_wrong_usage(phase: tuple[str, int, int], words: str, tmp_path: Path) -> None:
    line = [sys.executable, "-m", "iotwatch", "scan", "--case", case(tmp_path, phase), TRACKER]
    told = subprocess.run(line, capture_output=True, text=True, cwd=tmp_path)
    assert told.returncode == 2
    assert words in told.stderr
    assert not list(tmp_path.glob("*.db"))


def test_phases_that_are_noted_twice_count_once(tmp_path: Path) -> None:
    told = scan(tmp_path, minutes(0, 40), phases=(("parked", 0, 10), ("parked", 0, 10), ("driving", 20, 40)))
    assert told.startswith("car: not-enough-data")


def test_a_database_of_before_is_told_as_such(tmp_path: Path) -> None:
    """Its sources have a first and a last time: believed where so many packets can have come without a pause."""
    scan(tmp_path, minutes(0, 40), [0, START], phases=BOTH)
    with sqlite3.connect(tmp_path / "a.db") as connection:
        connection.executescript(
            "DROP TABLE stretches; DELETE FROM _sqlite_migrations WHERE name = 'm006_stretches';"
            "UPDATE sources SET first_seen = '1970-01-01T00:00:00.000000Z' WHERE packets = 2;"
        )
    connection.close()
    told = run(tmp_path, BOTH)
    assert "We listened for 40 minutes in all, with the car noted as parked and driving." in told
    assert "Read by an earlier version of this program, which did not look for pauses: 2 recordings." in told
