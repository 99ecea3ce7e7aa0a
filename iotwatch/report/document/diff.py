"""Two assets, two sweeps or two images: what is new, gone, or changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from operator import itemgetter
from sqlite3 import Connection

from iotwatch.report.reader import Reader, Row
from iotwatch.store import queries
from iotwatch.store.rows import Change

_Tell = Callable[[Row], str]


def diff(before: Reader, asset: str, after: Reader, other: str) -> list[Change]:
    """What changed from ``asset`` of one database to ``other`` of another (or the same), most telling first."""
    return list(before.each(lambda old: after.each(lambda new: _changes(old, asset, new, other))))


def _changes(before: Reader, asset: str, after: Reader, other: str) -> Iterator[Change]:
    for what, query, name, told in _COMPARED:
        # Of several with one name the one stored last is told.
        old, new = (
            {name(row): told(row) for row in sorted(reader.ask(query, one), key=lambda row: row.get("id", 0))}
            for reader, one in ((before, asset), (after, other))
        )
        yield from _compare(what, old, new)


def _compare(what: str, old: dict[str, str], new: dict[str, str]) -> Iterator[Change]:
    for name in sorted(old.keys() | new.keys()):
        if name not in old:
            yield Change(what, "new", name, after=new[name])
        elif name not in new:
            yield Change(what, "gone", name, before=old[name])
        elif old[name] != new[name]:
            yield Change(what, "changed", name, old[name], new[name])


def _name(row: Row) -> str:
    """A finding's name without what is measured anew in each sweep (intervals, counts)."""
    if row["kind"] == "beacon":
        return f"beacon: {row['subject']} to {row['facts'].get('far_end', '')}"
    subject = f" ({row['subject']})" if row["kind"] == "identity" else ""
    return f"{row['kind']}: {row['title']}{subject}"


# What is compared, the question that gives its rows, and of a row its name and what is told of it.
_COMPARED: tuple[tuple[str, Callable[[Connection, str], list[Row]], _Tell, _Tell], ...] = (
    ("finding", queries.findings.of, _name, lambda row: f"{row['severity']}, {row['confidence']}"),
    (
        "module",
        queries.assets.modules,
        lambda row: f"{row['vendor']} {row['role']}",
        lambda row: f"{row['model']} {row['firmware_version']}".strip(),
    ),
    (
        "endpoint",
        queries.assets.endpoints,
        lambda row: row["name"] or row["address"],
        lambda row: f"{row['vendor']} {row['purpose']}".strip(),
    ),
    (
        "file",
        queries.artefacts.of,
        itemgetter("path"),
        lambda row: f"{row['size']} bytes {(row['sha256'] or '')[:16]}".strip(),
    ),
    ("text", queries.observations.texts, lambda row: f"{row['kind']}: {row['value']}", lambda _: ""),
)
