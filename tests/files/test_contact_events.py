"""Packed events: what goes in comes out, narrow where it fits, and the wide form of older databases is read the same."""

from __future__ import annotations

import struct
from itertools import accumulate

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from iotwatch.files import contact_events as packing

NUMBERS = st.lists(
    st.lists(st.integers(-(1 << 62), 1 << 62) | st.integers(0, 1 << 33), min_size=1, max_size=5), max_size=6
)


def _bounds(rows: list[list[int]]) -> np.ndarray:
    return np.array([0, *accumulate(map(len, rows))], np.int64)


def _wide(numbers: list[int]) -> bytes:
    return struct.pack(f"<{len(numbers)}q", *numbers)


@given(NUMBERS)
def test_numbers_come_back_and_are_as_narrow_as_they_can_be(rows: list[list[int]]) -> None:
    flat = np.array([one for row in rows for one in row], np.int64)
    columns = list(packing.pack(flat, _bounds(rows)))
    assert [len(column) // len(row) for column, row in zip(columns, rows, strict=True)] == [
        4 if all(-(1 << 31) <= one < 1 << 31 for one in row) else 8 for row in rows
    ]
    assert packing.unpack(columns, np.array([len(row) for row in rows], np.int64)).tolist() == flat.tolist()
    assert all(packing.fits(column, len(row)) for column, row in zip(columns, rows, strict=True))


@given(NUMBERS, st.booleans())
def test_times_come_back_beside_those_that_an_older_version_packed(rows: list[list[int]], older: bool) -> None:
    rows = [sorted(row) for row in rows]
    flat = np.array([one for row in rows for one in row], np.int64)
    columns = list(packing.pack_times(flat, _bounds(rows)))
    if older:
        columns[::2] = [
            _wide(
                [
                    (one - before + (1 << 63)) % (1 << 64) - (1 << 63)
                    for before, one in zip([0, *row], row, strict=False)
                ]
            )
            for row in rows[::2]
        ]
    assert packing.unpack_times(columns, np.array([len(row) for row in rows], np.int64)).tolist() == flat.tolist()
    assert all(packing.fits_times(column, len(row)) for column, row in zip(columns, rows, strict=True))


def test_a_beacon_every_half_minute_takes_four_bytes_an_event() -> None:
    times = np.arange(1_700_000_000_000_000, 1_700_000_000_000_000 + 100 * 30_000_000, 30_000_000)
    (column,) = packing.pack_times(times, np.array([0, 100]))
    assert len(column) == 8 + 99 * 4


@given(st.lists(st.integers(0, 1 << 50), min_size=1, max_size=5))
def test_the_ends_of_what_an_older_version_packed_are_those_of_all_events(row: list[int]) -> None:
    (column,) = packing.pack_ends(np.array(row, np.int64), np.array([0, len(row)]))
    assert packing.first_and_last(column) == packing.first_and_last(_wide(row)) == (row[0], row[-1])
    assert packing.fits_ends(column, len(row))
    assert packing.fits_ends(_wide(row), len(row))
