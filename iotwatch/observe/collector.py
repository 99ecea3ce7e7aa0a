"""Gathers what one source gives: each (kind, subject, value) once, with its first evidence and a count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import msgspec

from iotwatch.decode import Refusal
from iotwatch.files.limits import MAX_OBSERVATIONS, MAX_POSITIONS
from iotwatch.model import Coverage, Cut, Direction, Evidence, Observation, Position
from iotwatch.observe.senders import Named, Senders
from iotwatch.observe.traffic.direction import Sender, sender, speaking
from iotwatch.read.stream import Stream
from iotwatch.words.identity import NUMBERS, is_filler
from iotwatch.words.kinds import Kind
from iotwatch.words.measures import Measure

_Key = tuple[str, str, str, str]
_SPEAKERS = 4096  # that are remembered at a time


class Collector:
    """Filled while a source is read, then asked once for its frozen results."""

    def __init__(self) -> None:
        self._observations: dict[_Key, Observation] = {}
        self._counts: dict[_Key, int] = {}
        self._values: set[tuple[str, str]] = set()
        self._positions: list[Position] = []
        self._stated: dict[tuple[object, ...], int] = {}
        self._cut: dict[tuple[Measure, str], int] = {}
        # Who claimed a stream and found it broken: filled by ``decode``, told in coverage.
        self.refusals: list[Refusal] = []
        self.senders = Senders()
        self._last: tuple[Stream, Sender] | None = None
        self._speakers: dict[tuple[object, ...], Sender] = {}

    def sender_of(self, stream: Stream) -> Sender:
        """Who speaks in ``stream``, told once a direction of a flow; messages come stream by stream."""
        if self._last is None or self._last[0] is not stream:
            key = speaking(stream)
            if key not in self._speakers:
                if len(self._speakers) >= _SPEAKERS:
                    self._speakers.clear()
                self._speakers[key] = sender(stream)
            self._last = (stream, self._speakers[key])
        return self._last[1]

    def wants(self, kind: Kind, subject: str, value: str, way: str = "") -> bool:
        """Count the observation; whether its evidence is still to be built (the first of its kind, value and direction).

        A filler in place of a number is none.
        """
        if kind in NUMBERS and is_filler(value):
            return False
        key = (kind, subject, value, way)
        if key in self._counts:
            self._counts[key] += 1
            return False
        if len(self._counts) >= MAX_OBSERVATIONS:
            self.leave("observations", 1)
            return False
        return True

    def add(
        self, kind: Kind, subject: str, value: str, evidence: Evidence, facts: dict[str, Any] | None = None
    ) -> None:
        """Keep one observation; the same again only counts."""
        facts = facts or {}
        key = (kind, subject, value, str(facts.get("direction", "")))
        if value and self.wants(*key):
            self._counts[key] = 1
            self._values.add((kind, value))
            self._observations[key] = Observation(kind, subject, value, evidence, evidence.time, 1, facts)

    def names(self, kind: Kind, value: str) -> bool:
        """Whether a value was observed already, whoever it is about: the same bytes read twice are no second trace."""
        return (kind, value) in self._values

    def add_position(self, position: Position) -> None:
        """Keep a position; one that another dialect read off the same frame is kept once, as the better-proven says it."""
        if position.latitude is not None and position.longitude is not None:
            place = (round(position.latitude, 6), round(position.longitude, 6))
            where = (position.evidence.frame, position.evidence.path)
            key = (position.flow, position.direction, *where, *place)
            before = self._stated.setdefault(key, len(self._positions))
            if before < len(self._positions) and _same_statement(self._positions[before], position):
                self._positions[before] = _better(self._positions[before], position)
                return
        if len(self._positions) >= MAX_POSITIONS:
            self.leave("positions", 1)
            return
        self._positions.append(position)

    def decoded(self) -> Iterator[tuple[int | None, int | None, float, float]]:
        """Flow, frame, latitude and longitude of what dialects stated so far."""
        for one in self._positions:
            if one.method == "decoded" and one.latitude is not None and one.longitude is not None:
                yield one.flow, one.evidence.frame, one.latitude, one.longitude

    def placed(self) -> set[int | None]:
        """The flows in which places were stated so far."""
        return {one.flow for one in self._positions}

    def leave(self, what: str, count: int, measure: Measure = Measure.OVER_LIMIT) -> None:
        """Count what a limit left."""
        self._cut[measure, what] = self._cut.get((measure, what), 0) + count

    def observations(self) -> tuple[Observation, ...]:
        return tuple(
            msgspec.structs.replace(observation, count=self._counts[key]) if self._counts[key] > 1 else observation
            for key, observation in self._observations.items()
        )

    def positions(self, name_of: Callable[[int, str], str] | None = None) -> tuple[Position, ...]:
        """The positions in the order found; ``name_of`` (flow, address) names far ends that their messages did not.

        Names of far ends and senders may be told last. Until here the positions are this collector's alone: none is built again.
        """
        named = cache(self.senders.of)
        for position in self._positions:
            if position.flow is None:
                continue
            if name_of is not None and not position.server_name:
                msgspec.structs.force_setattr(position, "server_name", name_of(position.flow, position.server))
            if not position.reported_id and position.direction is Direction.UP and not position.facts.get("whose"):
                _name(position, named(position.flow, position.dialect))
        return tuple(self._positions)

    def coverage(self) -> tuple[Coverage, ...]:
        """What was cut by a limit, and how many streams each decoder found broken, with its first reason."""
        refused: dict[str, list[str]] = {}
        for one in self.refusals:
            if not one.limit:
                refused.setdefault(one.decoder, []).append(one.error)
        broken = [
            Coverage(Measure.BROKEN, float(len(errors)), errors[0][:200], name)
            for name, errors in sorted(refused.items())
        ]
        cuts = [
            Coverage(measure, float(count), "counted, not kept", what) for (measure, what), count in self._cut.items()
        ]
        limits = Counter((one.decoder, one.error) for one in self.refusals if one.limit)
        over = [
            Coverage(Measure.OVER_LIMIT, float(n), error[:200], name) for (name, error), n in sorted(limits.items())
        ]
        return (*broken, *cuts, *over)


def _name(position: Position, named: Named | None) -> None:
    """Give a position the id of its conversation's sender."""
    if named is not None:
        msgspec.structs.force_setattr(position, "reported_id", named.value)
        msgspec.structs.force_setattr(position, "doubts", (*position.doubts, named.doubt))


def _same_statement(one: Position, other: Position) -> bool:
    """Whether two equal places of one frame are one statement read twice: by two dialects, or off overlapping bytes."""
    if one.dialect != other.dialect:
        return True
    mine, theirs = one.evidence.place, other.evidence.place
    if mine.parent != theirs.parent or not (isinstance(mine.operation, Cut) and isinstance(theirs.operation, Cut)):
        return False
    return any(
        start < begin + size and begin < start + length
        for start, length in mine.operation.spans
        for begin, size in theirs.operation.spans
    )


def _better(one: Position, other: Position) -> Position:
    """The better-proven of two readings of the same bytes; the other's dialect is listed."""
    best, rival = sorted((one, other), key=_proof, reverse=True)
    best.facts["rivals"] = list(dict.fromkeys((*best.facts.get("rivals", ()), rival.dialect)))
    return best


def _proof(position: Position) -> tuple[bool, bool, int, bool]:
    named = position.method == "decoded"
    return position.checksum == "ok", named, int(position.confidence), bool(position.reported_id)
