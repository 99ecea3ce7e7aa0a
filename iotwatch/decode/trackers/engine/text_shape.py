"""What a dialect's message says in a form that its file does not know: the place is still seen by its shape.

Firmware adds fields and moves them. A message that its dialect knows by its head, and whose layout it does not, is told with
the place that stands in it as any text's would be, and with the doubt that goes with that.
"""

from __future__ import annotations

from itertools import islice

import msgspec

from iotwatch.decode.generic.shape import shapes
from iotwatch.decode.message import Fix, Message, Proof
from iotwatch.words.doubts import ReadingDoubt

SHAPED = frozenset({"heartbeat", "other", "login"})
"""Kinds of messages that are looked at: a command names what the server wants, cells were read already."""
_MOST = 64


def by_shape(message: Message, unit: bytes, offset: int) -> Message:
    """The message with the places that stand in ``unit`` by their shape; ``offset`` is where that begins in the stream."""
    found = [one for one in islice(shapes(unit, 0, len(unit)), _MOST) if ReadingDoubt.LIKE_TAIP() not in one.doubts]
    if not found:
        return message
    fixes = tuple(
        Fix(one.degrees.latitude, one.degrees.longitude, (offset + one.span[0], offset + one.span[1]), one.time)
        for one in found
    )
    return msgspec.structs.replace(
        message,
        time=message.time if message.time is not None else fixes[0].time,
        fields={**message.fields, "carries": "position"},
        fixes=fixes,
        layout=Proof.SHAPE,
        confidence=min(message.confidence, *(one.confidence for one in found)),
        doubts=(
            *message.doubts,
            *dict.fromkeys(doubt for one in found for doubt in one.doubts),
            ReadingDoubt.FORM_UNKNOWN(),
        ),
    )
