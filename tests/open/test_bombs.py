"""Small files that come to gigabytes, and many parts: what fits the budgets is read, the rest is told."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

from iotwatch.files.limits import WorkLimits
from iotwatch.model import Coverage
from iotwatch.open.pipeline import Job, Options, analyse
from iotwatch.signatures import load
from iotwatch.store import Store
from iotwatch.words.measures import Measure
from tests.open.cases import NMEA
from tests.tars import make_tar

MEMORY = 1 << 30
SECONDS = 60.0
# The memory of the process itself (proc(5), VmHWM): what wait4(2) tells has that of the one that started it too.
MEASURED = """
import re, time
from iotwatch.cli import main
try:
    main()
finally:
    with open("/proc/self/status") as status:
        print(re.search(r"VmHWM:\\s*([0-9]+)", status.read())[1], time.process_time())
"""


def overlapping(entries: int, size: int) -> bytes:
    """A zip whose directory names the same packed bytes again and again, each time from one header further on."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    kernel = packer.compress(bytes(size)) + packer.flush()
    names = [b"%05d" % number for number in range(entries)]
    local = [_header(b"PK\x03\x04", len(kernel), size, name) + name for name in names]
    body, starts = b"", []
    for one in local:
        starts.append(len(body))
        body += one
    body += kernel
    directory = b""
    for start, name in zip(starts, names, strict=True):
        length = len(body) - start - 30 - len(name)
        fields = _header(b"PK\x01\x02", length, size, name, version=b"\x14\x00")
        directory += fields + bytes(10) + start.to_bytes(4, "little") + name
    count = entries.to_bytes(2, "little")
    end = (
        b"PK\x05\x06"
        + bytes(4)
        + count * 2
        + len(directory).to_bytes(4, "little")
        + len(body).to_bytes(4, "little")
        + bytes(2)
    )
    return body + directory + end


def _header(magic: bytes, packed: int, size: int, name: bytes, version: bytes = b"") -> bytes:
    numbers = b"".join(number.to_bytes(4, "little") for number in (0, packed, size))
    return (
        magic
        + version
        + b"\x14\x00"
        + bytes(2)
        + b"\x08\x00"
        + bytes(4)
        + numbers
        + len(name).to_bytes(2, "little")
        + bytes(2)
    )


def test_entries_that_share_bytes_are_told_and_opened_once(tmp_path: Path) -> None:
    path, database = tmp_path / "overlapping.zip", tmp_path / "b.db"
    path.write_bytes(overlapping(2000, 16 << 20))
    command = [sys.executable, "-c", MEASURED, "--db", str(database), "scan", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    kilobytes, seconds = done.stdout.split()[-2:]
    assert done.returncode == 3
    assert int(kilobytes) << 10 < MEMORY
    assert float(seconds) < SECONDS
    with Store(database, create=False) as store:
        (row,) = store.query("SELECT status, reason FROM sources")
        shared = store.query(
            "SELECT count(*) AS n FROM artefacts WHERE note = 'its bytes are those of another entry too'"
        )
    assert row["status"] == "partial"
    assert shared[0]["n"] == 1999


def inner(tmp_path: Path, limits: WorkLimits) -> tuple[str, set[str], list[Coverage]]:
    parts = {f"{name}/nmea.log": NMEA.read_bytes() for name in "abc"}
    path = make_tar(tmp_path / "phone.tar", parts)
    result = analyse(Job(str(path), "car", options=Options(limits=limits)), load())
    read = {position.evidence.path.rpartition("!")[2] for position in result.positions}
    return result.source.status, read, [row for row in result.coverage if row.measure is Measure.PARTS_LEFT]


def test_what_no_time_is_left_for_is_counted(tmp_path: Path) -> None:
    status, read, left = inner(tmp_path, WorkLimits(seconds=0.0))
    assert (status, read, [row.value for row in left]) == ("partial", set(), [3.0])


def test_little_memory_changes_the_order_and_loses_nothing(tmp_path: Path) -> None:
    status, read, left = inner(tmp_path, WorkLimits(held_bytes=1))
    assert (read, left) == ({"a/nmea.log", "b/nmea.log", "c/nmea.log"}, [])
    assert status == inner(tmp_path, WorkLimits())[0]


def zipped(files: dict[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()


def test_a_container_that_stands_there_again_is_opened_once(tmp_path: Path) -> None:
    data = zipped({"nmea.log": NMEA.read_bytes()})
    for _ in range(4):
        data = zipped({f"{number:x}.zip": data for number in range(16)})
    (tmp_path / "nested.zip").write_bytes(data)
    result = analyse(Job(str(tmp_path / "nested.zip"), "car"), load())
    assert {position.evidence.path for position in result.positions} == {"0.zip!0.zip!0.zip!0.zip!nmea.log"}
    again = [row.note for row in result.artefacts if row.note.startswith("the same bytes as ")]
    assert len(again) == 4 * 15
    assert result.source.status == "ok"


def test_what_comes_out_is_bounded_by_what_went_in(tmp_path: Path) -> None:
    parts = {f"{number}.bin": bytes([number]) * 300_000 for number in range(8)} | {"nmea.log": NMEA.read_bytes()}
    (tmp_path / "many.zip").write_bytes(zipped(parts))
    limits = WorkLimits(ratio=1, ratio_floor=1 << 20)
    result = analyse(Job(str(tmp_path / "many.zip"), "car", options=Options(limits=limits)), load())
    assert result.source.status == "partial"
    assert result.source.reason.startswith("3.bin: more than 148576 bytes come out")
    assert [row.size for row in result.artefacts if row.status == "ok"] == [300_000] * 3
