"""An archive of recordings is told as recordings, from the file to the sentence; an image with a stray capture is an image."""

from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from iotwatch.batch.scan import Plan, scan
from iotwatch.report.document.first_page import first_page
from iotwatch.report.reader import Reader
from iotwatch.store import Store

CAPTURES = Path(__file__).parent.parent.parent / "captures"
TRACKER = CAPTURES / "gt06-tracker" / "gt06-tracker.pcap"
PHONE = CAPTURES / "phone-benign" / "phone-benign.pcapng"
MODEM = CAPTURES / "at-quectel" / "ttyUSB2-at.log"
MANUAL = b"Turn the key and wait for the lamp.\n"


def packed(path: Path, files: dict[str, bytes]) -> Path:
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in files.items():
                archive.writestr(name, data)
        return path
    with tarfile.open(path, f"w:{path.suffix[1:] if path.suffix != '.tar' else ''}") as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return path


def told(path: Path, folder: Path) -> tuple[dict[str, object], str, tuple[str, ...]]:
    scan([path], folder / "a.db", Plan(asset="car", jobs=1))
    with Store(folder / "a.db") as store:
        (row,) = store.query("SELECT kind, vantage, packets, first_seen, last_seen FROM sources")
        reader = Reader(store, masked=False)
        page = first_page(reader, reader.assets(["car"])[0])
        row["stretches"] = len(store.query("SELECT 1 FROM stretches"))
    return row, page.verdict, page.not_checked


@pytest.mark.parametrize("name", ["sweep.zip", "sweep.tar", "sweep.gz", "sweep.xz"])
def test_an_archive_of_captures_listened(name: str, tmp_path: Path) -> None:
    files = {"a/tracker.pcap": TRACKER.read_bytes(), "b/phone.pcapng": PHONE.read_bytes(), "notes.txt": MANUAL}
    row, verdict, not_checked = told(packed(tmp_path / name, files), tmp_path)
    assert (row["kind"], row["vantage"], row["packets"]) == ("capture", "lan", 217)
    assert row["stretches"] == 2
    assert any(line.startswith("We listened for") for line in not_checked)
    # A shared network and no scope: whose tracker it is cannot be told.
    assert verdict == "suspicious"


def test_an_archive_of_a_quiet_capture_is_no_absence(tmp_path: Path) -> None:
    row, verdict, _ = told(packed(tmp_path / "sweep.zip", {"phone.pcapng": PHONE.read_bytes()}), tmp_path)
    assert (row["kind"], verdict) == ("capture", "not-enough-data")


def test_an_archive_of_logs_is_a_log(tmp_path: Path) -> None:
    row, verdict, _ = told(packed(tmp_path / "logs.tar", {"ttyUSB2.log": MODEM.read_bytes()}), tmp_path)
    assert (row["kind"], row["vantage"], verdict) == ("log", "uart", "capable")


def test_an_image_with_a_stray_capture_stays_an_image(tmp_path: Path) -> None:
    files = {"var/tmp/stray.pcap": TRACKER.read_bytes(), "usr/share/manual.txt": MANUAL * 4000}
    row, _, not_checked = told(packed(tmp_path / "image.tar", files), tmp_path)
    assert (row["kind"], row["vantage"], row["stretches"]) == ("firmware", "other", 0)
    assert any(line.startswith("Nobody listened") for line in not_checked)
