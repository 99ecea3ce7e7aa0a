"""Assets: their names, what the people said of them, and whether they are judged."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from contextlib import suppress

import msgspec

from iotwatch.files.case import Case
from iotwatch.files.drive import Drive
from iotwatch.store.connection import Database
from iotwatch.store.packing import now, to_json


class Assets:
    """The rows of ``assets``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection = database.connection

    def names(self) -> list[str]:
        return [name for (name,) in self._connection.execute("SELECT name FROM assets ORDER BY name")]

    def unjudged(self) -> list[str]:
        """Names of the assets whose sources changed since they were judged, or of whose decisions one has expired since."""
        rows = self._connection.execute(
            "SELECT name FROM assets WHERE judged_at IS NULL OR EXISTS (SELECT 1 FROM decisions WHERE removed IS NULL"
            " AND decisions.asset IN ('', assets.name) AND expires > judged_at AND expires <= ?) ORDER BY name",
            (now(),),
        )
        return [name for (name,) in rows]

    def state(self, asset: str) -> tuple[object, ...]:
        """What a judgement of ``asset`` rests on, to see whether it changed: its sources, scope, case, drives and all decisions."""
        sources = "SELECT id, run_id, sha256 FROM sources WHERE asset = ? ORDER BY id"
        known = "SELECT scope, case_file, drives FROM assets WHERE name = ?"
        decisions = "SELECT count(*), max(id), max(removed) FROM decisions"
        rows = (*self._connection.execute(sources, (asset,)), *self._connection.execute(known, (asset,)))
        return (*rows, *self._connection.execute(decisions))

    def scope(self, asset: str) -> tuple[str, ...]:
        row = self._connection.execute("SELECT scope FROM assets WHERE name = ?", (asset,)).fetchone()
        return tuple(json.loads(row[0])) if row and row[0] else ()

    def case(self, asset: str) -> Case | None:
        """What the people know about the sweep of ``asset``, if they said."""
        row = self._connection.execute("SELECT case_file FROM assets WHERE name = ?", (asset,)).fetchone()
        return msgspec.json.decode(row[0], type=Case) if row and row[0] else None

    def drives(self, asset: str) -> tuple[Drive, ...]:
        """How the car moved by the tracks that were given."""
        row = self._connection.execute("SELECT drives FROM assets WHERE name = ?", (asset,)).fetchone()
        return msgspec.json.decode(row[0], type=tuple[Drive, ...]) if row and row[0] else ()

    def verdict(self, asset: str) -> str:
        """The verdict's word that is stored for ``asset``, empty before the first judgement."""
        row = self._connection.execute("SELECT verdict FROM assets WHERE name = ?", (asset,)).fetchone()
        return (row[0] or "") if row else ""

    def reached(self) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
        """What the far ends of each asset are counted under, of those that did not change since they were judged.

        A value that nobody here wrote counts for nothing.
        """
        query = "SELECT name, reached FROM assets WHERE judged_at IS NOT NULL AND reached IS NOT NULL"
        decode = msgspec.json.Decoder(tuple[tuple[str, ...], tuple[str, ...]]).decode
        found = {}
        for name, text in self._connection.execute(query):
            with suppress(msgspec.MsgspecError, TypeError):
                found[name] = decode(text)
        return found

    def write_case(
        self, assets: Iterable[str], scope: Sequence[str], case: Case | None, drives: Sequence[Drive] = ()
    ) -> None:
        """Note the scope, the case and the drives of ``assets``; an asset of which one changed is to be judged again."""
        values = (to_json(list(scope)), to_json(case) if case else None, to_json(drives) if drives else None)
        with self._database.transaction():
            self._connection.executemany(
                "UPDATE assets SET scope = ?, case_file = ?, drives = ?, judged_at = NULL"
                " WHERE name = ? AND (scope IS NOT ? OR case_file IS NOT ? OR drives IS NOT ?)",
                [(*values, asset, *values) for asset in assets] if scope or case or drives else [],
            )

    def judge_again(self, assets: Iterable[str]) -> None:
        """Mark ``assets`` as not judged."""
        self._connection.executemany("UPDATE assets SET judged_at = NULL WHERE name = ?", [(name,) for name in assets])
