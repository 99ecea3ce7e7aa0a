"""The document: strict, masked, the same for the same input, and described by its schema."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import msgspec
import pytest

from iotwatch.batch.scan import Plan, scan
from iotwatch.errors import StoreError
from iotwatch.report.document.assembling import assemble
from iotwatch.report.document.model import Document, to_json
from iotwatch.report.forms.schema import schema, schema_text
from iotwatch.report.reader import Reader
from iotwatch.store import Store
from tests.report.conftest import CAPTURES, CAR, NUMBERS


def test_json_comes_back_the_same(raw: Document, fleet_document: Document) -> None:
    assert msgspec.json.decode(to_json(raw), type=Document) == raw
    assert msgspec.json.decode(to_json(fleet_document), type=Document) == fleet_document


def test_a_field_that_the_schema_does_not_know_is_refused(masked: Document) -> None:
    value = json.loads(to_json(masked))
    value["assets"][0]["mood"] = "good"
    with pytest.raises(msgspec.ValidationError, match="mood"):
        msgspec.json.decode(json.dumps(value), type=Document)


def test_the_document_satisfies_the_published_schema(raw: Document, fleet_document: Document) -> None:
    validator = pytest.importorskip("jsonschema", reason="jsonschema is not installed").Draft202012Validator(schema())
    for document in (raw, fleet_document):
        validator.validate(json.loads(to_json(document)))


def test_the_schema_names_every_field_of_the_document(raw: Document) -> None:
    definitions = json.loads(schema_text())["$defs"]
    for value, name in ((json.loads(to_json(raw)), "Document"), (json.loads(to_json(raw))["assets"][0], "Asset")):
        assert set(value) <= set(definitions[name]["properties"])
        assert definitions[name]["additionalProperties"] is False
        assert set(definitions[name]["required"]) <= set(value)


def test_what_was_found_is_there(raw: Document) -> None:
    (asset,) = raw.assets
    assert asset.name == CAR
    assert asset.verdict == "reports-location"
    sent = [one for one in asset.positions if one.direction == "up"]
    assert len(sent) == 12
    assert {one.reported_id for one in sent} == {"860000000000033"}
    assert asset.far_ends[0].name == "gps.tracker-cloud.example"
    assert asset.far_ends[0].positions == 12
    assert [one.imei for one in asset.modules if one.role == "module"] == ["860000000000041"]
    assert {one.vantage for one in asset.vantages} >= {"lan"}
    assert {"operator", "place", "legal_basis"} <= set(asset.notes.__struct_fields__)
    assert asset.notes.legal_basis == "own vehicle, owner's written order"
    assert [phase.name for phase in asset.notes.phases] == ["parked", "driving"]


def test_every_evidence_names_its_file_and_the_way_to_its_bytes(raw: Document) -> None:
    hashes = {source.sha256 for asset in raw.assets for source in asset.sources}
    evidence = [one for asset in raw.assets for finding in asset.findings for one in finding.evidence]
    assert evidence
    assert all(one.sha256 in hashes and one.command and one.place for one in evidence)


def test_masked_unless_asked_otherwise(masked: Document, raw: Document) -> None:
    hidden, shown = to_json(masked).decode(), to_json(raw).decode()
    for number in NUMBERS:
        assert number not in hidden
        assert number.encode().hex() not in hidden
        assert number in shown
    for one in masked.assets[0].positions:
        assert one.latitude is None or round(one.latitude, 2) == one.latitude
    assert {one.excerpt for finding in masked.assets[0].findings for one in finding.evidence} == {"masked"}


def test_a_vehicle_number_in_an_asset_name_is_the_peoples_own_word(car: Path, tmp_path: Path) -> None:
    copy = tmp_path / "vin.db"
    shutil.copy(car, copy)
    with sqlite3.connect(copy) as connection:
        for table in ("assets", "sources", "findings", "positions", "modules", "beacons", "endpoints"):
            column = "name" if table == "assets" else "asset"
            connection.execute(f"UPDATE {table} SET {column} = '1M8GDM9AXKP042788'")
    connection.close()
    with Store(copy, create=False) as store:
        (asset,) = assemble(Reader(store, masked=True), reproducible=True).assets
    assert asset.name == "1M8GDM9AXKP042788"


def test_the_order_of_scanning_does_not_show(tmp_path: Path) -> None:
    names = ["gt06-tracker", "http-post-position", "at-quectel", "dns-and-tls"]
    made = []
    for turn in range(2):
        random.Random(turn).shuffle(names)
        database = tmp_path / f"{turn}.db"
        for name in names:
            scan([CAPTURES / name], database, Plan(asset="car", jobs=1))
        with Store(database, create=False) as store:
            made.append(to_json(assemble(Reader(store, masked=False), reproducible=True)))
    assert made[0] == made[1]


def test_only_the_run_line_differs_without_reproducible(car: Path) -> None:
    with Store(car, create=False) as store:
        told = assemble(Reader(store, masked=False), reproducible=False)
        plain = assemble(Reader(store, masked=False), reproducible=True)
    assert told.run is not msgspec.UNSET
    assert msgspec.structs.replace(told, run=msgspec.UNSET) == plain
    assert b'"run"' not in to_json(plain)


def test_an_asset_that_is_not_there_is_an_error_of_one_line(car: Path, tmp_path: Path) -> None:
    with Store(car, create=False) as store, pytest.raises(StoreError, match="no asset 'nobody'"):
        assemble(Reader(store, masked=True), "nobody", reproducible=True)
    with Store(tmp_path / "empty.db") as store, pytest.raises(StoreError, match="no asset yet"):
        assemble(Reader(store, masked=True), reproducible=True)


def test_the_fleet_tells_what_cars_share(fleet_document: Document) -> None:
    assert fleet_document.fleet is not None
    assert sum(fleet_document.fleet.verdicts.values()) == len(fleet_document.assets) == 5
    shared: dict[tuple[str, str], Any] = {(one.what, one.value): one.assets for one in fleet_document.fleet.shared}
    assert all(len(assets) > 1 for assets in shared.values())
    spread = {one.title: one.assets for one in fleet_document.fleet.findings}
    assert len(spread["IMEI sent in clear"]) == 3
    counted = {(finding.title, finding.cars) for asset in fleet_document.assets for finding in asset.findings}
    assert ("IMEI sent in clear", 3) in counted
    assert min(cars for _, cars in counted) == 1
    assert fleet_document.cars == 5
    assert not any(value.startswith("ff02") for _, value in shared)
