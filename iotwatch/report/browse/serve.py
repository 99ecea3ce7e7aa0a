"""The database in a browser: Datasette with our descriptions, canned queries and a map page. Loopback only.

The map page draws with the report's own outline: no tiles, no request to anywhere. Served is a masked copy, private and gone
when the server stops, unless the whole is asked for.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from iotwatch.errors import MissingExtra, OptionError
from iotwatch.files.scratch import scratch
from iotwatch.report.browse.canned import QUERIES
from iotwatch.report.browse.masked_copy import write_masked_copy
from iotwatch.store import Store
from iotwatch.store.tables import TABLES
from iotwatch.words.hosts import read_host

LOOPBACK = "127.0.0.1"
MAP_PATH = "/-/map"
_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
_RAW = "Nothing is masked here: keep it on this host."
_MASKED = (
    "A masked copy: the tails of numbers are hidden, positions rounded to 0.01 degrees, bytes left out. It does not follow"
    " later scans."
)
_SETTINGS = {
    "allow_download": False,
    "sql_time_limit_ms": 10_000,
    "max_returned_rows": 5000,
    "facet_time_limit_ms": 1000,
}

# How Datasette shows tables: what names a row where another table points at it, and what is counted above the rows.
_SHOWN: dict[str, dict[str, Any]] = {
    "assets": {"label_column": "name"},
    "findings": {"label_column": "title", "facets": ["asset", "severity", "confidence", "kind"]},
    "flows": {"facets": ["protocol"]},
    "observations": {"facets": ["kind"]},
    "positions": {"facets": ["asset", "direction", "dialect"]},
    "sources": {"label_column": "path", "facets": ["asset", "vantage", "status"]},
}

Scope = Mapping[str, Any]
Application = Callable[[Scope, Any, Any], Awaitable[None]]


def metadata(path: Path, *, masked: bool) -> dict[str, Any]:
    """Datasette's metadata: what the tables hold, and queries that answer the usual questions."""
    return {
        "title": "iotwatch",
        "description_html": (
            f"Behaviour observed, intent not judged. {_MASKED if masked else _RAW}"
            f' <a href="{MAP_PATH}">Map of transmitted positions</a>'
        ),
        "databases": {
            path.stem: {
                "tables": {
                    "_sqlite_migrations": {"hidden": True},
                    **{name: {"description": table.about, **_SHOWN.get(name, {})} for name, table in TABLES.items()},
                },
                "queries": {
                    name: {"title": query.title, "description": query.description, "sql": query.sql}
                    for name, query in QUERIES.items()
                },
            }
        },
    }


def map_page(path: Path, asset: str) -> str:
    """The page of the map: positions of one asset, or of all."""
    from iotwatch.report.document import gathering
    from iotwatch.report.html.page import render_map
    from iotwatch.report.reader import Reader

    with Store(path, create=False) as store:
        names = store.assets.names()
        positions = [
            row
            for name in names
            if asset in ("", name)
            for row in gathering.positions(Reader(store, masked=False), name)
        ]
    return render_map(positions, names, asset)


def only_local(application: Application) -> Application:
    """Refuse requests for other host names: a page elsewhere must not reach in by naming this host (DNS rebinding)."""

    async def guarded(scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and host_of(dict(scope["headers"]).get(b"host", b"")) not in _HOSTS:
            await send({"type": "http.response.start", "status": 421, "headers": [(b"content-type", b"text/plain")]})
            await send({"type": "http.response.body", "body": b"this database is served to this host alone\n"})
            return
        await application(scope, receive, send)

    return guarded


def host_of(header: bytes) -> str:
    """The host of a Host header (RFC 9110 section 7.2) without its port; brackets of IPv6 taken off."""
    return read_host(header.decode("latin-1")).name


def application(path: Path, *, masked: bool) -> Application:
    """Datasette over the database at ``path``, as an ASGI application; ``masked`` says that it is a masked copy.

    ``MissingExtra`` when Datasette is not installed.
    """
    try:
        datasette, plugins = import_module("datasette.app"), import_module("datasette.plugins")
        hookimpl = import_module("datasette").hookimpl
        response = import_module("datasette.utils.asgi").Response
    except ModuleNotFoundError as error:
        raise MissingExtra(
            f"browse needs Datasette ({error.name} is missing): pip install 'iotwatch[browse]'"
        ) from error

    async def show_map(request: Any) -> Any:
        return response.html(await asyncio.to_thread(map_page, path, request.args.get("asset") or ""))

    # Datasette takes modules for plugins: it asks them for their name and for templates beside them.
    plugin = ModuleType("iotwatch_map")
    routes = [(rf"^{MAP_PATH}$", show_map)]
    links = [{"href": MAP_PATH, "label": "Map of transmitted positions"}]
    vars(plugin).update(register_routes=hookimpl(lambda: routes), menu_links=hookimpl(lambda: links))
    if plugins.pm.has_plugin(plugin.__name__):
        plugins.pm.unregister(name=plugin.__name__)
    plugins.pm.register(plugin, name=plugin.__name__)
    made = datasette.Datasette(
        files=[str(path)], metadata=metadata(path, masked=masked), settings=_SETTINGS, cors=False
    )
    return only_local(made.app())


def serve(path: Path, port: int, tell: Callable[[str], None], *, masked: bool) -> None:
    """Serve until interrupted, a masked copy if ``masked``; port 0 takes a free one. ``OptionError`` when it is taken."""
    with Store(path, create=False):
        pass  # says in one line what is wrong with the database, if anything is, and migrates it
    # Its folder is open to its owner alone, and so is the copy.
    with scratch() as folder:
        shown = path
        if masked:
            shown = folder / path.name
            write_masked_copy(path, shown)
        _serve(application(shown, masked=masked), port, tell)


def _serve(served: Application, port: int, tell: Callable[[str], None]) -> None:
    uvicorn = import_module("uvicorn")
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((LOOPBACK, port))
    except OSError as error:
        listener.close()
        raise OptionError(f"cannot listen on {LOOPBACK}:{port}: {error.strerror}") from error
    tell(f"http://{LOOPBACK}:{listener.getsockname()[1]}/")
    uvicorn.Server(uvicorn.Config(served, log_level="warning", lifespan="on")).run(sockets=[listener])
