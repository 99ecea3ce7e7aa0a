"""The scoreboard over the application payloads of the corpus: places found, traps left alone, radio lists."""

from __future__ import annotations

import json

import pytest

from iotwatch.open.answer import answer

TOLERANCE = 0.0005


@pytest.fixture(scope="module")
def samples(corpus):
    with (corpus / "payloads" / "payloads.jsonl").open() as file:
        rows = [json.loads(line) for line in file]
    return [(row, answer(bytes.fromhex(row["payload_hex"]))) for row in rows]


def _has(found, place) -> bool:
    return any(
        abs(fix.latitude - place[0]) < TOLERANCE and abs(fix.longitude - place[1]) < TOLERANCE for fix in found.fixes
    )


@pytest.mark.corpus
def test_places_found(samples):
    stated = [
        (found, place) for row, found in samples if row["carries_location"] is True for place in row["expected"] or ()
    ]
    share = sum(_has(found, place) for found, place in stated) / len(stated)
    whole = [
        all(_has(found, p) for p in row["expected"])
        for row, found in samples
        if row["carries_location"] is True and row["expected"]
    ]
    assert share >= 0.95
    assert sum(whole) / len(whole) >= 0.95


@pytest.mark.corpus
def test_traps_left_alone(samples):
    traps = [(row["id"], found.fixes) for row, found in samples if row["carries_location"] is False]
    assert sum(bool(fixes) for _, fixes in traps) <= len(traps) * 0.01


@pytest.mark.corpus
def test_radio_lists_found(samples):
    for row, found in samples:
        if row["carries_location"] == "cells":
            assert found.cells, row["id"]
        if row["carries_location"] == "wifi":
            assert found.access_points, row["id"]
