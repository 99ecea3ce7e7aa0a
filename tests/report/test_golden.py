"""Every output form of three small sources equals its golden file, twice; how to renew them stands in golden/README.md."""

from __future__ import annotations

import json
import os
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from iotwatch import __version__
from iotwatch.batch.scan import Plan, scan
from iotwatch.cli import group
from iotwatch.cli.planted import build
from iotwatch.files.case import read_case
from iotwatch.open.pipeline import Options
from iotwatch.report.document.model import Document
from iotwatch.report.forms.schema import schema
from iotwatch.signatures import load

GOLDEN = Path(__file__).parent / "golden"
CAPTURES = Path(__file__).parent.parent.parent / "captures"
RENEW = os.environ.get("RENEW_GOLDEN", "")
FOLDER = re.compile(r"/[\w./-]*?/golden\d+/sources")
VERSION = re.compile(rf"(?<![\d.]){re.escape(__version__)}(?![\d.])")
# What is the same on every page, and is tested where it is made.
FIXED = re.compile(r"(<style[^>]*>|<script[^>]*>)[^<]{200,}|(\bd=\")M[^\"]{2000,}")
TEXT_FORMS = {
    "jsonl": "findings.jsonl",
    "csv": "findings.csv",
    "stix": "bundle.stix2.json",
    "suricata": "findings.rules",
    "yara": "findings.yar",
    "zeek": "intel.dat",
    "cyclonedx": "bom.cdx.json",
}
NEEDS = {"stix": "stix2", "parquet": "pyarrow"}


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tracker's traffic, a module's serial line and an update archive: three of the demo's sources."""
    folder = tmp_path_factory.mktemp("golden")
    made = build(folder / "demo")
    (folder / "sources").mkdir()
    for name in ("gt06-tracker.pcap", "ttyUSB2-at.log"):
        (made / name).rename(folder / "sources" / name)
    (made / "unit-2-update.tar").rename(folder / "sources" / "update.tar")
    return folder / "sources"


@pytest.fixture(scope="module")
def database(sources: Path) -> Path:
    """The sources scanned as one asset, the archive as another too."""
    path = sources.parent / "golden.db"
    case = read_case(CAPTURES / "gt06-tracker" / "case.toml")
    options = Options(scope=tuple(sorted(case.scope)))
    scan([sources], path, Plan(asset="Van 20", options=options, case=case, jobs=1))
    scan([sources / "update.tar"], path, Plan(asset="Van 21", jobs=1))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE sources SET seconds = 0")
        connection.execute("UPDATE runs SET started = '2026-11-22T00:00:00.000000Z', finished = started")
        connection.commit()
    return path


@pytest.fixture(autouse=True)
def no_other_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same here and where Suricata or a database of countries is installed."""
    monkeypatch.setattr("shutil.which", lambda *_, **__: None)
    for variable in ("IOTWATCH_COUNTRY_DB", "IOTWATCH_AS_DB"):
        monkeypatch.delenv(variable, raising=False)


def run(*words: str) -> bytes:
    result = CliRunner().invoke(group, list(words), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout_bytes


def same_everywhere(text: str) -> str:
    """Without what differs from version to version and from run to run."""
    signatures = load().version
    told = FOLDER.sub("SOURCES", text).replace(signatures, "SIGNATURES").replace(signatures[:12], "SIGNATURES")
    return VERSION.sub("VERSION", told)


def compare(name: str, text: str) -> None:
    told = same_everywhere(text)
    if RENEW:
        (GOLDEN / name).write_text(told, encoding="utf-8", newline="")
    expected = (GOLDEN / name).read_bytes().decode()
    assert told == expected, f"{name} changed; if on purpose, renew it as golden/README.md says"


@pytest.mark.parametrize("form", TEXT_FORMS)
def test_exports(form: str, database: Path) -> None:
    if form in NEEDS:
        pytest.importorskip(NEEDS[form], reason=f"the extra for {form} is not installed")
    words = ("export", "--db", str(database), "--format", form)
    first = run(*words)
    assert run(*words) == first
    compare(TEXT_FORMS[form], first.decode())


def test_parquet(database: Path, tmp_path: Path) -> None:
    """The schema and the rows; the bytes between them are of the library's version."""
    parquet = pytest.importorskip("pyarrow.parquet", reason="the extra for parquet is not installed")
    outputs = []
    for name in ("first", "second"):
        run("export", "--db", str(database), "--format", "parquet", "-o", str(tmp_path / name))
        outputs.append((tmp_path / name).read_bytes())
    assert outputs[0] == outputs[1]
    table = parquet.read_table(tmp_path / "first")
    columns = {field.name: str(field.type) for field in table.schema}
    told = json.dumps({"schema": columns, "rows": table.to_pylist()}, indent=1, ensure_ascii=False)
    compare("findings.parquet.json", told + "\n")


def report(database: Path, path: Path) -> str:
    run("report", "--db", str(database), "--reproducible", "-o", str(path))
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("suffix", ["md", "json", "html"])
def test_reports(suffix: str, database: Path, tmp_path: Path) -> None:
    first = report(database, tmp_path / f"first.{suffix}")
    assert report(database, tmp_path / f"second.{suffix}") == first
    shown = FIXED.sub(lambda hit: (hit[1] or hit[2]) + "...", first) if suffix == "html" else first
    compare(f"report.{suffix}", shown)


def test_the_json_report_fits_the_published_schema(database: Path, tmp_path: Path) -> None:
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    text = report(database, tmp_path / "report.json")
    published = json.loads(run("schema"))
    assert published == json.loads(json.dumps(schema()))
    jsonschema.Draft202012Validator.check_schema(published)
    jsonschema.Draft202012Validator(published).validate(json.loads(text))
    assert [asset.name for asset in msgspec.json.decode(text, type=Document).assets] == ["Van 20", "Van 21"]
    compare("report.schema.json", run("schema").decode())


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_no_run_data_is_in_them(form: str) -> None:
    text = (GOLDEN / TEXT_FORMS[form]).read_text(encoding="utf-8")
    assert "finding_id" not in text
    assert "/work" not in text
    assert len(text.splitlines()) > 5
