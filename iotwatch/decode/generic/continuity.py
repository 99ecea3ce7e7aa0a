"""Places by shape alone count when a sender could have been at one after the other: readings and limits jump, a car drives.

Pairs of the same stream that are off the globe are jumps too: a sensor's angles fall within it now and then.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, pairwise

from iotwatch.decode.generic.shape import off_globe
from iotwatch.decode.geodesy import distance
from iotwatch.decode.message import Fix, Message
from iotwatch.errors import LimitReached
from iotwatch.model import Confidence
from iotwatch.words.doubts import ReadingDoubt

_WORDS = {ReadingDoubt.BY_SHAPE, ReadingDoubt.NEIGHBOURS}
_LOOKED_AT = 256
_SEARCHED = 1 << 18
_FASTEST, _SLACK_M = 110.0, 2_000.0  # metres a second, metres
_UNTIMED_M = 50_000.0
_LONGEST_S = 3_600.0
_JUMPS = 4
"""One step in so many may be a jump: a receiver's first fix, another sender behind the same end."""


def along(messages: Iterator[Message], data: bytes) -> Iterator[Message]:
    """The messages of one stream, ``data``; those that state places by shape alone only where their places make a path."""
    held: list[Message] = []
    reached: LimitReached | None = None
    try:
        for message in messages:
            if held or _by_shape(message):
                held.append(message)
                if len(held) == _LOOKED_AT:
                    break
            else:
                yield message
    except LimitReached as limit:
        reached = limit
    shaped = [fix for message in held if _by_shape(message) for fix in message.fixes]
    path = _is_path(shaped, off_globe(data[:_SEARCHED]) if shaped else 0)
    for message in chain(held, messages):
        if path or not _by_shape(message):
            yield message
    if reached is not None:
        raise reached


def _by_shape(message: Message) -> bool:
    unnamed = message.confidence is Confidence.POSSIBLE and bool(message.fixes)
    return unnamed and any(doubt.word in _WORDS for doubt in message.doubts)


def _is_path(fixes: list[Fix], others: int) -> bool:
    jumps = sum(_jumps(one, other) for one, other in pairwise(fixes)) + others
    return jumps * _JUMPS <= len(fixes) - 1 + others


def _jumps(one: Fix, other: Fix) -> bool:
    apart = distance(one.latitude, one.longitude, other.latitude, other.longitude)
    if one.time is None or other.time is None:
        return apart > _UNTIMED_M
    return apart > _SLACK_M + _FASTEST * min(abs(one.time - other.time) / 1e6, _LONGEST_S)
