"""The one door through which reports, hand-offs and the command line read the database: what leaves it is masked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from sqlite3 import Connection
from typing import Concatenate, ParamSpec, TypeVar

import msgspec

from iotwatch.files.baseline import Decision
from iotwatch.files.case import Case
from iotwatch.model import Place
from iotwatch.report import masking
from iotwatch.report.document import ids
from iotwatch.store import Store, queries
from iotwatch.store.query import Row
from iotwatch.store.sweeps import Sweep, sweeps

__all__ = ["EvidenceReader", "Reader", "Row", "decided"]

_P = ParamSpec("_P")
_T = TypeVar("_T")


class Reader:
    """Rows of one open database, masked unless ``masked`` is false.

    What is counted, compared or looked up in full is computed by a function that ``computed`` or ``each`` calls, so that no
    raw row outlives it unmasked.
    """

    def __init__(self, store: Store, *, masked: bool) -> None:
        self._store = store
        self.masked = masked

    def computed(self, make: Callable[[Reader], _T], *, keep: Sequence[str] = ()) -> _T:
        """What ``make`` gives from the database in full, as it may be shown (``told``)."""
        return self.told(make(self._whole()), keep=keep)

    def each(self, make: Callable[[Reader], Iterable[_T]], *, keep: Sequence[str] = ()) -> Iterator[_T]:
        """Each thing that ``make`` gives from the database in full, as it may be shown (``told``)."""
        return (self.told(one, keep=keep) for one in make(self._whole()))

    def _whole(self) -> Reader:
        return Reader(self._store, masked=False) if self.masked else self

    def told(self, value: _T, *, key: str = "", keep: Sequence[str] = ()) -> _T:
        """A row, a text, a struct or any JSON value as it may be shown; the fields ``keep`` stay as they are.

        ``key`` is the column of a lone value.
        """
        return masking.told(value, key=key, keep=keep) if self.masked else value

    def hides(self, text: str) -> bool:
        """Whether ``text`` would not leave as it is."""
        return self.told(text) != text

    def ask(self, query: Callable[Concatenate[Connection, _P], _T], *given: _P.args, **named: _P.kwargs) -> _T:
        """What one of ``store.queries`` gives, as it may be shown."""
        return self.told(query(self._store.connection, *given, **named))

    def assets(self, names: Sequence[str] | None = None) -> list[Row]:
        """Assets with their verdict and the number of findings; all, or those named."""
        wanted = None if names is None else frozenset(names)
        found = queries.assets.every(self._store.connection)
        # An asset's name is the people's own word for the car.
        return [self.told(row, keep=("name",)) for row in found if wanted is None or row["name"] in wanted]

    def findings(self, asset: str = "", *, kind: str = "", limit: int = -1) -> list[Row]:
        """Findings, worst and surest first; of one ``kind`` where that is given, at most ``limit`` where that is not negative."""
        return self.ask(queries.findings.of, asset, kind, limit)

    def evidence(self, finding_id: int) -> list[Row]:
        """The evidence of one finding with its source and its chain of operations."""
        found = self.ask(queries.evidence.of, finding_id)
        return [row | {"chain": self.place(row["place_id"]).chain()} for row in found]

    def table(self, name: str, *, asset: str = "", limit: int = 1000) -> list[Row]:
        """Rows of one public table as ``show`` lists them."""
        return self.ask(queries.listed.table, name, asset, limit)

    def row_of(self, noun: str, given: str) -> int:
        """The row id that ``given`` means (``ids.row_of``)."""
        readings = queries.named.candidates(self._store.connection, noun, given)
        # Ids are what options take; what is told beside them stands in errors too, of which no --unmask speaks.
        told = ([masking.told(row, keep=("id", "name")) for row in found] for found in readings)
        return ids.row_of(told, noun, given)

    def check_asset(self, name: str) -> None:
        """``UnknownId`` when ``name`` is given and no asset's: an empty answer would read as "nothing was found"."""
        if name and name not in self.asset_names():
            near = queries.named.beginning_with(self._store.connection, "asset", name, ids.SHOWN)
            raise ids.unknown_asset(name, [row["name"] for row in near])

    def place(self, row: int) -> Place:
        """Where bytes stand, by row id; positions in a file are nobody's secret."""
        return self._store.places.place(row)

    def asset_names(self) -> list[str]:
        return self._store.assets.names()

    def scope(self, asset: str) -> tuple[str, ...]:
        return tuple(self.told(list(self._store.assets.scope(asset))))

    def case(self, asset: str) -> Case | None:
        return self.told(self._store.assets.case(asset))

    def far_ends(self) -> list[tuple[str, str, str]]:
        """(asset, name, address) of whom the assets reached (``Store.far_ends``)."""
        return [(asset, self.told(name), self.told(address)) for asset, name, address in self._store.sources.far_ends()]

    def decisions(self) -> list[Decision]:
        """The decisions in force."""
        return [
            msgspec.structs.replace(
                one,
                target={name: self.told(value, key=name) for name, value in one.target.items()},
                reason=self.told(one.reason),
            )
            for one in self._store.decisions.of()
        ]

    def sweeps(self, asset: str) -> tuple[Sweep, ...]:
        return sweeps(self._store, asset)

    @property
    def path(self) -> Path:
        return self._store.path


class EvidenceReader(Reader):
    """A reader for those who hand on bytes themselves, or values that are either whole or left out: masking would break them."""

    @property
    def whole(self) -> Reader:
        """The same database in full: texts that are made of it have to leave by ``told``."""
        return self._whole()


def decided(finding: Row) -> str:
    """Which word explains a finding, and whose; empty where no decision in force speaks of it."""
    said = finding["facts"].get("decision")
    return f"{said['word']} by {said['author']}" if said else ""
