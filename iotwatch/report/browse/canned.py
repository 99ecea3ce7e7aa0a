"""The queries people ask first: data for ``browse``."""

from __future__ import annotations

from pathlib import Path

import msgspec


class Query(msgspec.Struct, frozen=True):
    """A named question; ``:asset`` empty means all assets."""

    title: str
    description: str
    sql: str


QUERIES = msgspec.toml.decode(Path(__file__).with_suffix(".toml").read_bytes(), type=dict[str, Query])
