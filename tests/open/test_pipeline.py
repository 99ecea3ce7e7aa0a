"""One source: what it is, what is inside it, and what is no evidence at all."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from iotwatch.files.limits import WorkLimits
from iotwatch.open.pipeline import Job, Options, analyse
from iotwatch.signatures import load
from iotwatch.words.trouble import Trouble
from tests.tars import make_tar

CAPTURES = Path(__file__).parent.parent.parent / "captures"
GT06 = CAPTURES / "gt06-tracker" / "gt06-tracker.pcap"
NMEA = CAPTURES / "gnss-local" / "ttyUSB1-nmea.log"


def job(path: Path, *, named: bool = False, options: Options | None = None) -> Job:
    return Job(str(path), "car", named, options or Options())


def test_a_readme_with_coordinates_is_no_log(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("# Car park\n\n" + "The gate is at lat: 51.50853, lon: 4.25741 as seen from the road.\n" * 5)
    assert analyse(job(readme), load()).source.status == "skipped"
    assert analyse(job(readme, named=True), load()).source.status == "ok"


def test_a_capture_and_a_log_inside_an_archive_are_read_as_such(tmp_path: Path) -> None:
    path = make_tar(tmp_path / "phone.tar", {"a/run.pcap": GT06.read_bytes(), "a/nmea.log": NMEA.read_bytes()})
    result = analyse(job(path), load())
    directions = {(position.dialect, position.direction.value) for position in result.positions}
    assert directions == {("gt06", "up"), ("nmea", "local")}
    assert len(result.flows) == 4
    assert {position.evidence.path.rpartition("!")[2] for position in result.positions} == {"a/run.pcap", "a/nmea.log"}


def test_a_compressed_capture_is_a_capture(tmp_path: Path) -> None:
    path = tmp_path / "run.pcap.gz"
    path.write_bytes(gzip.compress(GT06.read_bytes(), mtime=0))
    result = analyse(job(path), load())
    assert result.source.kind == "capture"
    assert len(result.positions) == 12
    assert all(position.evidence.offset is None for position in result.positions)


def test_budgets_end_in_a_status_and_keep_what_was_found(tmp_path: Path) -> None:
    inner = make_tar(tmp_path / "inner.tar", {"run.pcap": GT06.read_bytes()}).read_bytes()
    path = make_tar(tmp_path / "outer.tar", {"nmea.log": NMEA.read_bytes(), "inner.tar": inner})
    result = analyse(job(path, options=Options(limits=WorkLimits(depth=1))), load())
    assert {position.dialect for position in result.positions} == {"nmea"}
    assert result.source.status == "partial"
    assert any(row.measure == "inner parts not opened" for row in result.coverage)


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n" + bytes(600), b"%PDF-1.7\n%\xff\xff" + bytes(600)])
def test_pictures_and_documents_are_no_evidence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.bin"
    path.write_bytes(content)
    assert analyse(job(path), load()).source.status == "skipped"


def test_a_bug_on_one_file_is_its_reason_and_not_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("boom")

    monkeypatch.setattr("iotwatch.open.captures.read_capture", broken)
    source = analyse(job(GT06), load()).source
    assert source.status == "partial"
    assert source.reason == "internal error: ZeroDivisionError: boom"
    assert source.trouble is Trouble.INTERNAL
    assert len(source.sha256) == 64


def test_who_found_a_stream_broken_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    from iotwatch.decode.trackers import TRACKERS
    from iotwatch.errors import DecodeError

    def broken(*_: object) -> None:
        raise DecodeError("its length is wrong")

    gt06 = next(decoder for decoder in TRACKERS if decoder.name == "gt06")
    monkeypatch.setattr(type(gt06), "messages", broken)
    rows = {(row.measure, row.subject): row for row in analyse(job(GT06), load()).coverage}
    assert rows["broken", "gt06"].value >= 1
    assert rows["broken", "gt06"].note == "its length is wrong"
