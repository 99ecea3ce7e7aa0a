"""Rows by what people call them: by number, by name, or by the beginning of a name."""

from __future__ import annotations

from collections.abc import Iterator
from sqlite3 import Connection

import msgspec

from iotwatch.store.query import Row, decoded, rows


class Noun(msgspec.Struct, frozen=True):
    """How rows of a table are named: ``names`` are columns whose beginning is enough, ``told`` says what a row is."""

    table: str
    told: str
    names: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The column that is shown."""
        return self.names[0] if self.names else "CAST(id AS TEXT)"


NOUNS = {
    "asset": Noun("assets", "coalesce(verdict, '')", ("name",)),
    "finding": Noun("findings", "severity || ', ' || title", ("fingerprint",)),
    "flow": Noun("flows", "client || ' to ' || coalesce(nullif(server_name, ''), server)"),
    "beacon": Noun("beacons", "asset || ': ' || coalesce(nullif(server_name, ''), server)"),
    "module": Noun("modules", "asset || ': ' || vendor || ' ' || model"),
    "endpoint": Noun("endpoints", "asset || ': ' || vendor || ' ' || purpose", ("name",)),
    "position": Noun("positions", "asset || ': ' || dialect || ', ' || direction"),
    "source": Noun("sources", "asset || ': ' || path", ("sha256", "path")),
    "artefact": Noun("artefacts", "path || ', ' || type", ("sha256", "path")),
    "detector": Noun("detectors", "asks", ("name",)),
    "evidence": Noun("evidence", "length || ' bytes'"),
}


def row(link: Connection, noun: str, number: int) -> Row:
    """All columns of the row with an id, which is there."""
    return decoded(rows(link, f"SELECT * FROM {NOUNS[noun].table} WHERE id = ?", (number,))[0])  # noqa: S608


def candidates(link: Connection, noun: str, given: str) -> Iterator[list[Row]]:
    """``id``, ``name`` and ``told`` of the rows that ``given`` may mean, the surest reading first.

    Numbers of rows and whole names come before beginnings. Findings are known by their former ids too, and a source or
    a file of an image by the last part of its path.
    """
    one = NOUNS[noun]
    columns = f"SELECT id, {one.name} AS name, {one.told} AS told FROM {one.table}"  # noqa: S608
    if given.isascii() and given.isdigit() and noun != "finding":
        # SQLite's integers end at 2^63.
        yield rows(link, f"{columns} WHERE id = ?", (int(given) if len(given) < 19 else -1,))
    for condition in _conditions(noun):
        yield rows(link, f"{columns} WHERE {condition} ORDER BY name, id", (given,) * condition.count("?"))


def _conditions(noun: str) -> list[str]:
    names = NOUNS[noun].names
    whole = [f"{name} = ?" for name in names]
    begun = [f"substr({name}, 1, length(?)) = ?" for name in names]
    if noun == "finding":
        # An alias is a whole word in a list of JSON.
        return [*whole, *begun, "instr(coalesce(aliases, ''), '\"' || ?) > 0 AND ? != ''"]
    if noun == "source":
        return [*whole, "substr('/' || path, -length(?) - 1) = '/' || ?", *begun]
    if noun == "artefact":
        # The end of a path is enough; an exclamation mark stands before what is inside a container.
        return [*whole, "substr('/' || replace(path, '!', '/'), -length(?) - 1) = '/' || ?", *begun]
    return [*whole, *begun]


def beginning_with(link: Connection, noun: str, given: str, most: int = 60) -> list[Row]:
    """``name`` and ``told`` of the rows whose name begins with ``given``, the shortest names first."""
    one = NOUNS[noun]
    query = (
        f"SELECT DISTINCT {one.name} AS name, {one.told} AS told FROM {one.table}"  # noqa: S608
        f" WHERE substr({one.name}, 1, length(?)) = ? ORDER BY length(name), name LIMIT ?"
    )
    return rows(link, query, (given, given, most))
