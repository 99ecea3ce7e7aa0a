"""What every dialect of the tuple keeps: bounded on any bytes, and its share of the corpus."""

from __future__ import annotations

import json
import time
from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iotwatch.decode.message import Message
from iotwatch.decode.trackers.binary_b import BINARY_B
from iotwatch.model import Confidence
from iotwatch.read.stream import from_bytes

NAMES = [dialect.name for dialect in BINARY_B]


@pytest.fixture(scope="module")
def rows(corpus):
    """The corpus' binary messages by protocol."""
    found = defaultdict(list)
    with (corpus / "positions" / "traccar.jsonl").open() as lines:
        for line in lines:
            row = json.loads(line)
            if row["kind"] == "binary":
                found[row["protocol"]].append(row)
    return found


def messages(dialect, data: bytes) -> list[Message]:
    return list(dialect.messages(from_bytes(data)))


def test_names_are_unique():
    assert len(set(NAMES)) == len(NAMES)


@pytest.mark.parametrize("dialect", BINARY_B, ids=NAMES)
@settings(max_examples=40, deadline=None)
@given(data=st.binary(max_size=600))
def test_any_bytes_are_bounded_and_typed(dialect, data):
    dialect.claims(data, None)
    for message in messages(dialect, data):
        start, end = message.span
        assert 0 <= start < end <= len(data)
        assert all(start <= fix.span[0] < fix.span[1] <= end for fix in message.fixes)
        assert all(abs(fix.latitude) <= 90 and abs(fix.longitude) <= 180 for fix in message.fixes)


@pytest.mark.parametrize("dialect", BINARY_B, ids=NAMES)
def test_long_hostile_runs_end_soon(dialect):
    started = time.process_time()
    for unit in (b"\0", b"\xff", b"$", b"\x78\x78", b"\0\x0f", b"~A\xff", bytes(range(256))):
        messages(dialect, (unit * 65536)[:65536])
    assert time.process_time() - started < 2


@pytest.mark.corpus
@pytest.mark.parametrize("dialect", BINARY_B, ids=NAMES)
def test_share_of_the_corpus(dialect, rows):
    mine = rows[dialect.name]
    placed = [row for row in mine if row["carries_position"] and row.get("expected")]
    right = sum(is_right(dialect, row) for row in placed)
    assert right >= min(0.9 * len(placed), len(placed) - 1), f"{right} of {len(placed)}"
    false = [row for row in mine if row["carries_position"] is False and places(dialect, row)]
    assert false == []


@pytest.mark.corpus
@pytest.mark.parametrize("dialect", BINARY_B, ids=NAMES)
def test_other_protocols_are_not_claimed_with_a_place(dialect, rows):
    claimed = [
        row["payload_hex"]
        for protocol, others in rows.items()
        if protocol != dialect.name
        for row in others
        if dialect.claims(bytes.fromhex(row["payload_hex"]), None) and sure(dialect, row)
    ]
    assert claimed == []


def sure(dialect, row) -> bool:
    found = messages(dialect, bytes.fromhex(row["payload_hex"]))
    return any(message.fixes and message.confidence >= Confidence.LIKELY for message in found)


def places(dialect, row) -> list[tuple[float, float]]:
    found = messages(dialect, bytes.fromhex(row["payload_hex"]))
    return [(fix.latitude, fix.longitude) for message in found for fix in message.fixes if fix.valid is not False]


def is_right(dialect, row) -> bool:
    want = row["expected"]
    return any(
        abs(fix.latitude - want["lat"]) < 0.0005 and abs(fix.longitude - want["lon"]) < 0.0005
        for message in messages(dialect, bytes.fromhex(row["payload_hex"]))
        for fix in message.fixes
    )
