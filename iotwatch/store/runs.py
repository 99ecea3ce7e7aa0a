"""Runs: when a scan began and ended, by which version and with which arguments."""

from __future__ import annotations

from iotwatch.store import tables
from iotwatch.store.connection import Database
from iotwatch.store.packing import clock, now


class Runs:
    """The rows of ``runs``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection = database.connection

    def start(self, version: str, signatures_version: str, arguments: str) -> int:
        """Note that a run began; gives its row id."""
        with self._database.transaction():
            values = {"version": version, "signatures_version": signatures_version, "arguments": arguments}
            return tables.RUNS.add(self._connection, started=clock(), **values)

    def finish(self, run_id: int) -> None:
        with self._database.transaction():
            self._connection.execute("UPDATE runs SET finished = ? WHERE id = ?", (now(), run_id))
