"""Other packages' decoders and detectors: installed, they are asked last; broken, they are told."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import dpkt
import pytest

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "tests" / "outside"


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A folder in which the example is installed as pip does it: its module, and its metadata with the entry points."""
    folder = tmp_path / "site"
    metadata = folder / "acme_iotwatch-1.0.dist-info"
    metadata.mkdir(parents=True)
    for module in EXAMPLE.glob("*.py"):
        shutil.copyfile(module, folder / module.name)
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text())["project"]
    groups = [
        "\n".join([f"[{group}]", *(f"{name} = {value}" for name, value in points.items())])
        for group, points in project["entry-points"].items()
    ]
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-iotwatch\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("\n\n".join(groups) + "\n")
    return folder


def run(folder: Path, installed: Path, *words: str) -> subprocess.CompletedProcess[str]:
    paths = os.pathsep.join([str(ROOT), str(installed)])
    command = [sys.executable, "-m", "iotwatch", *words]
    environment = {**os.environ, "PYTHONPATH": paths}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_an_installed_package_is_asked_too(tmp_path: Path, installed: Path) -> None:
    told = b"ACME1 51.5001 -0.1201\nACME1 51.5101 -0.1301\n"
    segments = [dpkt.tcp.TCP(sport=4000, dport=7700, seq=1, flags=2)]
    segments += [dpkt.tcp.TCP(sport=4000, dport=7700, seq=2, flags=24, data=told)]
    with (tmp_path / "a.pcap").open("wb") as file:
        writer = dpkt.pcap.Writer(file)
        for number, segment in enumerate(segments):
            packet = dpkt.ip.IP(src=b"\x0a\0\0\x02", dst=b"\xcb\0\x71\x05", p=6, data=segment)
            frame = dpkt.ethernet.Ethernet(src=b"\2" * 6, dst=b"\4" * 6, data=packet)
            writer.writepkt(bytes(frame), ts=1_700_000_000 + number)
    done = run(tmp_path, installed, "scan", "--format", "jsonl", "a.pcap")
    found = {row["detector"]: row for row in map(json.loads, done.stdout.splitlines())}
    assert found["location"]["facts"]["dialect"] == "acme", done.stderr
    assert found["acme"]["title"] == "Acme device reports"


def test_one_that_does_not_load_is_told(tmp_path: Path, installed: Path) -> None:
    (installed / "acme_decoder.py").write_text("")
    done = run(tmp_path, installed, "decode", "00")
    assert done.returncode == 2
    assert "the entry point acme (acme_decoder:ACME) of iotwatch.decoders cannot be loaded" in done.stderr
