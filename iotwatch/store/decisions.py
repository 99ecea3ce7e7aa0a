"""Decisions: kept for ever, taken back by a date, never deleted."""

from __future__ import annotations

import msgspec

from iotwatch.errors import NotStored
from iotwatch.files.baseline import Decision
from iotwatch.store import tables
from iotwatch.store.connection import Database
from iotwatch.store.packing import clock, now


class Decisions:
    """The rows of ``decisions``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection = database.connection

    def add(self, decision: Decision) -> int:
        """Keep a decision and mark the assets it speaks of as not judged; gives its row id."""
        with self._database.transaction():
            made = msgspec.structs.replace(decision, created=clock())
            tables.DECISIONS.insert(self._connection, [made], removed=None)
            self.judge_again(decision.asset)
            return int(self._connection.execute("SELECT last_insert_rowid()").fetchone()[0])

    def remove(self, decision_id: int) -> None:
        """Take a decision back; the row stays, with the time. ``NotStored`` when there is no such decision in force."""
        with self._database.transaction():
            query = "SELECT asset FROM decisions WHERE id = ? AND removed IS NULL"
            found = self._connection.execute(query, (decision_id,)).fetchone()
            if found is None:
                raise NotStored(f"there is no decision {decision_id} in force; `iotwatch decide list` shows them")
            self._connection.execute("UPDATE decisions SET removed = ? WHERE id = ?", (now(), decision_id))
            self.judge_again(found[0])

    def judge_again(self, asset: str) -> None:
        """Mark the assets that a decision on ``asset`` speaks of as not judged."""
        self._connection.execute("UPDATE assets SET judged_at = NULL WHERE name = ? OR ? = ''", (asset, asset))

    def of(self, asset: str = "") -> tuple[Decision, ...]:
        """The decisions in force for ``asset`` (empty: all that were not taken back), expired ones included."""
        tail = "WHERE removed IS NULL AND (? = '' OR asset = '' OR asset = ?) ORDER BY created, author, target, id"
        return tuple(tables.DECISIONS.read(self._connection, Decision, tail, (asset, asset)))
