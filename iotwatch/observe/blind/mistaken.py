"""Two fields that move, but as another number than a place: floats of a game or a machine, and two prices of one thing.

Bytes of a float whose exponent stays the same grow as the float does, so an integer of any scale that is read out of them moves
too. A place in integers hardly looks like that: both of its halves, at the same offset, would have to be floats of common size.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from iotwatch.observe.blind.alike import Said
from iotwatch.observe.blind.path import Floats, roughness
from iotwatch.observe.known_place.keys import Encoding, Reading
from iotwatch.observe.known_place.numbers import Float
from iotwatch.observe.known_place.texts import Text

_LEAST, _MOST = 1e-3, 1e7
"""Between these are the numbers that people measure in."""
_SHARE = 0.9
"""Of the messages; the others are of another shape."""
_SMOOTH = 0.8  # no less than what a half of a path may be
_SINGLE, _DOUBLE = 4, 8
_DISTANCES = (-2, -1, 0, 1, 2)
"""Bytes of a float that may stand before those that were read; below none, others stand there."""
_BUSY = 0.5
_SPREAD, _NEAR = 0.25, 0.05


def mistaken(
    messages: Sequence[Said], encoding: Encoding, latitude: Sequence[Reading], longitude: Sequence[Reading]
) -> bool:
    """Whether the fields, which move as a car does when ``encoding`` reads them, are better explained as something else."""
    return _one_thing_twice(latitude, longitude) or (
        not isinstance(encoding, Text) and _floats(messages, encoding, latitude, longitude)
    )


def _one_thing_twice(latitude: Sequence[Reading], longitude: Sequence[Reading]) -> bool:
    """Whether one number follows the other at a small distance, as the two prices of one thing do."""
    north, east = (np.abs([one.degrees for one in half]) for half in (latitude, longitude))
    apart = north - east
    return bool(abs(apart.mean()) < _NEAR and apart.std() < _SPREAD * north.std())


def _floats(
    messages: Sequence[Said], encoding: Encoding, latitude: Sequence[Reading], longitude: Sequence[Reading]
) -> bool:
    """Whether both halves are floats that are larger than what was read: those of 4 bytes at the same distance, doubles, which look
    like themselves alone, at any."""
    own = encoding.width if isinstance(encoding, Float) else 0
    halves, little = (latitude, longitude), encoding.little
    return (
        own < _DOUBLE
        and all(any(_is_float(messages, half, _DOUBLE, at, little=little) for at in _DISTANCES) for half in halves)
    ) or (
        own < _SINGLE
        and any(all(_is_float(messages, half, _SINGLE, at, little=little) for half in halves) for at in _DISTANCES[2:])
    )


def _is_float(messages: Sequence[Said], half: Sequence[Reading], width: int, before: int, *, little: bool) -> bool:
    """Whether floats of ``width`` bytes whose sign stands ``before`` bytes ahead of the most significant byte that was read are of
    common size and change smoothly."""
    starts = [one.end + before - width if little else one.start - before for one in half]
    held = [one.data[at : at + width] for at, one in zip(starts, messages, strict=True) if at >= 0]
    raw = b"".join(one for one in held if len(one) == width)
    said = np.frombuffer(raw, f"{'<' if little else '>'}f{width}")
    usual = (np.abs(said) >= _LEAST) & (np.abs(said) <= _MOST)
    if np.count_nonzero(usual) < _SHARE * len(half):
        return False
    values: Floats = said[usual].astype(np.float64)
    if float(roughness(values)) > _SMOOTH:
        return False
    return width < _DOUBLE or _is_busy(np.frombuffer(raw, np.uint8).reshape(-1, width)[:, 3 if little else 4])


def _is_busy(column: NDArray[np.uint8]) -> bool:
    """Whether a byte in the middle of a double has as many values as in measured numbers; of two floats the second begins there."""
    return len(np.unique(column)) >= _BUSY * min(len(column), 1 << 6)
