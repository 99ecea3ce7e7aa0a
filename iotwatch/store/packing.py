"""How values that SQLite does not know are written: times as ISO-8601, the rest as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from time import time_ns
from typing import TYPE_CHECKING, Any

import msgspec

from iotwatch.model import iso

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_YEAR, _LAST_YEAR = -62_135_596_800_000_000, 253_402_300_800_000_000


def isos(times: Sequence[int] | NDArray[np.int64]) -> list[str | None]:
    """``iso`` of many times at once."""
    import numpy as np

    known = np.asarray(times, np.int64)
    if len(known) and (known.min() < _FIRST_YEAR or known.max() >= _LAST_YEAR):
        return [iso(time) for time in known.tolist()]
    texts: list[str | None] = np.datetime_as_string(known.view("M8[us]"), unit="us", timezone="UTC").tolist()
    return texts


def clock() -> int:
    """The present time, microseconds."""
    return time_ns() // 1000


def now() -> str:
    """The present time as the tables write it."""
    return iso(clock()) or ""


def microseconds(text: str | None) -> int | None:
    """The inverse of ``iso``."""
    if not text:
        return None
    return (datetime.fromisoformat(text) - _EPOCH) // timedelta(microseconds=1)


_encode = msgspec.json.Encoder(order="deterministic").encode


def to_json(value: Any) -> str:
    return _encode(value).decode()
