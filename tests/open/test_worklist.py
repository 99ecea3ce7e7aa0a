"""The worklist: one budget for all that is inside, and no part that takes the others along when it breaks."""

from __future__ import annotations

import tempfile
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iotwatch.files.limits import WorkLimits
from iotwatch.open.openers import OPENERS
from iotwatch.open.pipeline import Job, Options, analyse
from iotwatch.signatures import Signatures, load
from iotwatch.words.measures import Measure
from tests.open.cases import FILES, GT06, NMEA
from tests.talks import talk, write
from tests.tars import make_tar

STATES = {"ok", "partial", "unreadable", "skipped"}


@pytest.fixture(scope="module")
def signatures() -> Signatures:
    return load()


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    seed=st.sampled_from(["", *FILES]),
    noise=st.binary(max_size=200),
    at=st.floats(0, 1),
    keep=st.floats(0, 1),
)
def test_any_bytes_end_in_a_status(signatures: Signatures, seed: str, noise: bytes, at: float, keep: float) -> None:
    """Beginnings of every form, with other bytes written over them somewhere."""
    data = FILES[seed]()[: 16 << 10] if seed else b""
    data = data[: int(len(data) * keep)]
    where = int(len(data) * at)
    data = data[:where] + noise + data[where + len(noise) :]
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(data)
        limits = WorkLimits(depth=3, total_bytes=1 << 20, blobs=50)
        result = analyse(Job(file.name, "car", named=True, options=Options(limits=limits)), signatures)
    assert result.source.status in STATES
    assert not result.source.reason.startswith("internal error"), result.coverage


def test_a_broken_part_does_not_end_the_others(tmp_path: Path, signatures: Signatures) -> None:
    broken = GT06.read_bytes()[:10]
    path = make_tar(tmp_path / "phone.tar", {"a/broken.pcap": broken, "b/nmea.log": NMEA.read_bytes()})
    result = analyse(Job(str(path), "car"), signatures)
    assert (result.source.kind, result.source.status) == ("log", "partial")
    assert {position.dialect for position in result.positions} == {"nmea"}
    (row,) = [row for row in result.coverage if row.measure == "inner parts broken"]
    assert row.note.endswith("a/broken.pcap: not a pcap: its header is not there")


def test_a_bug_in_one_part_does_not_end_the_others(
    tmp_path: Path, signatures: Signatures, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("boom")

    text = next(opener for opener in OPENERS if opener.name == "text")
    monkeypatch.setattr(type(text), "open", broken)
    path = make_tar(tmp_path / "phone.tar", {"a/nmea.log": NMEA.read_bytes(), "b/run.pcap": GT06.read_bytes()})
    result = analyse(Job(str(path), "car"), signatures)
    assert (result.source.status, result.source.trouble.value) == ("partial", "internal")
    assert {position.dialect for position in result.positions} == {"gt06"}


def test_what_is_over_the_budget_is_counted_and_the_rest_stays(tmp_path: Path, signatures: Signatures) -> None:
    parts = {f"{name}/nmea.log": NMEA.read_bytes() for name in "abcde"}
    path = make_tar(tmp_path / "phone.tar", parts)
    result = analyse(Job(str(path), "car", options=Options(limits=WorkLimits(blobs=2))), signatures)
    assert {position.evidence.path.rpartition("!")[2] for position in result.positions} == {"a/nmea.log", "b/nmea.log"}
    (row,) = [row for row in result.coverage if row.measure == "inner parts not opened"]
    assert (row.value, result.source.status) == (3.0, "partial")


def _posted(path: Path, times: int) -> Path:
    """A capture of ``times`` requests with a place and two megabytes of blanks, compressed."""
    engine = zlib.compressobj(9, zlib.DEFLATED, 31)
    body = engine.compress(b'{"latitude": 48.20849, "longitude": 16.37208}' + b" " * (2 << 20)) + engine.flush()
    head = b"POST /r HTTP/1.1\r\nHost: fleet.example\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(
        body
    )
    data = (head + body) * times
    pieces = [data[at : at + 1400] for at in range(0, len(data), 1400)]
    return write(path, talk(0, "192.168.1.20", "203.0.113.9", 80, *pieces))


@pytest.mark.parametrize(
    ("limits", "floor"), [(WorkLimits(ratio=1, ratio_floor=5 << 20), 64 << 20), (WorkLimits(), 5 << 20)]
)
def test_large_bodies_wait_within_the_budgets_and_the_rest_is_told(
    tmp_path: Path, signatures: Signatures, monkeypatch: pytest.MonkeyPatch, limits: WorkLimits, floor: int
) -> None:
    monkeypatch.setattr("iotwatch.files.limits.BODIES_FLOOR", floor)
    path = _posted(tmp_path / "a.pcap", 3)
    result = analyse(Job(str(path), "car", options=Options(limits=limits)), signatures)
    assert {(place.latitude, place.longitude) for place in result.positions} == {(48.20849, 16.37208)}
    assert [row.value for row in result.coverage if row.measure is Measure.PARTS_LEFT] == [1.0]
    assert result.source.status == "partial"
