"""How sure a place is beyond its own message: a second message of the same flow agrees, or nothing does.

A check value proves that the bytes arrived as they were sent, and not that they are read by the right layout. So a place is
``certain`` when its check value holds *and* another message of the flow agrees: the same sender, a clock that moved, a
place that it could have reached. A dialect whose layout rests on one sample or on a description starts one step lower.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise, starmap

import msgspec

from iotwatch.decode.geodesy import distance
from iotwatch.decode.message import Fix, Message
from iotwatch.model import Confidence

_FASTEST = 70.0  # metres a second, some 250 km/h
_DRIVEN_S = 600.0
"""Seconds of driving that are granted at most: what is further off is no longer known to go on from there."""
_SLACK_M = 200.0
_LONGEST_US = 31 * 86_400 * 1_000_000
_PATIENCE = 64
"""Messages without a place that are held back until the next place is known."""
_SENDERS = 256


def weighed(messages: Iterator[Message], untried: frozenset[str]) -> Iterator[Message]:
    """The messages of one stretch in their order; none is surer than its own proof and the next place beside it allow.

    ``untried`` names the dialects whose layout rests on one sample or on none.
    """
    before: dict[str, Message] = {}
    held: list[Message] = []  # the first one's place waits for the next
    for message in messages:
        if _states_place(message):
            if held:
                yield from _settled(held, before, message, untried)
            held = [message]
        elif held:
            held.append(message)
        else:
            yield message
            continue
        if held[0].confidence <= _alone(held[0], untried) or len(held) > _PATIENCE:
            yield from _settled(held, before, None, untried)
            held = []
    if held:
        yield from _settled(held, before, None, untried)


def _settled(
    held: list[Message], before: dict[str, Message], after: Message | None, untried: frozenset[str]
) -> Iterator[Message]:
    """The first of ``held`` as sure as the place ``before`` it and that ``after`` it allow, and the others."""
    first, most = held[0], _alone(held[0], untried)
    if first.confidence > most:
        beside = (before.get(_sender(first)), after)
        most = Confidence(most + any(agree(first, other) for other in beside if other is not None))
    _keep(before, first)
    yield msgspec.structs.replace(first, confidence=most) if first.confidence > most else first
    yield from held[1:]


def _alone(message: Message, untried: frozenset[str]) -> Confidence:
    """How sure a message's place can be with nothing beside it."""
    return Confidence.POSSIBLE if message.protocol in untried else Confidence.LIKELY


def _states_place(message: Message) -> bool:
    return bool(message.fixes or message.cells or message.access_points)


def _keep(before: dict[str, Message], message: Message) -> None:
    sender = _sender(message)
    if sender in before or len(before) < _SENDERS:
        before[sender] = message


def _sender(message: Message) -> str:
    return message.device_ids[0] if message.device_ids else ""


def agree(one: Message, other: Message) -> bool:
    """Whether two messages can be one sender's, told after each other; a repetition agrees with nothing."""
    if one.protocol != other.protocol or "bad" in (one.checksum, other.checksum):
        return False
    if one.device_ids and other.device_ids and not {*one.device_ids} & {*other.device_ids}:
        return False
    mine, theirs = _places(one), _places(other)
    if not (mine and theirs):
        return bool(one.time and other.time and one.device_ids) and one.time != other.time
    ends = [(first, second) for first in (mine[0], mine[-1]) for second in (theirs[0], theirs[-1])]
    nearest = min(ends, key=lambda pair: _passed(*pair))
    return 0 < _passed(*nearest) <= _LONGEST_US and all(starmap(_reachable, (nearest, *pairwise(mine))))


def _places(message: Message) -> list[Fix]:
    """The sender's own places, in the order of their times: those with a fix, or the others where there is none."""
    own = [fix for fix in message.fixes if not fix.whose]
    fixes = [fix for fix in own if fix.valid is not False] or own
    return sorted(fixes, key=lambda fix: fix.time or 0) if len(fixes) > 1 else fixes


def _passed(one: Fix, other: Fix) -> float:
    """Microseconds between two places; those without a time are never near each other."""
    return abs(one.time - other.time) if one.time is not None and other.time is not None else math.inf


def _reachable(one: Fix, other: Fix) -> bool:
    """Whether a sender could have been at both."""
    apart = distance(one.latitude, one.longitude, other.latitude, other.longitude)
    return apart <= _SLACK_M + _FASTEST * min(_passed(one, other) / 1e6, _DRIVEN_S)
