"""``browse``: queries that run, a map without tiles, and a server that answers this host alone."""

from __future__ import annotations

import asyncio
import sqlite3
import stat
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from iotwatch.cli import group
from iotwatch.report.browse.canned import QUERIES
from iotwatch.report.browse.masked_copy import write_masked_copy
from iotwatch.report.browse.serve import MAP_PATH, application, host_of, map_page, metadata, only_local, serve
from iotwatch.store import Store
from iotwatch.store.tables import TABLES
from tests.report.test_html import Page


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_every_canned_query_runs(name: str, car: Path) -> None:
    with sqlite3.connect(car) as connection:
        rows = connection.execute(QUERIES[name].sql, {"asset": "", "fingerprint": ""}).fetchall()
    connection.close()
    assert rows or name == "devices_in_several_assets"


def test_every_public_table_is_described(car: Path) -> None:
    with Store(car, create=False) as store:
        tables = {row["name"] for row in store.query("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert {name for name in tables if not name.startswith(("_", "sqlite_"))} == set(TABLES)
    shown = metadata(car, masked=True)["databases"]["car"]["tables"]
    assert {name for name, one in shown.items() if not one.get("hidden")} == set(TABLES)
    with Store(car, create=False) as store:
        for name, one in shown.items():
            columns = {row["name"] for row in store.query(f"SELECT name FROM pragma_table_info('{name}')")}
            assert columns >= {*one.get("facets", ()), *([one["label_column"]] if "label_column" in one else ())}


def test_the_map_page_asks_no_tile_server(car: Path) -> None:
    text = map_page(car, "")
    page = Page(text)
    assert not page.open
    assert sum((one["d"] or "").count("h0") for one in page.of("path") if one.get("class") == "dots") == 12
    assert {one["href"] for one in page.of("a")} == {"/", "?", "?asset=Van%2020"}
    assert "No position with coordinates" in map_page(car, "another")


@pytest.mark.parametrize(
    ("header", "host"),
    [
        (b"127.0.0.1:8001", "127.0.0.1"),
        (b"LOCALHOST", "localhost"),
        (b"[::1]:80", "::1"),
        (b"evil.example:8001", "evil.example"),
        (b"127.0.0.1.evil.example", "127.0.0.1.evil.example"),
        (b"", ""),
        (b"\xff", "ÿ"),
    ],
)
def test_the_host_of_a_header(header: bytes, host: str) -> None:
    assert host_of(header) == host


@pytest.mark.parametrize(("host", "status"), [(b"localhost:8001", 200), (b"evil.example", 421), (b"", 421)])
def test_other_host_names_are_refused(host: bytes, status: int) -> None:
    async def inner(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(only_local(inner)({"type": "http", "headers": [(b"host", host)]}, None, send))
    assert sent[0]["status"] == status


def test_without_datasette_one_line_says_what_to_install(car: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> None:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    monkeypatch.setattr("iotwatch.report.browse.serve.import_module", absent)
    result = CliRunner().invoke(group, ["browse", "--db", str(car)])
    assert "pip install 'iotwatch[browse]'" in result.output


@pytest.mark.parametrize("masked", [True, False], ids=["masked", "raw"])
def test_datasette_serves_tables_queries_and_the_map(masked: bool, car: Path, tmp_path: Path) -> None:
    pytest.importorskip("datasette", reason="datasette is not installed")
    import httpx

    shown = car
    if masked:
        shown = tmp_path / "car.db"
        write_masked_copy(car, shown)

    async def ask() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app=application(shown, masked=masked))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            paths = ("/", "/car/findings.json?_shape=array", "/car/verdicts.json?_shape=array", MAP_PATH)
            return [await client.get(path) for path in paths]

    front, findings, verdicts, page = asyncio.run(ask())
    assert front.status_code == 200
    assert "intent not judged" in front.text
    assert ("Nothing is masked here" in front.text) == (not masked)
    assert MAP_PATH in front.text
    assert findings.json()[0]["asset"] == "Van 20"
    assert ("860000000000033" in findings.text) == (not masked)
    assert verdicts.json()[0]["verdict"] == "reports-location"
    assert "Map of 12 transmitted positions" in page.text


def test_served_is_a_private_masked_copy_that_is_removed(car: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[Path, bool, int]] = []

    def made(path: Path, *, masked: bool) -> None:
        seen.append((path, masked, stat.S_IMODE(path.stat().st_mode)))

    monkeypatch.setattr("iotwatch.report.browse.serve.application", made)
    monkeypatch.setattr("iotwatch.report.browse.serve._serve", lambda *_: None)
    serve(car, 0, print, masked=True)
    serve(car, 0, print, masked=False)
    (copy, masked, mode), (whole, still, _) = seen
    assert (copy.name, masked, mode) == ("car.db", True, 0o600)
    assert not copy.exists()
    assert (whole, still) == (car, False)
