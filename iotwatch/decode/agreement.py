"""How sure a place is beyond its own message: a second message of the same flow agrees, or nothing does.

A check value proves that the bytes arrived as they were sent, and not that they are read by the right layout. So a place is
``certain`` when its check value holds *and* another message of the flow agrees: the same sender, a clock that went on by an hour at
most, a place that it could have reached at the speeds that both tell, and more than that place is new. A dialect whose layout
rests on one sample or on a description starts one step lower.
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
_TOWN, _GAINED = 20.0, 1.5
"""Metres a second between two halts, and how much faster than told a car may have been."""
_DRIVEN_S = 600.0
"""Seconds of driving that are granted at most: what is further off is no longer known to go on from there."""
_SLACK_M = 200.0
_LONGEST_US = 3_600 * 1_000_000
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
        if held and _states_place(message):
            yield from _settled(held, before, message, untried)
            held = []
        if held:
            held.append(message)
            if len(held) > _PATIENCE:
                yield from _settled(held, before, None, untried)
                held = []
        elif not _states_place(message):
            yield message
        elif message.confidence <= _alone(message, untried):
            _keep(before, message)
            yield message
        else:
            held = [message]
    if held:
        yield from _settled(held, before, None, untried)


def _settled(
    held: list[Message], before: dict[str, Message], after: Message | None, untried: frozenset[str]
) -> Iterator[Message]:
    """The first of ``held`` as sure as the place ``before`` it and that ``after`` it allow, and the others."""
    first = held[0]
    earlier = before.get(_sender(first))
    pairs = ((earlier, first), (first, after))
    agreed = any(agree(one, other) for one, other in pairs if one is not None and other is not None)
    most = Confidence(_alone(first, untried) + agreed)
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
    """Whether ``other`` can be the same sender's, told after ``one``; a repetition agrees with nothing."""
    if one.protocol != other.protocol or "bad" in (one.checksum, other.checksum):
        return False
    if one.device_ids and other.device_ids and not {*one.device_ids} & {*other.device_ids}:
        return False
    mine, theirs = _places(one), _places(other)
    if not (mine and theirs):
        return bool(one.time and other.time and one.device_ids and one.time < other.time)
    last, next_one = mine[-1], theirs[0]
    if not 0 < _passed(last, next_one) <= _LONGEST_US or _is_altered(last, next_one):
        return False
    return all(starmap(_reachable, ((last, next_one), *pairwise(mine), *pairwise(theirs))))


def _places(message: Message) -> list[Fix]:
    """The sender's own places, in the order of their times: those with a fix and a time, where there are some."""
    own = [fix for fix in message.fixes if not fix.whose]
    fixes = [fix for fix in own if fix.valid is not False] or own
    fixes = [fix for fix in fixes if fix.time is not None] or fixes
    return sorted(fixes, key=lambda fix: fix.time or 0) if len(fixes) > 1 else fixes


def _passed(one: Fix, other: Fix) -> float:
    """Microseconds from one place to another; those without a time are never near each other."""
    return other.time - one.time if one.time is not None and other.time is not None else math.inf


def _is_altered(one: Fix, other: Fix) -> bool:
    """Whether the second is the first with a few changed bytes: who moves tells another latitude, longitude, speed or course.

    Who stands at both places came to the second by another course.
    """
    same = (one.speed, one.course, one.altitude) == (other.speed, other.course, other.altitude)
    kept = one.latitude == other.latitude or one.longitude == other.longitude or (one.speed == 0 and one.course)
    return bool(same and kept) and distance(one.latitude, one.longitude, other.latitude, other.longitude) > _SLACK_M


def _reachable(one: Fix, other: Fix) -> bool:
    """Whether a sender could have gone from one to the other."""
    apart = distance(one.latitude, one.longitude, other.latitude, other.longitude)
    fastest = _FASTEST
    if one.speed is not None and other.speed is not None:
        fastest = min(_FASTEST, _TOWN + _GAINED * max(one.speed, other.speed) / 3.6)
    return apart <= _SLACK_M + fastest * min(_passed(one, other) / 1e6, _DRIVEN_S)
