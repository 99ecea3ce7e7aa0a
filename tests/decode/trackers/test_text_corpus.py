"""The text dialects over the development corpus: places, names, times, cells."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from iotwatch.decode.trackers import TEXT
from iotwatch.decode.trackers.engine.text import TextDialect
from iotwatch.read.stream import from_bytes
from tests.decode.trackers.unread_places import says_none

DIALECTS = {dialect.name: dialect for dialect in TEXT if isinstance(dialect, TextDialect)}


def microseconds(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1_000_000)


@pytest.fixture(scope="module")
def rows(corpus: Path) -> list[dict[str, Any]]:
    lines = (corpus / "positions" / "traccar.jsonl").read_text().splitlines()
    return [row for row in map(json.loads, lines) if row["kind"] == "text" and row["protocol"] in DIALECTS]


@pytest.mark.corpus
def test_places_times_and_cells_of_the_dialects_own_messages(rows: list[dict[str, Any]]) -> None:
    count: Counter[str] = Counter()
    for row in rows:
        expected = row.get("expected")
        data = bytes.fromhex(row["payload_hex"])
        messages = list(DIALECTS[row["protocol"]].messages(from_bytes(data)))
        fixes = [fix for message in messages for fix in message.fixes]
        if says_none(row, data):
            count["without"] += 1
            count["claimed"] += any((fix.latitude, fix.longitude) != (0, 0) for fix in fixes)
        if not expected or expected.get("lat") is None:
            continue
        count["expected"] += 1
        near = [
            f for f in fixes if abs(f.latitude - expected["lat"]) < 5e-4 and abs(f.longitude - expected["lon"]) < 5e-4
        ]
        count["found"] += bool(near)
        if near and near[0].time is not None:
            count["timed"] += 1
            count["right time"] += abs(near[0].time - microseconds(expected["time"])) < 1_000_000
    assert count["found"] >= 0.98 * count["expected"], count
    assert count["claimed"] == 0, count
    assert count["right time"] >= 0.99 * count["timed"], count
