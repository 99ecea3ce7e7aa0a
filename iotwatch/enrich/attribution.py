"""An answer of a database, with which one said it and how old it is."""

from __future__ import annotations

import msgspec


class Named(msgspec.Struct, frozen=True):
    """A name from a database: ``database`` with its version, ``date`` of its data (ISO, empty when it does not say)."""

    name: str
    database: str
    date: str = ""

    @property
    def source(self) -> str:
        """The database and its date, as people are told."""
        return f"{self.database} {self.date}".strip()
