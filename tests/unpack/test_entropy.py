"""Entropy of more bytes than are counted at a time, against the definition, and what it takes of memory."""

from __future__ import annotations

import math
import random
import tracemalloc

from iotwatch.unpack.entropy import entropy


def test_it_is_that_of_the_definition() -> None:
    data = random.Random(4).randbytes(1 << 20) + b"abcd" * 300_000
    shares = [data.count(bytes([value])) / len(data) for value in range(256)]
    assert math.isclose(entropy(data), -sum(share * math.log2(share) for share in shares if share), rel_tol=1e-9)


def test_it_takes_no_multiple_of_the_bytes() -> None:
    data = bytes(16 << 20)
    entropy(data[:10])
    tracemalloc.start()
    try:
        assert entropy(data) == 0
        assert tracemalloc.get_traced_memory()[1] < len(data)
    finally:
        tracemalloc.stop()
