"""What a layer is: a function from packets that stand at its header to the layers that come next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from iotwatch.read.layers.columns import Bools, Int32s, Int64s, every
from iotwatch.read.layers.packets import CUT, Packets, Rows

Next = tuple[Int32s | int, Int64s, Int64s]
"""Next layer's code (one for all, or one per row), its position, and the end of its bytes."""
Layer = Callable[[Packets, Rows], Next]


def layout(**fields: str) -> np.dtype[Any]:
    """A packed header: field name to numpy type, in order (``>u2`` is a 16-bit number in network order)."""
    return np.dtype(list(fields.items()))


def or_cut(codes: Int32s | int, good: Bools) -> Int32s | int:
    """``codes`` where the header could be read, ``CUT`` elsewhere."""
    return codes if every(good) else np.where(good, codes, CUT).astype(np.int32)
