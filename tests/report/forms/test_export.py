"""The same inputs give the same export, whatever the order, the repetition or the number of workers."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from iotwatch.batch.scan import Plan, scan
from iotwatch.report.forms.export import write_csv, write_jsonl
from iotwatch.report.masking import mask_text
from iotwatch.report.reader import Reader
from iotwatch.store import Store

CAPTURES = Path(__file__).parents[3] / "captures"


def exported(database: Path, *, masked: bool = False) -> str:
    out = io.StringIO()
    with Store(database) as store:
        write_jsonl(Reader(store, masked=masked), out)
    return out.getvalue()


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    database = tmp_path_factory.mktemp("once") / "once.db"
    scan(sorted(CAPTURES.glob("*/*.pcap*")), database, Plan(asset="car", jobs=1))
    return database, exported(database)


def test_order_repetition_and_workers_change_nothing(tmp_path: Path, once: tuple[Path, str]) -> None:
    paths = sorted(CAPTURES.glob("*/*.pcap*"), reverse=True)
    for path in paths:
        scan([path], tmp_path / "many.db", Plan(asset="car", jobs=1))
    scan(paths, tmp_path / "many.db", Plan(asset="car", jobs=2, force=True))

    assert exported(tmp_path / "many.db") == once[1]


def test_every_line_is_whole_and_masked_unless_asked(once: tuple[Path, str]) -> None:
    records = [json.loads(line) for line in once[1].splitlines()]
    assert len(records) > 5
    assert all(record["evidence"] and record["reasons"] for record in records)
    imeis = {record["facts"]["value"] for record in records if record["kind"] == "identity"}
    masked = exported(once[0], masked=True)
    assert imeis
    assert not [imei for imei in imeis if imei in masked]


def test_csv_has_a_row_for_every_finding(once: tuple[Path, str]) -> None:
    out = io.StringIO()
    with Store(once[0]) as store:
        count = write_csv(Reader(store, masked=False), out)
    table = list(csv.DictReader(io.StringIO(out.getvalue())))
    assert len(table) == count == len(once[1].splitlines())
    assert all(row["severity"] for row in table)


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("GET /track?lat=22.917006&lon=-1.310018", "GET /track?lat=22.92&lon=-1.31"),
        ("at 47.913027,66.284519 and on", "at 47.91,66.28 and on"),
        (
            "every 10.125 s for 120.500 minutes of listening in all there",
            "every 10.125 s for 120.500 minutes of listening in all there",
        ),
        ("IMEI 860000000000017 of 00:00:5e:00:53:10", "IMEI 86000000******* of 00:00:5e:**:**:**"),
    ],
)
def test_text_is_masked(text: str, hidden: str) -> None:
    assert mask_text(text) == hidden
