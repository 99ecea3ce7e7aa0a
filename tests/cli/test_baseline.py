"""A baseline made from a known-good car: it explains the next car of the make, and holds nothing that names the first."""

from __future__ import annotations

import shutil
from pathlib import Path

from click.testing import CliRunner

from iotwatch import open_results, scan
from iotwatch.cli.baseline import command
from iotwatch.cli.decide import command as decide

CAPTURE = Path(__file__).parents[2] / "captures" / "gt06-tracker" / "capture.pcap"


def test_a_baseline_of_one_car_explains_another_of_its_make(tmp_path: Path) -> None:
    capture = next((CAPTURE.parent).glob("*.pcap"))
    for name in ("good", "other"):
        shutil.copyfile(capture, tmp_path / f"{name}.pcap")
        scan([tmp_path / f"{name}.pcap"], tmp_path / f"{name}.db")
    words = ["make", "good.pcap", "--db", str(tmp_path / "good.db"), "-o", str(tmp_path / "van.toml")]
    made = CliRunner().invoke(command, [*words, "--author", "A", "--reason", 'van of "2024"'])
    assert made.exit_code == 0, made.output
    text = (tmp_path / "van.toml").read_text()
    with open_results(tmp_path / "good.db", masked=False) as results:
        (sent,) = [one for one in results.findings() if one.kind == "location"]
    assert sent.facts["device_id"] not in text
    assert sent.facts["server_name"] in text
    assert "left out: identity" in made.output
    taken = CliRunner().invoke(
        decide, ["add", "--db", str(tmp_path / "other.db"), "--baseline", str(tmp_path / "van.toml")]
    )
    assert taken.exit_code == 0, taken.output
    with open_results(tmp_path / "other.db") as results:
        decided = {one.kind: one.facts.get("decision", {}).get("baseline") for one in results.findings()}
    assert decided["location"] == "van.toml"
    assert decided["identity"] is None


def test_a_baseline_overwrites_nothing_and_wants_a_car_that_is_stored(tmp_path: Path) -> None:
    capture = next((CAPTURE.parent).glob("*.pcap"))
    scan([capture], tmp_path / "a.db")
    (tmp_path / "van.toml").write_text("kept")
    for asset, told in ((capture.name, "File exists"), ("no-such-car", "there is no asset")):
        words = ["make", asset, "--db", str(tmp_path / "a.db"), "-o", str(tmp_path / "van.toml")]
        result = CliRunner().invoke(command, [*words, "--author", "A", "--reason", "R"])
        assert told in str(result.exception)
    assert (tmp_path / "van.toml").read_text() == "kept"
