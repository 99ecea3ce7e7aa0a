"""The fleet laid side by side: in how many cars a finding stands, and which devices and far ends several cars share."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from iotwatch.batch.scan import Plan, scan
from iotwatch.cli import group
from iotwatch.report.document import fleet
from iotwatch.report.document.assembling import assemble
from iotwatch.report.document.fleet import like
from iotwatch.report.forms.markdown import render as markdown
from iotwatch.report.html.page import render
from iotwatch.report.reader import Reader
from iotwatch.store import Store

CAPTURES = Path(__file__).parents[3] / "captures"
IMEI, KEPT = "860000000000033", "86000000"


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One tracker that was in two cars, and two other cars."""
    path = tmp_path_factory.mktemp("fleet") / "fleet.db"
    cars = {"van-1": "gt06-tracker", "van-2": "gt06-tracker", "van-3": "jt808-tracker", "van-4": "phone-benign"}
    for name, case in cars.items():
        scan([CAPTURES / case], path, Plan(asset=name, jobs=1))
    return path


def test_the_same_device_in_two_cars_is_told_first(database: Path) -> None:
    with Store(database) as store:
        told = fleet.rows(Reader(store, masked=False))
        masked = fleet.rows(Reader(store, masked=True))
    assert told[0] == {
        "what": "imei",
        "value": IMEI,
        "severity": "",
        "cars": 2,
        "of": 4,
        "assets": ["van-1", "van-2"],
    }
    assert masked[0]["value"].startswith(KEPT)
    assert IMEI not in json.dumps(masked)


def test_every_finding_has_its_number_of_cars(database: Path) -> None:
    with Store(database) as store:
        counted = {
            (row["value"], row["cars"]) for row in fleet.rows(Reader(store, masked=False)) if row["what"] == "finding"
        }
    assert ("Position sent to gps.tracker-cloud.example (gt06)", 2) in counted
    assert ("Position sent to jt.box-platform.example (jt808)", 1) in counted
    severe = CliRunner().invoke(group, ["show", "fleet", "--db", str(database), "--asset", "van-3", "--format", "json"])
    assert {tuple(row["assets"]) for row in json.loads(severe.stdout) if row["cars"] == 1} == {("van-3",)}


def test_findings_are_alike_by_what_they_say_and_not_by_what_was_measured() -> None:
    first = like("beacon", "Regular contact with a.example every 10 s", {"far_end": "a.example"})
    assert first == like("beacon", "Regular contact with a.example every 12 s", {"far_end": "a.example"})
    assert first != like("beacon", "Regular contact with b.example every 10 s", {"far_end": "b.example"})
    here = {"direction": "up", "dialect": "gt06", "server_name": "a.example", "server": "203.0.113.1"}
    assert like("location", "x", here) == like("location", "y", {**here, "server": "203.0.113.2"})
    assert like("location", "x", {**here, "server_name": ""}) != like("location", "x", here)
    assert like("identity", "IMEI seen", {}) == ("identity", "IMEI seen")


def test_a_number_that_anybody_may_have_links_nobody(tmp_path: Path) -> None:
    with Store(tmp_path / "a.db") as store:
        store.connection.executescript(
            "INSERT INTO sources (id, asset, status) VALUES (1, 'a', 'ok'), (2, 'b', 'ok');"
            "INSERT INTO observations (source_id, kind, value) VALUES (1, 'device.id', '1'), (2, 'device.id', '1'),"
            " (1, 'device.id', '000000000000'), (2, 'device.id', '000000000000'),"
            " (1, 'device.id', 'van-190'), (2, 'device.id', 'van-190');"
        )
        assert [row["value"] for row in fleet.shared(Reader(store, masked=False))] == ["van-190"]


def test_the_report_says_it_masked_and_in_every_form(database: Path) -> None:
    with Store(database) as store:
        document = assemble(Reader(store, masked=True), reproducible=True)
    assert document.fleet is not None
    (device,) = [one for one in document.fleet.shared if one.what == "imei"]
    assert device.assets == ("van-1", "van-2")
    assert IMEI not in device.value
    for text in (render(document), markdown(document)):
        assert IMEI not in text
        assert "2 of 4" in text
        assert "van-1, van-2" in text
    assert "In 2 of 4 cars." in render(document)


def test_one_car_alone_is_no_fleet(tmp_path: Path) -> None:
    scan([CAPTURES / "gt06-tracker"], tmp_path / "a.db", Plan(asset="van", jobs=1))
    with Store(tmp_path / "a.db") as store:
        document = assemble(Reader(store, masked=True), reproducible=True)
    assert document.fleet is None
    assert " of 1 cars" not in render(document)
