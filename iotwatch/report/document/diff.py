"""Two assets, two sweeps or two images: what is new, gone, or changed."""

from __future__ import annotations

from collections.abc import Iterator
from operator import itemgetter

from iotwatch.report.reader import Reader
from iotwatch.store import queries
from iotwatch.store.query import Row
from iotwatch.store.rows import Change

_LEVELS = ("severity", "confidence")
_STORED = itemgetter("id")


def diff(before: Reader, asset: str, after: Reader, other: str) -> list[Change]:
    """What changed from ``asset`` of one database to ``other`` of another (or the same), most telling first."""
    return list(before.each(lambda old: after.each(lambda new: _changes(old, asset, new, other))))


def _changes(before: Reader, asset: str, after: Reader, other: str) -> Iterator[Change]:
    for what, read in (
        ("finding", _findings),
        ("module", _modules),
        ("endpoint", _endpoints),
        ("file", _files),
        ("text", _texts),
    ):
        yield from _compare(what, read(before, asset), read(after, other))


def _compare(what: str, old: dict[str, str], new: dict[str, str]) -> Iterator[Change]:
    for name in sorted(old.keys() | new.keys()):
        if name not in old:
            yield Change(what, "new", name, after=new[name])
        elif name not in new:
            yield Change(what, "gone", name, before=old[name])
        elif old[name] != new[name]:
            yield Change(what, "changed", name, old[name], new[name])


def _findings(reader: Reader, asset: str) -> dict[str, str]:
    # Of several with one name the one stored last is told, here and below.
    rows = sorted(reader.findings(asset), key=_STORED)
    return {_name(row): ", ".join(row[level] for level in _LEVELS) for row in rows}


def _name(row: Row) -> str:
    """A finding's name without what is measured anew in each sweep (intervals, counts)."""
    if row["kind"] == "beacon":
        return f"beacon: {row['subject']} to {row['facts'].get('far_end', '')}"
    return (
        f"{row['kind']}: {row['title']} ({row['subject']})"
        if row["kind"] == "identity"
        else f"{row['kind']}: {row['title']}"
    )


def _modules(reader: Reader, asset: str) -> dict[str, str]:
    rows = sorted(reader.ask(queries.assets.modules, asset), key=_STORED)
    return {f"{row['vendor']} {row['role']}": f"{row['model']} {row['firmware_version']}".strip() for row in rows}


def _endpoints(reader: Reader, asset: str) -> dict[str, str]:
    rows = sorted(reader.ask(queries.assets.endpoints, asset), key=_STORED)
    return {row["name"]: f"{row['vendor']} {row['purpose']}".strip() for row in rows}


def _files(reader: Reader, asset: str) -> dict[str, str]:
    rows = reader.ask(queries.artefacts.of, asset)
    return {row["path"]: f"{row['size']} bytes {(row['sha256'] or '')[:16]}".strip() for row in rows}


def _texts(reader: Reader, asset: str) -> dict[str, str]:
    rows = reader.ask(queries.observations.texts, asset)
    return {f"{row['kind']}: {row['value']}": "" for row in rows}
