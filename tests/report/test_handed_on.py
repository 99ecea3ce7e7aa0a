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
from tests.tars import make_tar

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
    assert (bill["bomFormat"], bill["specVersion"], bill["version"]) == ("CycloneDX", "1.6", 1)
    (image,) = bill["components"]
    assert image["type"] == "firmware"
    assert image["hashes"] == [{"alg": "SHA-256", "content": hashlib.sha256(IMAGE.read_bytes()).hexdigest()}]
    assert len(image["components"]) == count
    toybox = next(one for one in image["components"] if one["type"] == "application" and one["name"] == "toybox")
    assert toybox["version"] == "0.8.9+dfsg-1"
    assert toybox["purl"] == "pkg:deb/debian/toybox@0.8.9%2Bdfsg-1?arch=armhf"
    mosquitto = next(one for one in image["components"] if one["name"] == "libmosquitto1")
    assert mosquitto["cpe"] == "cpe:2.3:a:eclipse:mosquitto:2.0.11:*:*:*:*:*:*:*"
    assert toybox["evidence"]["occurrences"] == [{"location": "0x7133-squashfs!var/lib/dpkg/status"}]
    references = [one["bom-ref"] for one in image["components"]]
    assert len(references) == len(set(references))
    assert any(one["name"].endswith("etc/report.conf") for one in image["components"] if one["type"] == "file")


_LISTS = {
    "usr/lib/opkg/status": b"Package: dropbear\nVersion: 2022.83-1\nArchitecture: mips_24kc\nStatus: install ok installed\n\n",
    "lib/apk/db/installed": b"C:Q1abc=\nP:busybox\nV:1.36.1-r5\nA:aarch64\n\n",
    "usr/bin/openssl": b"\x7fELF\0OpenSSL 0.9.8e 23 Feb 2007\0OpenSSL 1.1.1n  15 Mar 2022\0",
    "etc/os-release": b'NAME="Example Linux"\nID=example\nVERSION_ID=3.1\n',
}


def test_the_bill_fits_the_schema_and_names_packages_as_others_do(tmp_path: Path) -> None:
    lists = make_tar(tmp_path / "fw.tar", _LISTS)
    scan([lists], tmp_path / "car.db", Plan(asset="car", jobs=1))
    out = io.StringIO()
    with Store(tmp_path / "car.db") as store:
        write_cyclonedx(EvidenceReader(store, masked=True), out)
    (image,) = json.loads(out.getvalue())["components"]
    named = {(one["name"], one["version"]): one for one in image["components"] if one["type"] == "application"}
    assert named["dropbear", "2022.83-1"]["purl"] == "pkg:opkg/dropbear@2022.83-1?arch=mips_24kc"
    assert named["dropbear", "2022.83-1"]["cpe"] == "cpe:2.3:a:dropbear_ssh_project:dropbear_ssh:2022.83:*:*:*:*:*:*:*"
    assert named["busybox", "1.36.1-r5"]["purl"] == "pkg:apk/example/busybox@1.36.1-r5?arch=aarch64"
    assert named["openssl", "0.9.8e"]["cpe"] == "cpe:2.3:a:openssl:openssl:0.9.8e:*:*:*:*:*:*:*"
    assert named["openssl", "1.1.1n"]["purl"] == "pkg:generic/openssl@1.1.1n"
    assert [one["name"] for one in image["components"] if one["type"] == "operating-system"] == ["Example Linux"]
    pytest.importorskip("cyclonedx", reason="cyclonedx-python-lib, of the extra for tests, is not installed")
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(out.getvalue()) is None


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
