"""A cut-out scanned for the same asset gives the same finding."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import dpkt
import pytest

from iotwatch.batch.scan import Plan, scan
from iotwatch.errors import StoreError
from iotwatch.handoff import cut_out, evidence_bytes
from iotwatch.report.reader import EvidenceReader, Reader
from iotwatch.store import Store

CAPTURES = Path(__file__).parent.parent.parent / "captures"
CASES = ["gt06-tracker", "jt808-tracker", "mqtt-position", "http-gzip-batch", "nmea-uplink"]


def location(database: Path) -> dict[str, object]:
    with Store(database) as store:
        return next(row for row in Reader(store, masked=False).findings() if row["kind"] == "location")


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize("case", CASES)
def test_round_trip(case: str, packed: bool, tmp_path: Path) -> None:
    source = next((CAPTURES / case).glob("*.pcap*"))
    if packed:
        (tmp_path / "source.pcap.gz").write_bytes(gzip.compress(source.read_bytes()))
        source = tmp_path / "source.pcap.gz"
    scan([source], tmp_path / "first.db", Plan(asset="car", jobs=1))
    before = location(tmp_path / "first.db")
    with Store(tmp_path / "first.db") as store, (tmp_path / "cut.pcapng").open("wb") as file:
        count = cut_out(EvidenceReader(store, masked=False), before["id"], file)
        for row in Reader(store, masked=False).evidence(before["id"]):
            assert evidence_bytes(EvidenceReader(store, masked=False), row["id"]).startswith(
                bytes.fromhex(row["excerpt"])
            )

    scan([tmp_path / "cut.pcapng"], tmp_path / "second.db", Plan(asset="car", jobs=1))
    after = location(tmp_path / "second.db")

    assert after["fingerprint"] == before["fingerprint"]
    assert after["facts"]["positions"] == before["facts"]["positions"]
    with (tmp_path / "cut.pcapng").open("rb") as file:
        times = [time for time, _ in dpkt.pcapng.Reader(file)]
    assert len(times) == count
    assert b"frame" in (tmp_path / "cut.pcapng").read_bytes()


def test_what_is_in_no_capture_cannot_be_cut(tmp_path: Path) -> None:
    scan([CAPTURES / "gnss-local" / "ttyUSB1-nmea.log"], tmp_path / "a.db", Plan(jobs=1))
    with Store(tmp_path / "a.db") as store, pytest.raises(StoreError, match="no packets to cut out"):
        cut_out(EvidenceReader(store, masked=False), location(tmp_path / "a.db")["id"], io.BytesIO())
