"""Which row an id means: whole or by its beginning, as long as that is one row's alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from iotwatch.errors import NotStored
from iotwatch.store.query import Row

SHOWN = 5


class UnknownId(NotStored):
    """No row has the id, or several have; the text says what to do next."""


def row_of(readings: Iterable[list[Row]], noun: str, given: str) -> int:
    """The row id that ``given`` means; ``UnknownId`` when it is no row's, or that of several.

    ``readings`` are the rows that it may mean, the surest reading first (``queries.named.candidates``).
    """
    for found in readings:
        if len({row["name"] for row in found}) == 1 and (len(found) == 1 or noun == "finding"):
            return int(found[0]["id"])
        if found:
            raise UnknownId(_several(noun, given, found))
    where = (
        "findings name them: `iotwatch show finding ID`" if noun == "evidence" else f"`iotwatch show {noun}` lists them"
    )
    raise UnknownId(f"no {noun} has the id {given!r}; {where}")


def unknown_asset(name: str, near: Sequence[str]) -> UnknownId:
    """No asset has the name ``name``; ``near`` begin with it."""
    hint = f"; did you mean {', '.join(near)}?" if near else ""
    return UnknownId(f"no asset has the name {name!r}{hint}; `iotwatch show asset` lists them")


def _several(noun: str, given: str, found: Sequence[Row]) -> str:
    same = len({row["name"] for row in found}) == 1
    told = [f"{row['id'] if same else str(row['name'])[:16]} ({row['told']})" for row in found[:SHOWN]]
    more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return f"the id {given!r} is that of {len(found)} {noun}s: {'; '.join(told)}{more}; give one of these"
