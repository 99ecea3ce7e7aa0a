"""Findings, worst and surest first, and the detectors that made them."""

from sqlite3 import Connection

from iotwatch.store.query import Query, Row, decoded, rows

_RANK = "CASE severity WHEN 'critical' THEN 4 WHEN 'high' THEN 3 WHEN 'medium' THEN 2 WHEN 'low' THEN 1 ELSE 0 END"
_SURE = "CASE confidence WHEN 'certain' THEN 2 WHEN 'likely' THEN 1 ELSE 0 END"
# Of equals in an order that their content decides.
_WORST = f"ORDER BY {_RANK} DESC, {_SURE} DESC, asset, kind, title, fingerprint"
_SHORT = "SELECT fingerprint, severity, confidence, title FROM findings"


def of(link: Connection, asset: str = "", kind: str = "", limit: int = -1) -> list[Row]:
    """Findings of one asset and one kind where those are given, at most ``limit`` where that is not negative."""
    wanted = {name: value for name, value in (("asset", asset), ("kind", kind)) if value}
    where = "WHERE " + " AND ".join(f"{name} = ?" for name in wanted) if wanted else ""
    found = rows(link, f"SELECT * FROM findings {where} {_WORST} LIMIT {limit}", tuple(wanted.values()))  # noqa: S608
    return [decoded(row) for row in found]


# Of an asset: those with the fingerprints of a JSON list, those that a decision explains, and all equipment where that is asked.
telling: Query[str, str, bool] = Query(
    "SELECT fingerprint, kind, severity, confidence, facts FROM findings WHERE asset = ? AND (fingerprint IN"  # noqa: S608
    " (SELECT value FROM json_each(?)) OR json_extract(facts, '$.decision') IS NOT NULL"
    f" OR (? AND kind IN ('module', 'location'))) {_WORST}",
    decoded=True,
)
# What is compared from car to car of every finding, asset by asset.
of_cars: Query[()] = Query(
    "SELECT asset, kind, title, severity, confidence, facts FROM findings ORDER BY asset, fingerprint", decoded=True
)
# The finding with a row id, in short.
one: Query[int] = Query(f"{_SHORT} WHERE id = ?")
# The findings that rest on a position (row id), in short.
of_position: Query[int] = Query(
    f"{_SHORT} JOIN finding_positions ON finding_id = findings.id WHERE position_id = ? ORDER BY findings.id"
)
detector: Query[str] = Query("SELECT asks, false_alarms FROM detectors WHERE name = ?")
# How many findings of a detector are stored.
count_of: Query[str] = Query("SELECT count(*) AS number FROM findings WHERE detector = ?")
