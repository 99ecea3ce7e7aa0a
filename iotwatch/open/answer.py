"""One message in hand, no port known: which dialect is it, and what does it say?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import NamedTuple, TypeVar

import msgspec

from iotwatch.decode import Choice, decode
from iotwatch.decode.message import AccessPoint, Cell, Fix, Message
from iotwatch.files.limits import WorkLimits
from iotwatch.model import Confidence
from iotwatch.open.blob import Blob
from iotwatch.open.worklist import Worklist
from iotwatch.read.stream import Stream, from_bytes
from iotwatch.words.said import Said

_Item = TypeVar("_Item")
_LIMITS = WorkLimits(depth=6, blobs=256, messages=1024)
"""They bound the time of an answer, whatever the bytes are."""


class Answer(msgspec.Struct, frozen=True):
    """What a message says; ``dialect`` is empty when nobody knows it."""

    dialect: str = ""
    confidence: Confidence = Confidence.POSSIBLE
    fixes: tuple[Fix, ...] = ()
    cells: tuple[Cell, ...] = ()
    access_points: tuple[AccessPoint, ...] = ()
    device_ids: tuple[str, ...] = ()
    vin: str = ""
    checksum: str = "none"
    doubts: tuple[Said, ...] = ()
    rivals: tuple[str, ...] = ()
    generic: bool = False
    """Whether it was found by shape or key names and not by a dialect."""


class Chosen(NamedTuple):
    """How the decoders of one payload were chosen; ``carrier`` is the protocol that carried it, empty for what was given."""

    carrier: str
    size: int
    choice: Choice


def answer(data: bytes, told: list[Chosen] | None = None) -> Answer:
    """Decode ``data`` and, within limits, whatever its messages carry; the message that says most gives the dialect.

    How the decoders of each payload were chosen is added to ``told``.
    """
    return answer_of((from_bytes(data),), told)


def answer_of(streams: Iterable[Stream], told: list[Chosen] | None = None) -> Answer:
    """The same of streams that one message came in."""
    messages = list(_messages(streams, told))
    if not messages:
        return Answer()
    if len(messages) == 1:
        return _answer(messages[0])
    best = max(messages, key=_weight)
    return msgspec.structs.replace(
        _answer(best),
        fixes=_each_once(chain.from_iterable(message.fixes for message in messages)),
        cells=_each_once(chain.from_iterable(message.cells for message in messages)),
        access_points=_each_once(chain.from_iterable(message.access_points for message in messages)),
        device_ids=_each_once(chain.from_iterable(message.device_ids for message in messages)),
        vin=next(filter(None, [message.vin for message in messages]), ""),
    )


def _messages(streams: Iterable[Stream], told: list[Chosen] | None) -> Iterator[Message]:
    """What the streams say, and then what is carried in that; few messages carry anything."""
    carried: list[Blob] = []
    for stream in streams:
        choice = Choice()
        for message in islice(decode(stream, choice=choice), _LIMITS.messages):
            yield message
            if message.body is not None:
                carried.append(Blob(message.body, 1, message.protocol))
        if told is not None:
            told.append(Chosen("", len(stream.data), choice))
    if carried:
        yield from _inside(carried, told)


def _inside(carried: Iterable[Blob], told: list[Chosen] | None) -> Iterator[Message]:
    worklist = Worklist(_LIMITS)
    for blob in carried:
        worklist.push(blob)
    for blob in worklist:
        choice = Choice()
        yield from worklist.taken(decode(blob.stream, choice=choice), blob)
        if told is not None:
            told.append(Chosen(blob.carrier, len(blob.stream.data), choice))


def _answer(message: Message) -> Answer:
    """What one message says."""
    return Answer(
        dialect=message.protocol,
        confidence=message.confidence,
        fixes=_each_once(message.fixes),
        cells=_each_once(message.cells),
        access_points=_each_once(message.access_points),
        device_ids=_each_once(message.device_ids),
        vin=message.vin,
        checksum=message.checksum,
        doubts=message.doubts,
        rivals=message.rivals,
        generic=message.generic,
    )


def _each_once(items: Iterable[_Item]) -> tuple[_Item, ...]:
    """What is said, in its order and without repeats."""
    return tuple(dict.fromkeys(items)) if items else ()


def _weight(message: Message) -> tuple[bool, bool, bool, int]:
    """What a message says before how sure it is: the envelope never beats the dialect inside it."""
    lists = bool(message.cells or message.access_points)
    return bool(message.fixes), lists, bool(message.device_ids or message.vin), int(message.confidence)
