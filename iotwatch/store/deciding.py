"""Decisions: kept for ever, taken back by a date, never deleted."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from iotwatch.errors import StoreError
from iotwatch.files.baseline import Decision
from iotwatch.store import tables
from iotwatch.store.connected import Connected
from iotwatch.store.packing import clock, now


class Deciding(Connected):
    """The decisions of ``Store``."""

    def add_decision(self, decision: Decision) -> int:
        """Keep a decision and mark the assets it speaks of as not judged; gives its row id."""
        with self.transaction():
            made = msgspec.structs.replace(decision, created=clock())
            tables.DECISIONS.insert(self.connection, [made], removed=None)
            self._judge_again(decision.asset)
            return int(self.connection.execute("SELECT last_insert_rowid()").fetchone()[0])

    def remove_decision(self, decision_id: int) -> None:
        """Take a decision back; the row stays, with the time. ``StoreError`` when there is no such decision in force."""
        with self.transaction():
            query = "SELECT asset FROM decisions WHERE id = ? AND removed IS NULL"
            found = self.connection.execute(query, (decision_id,)).fetchone()
            if found is None:
                raise StoreError(f"there is no decision {decision_id} in force; `iotwatch decide list` shows them")
            self.connection.execute("UPDATE decisions SET removed = ? WHERE id = ?", (now(), decision_id))
            self._judge_again(found[0])

    def _judge_again(self, asset: str) -> None:
        self.connection.execute("UPDATE assets SET judged_at = NULL WHERE name = ? OR ? = ''", (asset, asset))

    def judge_again(self, assets: Iterable[str]) -> None:
        """Mark ``assets`` as not judged."""
        self.connection.executemany("UPDATE assets SET judged_at = NULL WHERE name = ?", [(name,) for name in assets])

    def decisions(self, asset: str = "") -> tuple[Decision, ...]:
        """The decisions in force for ``asset`` (empty: all that were not taken back), expired ones included."""
        tail = "WHERE removed IS NULL AND (? = '' OR asset = '' OR asset = ?) ORDER BY created, author, target, id"
        return tuple(tables.DECISIONS.read(self.connection, Decision, tail, (asset, asset)))
