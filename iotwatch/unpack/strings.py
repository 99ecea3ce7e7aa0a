"""Printable strings in bytes, with their offsets: ASCII and UTF-16LE.

Both are runs in a numpy mask; nothing is decoded before it is known to be long enough.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

MOST = 500_000
LONGEST = 1 << 16
_PRINTABLE = np.zeros(256, np.bool_)
_PRINTABLE[0x20:0x7F] = True
_PRINTABLE[0x09] = True


def find(data: bytes, minimum: int = 6, *, most: int = MOST) -> list[tuple[int, bytes]]:
    """``(offset, bytes)`` of each run of at least ``minimum`` printable characters, in order, as it stands in ``data``.

    UTF-16LE strings keep their zero bytes (``text`` undoes that). At most ``most`` are given, the first ones, and
    of each at most ``LONGEST`` bytes; a caller that gets ``most`` strings did not see them all.
    """
    if len(data) < minimum:
        return []
    raw = np.frombuffer(data, np.uint8)
    printable = _PRINTABLE[raw]
    spans = [_runs(printable, minimum)]
    for parity in (0, 1):
        low = printable[parity::2][: (len(raw) - parity) // 2]
        zero = raw[parity + 1 :: 2][: len(low)] == 0
        spans.append(_runs(low & zero, minimum) * 2 + parity)
    every = np.concatenate(spans)
    order = np.argsort(every[:, 0], kind="stable")[:most]
    return [(start, data[start : min(end, start + LONGEST)]) for start, end in every[order].tolist()]


def text(raw: bytes) -> str:
    """A string that ``find`` gave, as text."""
    return raw[::2].decode("ascii", "replace") if raw[1:2] == b"\0" else raw.decode("ascii", "replace")


def _runs(mask: NDArray[np.bool_], minimum: int) -> NDArray[np.int64]:
    """``[[start, end], ...]`` of the runs of true values that are long enough."""
    edges = np.flatnonzero(mask[1:] != mask[:-1]) + 1
    if len(mask) and mask[0]:
        edges = np.concatenate([[0], edges])
    if len(edges) % 2:
        edges = np.concatenate([edges, [len(mask)]])
    pairs = edges.reshape(-1, 2).astype(np.int64)
    return pairs[pairs[:, 1] - pairs[:, 0] >= minimum]
