"""Kept segments come back stream by stream with their own bytes, whatever lengths and batches they came in."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from iotwatch.read.layers.columns import SLACK
from iotwatch.read.streams.segments import SEGMENT_COST, SegmentStore

SEGMENT = st.tuples(st.integers(0, 4), st.integers(0, 300), st.sampled_from([1, 2, 40, 63, 64, 65, 200]))


@given(st.lists(st.lists(SEGMENT, max_size=30), max_size=5), st.randoms(use_true_random=False))
def test_bytes_and_columns_of_any_batches(batches, random) -> None:
    store = SegmentStore()
    wanted: dict[int, list[tuple[bytes, int]]] = {}
    frame = size = 0
    for batch in batches:
        data = random.randbytes(500)
        ordered = sorted(batch, key=lambda segment: segment[0])
        columns = [np.array([segment[n] for segment in ordered], np.int64) for n in range(3)]
        frames = np.arange(frame, frame + len(ordered))
        zero = np.zeros(len(ordered), np.int64)
        store.add(np.frombuffer(data + bytes(SLACK), np.uint8), *columns, zero.astype(np.uint32), frames, zero, zero)
        for number, (stream, start, length) in enumerate(ordered):
            wanted.setdefault(stream, []).append((data[start : start + length], frame + number))
            size += length + SEGMENT_COST
        frame += len(ordered)
    assert store.size == size
    assert len(store) == len(wanted)
    found: dict[int, list[tuple[bytes, int]]] = {}
    for block in store.blocks():
        texts = store.texts(block.at, block.at + block.length)
        for stream, text, number in zip(block.stream.tolist(), texts, block.frame.tolist(), strict=True):
            found.setdefault(stream, []).append((bytes(text), number))
    assert found == wanted


def test_bytes_of_two_batches_do_not_touch() -> None:
    store = SegmentStore()
    one, zero = np.ones(1, np.int64), np.zeros(1, np.int64)
    for letter in b"ab":
        data = np.full(1 + SLACK, letter, np.uint8)
        store.add(data, zero, zero, one, zero.astype(np.uint32), one, zero, zero)
    (block,) = store.blocks()
    assert block.at[0] + block.length[0] != block.at[1]
