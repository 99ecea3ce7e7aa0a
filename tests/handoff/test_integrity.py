"""A changed source is told, and so is every finding that lost its evidence."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from iotwatch.batch.scan import Plan, scan
from iotwatch.cli import group as cli
from iotwatch.handoff.integrity import check
from iotwatch.report.reader import EvidenceReader
from iotwatch.store import Store

CAPTURES = Path(__file__).parent.parent.parent / "captures"


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    folder = tmp_path / "sources"
    folder.mkdir()
    shutil.copyfile(CAPTURES / "gt06-tracker" / "gt06-tracker.pcap", folder / "a.pcap")
    shutil.copyfile(CAPTURES / "firmware" / "unit-1-flash.bin", folder / "b.bin")
    scan([folder], tmp_path / "car.db", Plan(asset="car", jobs=1))
    return folder


def run(folder: Path) -> tuple[int, str]:
    result = CliRunner().invoke(cli, ["doctor", "--evidence", "--db", str(folder.parent / "car.db")])
    return result.exit_code, result.stdout


def test_unchanged_sources_hold_every_evidence(sources: Path) -> None:
    with Store(sources.parent / "car.db") as store:
        found = list(check(EvidenceReader(store, masked=False)))
        total = store.query("SELECT count(*) AS n FROM evidence")[0]["n"]
    assert [Path(one.path).name for one in found] == ["a.pcap", "b.bin"]
    assert all(not one.changes and one.version and one.signatures_version and one.scanned for one in found)
    assert sum(one.evidence for one in found) == total > 5
    code, text = run(sources)
    assert code == 0
    assert text.count("ok  ") == 2


def test_a_byte_outside_the_evidence_is_told_by_the_hash_alone(sources: Path) -> None:
    with (sources / "b.bin").open("r+b") as file:
        file.seek(-1, 2)
        file.write(b"\0")
    code, text = run(sources)
    assert code == 3
    assert text.count("SHA-256 is ") == 1
    assert "evidence of" not in text


def test_other_bytes_under_an_evidence_are_told_with_the_finding(sources: Path) -> None:
    data = bytearray((sources / "a.pcap").read_bytes())
    at = data.index(bytes.fromhex("78781f12"))
    data[at] ^= 0xFF
    (sources / "a.pcap").write_bytes(data)
    code, text = run(sources)
    assert code == 3
    assert "other bytes stand there" in text
    assert "Position sent to gps.tracker-cloud.example" in text


def test_a_cut_and_a_missing_source_are_told(sources: Path) -> None:
    (sources / "a.pcap").write_bytes((sources / "a.pcap").read_bytes()[:200])
    (sources / "b.bin").unlink()
    code, text = run(sources)
    assert code == 3
    assert "the source ends before byte" in text
    assert "cannot read" in text
    assert text.count("CHANGED  ") == text.count("GONE  ") == 1


def test_a_broken_image_is_told(sources: Path) -> None:
    (sources / "b.bin").write_bytes(bytes((sources / "b.bin").stat().st_size))
    code, text = run(sources)
    assert code == 3
    assert "does not fit the bytes" in text
