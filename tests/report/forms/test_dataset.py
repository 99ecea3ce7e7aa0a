"""Parquet by asset and day: what lies there is what was found, and the documented queries answer from it."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from iotwatch.batch.scan import Plan, scan
from iotwatch.errors import OutputError
from iotwatch.report.forms.dataset import write_dataset
from iotwatch.report.reader import Reader
from iotwatch.store import Store

ROOT = Path(__file__).resolve().parents[3]
parquet = pytest.importorskip("pyarrow.parquet", reason="the extra parquet (pyarrow, fsspec) is not installed")
CASES = ("gt06-tracker", "mqtt-position", "dns-and-tls", "usb-modem")


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("found") / "a.db"
    scan([ROOT / "captures" / name for name in CASES], path, Plan(asset_from="folder", jobs=1))
    return path


def rows(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = parquet.read_table(folder).to_pylist()
    return found


def test_all_that_was_found_lies_there_by_asset_and_day(database: Path, tmp_path: Path) -> None:
    with Store(database) as store:
        reader = Reader(store, masked=False)
        findings, observations = write_dataset(reader, str(tmp_path))
        assets = {row["name"] for row in reader.assets()}
        told = sorted((row["asset"], row["title"]) for row in reader.findings(""))
        values = store.query("SELECT count(*) AS n FROM observations")[0]["n"]
    lying = rows(tmp_path / "findings")
    assert len(lying) == findings == len(told)
    assert sorted((row["asset"], row["title"]) for row in lying) == told
    assert len(rows(tmp_path / "observations")) == observations == values
    assert {path.parent.parent.name for path in tmp_path.glob("findings/*/*/*.parquet")} == {
        f"asset={one}" for one in assets
    }
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*.parquet")} == {0o600}
    assert all(isinstance(json.loads(row["facts"]), dict) for row in lying)


def test_writing_again_replaces_and_leaves_other_assets(database: Path, tmp_path: Path) -> None:
    with Store(database) as store:
        reader = Reader(store, masked=False)
        write_dataset(reader, str(tmp_path))
        before = sorted(map(str, rows(tmp_path / "findings")))
        write_dataset(reader, str(tmp_path), "gt06-tracker")
    assert sorted(map(str, rows(tmp_path / "findings"))) == before


def test_identifiers_are_masked_unless_asked_for(database: Path, tmp_path: Path) -> None:
    with Store(database) as store:
        for masked in (True, False):
            write_dataset(Reader(store, masked=masked), str(tmp_path / str(masked)))
        (imei,) = {
            row["value"] for row in store.query("SELECT DISTINCT value FROM observations WHERE kind = 'imei' LIMIT 1")
        }
    assert any(imei in str(row) for row in rows(tmp_path / "False" / "observations"))
    for name in ("findings", "observations"):
        assert not any(imei in str(row) for row in rows(tmp_path / "True" / name))


def test_a_url_is_written_to_as_a_folder_is(database: Path) -> None:
    with Store(database) as store:
        findings, _ = write_dataset(Reader(store, masked=True), "memory://sweeps/2026")
    fsspec = pytest.importorskip("fsspec")
    system = fsspec.filesystem("memory")
    assert findings
    assert system.glob("/sweeps/2026/findings/asset=*/day=*/*.parquet")


@pytest.mark.parametrize("target", ["nosuch://bucket/x", "/proc/nothing"])
def test_where_nothing_can_be_written_it_is_said(database: Path, target: str) -> None:
    with Store(database) as store, pytest.raises(OutputError, match="cannot write to"):
        write_dataset(Reader(store, masked=True), target)


def test_the_documented_queries_answer(database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    duckdb = pytest.importorskip("duckdb", reason="duckdb is not installed")
    with Store(database) as store:
        write_dataset(Reader(store, masked=True), str(tmp_path / "sweeps"))
    text = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
    queries = text.split("```sql")[1].split("```")[0].split(";")[:-1]
    monkeypatch.chdir(tmp_path)
    answers = [duckdb.sql(query).fetchall() for query in queries]
    assert len(answers) == 3
    assert {kind for kind, _, _ in answers[0]} >= {"location", "module"}
    assert answers[2]
