"""The one door through which reports, hand-offs and the command line read the database: what leaves it is masked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from iotwatch.files.baseline import Decision
from iotwatch.files.case import Case
from iotwatch.model import Place
from iotwatch.report import masking
from iotwatch.report.document import ids
from iotwatch.store import Store
from iotwatch.store.sweeps import Sweep, sweeps
from iotwatch.words.doubts import doubts_stored

Row = dict[str, Any]
_T = TypeVar("_T")

JSON_COLUMNS = ("reasons", "doubts", "facts", "aliases", "damage", "link_types")
_RANK = "CASE severity WHEN 'critical' THEN 4 WHEN 'high' THEN 3 WHEN 'medium' THEN 2 WHEN 'low' THEN 1 ELSE 0 END"
_SURE = "CASE confidence WHEN 'certain' THEN 2 WHEN 'likely' THEN 1 ELSE 0 END"
# Worst and surest first; of equals in an order that their content decides.
WORST = f"ORDER BY {_RANK} DESC, {_SURE} DESC, asset, kind, title, fingerprint"


class Reader:
    """Rows of one open database, masked unless ``masked`` is false.

    What is counted, compared or looked up in full is computed by a function that ``computed`` or ``each`` calls, so that no
    raw row outlives it unmasked. ``whole`` is for those who hand on what masking would break.
    """

    def __init__(self, store: Store, *, masked: bool) -> None:
        self._store = store
        self.masked = masked

    def computed(self, make: Callable[[Reader], _T], *, keep: Sequence[str] = ()) -> _T:
        """What ``make`` gives from the database in full, as it may be shown (``told``)."""
        return self.told(make(self.whole), keep=keep)

    def each(self, make: Callable[[Reader], Iterable[_T]], *, keep: Sequence[str] = ()) -> Iterator[_T]:
        """Each thing that ``make`` gives from the database in full, as it may be shown (``told``)."""
        return (self.told(one, keep=keep) for one in make(self.whole))

    @property
    def whole(self) -> Reader:
        """The same database in full: what is made of it has to leave by ``told``."""
        return Reader(self._store, masked=False) if self.masked else self

    def told(self, value: _T, *, key: str = "", keep: Sequence[str] = ()) -> _T:
        """A row, a text, a struct or any JSON value as it may be shown; the fields ``keep`` stay as they are.

        ``key`` is the column of a lone value.
        """
        return masking.told(value, key=key, keep=keep) if self.masked else value

    def hides(self, text: str) -> bool:
        """Whether ``text`` would not leave as it is."""
        return self.told(text) != text

    def query(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        """Rows of a read-only query as dictionaries."""
        return [self.told(row) for row in self._store.query(sql, parameters)]

    def decoded(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        """Rows of a query with their JSON columns as values."""
        return [self.told(decode(row)) for row in self._store.query(sql, parameters)]

    def assets(self, names: Sequence[str] | None = None) -> list[Row]:
        """Assets with their verdict and the number of findings; all, or those named."""
        sql = (
            "SELECT name, verdict, verdict_reason, judged_at, first_seen, last_seen,"
            " (SELECT count(*) FROM findings WHERE findings.asset = assets.name) AS findings,"
            " (SELECT count(*) FROM sources WHERE sources.asset = assets.name AND status != 'skipped') AS sources"
            " FROM assets ORDER BY name"
        )
        wanted = None if names is None else frozenset(names)
        found = self._store.query(sql)
        # An asset's name is the people's own word for the car.
        return [self.told(row, keep=("name",)) for row in found if wanted is None or row["name"] in wanted]

    def findings(self, asset: str = "", *, kind: str = "", limit: int = -1) -> list[Row]:
        """Findings, worst and surest first; of one ``kind`` where that is given, at most ``limit`` where that is not negative."""
        wanted = {name: value for name, value in (("asset", asset), ("kind", kind)) if value}
        where = "WHERE " + " AND ".join(f"{name} = ?" for name in wanted) if wanted else ""
        return self.decoded(f"SELECT * FROM findings {where} {WORST} LIMIT {limit}", tuple(wanted.values()))  # noqa: S608

    def evidence(self, finding_id: int) -> list[Row]:
        """The evidence of one finding with its source and its chain of operations."""
        rows = self.query(
            "SELECT evidence.*, sources.path AS source_path, sources.sha256 AS source_sha256, sources.kind AS source_kind"
            " FROM evidence JOIN sources ON sources.id = evidence.source_id WHERE finding_id = ? ORDER BY evidence.id",
            (finding_id,),
        )
        return [row | {"chain": self.place(row["place_id"]).chain()} for row in rows]

    def table(self, name: str, *, asset: str = "", limit: int = 1000) -> list[Row]:
        """Rows of one public table as ``show`` lists them."""
        sql = _TABLES[name]
        if asset and "{asset}" in sql:
            return self.decoded(sql.format(asset="WHERE asset = ?") + f" LIMIT {limit}", (asset,))
        return self.decoded(sql.format(asset="") + f" LIMIT {limit}")

    def row_of(self, noun: str, given: str) -> int:
        """The row id that ``given`` means (``ids.row_of``)."""
        return ids.row_of(self._named, noun, given)

    def check_asset(self, name: str) -> None:
        """``UnknownId`` when ``name`` is given and no asset's (``ids.check_asset``)."""
        ids.check_asset(self._named, name)

    def _named(self, sql: str, parameters: Sequence[object]) -> list[Row]:
        # Ids are what options take; what is told beside them stands in errors too, of which no --unmask speaks.
        return [
            masking.told(row, keep=[name for name in row if name != "told"])
            for row in self._store.query(sql, parameters)
        ]

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


def decode(row: Row) -> Row:
    """The row with its JSON columns as values."""
    for name in JSON_COLUMNS:
        if isinstance(row.get(name), str):
            row[name] = json.loads(row[name] or "null")
    if row.get("doubts"):
        row["doubts"] = [doubt.text for doubt in doubts_stored(row["doubts"])]
    return row


_TABLES = {
    "source": (
        "SELECT id, path, asset, vantage, kind, format, bytes, packets, status, reason, first_seen, last_seen, sha256"
        " FROM sources {asset} ORDER BY status = 'skipped', path, id"
    ),
    "flow": (
        "SELECT flows.id, transport, client, client_port, server, server_port, server_name, protocol, packets_up,"
        " packets_down, bytes_up, bytes_down, flows.first_seen FROM flows JOIN sources ON sources.id = flows.source_id"
        " {asset} ORDER BY flows.id"
    ),
    "position": (
        "SELECT id, time, latitude, longitude, valid, direction, dialect, method, reported_id, client, server, server_port,"
        " checksum, confidence, frame, asset FROM positions {asset} ORDER BY asset, time, id"
    ),
    "beacon": (
        "SELECT id, asset, client, server, server_name, port, transport, kind, events, interval_s, jitter, score, chance"
        " FROM beacons {asset} ORDER BY chance, asset, id"
    ),
    "module": (
        "SELECT id, asset, vendor, model, firmware_version, role, seen_in, confidence FROM modules {asset}"
        " ORDER BY asset, vendor, id"
    ),
    "endpoint": (
        "SELECT id, asset, name, address, port, country, as_name, vendor, purpose FROM endpoints {asset}"
        " ORDER BY asset, name, address, id"
    ),
    "coverage": (
        "SELECT sources.path, measure, subject, value, note FROM coverage JOIN sources ON sources.id = coverage.source_id"
        " {asset} ORDER BY path, coverage.id"
    ),
    "detector": "SELECT name, version, asks, false_alarms FROM detectors ORDER BY id",
}
TABLES = tuple(_TABLES)
