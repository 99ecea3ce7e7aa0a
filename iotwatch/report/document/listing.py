"""Tables of ``show``: all columns for programs, the telling ones for a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

from iotwatch.report.document import fleet, since
from iotwatch.report.document.registered import registered
from iotwatch.report.reader import Reader, Row, decided
from iotwatch.words.amounts import duration, odds

SHOWN = 1000
_SHORT_ID = 8
_LONG_TEXT = 300
_NAMED = 6
_VERDICTS = ("reports-location", "suspicious", "capable", "explained", "not-enough-data", "nothing-seen")


def listed(reader: Reader, noun: str, asset: str = "", *, limit: int = -1) -> list[Row]:
    """The rows of a noun, of one asset where that is given; at most ``limit`` where that is not negative."""
    if noun == "asset":
        return _assets(reader, asset)[: limit if limit >= 0 else None]
    if noun == "finding":
        return _findings(reader, asset, limit=limit)
    if noun == "fleet":
        told = [row for row in fleet.rows(reader) if not asset or asset in row["assets"]]
        return told[: limit if limit >= 0 else None]
    found = reader.table(noun, asset=asset, limit=limit)
    return [_looked_up(row) for row in found] if noun == "endpoint" else found


def _looked_up(endpoint: Row) -> Row:
    """A far end with where its address is registered, where that was not looked up when it was judged."""
    said = registered(endpoint["address"])
    return endpoint | {name: endpoint[name] or said[name] for name in ("country", "as_name")}


def _assets(reader: Reader, asset: str) -> list[Row]:
    """Assets by verdict, those that ask somebody to act first; ``changed`` says what the latest sweep changed."""

    def read(whole: Reader) -> list[Row]:
        changes = since.by_asset(whole)
        found = whole.assets([asset] if asset else None)
        return [row | {"changed": changes.get(row["name"], "")} for row in found]

    found = reader.each(read, keep=("name",))
    return sorted(found, key=lambda row: _VERDICTS.index(row["verdict"]) if row["verdict"] in _VERDICTS else -1)


def _findings(reader: Reader, asset: str, *, limit: int) -> list[Row]:
    """Findings, each with the number of cars that have its like."""

    def read(whole: Reader) -> list[Row]:
        spread = fleet.spread(whole)
        return [{**row, "cars": spread.of(row), "of": spread.cars} for row in whole.findings(asset, limit=limit)]

    return list(reader.each(read))


def brief(noun: str, found: Sequence[Row]) -> list[Row]:
    """The columns that fit a terminal; a noun without a choice keeps all of its own."""
    columns = _BRIEF.get(noun)
    if columns is None:
        return list(found)
    return [{name: read(row) for name, read in columns.items()} for row in found]


def _columns(*names: str) -> dict[str, Callable[[Row], Any]]:
    return {name: itemgetter(name) for name in names}


def _clock(name: str) -> Callable[[Row], str]:
    """A time to the second."""
    return lambda row: (row[name] or "")[:19]


def _far_end(port: str) -> Callable[[Row], str]:
    def read(row: Row) -> str:
        name = row["server_name"] or row["server"] or ""
        return f"{name}:{row[port]}" if name and row[port] else name

    return read


def _cars(row: Row) -> str:
    return f"{row['cars']} of {row['of']}"


def _place(row: Row) -> str:
    if row["latitude"] is None:
        return f"({row['method']} list)"
    return f"{row['latitude']:.6g},{row['longitude']:.6g}"


_BRIEF: dict[str, dict[str, Callable[[Row], Any]]] = {
    "asset": {
        **_columns("name", "verdict", "findings", "sources"),
        "last seen": _clock("last_seen"),
        "since the sweep before": itemgetter("changed"),
    },
    "finding": {
        "id": lambda row: row["fingerprint"][:_SHORT_ID],
        "asset": itemgetter("asset"),
        "severity": itemgetter("severity"),
        "sure": itemgetter("confidence"),
        "cars": lambda row: _cars(row) if row["of"] > 1 else "",
        "finding": itemgetter("title"),
        "decided": decided,
    },
    "fleet": {
        "cars": _cars,
        **_columns("severity", "what", "value"),
        "in": lambda row: ", ".join(row["assets"][:_NAMED]) + (" ..." if len(row["assets"]) > _NAMED else ""),
    },
    "flow": {
        **_columns("id", "client"),
        "far end": _far_end("server_port"),
        **_columns("transport", "protocol"),
        "up": itemgetter("bytes_up"),
        "down": itemgetter("bytes_down"),
    },
    "beacon": {
        **_columns("id", "asset"),
        "far end": _far_end("port"),
        **_columns("kind", "events"),
        "every": lambda row: duration(row["interval_s"]),
        "by chance": lambda row: odds(row["chance"]),
    },
    "module": _columns("id", "asset", "vendor", "model", "role", "seen_in", "confidence"),
    "endpoint": {
        **_columns("id", "asset"),
        "far end": lambda row: row["name"] or (f"{row['address']}:{row['port']}" if row["port"] else row["address"]),
        **_columns("country", "as_name", "vendor", "purpose"),
    },
    "position": {
        "id": itemgetter("id"),
        "time": _clock("time"),
        "place": _place,
        "sent": itemgetter("direction"),
        "dialect": itemgetter("dialect"),
        "device": itemgetter("reported_id"),
        "asset": itemgetter("asset"),
    },
    "source": {
        **_columns("id", "path", "asset", "vantage", "kind", "status", "packets"),
        "why": lambda row: (row["reason"] or "")[:_LONG_TEXT],
    },
    "artefact": _columns("id", "path", "type", "status", "size", "asset"),
    "coverage": _columns("path", "measure", "subject", "value", "note"),
    "detector": _columns("name", "asks"),
    "signature": _columns("id", "title", "identifies"),
}
