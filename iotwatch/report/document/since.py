"""What the latest sweep of a car changed, in lines: for the pages behind page one and for the terminal."""

from __future__ import annotations

from collections import defaultdict

from iotwatch.report.document.model import Asset, Since
from iotwatch.report.reader import Reader, Row
from iotwatch.store import queries


def since_lines(asset: Asset) -> tuple[str, ...]:
    """What the latest sweep changed, in lines for a report; nothing for a first sweep."""
    told = asset.since
    if told is None:
        return ()
    began = f"Sweep {told.sweep} began {told.began[:10]}"
    if told.verdict_before == asset.verdict:
        lines = [f"{began}; the verdict is as before it: {asset.verdict}."]
    else:
        lines = [f"{began}; the verdict was {told.verdict_before or 'none'} before it and is {asset.verdict}."]
    for one in told.changes:
        level = " -> ".join(filter(None, (one.before, one.after)))
        lines.append(f"{one.change}: {one.name} ({level})")
    return tuple(lines) if told.changes else (*lines, "No finding is new, changed or gone.")


def counted(since: Since) -> tuple[int, int, int]:
    """How many findings are new, changed and gone."""
    words = [one.change for one in since.changes]
    return words.count("new"), words.count("changed"), words.count("gone")


def by_asset(reader: Reader) -> dict[str, str]:
    """In a few words for every asset with more than one sweep: its verdict before, and how many findings came or went."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in reader.ask(queries.assets.all_changes):
        found[row["asset"]].append(row)
    return {asset: _in_short(rows) for asset, rows in found.items()}


def _in_short(rows: list[Row]) -> str:
    told = [f"was {row['before']}" for row in rows if row["what"] == "verdict" and row["change"] != "same"]
    for word in ("new", "changed", "gone"):
        number = sum(row["what"] == "finding" and row["change"] == word for row in rows)
        if number:
            told.append(f"{number} {word}")
    return ", ".join(told) or "no change"
