"""Which row an id means: whole or by its beginning, as long as that is one row's alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from iotwatch.errors import StoreError

# Rows of a read-only query as dictionaries, what is ``told`` in them as it may be shown.
Query = Callable[[str, Sequence[object]], list[dict[str, Any]]]
_SHOWN = 5


class UnknownId(StoreError):
    """No row has the id, or several have; the text says what to do next."""


class Noun(msgspec.Struct, frozen=True):
    """How rows of a table are named: ``names`` are columns whose beginning is enough, ``told`` says what a row is."""

    table: str
    told: str
    names: tuple[str, ...] = ()


NOUNS = {
    "asset": Noun("assets", "coalesce(verdict, '')", ("name",)),
    "finding": Noun("findings", "severity || ', ' || title", ("fingerprint",)),
    "flow": Noun("flows", "client || ' to ' || coalesce(nullif(server_name, ''), server)"),
    "beacon": Noun("beacons", "asset || ': ' || coalesce(nullif(server_name, ''), server)"),
    "module": Noun("modules", "asset || ': ' || vendor || ' ' || model"),
    "endpoint": Noun("endpoints", "asset || ': ' || vendor || ' ' || purpose", ("name",)),
    "position": Noun("positions", "asset || ': ' || dialect || ', ' || direction"),
    "source": Noun("sources", "asset || ': ' || path", ("sha256", "path")),
    "detector": Noun("detectors", "asks", ("name",)),
    "evidence": Noun("evidence", "length || ' bytes'"),
}


def row_of(query: Query, noun: str, given: str) -> int:
    """The row id that ``given`` means; ``UnknownId`` when it is no row's, or that of several.

    Numbers of rows and whole names win over beginnings. Findings are known by their former ids too, and a source by the
    last part of its path.
    """
    one = NOUNS[noun]
    if given.isascii() and given.isdigit() and noun != "finding":
        # SQLite's integers end at 2^63.
        found = query(f"SELECT id FROM {one.table} WHERE id = ?", (int(given) if len(given) < 19 else -1,))  # noqa: S608
        if found:
            return int(found[0]["id"])
    for condition in _conditions(noun):
        query_text = (
            f"SELECT id, {_name(noun)} AS name, {one.told} AS told FROM {one.table} WHERE {condition} ORDER BY name, id"  # noqa: S608
        )
        found = query(query_text, (given,) * condition.count("?"))
        if len({row["name"] for row in found}) == 1 and (len(found) == 1 or noun == "finding"):
            return int(found[0]["id"])
        if found:
            raise UnknownId(_several(noun, given, found))
    where = (
        "findings name them: `iotwatch show finding ID`" if noun == "evidence" else f"`iotwatch show {noun}` lists them"
    )
    raise UnknownId(f"no {noun} has the id {given!r}; {where}")


def check_asset(query: Query, name: str) -> None:
    """``UnknownId`` when ``name`` is given and no asset's: an empty answer would read as "nothing was found"."""
    if name and not query("SELECT 1 FROM assets WHERE name = ?", (name,)):
        near = ", ".join(one for one, _ in beginning_with(query, "asset", name, _SHOWN))
        hint = f"; did you mean {near}?" if near else ""
        raise UnknownId(f"no asset has the name {name!r}{hint}; `iotwatch show asset` lists them")


def beginning_with(query: Query, noun: str, given: str, most: int = 60) -> list[tuple[str, str]]:
    """Ids that begin with ``given``, each with what its row is: for the shell's completion."""
    one = NOUNS[noun]
    name = _name(noun)
    found = query(
        f"SELECT DISTINCT {name} AS name, {one.told} AS told FROM {one.table} WHERE substr({name}, 1, length(?)) = ?"  # noqa: S608
        " ORDER BY length(name), name LIMIT ?",
        (given, given, most),
    )
    return [(str(row["name"]), str(row["told"] or "")) for row in found]


def _name(noun: str) -> str:
    names = NOUNS[noun].names
    return names[0] if names else "CAST(id AS TEXT)"


def _conditions(noun: str) -> list[str]:
    names = NOUNS[noun].names
    whole = [f"{name} = ?" for name in names]
    begun = [f"substr({name}, 1, length(?)) = ?" for name in names]
    if noun == "finding":
        # An alias is a whole word in a list of JSON.
        return [*whole, *begun, "instr(coalesce(aliases, ''), '\"' || ?) > 0 AND ? != ''"]
    if noun == "source":
        return [*whole, "substr('/' || path, -length(?) - 1) = '/' || ?", *begun]
    return [*whole, *begun]


def _several(noun: str, given: str, found: Sequence[dict[str, Any]]) -> str:
    same = len({row["name"] for row in found}) == 1
    told = [f"{row['id'] if same else str(row['name'])[:16]} ({row['told']})" for row in found[:_SHOWN]]
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return f"the id {given!r} is that of {len(found)} {noun}s: {'; '.join(told)}{more}; give one of these"
