"""Two images: files, modules, endpoints and texts that came, went or changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from iotwatch.batch.scan import Plan, scan
from iotwatch.report.document.diff import Change, diff
from iotwatch.report.reader import Reader
from iotwatch.store import Store
from tests.tars import make_tar


@pytest.fixture
def changes(tmp_path: Path) -> list[Change]:
    agent = b"\x7fELF" + bytes(60) + b"report to https://old.fleet.example/track\0"
    later = agent.replace(b"old.fleet", b"new.fleet") + b"+QGPSLOC EG25GGBR07A08M2G_01.002.07\0/data/quec/log\0"
    old = make_tar(tmp_path / "old.tar", {"bin/agent": agent, "etc/same": b"same", "etc/gone": b"was here"})
    new = make_tar(tmp_path / "new.tar", {"bin/agent": later, "etc/same": b"same", "etc/more": b"is new"})
    scan([old], tmp_path / "a.db", Plan(asset="unit", jobs=1))
    scan([new], tmp_path / "b.db", Plan(asset="unit", jobs=1))
    with Store(tmp_path / "a.db") as before, Store(tmp_path / "b.db") as after:
        return diff(Reader(before, masked=False), "unit", Reader(after, masked=False), "unit")


def names(changes: list[Change], what: str, change: str) -> list[str]:
    return [one.name for one in changes if (one.what, one.change) == (what, change)]


def test_files(changes: list[Change]) -> None:
    assert [name.rpartition("!")[2] for name in names(changes, "file", "new")] == ["etc/more"]
    assert [name.rpartition("!")[2] for name in names(changes, "file", "gone")] == ["etc/gone"]
    assert [name.rpartition("!")[2] for name in names(changes, "file", "changed")] == ["bin/agent"]


def test_endpoints_and_modules(changes: list[Change]) -> None:
    assert "text.url: https://new.fleet.example/track" in names(changes, "text", "new")
    assert "text.url: https://old.fleet.example/track" in names(changes, "text", "gone")
    assert any(name.startswith("Quectel") for name in names(changes, "module", "new"))


def test_nothing_differs_from_itself(tmp_path: Path) -> None:
    one = make_tar(tmp_path / "a.tar", {"bin/agent": b"\x7fELF agent"})
    scan([one], tmp_path / "a.db", Plan(asset="unit", jobs=1))
    with Store(tmp_path / "a.db") as store:
        assert diff(Reader(store, masked=False), "unit", Reader(store, masked=False), "unit") == []
