"""Every output form from the command line: masked, private, the same twice."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from iotwatch.cli import demo, planted
from iotwatch.cli import group as cli
from iotwatch.cli.export import FORMS
from iotwatch.report.reader import Reader
from iotwatch.store import Store

NUMBERS = (b"860000000000033", b"860000000000017", b"860000000000041", b"89999010000000000013", b"001010123456789")
NEEDS = {"parquet": "pyarrow", "stix": "stix2"}
FOR_ALL = [form for form in FORMS if form != "pcap"]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("export") / "demo.db"
    demo.scan_car(path)
    return path


def export(database: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["export", "--db", str(database), *arguments])


def location(database: Path) -> str:
    with Store(database) as store:
        found = Reader(store, masked=False).findings(planted.ASSET)
        return next(str(row["fingerprint"]) for row in found if row["facts"].get("dialect") == "gt06")


@pytest.mark.parametrize("form", FOR_ALL)
def test_masked_private_and_the_same_twice(form: str, database: Path, tmp_path: Path) -> None:
    if form in NEEDS:
        pytest.importorskip(NEEDS[form], reason=f"the extra for {form} is not installed")
    outputs = []
    for name in ("first", "second"):
        result = export(database, "--format", form, "-o", str(tmp_path / name))
        assert result.exit_code == 0, result.output
        outputs.append((tmp_path / name).read_bytes())
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    assert outputs[0] == outputs[1] != b""
    assert not [number for number in NUMBERS if number in outputs[0]]
    assert export(database, "--format", form).stdout_bytes == outputs[0]


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_unmask_shows_what_was_hidden(form: str, database: Path) -> None:
    assert NUMBERS[0] in export(database, "--format", form, "--unmask").stdout_bytes


@pytest.mark.parametrize("form", ["suricata", "yara"])
def test_rules_of_one_finding(form: str, database: Path) -> None:
    found = export(database, "--format", form, location(database)[:8])
    assert found.exit_code == 0
    assert "broker.fleet.example" not in found.stdout


def test_the_cut_out_needs_a_finding_and_a_file(database: Path, tmp_path: Path) -> None:
    assert export(database, "--format", "pcap").exit_code == 2
    result = export(database, "--format", "pcap", location(database), "-o", str(tmp_path / "cut.pcapng"))
    assert result.exit_code == 0
    assert (tmp_path / "cut.pcapng").read_bytes()[:4] == b"\x0a\x0d\x0d\x0a"


def test_forms_of_all_findings_refuse_the_id_of_one(database: Path) -> None:
    result = export(database, "--format", "stix", location(database))
    assert result.exit_code == 2
    assert "of all findings" in result.output


def test_an_unknown_id_is_told(database: Path) -> None:
    result = export(database, "--format", "yara", "ffffffffffff")
    assert result.exit_code != 0
    assert "no finding has the id" in result.output


@pytest.mark.parametrize(("form", "library"), NEEDS.items())
def test_an_absent_extra_is_told(form: str, library: str, database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, library, None)
    result = export(database, "--format", form)
    assert result.exit_code != 0
    assert "pip install 'iotwatch[" in result.stderr


@pytest.mark.parametrize("words", [("export",), ("show", "finding"), ("report", "-o", "unused.md")])
def test_an_unknown_asset_is_no_empty_answer(words: tuple[str, ...], database: Path) -> None:
    result = CliRunner().invoke(cli, [*words, "--db", str(database), "--asset", planted.ASSET[:4]])
    assert result.exit_code == 2
    assert f"did you mean {planted.ASSET}?" in result.output
    assert "`iotwatch show asset` lists them" in result.output
