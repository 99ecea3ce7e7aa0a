"""Random bytes are noise, and nothing that says something is."""

from __future__ import annotations

import json
import random
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iotwatch.decode.noise import ENOUGH, is_noise


def test_random_bytes_are_noise():
    rng = random.Random(7)
    seen = [is_noise(rng.randbytes(rng.randrange(ENOUGH, 2000))) for _ in range(2000)]
    assert sum(seen) > 1980


def test_short_and_compressed_bytes_are_looked_at():
    rng = random.Random(8)
    assert not is_noise(rng.randbytes(ENOUGH - 1))
    text = json.dumps([{"n": rng.random()} for _ in range(200)]).encode()
    assert not is_noise(zlib.compress(text))
    assert not is_noise(zlib.compress(text, wbits=31))


def test_structure_is_no_noise():
    assert not is_noise(b"the quick brown fox jumps over the lazy dog, and so on and on, again")
    assert not is_noise(b"".join(bytes([0x7B, 1, 0, n, 0, 0, 200 + n % 50, n * 7 % 256]) for n in range(20)))


@given(st.binary(max_size=300))
def test_any_bytes(data: bytes):
    assert is_noise(data) in (True, False)


@pytest.mark.corpus
def test_no_message_with_a_position_is_noise(corpus: Path):
    with (corpus / "positions" / "traccar.jsonl").open() as lines:
        rows = [json.loads(line) for line in lines]
    noisy = [row["protocol"] for row in rows if is_noise(bytes.fromhex(row["payload_hex"]))]
    assert noisy == []
