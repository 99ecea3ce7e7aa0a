"""Every form says page one in the same words: what one form says, the others say."""

from __future__ import annotations

import html
import json
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from iotwatch.batch.scan import Plan, scan
from iotwatch.cli import group
from iotwatch.cli.planted import build
from iotwatch.files.baseline import read_baseline
from iotwatch.files.case import read_case
from iotwatch.report.document.assembling import assemble
from iotwatch.report.document.page_one import Summary
from iotwatch.report.reader import Reader
from iotwatch.store import Store

_TAG = re.compile(r"<[^>]*>")


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("car")
    sources = build(folder)
    scan([sources], folder / "a.db", Plan.of_sweep(read_case(folder / "case.toml"), "car", jobs=1))
    return folder / "a.db"


def page(database: Path) -> Summary:
    with Store(database, create=False) as store:
        return assemble(Reader(store, masked=True), reproducible=True).assets[0].summary


def run(*words: str) -> str:
    result = CliRunner().invoke(group, list(words), catch_exceptions=False)
    return result.output


def flat(text: str) -> str:
    """Without line breaks, marks of lists and tables, and what only escapes."""
    return re.sub(r"[\s\\|>*#-]+", " ", html.unescape(_TAG.sub(" ", text)))


def forms(database: Path, folder: Path) -> dict[str, str]:
    told = {}
    for form in ("html", "md", "json"):
        run("--db", str(database), "report", "-o", str(folder / f"report.{form}"))
        told[form] = (folder / f"report.{form}").read_text()
    told["json"] = json.dumps(json.loads(told["json"]), ensure_ascii=False)
    told["show"] = run("--db", str(database), "show", "asset", "car")
    return told


@pytest.mark.parametrize("decided", [False, True], ids=["open", "decided"])
def test_every_form_says_the_same(decided: bool, database: Path, tmp_path: Path) -> None:
    baseline = database.parent / "baseline.toml"
    database = Path(shutil.copy(database, tmp_path))
    if decided:
        run("--db", str(database), "decide", "add", "--baseline", str(baseline))
        assert read_baseline(baseline)
    told, summary = forms(database, tmp_path), page(database)
    # The analyst's reason does not deny the list that page one names.
    assert ("factory-fit not checked" in told["md"]) is not decided
    for form, text in told.items():
        for sentence in (summary.sentence, *summary.not_checked):
            assert flat(sentence) in flat(text), form
    for form in ("html", "md", "json"):
        for sentence in (summary.headline, *summary.where_to_look, *summary.what_to_do):
            assert flat(sentence) in flat(told[form]), form
