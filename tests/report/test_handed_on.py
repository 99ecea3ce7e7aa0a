"""Zeek's intelligence file, CycloneDX and Parquet on the project's own captures."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path

import pytest

from iotwatch.batch.scan import Plan, scan
from iotwatch.report.forms.cyclonedx import write_cyclonedx
from iotwatch.report.forms.export import records
from iotwatch.report.forms.indicators import Indicator, Indicators, Sighting, indicators
from iotwatch.report.forms.parquet import write_parquet
from iotwatch.report.forms.zeek_intel import write_zeek
from iotwatch.report.reader import EvidenceReader, Reader
from iotwatch.store import Store

CAPTURES = Path(__file__).parent.parent.parent / "captures"
IMAGE = CAPTURES / "firmware" / "unit-1-flash.bin"


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("handed") / "car.db"
    scan([CAPTURES / "gt06-tracker" / "gt06-tracker.pcap", IMAGE], path, Plan(asset="car", jobs=1))
    return path


def test_zeek_lines_have_the_fields_they_promise(database: Path) -> None:
    out = io.StringIO()
    with Store(database) as store:
        count = write_zeek(indicators(EvidenceReader(store, masked=True)), out)
    head, *lines = out.getvalue().splitlines()
    assert head == "#fields\tindicator\tindicator_type\tmeta.source\tmeta.desc"
    assert len(lines) == count
    found = {tuple(line.split("\t")[:2]) for line in lines}
    assert ("gps.tracker-cloud.example", "Intel::DOMAIN") in found
    assert ("203.0.113.30", "Intel::ADDR") in found
    assert ("telemetry.fleet.example:8080/v1/position", "Intel::URL") in found
    assert all(len(line.split("\t")) == 4 for line in lines)


def test_a_title_cannot_begin_another_zeek_line() -> None:
    sighting = Sighting("f", "car", "a\tb\n203.0.113.9\tIntel::ADDR", "high", "likely")
    out = io.StringIO()
    write_zeek(Indicators((Indicator("domain", "x.example", (sighting,)),), 0), out)
    assert out.getvalue().splitlines()[1:] == ["x.example\tIntel::DOMAIN\tiotwatch\ta b 203.0.113.9 Intel::ADDR"]


def test_the_bill_of_materials_names_the_image_and_what_is_in_it(database: Path) -> None:
    out = io.StringIO()
    with Store(database) as store:
        count = write_cyclonedx(EvidenceReader(store, masked=True), out, "car")
    bill = json.loads(out.getvalue())
    assert (bill["bomFormat"], bill["specVersion"], bill["version"]) == ("CycloneDX", "1.5", 1)
    (image,) = bill["components"]
    assert image["type"] == "firmware"
    assert image["hashes"] == [{"alg": "SHA-256", "content": hashlib.sha256(IMAGE.read_bytes()).hexdigest()}]
    assert len(image["components"]) == count
    toybox = next(one for one in image["components"] if one["type"] == "application" and one["name"] == "toybox")
    assert toybox["version"] == "0.8.9+dfsg-1"
    assert toybox["evidence"]["occurrences"] == [{"location": "0x7133-squashfs!var/lib/dpkg/status"}]
    references = [one["bom-ref"] for one in image["components"]]
    assert len(references) == len(set(references))
    assert any(one["name"].endswith("etc/report.conf") for one in image["components"] if one["type"] == "file")


def test_the_bill_is_the_same_every_time(database: Path) -> None:
    first, second = io.StringIO(), io.StringIO()
    with Store(database) as store:
        write_cyclonedx(EvidenceReader(store, masked=False), first)
        write_cyclonedx(EvidenceReader(store, masked=False), second)
    assert first.getvalue() == second.getvalue()


def test_parquet_rows_are_the_records(database: Path) -> None:
    pytest.importorskip("pyarrow", reason="the extra 'parquet' is not installed")
    import pyarrow.parquet as pq

    out = io.BytesIO()
    with Store(database) as store:
        count = write_parquet(Reader(store, masked=True), out)
        wanted = list(records(Reader(store, masked=True)))
    out.seek(0)
    found = pq.read_table(out).to_pylist()
    assert count == len(found) == len(wanted)
    for row, record in zip(found, wanted, strict=True):
        assert row["fingerprint"] == record["fingerprint"]
        assert row["reasons"] == record["reasons"]
        assert json.loads(row["facts"]) == record["facts"]
        assert [one["frame"] for one in row["evidence"]] == [one["frame"] for one in record["evidence"]]
        assert all(one["excerpt"] == "masked" for one in row["evidence"])
    assert b"860000000000033" not in out.getvalue()
