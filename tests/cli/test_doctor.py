"""``doctor`` tells what is installed, and proves on a planted car that every detector fires here."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from iotwatch.cli import EXIT_BUG, doctor, planted
from iotwatch.cli import group as cli
from iotwatch.handoff import rules


def run() -> Result:
    return CliRunner().invoke(cli, ["doctor"], catch_exceptions=False)


def test_it_names_what_is_here_and_proves_the_detectors() -> None:
    told = run()
    assert told.exit_code == 0, told.output
    assert told.stdout.startswith("iotwatch ")
    for name in (*doctor._PROGRAMS, *doctor._PACKAGES, "signatures", "sandbox of the firmware readers"):
        assert f"  {name}: " in told.stdout
    assert "planted car: every detector fired, reports-location, in " in told.stdout


def test_each_absence_says_what_it_costs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    told = run()
    assert "tshark: absent - the long tail of protocols" in told.stdout
    assert "suricata: absent - exported Suricata rules are not tried" in told.stdout


def test_a_detector_that_is_silent_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planted, "_TAKEN", ("gt06-tracker/gt06-tracker.pcap",))
    monkeypatch.setattr(planted, "_LOGS", ("ttyUSB3-at.log",))
    told = run()
    assert told.exit_code == EXIT_BUG
    assert "vendor did not fire" in told.stdout
    assert "location did not fire" not in told.stdout


def test_without_the_captures_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(rules, "CHECKOUT", tmp_path / "nowhere")
    monkeypatch.setattr(rules, "PACKAGED", tmp_path / "nowhere")
    told = run()
    assert told.exit_code == EXIT_BUG
    assert "planted car: not tried - cannot build the demo car" in told.stdout
