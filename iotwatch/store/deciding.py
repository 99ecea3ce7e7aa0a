"""Decisions: kept for ever, taken back by a date, never deleted."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from iotwatch.errors import StoreError
from iotwatch.model import Decision
from iotwatch.store.connected import Connected
from iotwatch.store.rows import iso, microseconds, now, to_json


class Deciding(Connected):
    """The decisions of ``Store``."""

    def add_decision(self, decision: Decision) -> int:
        """Keep a decision and mark the assets it speaks of as not judged; gives its row id."""
        with self.transaction():
            cursor = self.connection.execute(
                "INSERT INTO decisions (word, asset, target, author, reason, created, expires) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    *(decision.word, decision.asset, to_json(decision.target), decision.author, decision.reason),
                    *(now(), iso(decision.expires)),
                ),
            )
            self._judge_again(decision.asset)
        return int(cursor.lastrowid or 0)

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
        rows = self.connection.execute(
            "SELECT word, target, author, reason, asset, created, expires, id FROM decisions"
            " WHERE removed IS NULL AND (? = '' OR asset = '' OR asset = ?) ORDER BY created, author, target, id",
            (asset, asset),
        )
        return tuple(
            Decision(
                word, msgspec.json.decode(target), author, reason, name, microseconds(made), microseconds(end), row
            )
            for word, target, author, reason, name, made, end, row in rows
        )
