"""What stands in a database: to compare two that were made in different ways."""

from __future__ import annotations

import io
from pathlib import Path

from iotwatch.report.forms.export import write_jsonl
from iotwatch.report.reader import Reader
from iotwatch.store import Store

TABLES = (
    *("runs", "sources", "flows", "contacts", "positions", "observations", "places", "coverage", "stretches"),
    *("assets", "findings", "evidence", "beacons"),
)


def export(database: Path) -> str:
    """Every finding with its evidence, as ``export --format jsonl --unmask`` gives them."""
    out = io.StringIO()
    with Store(database, create=False) as store:
        write_jsonl(Reader(store, masked=False), out)
    return out.getvalue()


def counts(database: Path) -> dict[str, int]:
    """Rows per table."""
    with Store(database, create=False) as store:
        return {name: store.query(f"SELECT count(*) AS n FROM {name}")[0]["n"] for name in TABLES}
