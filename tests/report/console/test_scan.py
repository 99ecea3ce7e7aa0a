"""What ``scan`` prints: one sentence an asset, then what was not covered, in 80 columns."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from iotwatch.report.console import machine as plain
from iotwatch.report.console.scan import print_scan
from iotwatch.report.document.first_page import first_page
from iotwatch.report.reader import Reader
from iotwatch.store import Store


def printed(database: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("COLUMNS", "80")
    with Store(database, create=False) as store:
        print_scan(Reader(store, masked=True), store.assets.names(), color=False)
    return capsys.readouterr().out


def flat(text: str) -> str:
    return " ".join(text.split())


def test_sentence_and_gaps_of_one_car_in_80_columns(
    car: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = printed(car, capsys, monkeypatch)
    assert max(map(len, text.splitlines())) <= 80
    with Store(car, create=False) as store:
        (entry,) = Reader(store, masked=True).assets()
        page = first_page(Reader(store, masked=True), entry)
    assert flat(text).count(flat(page.sentence)) == 1
    for line in page.not_checked:
        assert line in flat(text)


def test_several_cars_fit_a_screen_the_worst_first_and_each_is_named(
    fleet: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = printed(fleet, capsys, monkeypatch)
    assert max(map(len, text.splitlines())) <= 80
    with Store(fleet, create=False) as store:
        reader = Reader(store, masked=True)
        entries = reader.assets()
        pages = [first_page(reader, entry) for entry in entries]
        worst = [reader.findings(entry["name"], limit=1) for entry in entries]
    for page in pages:
        found = page.verdict in ("reports-location", "suspicious")
        assert f"{page.asset}: {page.verdict}" in text
        assert flat(page.sentence if found else page.headline) in flat(text)
    verdicts = [
        line.partition(": ")[2].split()[0]
        for line in text.splitlines()
        if line.split(":")[0] in {p.asset for p in pages}
    ]
    assert [word in ("reports-location", "suspicious") for word in verdicts] == sorted(
        (word in ("reports-location", "suspicious") for word in verdicts), reverse=True
    )
    assert all(rows[0]["fingerprint"][:8] in text for rows in worst if rows)
    assert text.count("Not checked") == 1


def test_what_no_asset_covers_is_told_once_and_every_kind_of_gap_is_told(
    fleet: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = flat(printed(fleet, capsys, monkeypatch))
    assert text.count("factory-fit not checked") == 1
    assert text.index("Not checked") < text.index("factory-fit not checked")
    with Store(fleet, create=False) as store:
        entries = Reader(store, masked=True).assets()
        pages = [first_page(Reader(store, masked=True), entry) for entry in entries]
    for kind in {said.word for page in pages for said in page.gaps}:
        told = [said.text for page in pages for said in page.gaps if said.word is kind]
        assert sum(flat(line) in text for line in told) >= 1
        if len(told) < len(pages):
            assert f"of {len(pages)}" in text


def test_a_fleet_is_a_table_and_the_sentences_of_those_found(
    fleet: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("iotwatch.report.console.scan._SHOWN_WHOLE", 3)
    text = flat(printed(fleet, capsys, monkeypatch))
    with Store(fleet, create=False) as store:
        entries = Reader(store, masked=True).assets()
        pages = [first_page(Reader(store, masked=True), entry) for entry in entries]
    assert {page.verdict for page in pages} > {"suspicious"}
    for page in pages:
        assert (page.sentence in text) == (page.verdict in ("reports-location", "suspicious"))
    assert f"{len(entries)} assets: 3 suspicious" in text


def test_of_many_the_found_come_first_and_the_rest_is_counted(
    fleet: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("_SHOWN_WHOLE", 2), ("_SHOWN_ROWS", 4)):
        monkeypatch.setattr(f"iotwatch.report.console.scan.{name}", value)
    text = flat(printed(fleet, capsys, monkeypatch))
    with Store(fleet, create=False) as store:
        entries = Reader(store, masked=True).assets()
        found = [entry for entry in entries if entry["verdict"] in ("reports-location", "suspicious")]
        pages = [first_page(Reader(store, masked=True), entry) for entry in found]
    assert len(found) == 3 < len(entries)
    assert all(entry["name"] in text for entry in found)
    assert f"... and {len(entries) - 4} more: iotwatch show asset" in text
    assert sum(page.sentence in text for page in pages) == 2
    assert "... and 1 more like these" in text
    assert f"{len(entries)} assets: 3 suspicious" in text


@pytest.mark.parametrize("masked", [True, False])
def test_programs_get_the_same_sentences(masked: bool, fleet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Store(fleet, create=False) as store:
        plain.print_scan(Reader(store, masked=masked), store.assets.names(), "json")
        told = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
        for entry in Reader(store, masked=masked).assets():
            page = first_page(Reader(store, masked=masked), entry)
            row = told[page.asset]
            assert (row["sentence"], tuple(row["not_checked"])) == (page.sentence, page.not_checked)
            assert len(row["findings"]) == entry["findings"]
