"""Two assets, two sweeps or two images: what is new, gone, or changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from operator import itemgetter
from sqlite3 import Connection

from iotwatch.patterns import regex
from iotwatch.report.reader import Reader, Row
from iotwatch.store import queries
from iotwatch.store.rows import Change
from iotwatch.words.kinds import Kind

_Tell = Callable[[Row], str]
_NOTHING = ("", "")
_HASH = regex(r"[0-9a-f]{64}$")
_HASHES = ("before_sha256", "after_sha256")


class Difference(Change, frozen=True):
    """A change of what has a hash: of a file, of a certificate, of a private key's public half. Hashes name nobody's device and are
    never masked."""

    before_sha256: str = ""
    after_sha256: str = ""


def diff(before: Reader, asset: str, after: Reader, other: str) -> list[Difference]:
    """What changed from ``asset`` of one database to ``other`` of another (or the same), most telling first."""
    found = before.each(
        lambda old: after.each(lambda new: _changes(old, asset, new, other), keep=_HASHES), keep=_HASHES
    )
    return list(found)


def _changes(before: Reader, asset: str, after: Reader, other: str) -> Iterator[Difference]:
    for what, query, name, told in _COMPARED:
        # Of several with one name the one stored last is told.
        old, new = (
            {
                name(row): (told(row), _hash(what, row))
                for row in sorted(reader.ask(query, one), key=lambda row: row.get("id", 0))
            }
            for reader, one in ((before, asset), (after, other))
        )
        yield from _compare(what, old, new)


def _compare(what: str, old: dict[str, tuple[str, str]], new: dict[str, tuple[str, str]]) -> Iterator[Difference]:
    for name in sorted(old.keys() | new.keys()):
        change = "new" if name not in old else "gone" if name not in new else "changed"
        (before, old_hash), (after, new_hash) = old.get(name, _NOTHING), new.get(name, _NOTHING)
        if name not in old or name not in new or old[name] != new[name]:
            yield Difference(what, change, name, before, after, "", old_hash, new_hash)


def _hash(what: str, row: Row) -> str:
    """The hash of a row, where it has one: nothing else passes unmasked."""
    text = (
        str((row["value"] if row.get("kind") == Kind.KEY_PRIVATE else row["sha256"]) or "") if what in _HASHED else ""
    )
    return text if _HASH.match(text) else ""


def _certificate(row: Row) -> str:
    """Where it stands and whose it is; a private key is known by its public half."""
    return f"{row['path']}: {'private key' if row['kind'] == Kind.KEY_PRIVATE else row['value']}"


def _name(row: Row) -> str:
    """A finding's name without what is measured anew in each sweep (intervals, counts)."""
    if row["kind"] == "beacon":
        return f"beacon: {row['subject']} to {row['facts'].get('far_end', '')}"
    subject = f" ({row['subject']})" if row["kind"] == "identity" else ""
    return f"{row['kind']}: {row['title']}{subject}"


_HASHED = frozenset({"file", "certificate"})
# What is compared, the question that gives its rows, and of a row its name and what is told of it.
_COMPARED: tuple[tuple[str, Callable[[Connection, str], list[Row]], _Tell, _Tell], ...] = (
    ("finding", queries.findings.of, _name, lambda row: f"{row['severity']}, {row['confidence']}"),
    (
        "module",
        queries.assets.modules,
        lambda row: " ".join(filter(None, (row["vendor"], row["model"], row["role"]))),
        itemgetter("firmware_version"),
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
        lambda row: f"{row['size']} bytes",
    ),
    (
        "certificate",
        queries.observations.certificates,
        _certificate,
        lambda row: f"until {row['not_after']}" if row["not_after"] else row["form"] or "",
    ),
    ("text", queries.observations.texts, lambda row: f"{row['kind']}: {row['value']}", lambda _: ""),
)
