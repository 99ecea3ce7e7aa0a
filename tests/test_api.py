"""The public names of Python: light to import, typed, masked, and told on a page whose every block runs."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import dpkt
import pytest

import iotwatch
from iotwatch.errors import NotStored

ROOT = Path(__file__).parents[1]
CASE = ROOT / "captures" / "gt06-tracker"
TRUTH = json.loads((CASE / "expected.json").read_text())["positions"][0]


def example(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "examples" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def sweep(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One car's folder with the capture of a tracker's own talk."""
    folder = tmp_path_factory.mktemp("sweep")
    (folder / "car 17").mkdir()
    shutil.copy(CASE / "gt06-tracker.pcap", folder / "car 17" / "capture.pcap")
    return folder


@pytest.fixture(scope="module")
def database(sweep: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("stored") / "iotwatch.db"
    iotwatch.scan([sweep], path, iotwatch.Plan(asset_from="folder"))
    return path


def last_message() -> bytes:
    with (CASE / "gt06-tracker.pcap").open("rb") as file:
        frames = [dpkt.ethernet.Ethernet(data) for _, data in dpkt.pcap.Reader(file)]
    sent = [bytes(frame.data.data.data) for frame in frames if isinstance(frame.data.data, dpkt.tcp.TCP)]
    return [data for data in sent if data[:2] == b"\x78\x78" and data[3:4] in (b"\x12", b"\x22")][-1]


def test_the_import_loads_no_library_and_little_of_ours() -> None:
    code = "import sys; before = set(sys.modules); import iotwatch; print(*sorted(set(sys.modules) - before))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    loaded = out.split()
    assert [name for name in loaded if name.startswith("iotwatch")] == ["iotwatch", "iotwatch.version"]
    assert not {"msgspec", "numpy", "click", "sqlite3"} & set(loaded)


def test_every_public_name_is_there_and_stays_itself() -> None:
    for name in iotwatch.__all__:
        assert getattr(iotwatch, name) is getattr(iotwatch, name)
    with pytest.raises(AttributeError):
        iotwatch.__getattr__("nothing")


def test_types_are_shipped() -> None:
    assert (ROOT / "iotwatch" / "py.typed").is_file()


def test_findings_verdicts_and_positions_without_sql(database: Path) -> None:
    with iotwatch.open_results(database) as results:
        (verdict,) = results.verdicts()
        assert (verdict.asset, verdict.verdict, verdict.findings > 2) == ("car 17", "suspicious", True)
        worst = next(results.findings("car 17", kind="location"))
        assert worst.severity is iotwatch.Severity.HIGH
        assert worst.reasons
        assert worst.evidence[0].excerpt == "masked"
        masked = [(one.latitude, one.longitude) for one in results.positions("car 17")]
    assert len(masked) == TRUTH["count"]
    assert masked[0] == tuple(round(degrees, 2) for degrees in TRUTH["first"])
    with iotwatch.open_results(database, masked=False) as results:
        full = next(results.positions())
        assert (full.latitude, full.longitude) == pytest.approx(TRUTH["first"], abs=1e-5)
        data = (CASE / "gt06-tracker.pcap").read_bytes()
        one = next(results.findings(kind="location")).evidence[0]
        assert one.offset is not None
        assert data[one.offset : one.offset + one.length] == bytes.fromhex(one.excerpt)


def test_what_is_not_stored_is_an_error_and_not_an_empty_answer(database: Path, tmp_path: Path) -> None:
    with iotwatch.open_results(database) as results:
        for asked in (results.findings, results.positions):
            with pytest.raises(NotStored):
                next(asked("car 18"))
    with pytest.raises(NotStored), iotwatch.open_results(tmp_path / "absent.db"):
        pass


def test_the_fleet_technician(sweep: Path, database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    example("fleet_technician").main(str(sweep), str(database))
    assert capsys.readouterr().out.startswith("car 17: suspicious: Position sent to gps.tracker-cloud.example")


def test_the_lab_analyst(sweep: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    example("lab_analyst").main(str(sweep / "car 17" / "capture.pcap"), str(tmp_path / "iotwatch.db"))
    assert re.search(
        r"high, certain: Position sent .*\n  .*capture\.pcap frame \d+, offset \d+", capsys.readouterr().out
    )


def test_the_script_author() -> None:
    told = list(example("script_author").answers([last_message().hex() + "\n", "no hex"]))
    said = json.loads(told[0])
    assert said["dialect"] == "gt06"
    assert said["places"][0] == pytest.approx(TRUTH["last"], abs=1e-5)
    assert "error" in json.loads(told[1])


def test_the_page_of_the_api_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(CASE / "gt06-tracker.pcap", "capture.pcap")
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "api.md").read_text(), re.DOTALL)
    assert len(blocks) == 4
    for block in blocks:
        exec(compile(block, "docs/api.md", "exec"), {})  # noqa: S102
    out = capsys.readouterr().out
    assert "car 17 suspicious" in out
    assert "gt06 [(" in out
    assert "nowhere.db" in out
