"""How the bytes of a frame are written down: named layouts of one step a line, compiled into a few closures.

What stands after ``#`` is a comment. A step is one of these:

=============================  ====================================================================================
``TYPE NAME [OPERATION ...]``  a field: ``frame_fields`` has the types and operations, ``frame_names`` the names
``xN``                         N bytes are passed over; ``at N``: the next step reads from byte N (-N: from the end)
``TYPE bits NAME=MASK ...``    numbers inside a number
``set NAME VALUE``             a value that the frame does not write; ``VALUE`` may be another name
``if CONDITION STEP``          ``NAME``, ``!NAME``, ``NAME=1|2``, ``NAME&MASK``, ``NAME>=N``; ``left`` is how many bytes are left
``case NAME 1|2=LAYOUT ...``   goes on with a layout by a value (``*``: any other), or does nothing
``do LAYOUT``                  goes on with a layout
``within SIZE STEP``           the step sees the next ``SIZE`` bytes alone, and they are passed over
``each LAYOUT``                again and again to the last byte: a record each time; ``times NAME LAYOUT``: so often
``gather LAYOUT``              to the last byte as well, but all that is read is one record
``scan LAYOUT``                a record wherever the layout fits; ``scan1``: the first alone
``find PATTERN``               the text pattern of this name, anywhere in what is left (``find PATTERN!``: it must be there)
``start``, ``fix``             the place begins here, and ends (otherwise: with its layout)
``cell``, ``point``            a cell, an access point is complete (otherwise: with its layout)
``sent``                       the time read so far is that of the message
``kind WORD``, ``doubt TEXT``  what kind of frame this is, and what is not sure (``{name}``: a value)
``trust LEVEL``                possible, likely or certain; ``known``: likely when the sender is known, else possible
``proven``, ``fail``           the check value must hold; this is no such frame
=============================  ====================================================================================

Every loop passes over at least one byte each time, so that a frame of n bytes costs at most n steps a layout. Layouts do
not call themselves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from iotwatch.decode.fields import Cursor
from iotwatch.decode.trackers.engine import frame_names as names
from iotwatch.decode.trackers.engine.frame_fields import changes, constant, number, reader, test
from iotwatch.decode.trackers.engine.frame_names import State
from iotwatch.errors import DecodeError, SignatureError
from iotwatch.model import Confidence

Step = Callable[[State], None]
Find = Callable[[State], bool]

_COMMENT = re.compile(r"(?:^|\s)#.*")
_CONDITION = re.compile(r"(!?)(_?[a-z_]+)(?:(&|>=|<=|!=|=|<|>)(\S+))?")
_PASSED = re.compile(r"x(?:\d+|\*|\([a-z_]+\))")
_MOST_TIMES = 1024


class Layouts:
    """The layouts of one file; ``run`` begins with the one called ``frame``."""

    def __init__(self, written: Mapping[str, str], finds: Mapping[str, Find]) -> None:
        self._written = written
        self._finds = finds
        self._compiled: dict[str, Step] = {}
        self._open: set[str] = set()
        self.run = self._record("frame")
        if unused := self._written.keys() - self._compiled.keys():
            raise SignatureError(f"no step leads to the layouts {sorted(unused)}")

    def _layout(self, name: str) -> Step:
        """All steps of a layout in one; each layout is compiled once."""
        if name in self._compiled:
            return self._compiled[name]
        if name not in self._written or name in self._open:
            raise SignatureError(f"layout {name!r} is not there, or leads to itself")
        self._open.add(name)
        lines = (_COMMENT.sub("", line).split() for line in self._written[name].splitlines())
        steps = tuple([self._step(line) for line in lines if line])
        self._open.remove(name)

        def run(state: State) -> None:
            for step in steps:
                step(state)

        self._compiled[name] = run
        return run

    def _record(self, name: str) -> Step:
        """A layout whose end completes what it said."""
        run = self._layout(name)

        def record(state: State) -> None:
            run(state)
            names.complete(state)

        return record

    def _step(self, words: list[str]) -> Step:
        verb, rest = words[0], words[1:]
        make = getattr(self, f"_do_{verb}", None)
        try:
            if make is not None:
                step: Step = make(*rest)
                return step
            if _PASSED.fullmatch(verb) and not rest:
                return _passed(verb)
            return _field(verb, rest[0], tuple(rest[1:]))
        except (TypeError, IndexError, KeyError, ValueError) as error:
            raise SignatureError(f"the step {' '.join(words)!r} is not understood") from error

    def _do_if(self, written: str, *rest: str) -> Step:
        holds, step = _condition(written), self._step(list(rest))

        def run(state: State) -> None:
            if holds(state):
                step(state)

        return run

    def _do_case(self, name: str, *ways: str) -> Step:
        table: dict[Any, Step] = {}
        for way in ways:
            values, _, layout = way.rpartition("=")
            table.update((one, self._layout(layout)) for value in values.split("|") for one in (value, constant(value)))
        other = table.pop("*", None)

        def run(state: State) -> None:
            step = table.get(state.values.get(name), other)
            if step is not None:
                step(state)

        return run

    def _do_do(self, layout: str) -> Step:
        return self._layout(layout)

    def _do_within(self, size: str, *rest: str) -> Step:
        step = self._step(list(rest))
        fixed = int(size) if size.isdecimal() else None

        def run(state: State) -> None:
            outer = state.cursor
            state.cursor = outer.part(state.values.get(size, 0) if fixed is None else fixed)
            step(state)
            state.cursor = outer

        return run

    def _do_each(self, layout: str) -> Step:
        record = self._record(layout)

        def run(state: State) -> None:
            values = state.values
            while state.cursor.left > 0:
                _one(state, record, values)
            state.values = values

        return run

    def _do_times(self, name: str, layout: str) -> Step:
        record = self._record(layout)

        def run(state: State) -> None:
            values = state.values
            for _ in range(min(values.get(name, 0), _MOST_TIMES)):
                _one(state, record, values)
            state.values = values

        return run

    def _do_gather(self, layout: str) -> Step:
        step = self._layout(layout)

        def run(state: State) -> None:
            while state.cursor.left > 0:
                before = state.cursor.at
                step(state)
                if state.cursor.at == before:
                    raise DecodeError("an item of no bytes")

        return run

    def _do_scan(self, layout: str) -> Step:
        return self._scan(layout, most=_MOST_TIMES)

    def _do_scan1(self, layout: str) -> Step:
        return self._scan(layout, most=1)

    def _scan(self, layout: str, *, most: int) -> Step:
        record = self._record(layout)

        def run(state: State) -> None:
            values, found = state.values, 0
            while state.cursor.left > 0 and found < most:
                at = state.cursor.at
                try:
                    _one(state, record, values)
                    found += 1
                except DecodeError:
                    state.cursor.at = at + 1
            state.values = values

        return run

    def _do_find(self, name: str) -> Step:
        find, needed = self._finds[name.rstrip("!")], name.endswith("!")

        def run(state: State) -> None:
            if not find(state) and needed:
                raise DecodeError("the text is not there")

        return run

    def _do_at(self, byte: str) -> Step:
        to = int(byte)

        def run(state: State) -> None:
            at = to if to >= 0 else state.cursor.end + to
            if not 0 <= at <= state.cursor.end:
                raise DecodeError(f"there is no byte {to}")
            state.cursor.at = at

        return run

    def _do_set(self, name: str, value: str) -> Step:
        put = names.put(name, needed=False)
        if put is None:
            raise SignatureError(f"{name!r} is no name of a frame's field")
        if re.fullmatch(r"_?[a-z]+", value):
            return lambda state: put(state, state.values.get(value), state.cursor.at)
        fixed = constant(value)
        return lambda state: put(state, fixed, state.cursor.at)

    def _do_kind(self, *words: str) -> Step:
        kind = " ".join(words)

        def run(state: State) -> None:
            state.report.fields["type"] = kind

        return run

    def _do_doubt(self, *words: str) -> Step:
        doubt = " ".join(words)
        if "{" not in doubt:
            return lambda state: state.report.doubts.append(doubt)
        return lambda state: state.report.doubts.append(doubt.format_map(state.values))

    def _do_trust(self, level: str) -> Step:
        fixed = None if level == "known" else Confidence[level.upper()]

        def run(state: State) -> None:
            known = Confidence.LIKELY if state.session.device else Confidence.POSSIBLE
            state.report.confidence = known if fixed is None else fixed

        return run

    def _do_start(self) -> Step:
        def run(state: State) -> None:
            state.start = state.cursor.at

        return run

    def _do_sent(self) -> Step:
        def run(state: State) -> None:
            state.report.time = state.values.get("time")

        return run

    def _do_fix(self) -> Step:
        return names.complete

    _do_cell = _do_point = _do_fix

    def _do_proven(self) -> Step:
        def run(state: State) -> None:
            if state.checksum != "ok":
                raise DecodeError("the check value does not hold")

        return run

    def _do_fail(self) -> Step:
        def run(state: State) -> None:  # noqa: ARG001
            raise DecodeError("the frame says something else")

        return run


def _one(state: State, record: Step, values: dict[str, Any]) -> None:
    """One record: what it reads is forgotten with its end, and it passes over a byte at least."""
    state.values = values.copy()
    state.start = before = state.cursor.at
    record(state)
    if state.cursor.at == before:
        raise DecodeError("a record of no bytes")


def _passed(written: str) -> Step:
    read = reader(written)

    def run(state: State) -> None:
        read(state.cursor, state.values)

    return run


def _condition(written: str) -> Callable[[State], bool]:
    found = _CONDITION.fullmatch(written)
    if found is None:
        raise SignatureError(f"{written!r} is no condition")
    no, name, sign, operand = found.groups()
    holds = test(sign, operand) if sign else bool
    if name == "left":
        return lambda state: holds(state.cursor.left)
    if no:
        return lambda state: not holds(state.values.get(name))
    return lambda state: name in state.values and holds(state.values[name])


def _field(written: str, name: str, operations: tuple[str, ...]) -> Step:
    read = reader(written)
    if name == "bits":
        return _bits(read, operations)
    put = names.put(name.rstrip("!"), needed=name.endswith("!"))
    if put is None:
        raise SignatureError(f"{name!r} is no name of a frame's field")
    if "add" in operations:
        cut = operations.index("add")
        own, both = changes(operations[:cut]), changes(operations[cut + 1 :])

        def alter(value: Any, state: State) -> Any:
            total = (own(value) if own else value) + state.values.get(name, 0)
            return both(total) if both else total

        def added(state: State) -> None:
            start = state.cursor.at
            put(state, alter(read(state.cursor, state.values), state), start)

        return added
    calculate = changes(operations)
    if calculate is None:

        def plain(state: State) -> None:
            start = state.cursor.at
            put(state, read(state.cursor, state.values), start)

        return plain

    def changed(state: State) -> None:
        start = state.cursor.at
        put(state, calculate(read(state.cursor, state.values)), start)

    return changed


def _bits(read: Callable[[Cursor, dict[str, Any]], int], parts: tuple[str, ...]) -> Step:
    """Several numbers inside one, each by its mask."""
    found = []
    for part in parts:
        name, _, written = part.partition("=")
        mask = int(number(written.split(",")[0]))
        put = names.put(name, needed=False)
        if put is None or not mask:
            raise SignatureError(f"{part!r} names no bits")
        found.append((put, mask, (mask & -mask).bit_length() - 1, changes(tuple(written.split(",")[1:]))))

    def run(state: State) -> None:
        start = state.cursor.at
        whole = read(state.cursor, state.values)
        for put, mask, shift, calculate in found:
            value = (whole & mask) >> shift
            put(state, calculate(value) if calculate else value, start)

    return run
