"""The store: one open database, and what is done with each noun in it."""

from __future__ import annotations

from pathlib import Path

from iotwatch.store.assets import Assets
from iotwatch.store.connection import Database
from iotwatch.store.decisions import Decisions
from iotwatch.store.judgements import Judgements
from iotwatch.store.runs import Runs
from iotwatch.store.sources import Sources


class Store(Database):
    """One open database with its parts. ``StoreError`` for whatever SQLite refuses."""

    def __init__(self, path: Path | str, *, create: bool = True) -> None:
        super().__init__(path, create=create)
        self.runs = Runs(self)
        self.sources = Sources(self)
        self.assets = Assets(self)
        self.judgements = Judgements(self)
        self.decisions = Decisions(self)
