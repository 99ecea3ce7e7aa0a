"""The workloads are what they say: as many packets as written, the same for the same seed, no damage."""

from __future__ import annotations

import importlib
import io
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from iotwatch.read import read_capture


@pytest.fixture(scope="module")
def workloads() -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(Path(__file__).parent)
        yield importlib.import_module("workloads")


def test_fleet(workloads: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "fleet.pcap"
    count = workloads.write(workloads.fleet(1, 4 << 20, 12_000, 300), path)
    with path.open("rb") as file:
        capture = read_capture(file)
    assert (capture.packets, capture.complete) == (count, True)
    services = set(capture.flows.ports[: len(capture.flows), 1].tolist())
    assert services == {53, 80, 123, 443, 1883, 5023}
    assert 2 << 20 < path.stat().st_size < 8 << 20
    again = tmp_path / "again.pcap"
    workloads.write(workloads.fleet(1, 4 << 20, 12_000, 300), again)
    assert again.read_bytes() == path.read_bytes()


def test_small(workloads: ModuleType) -> None:
    traffic = workloads.small(2, 200_000)
    raw = b"".join(workloads.pcap(traffic, traffic.packets()))
    capture = read_capture(io.BytesIO(raw))
    assert capture.packets == len(traffic.packets())
    assert 70 < len(raw) / capture.packets < 120


def test_batch(workloads: ModuleType, tmp_path: Path) -> None:
    count = workloads.write_batch(tmp_path, files=6, size=400_000)
    formats = set()
    read = 0
    for path in tmp_path.iterdir():
        with path.open("rb") as file:
            capture = read_capture(file)
        read += capture.packets
        formats.add(capture.format)
        assert capture.complete
    assert (read, formats) == (count, {"pcap", "pcapng"})
