"""How the bytes of a frame are written down: named layouts of one step a line, compiled into a few closures.

What stands after ``#`` is a comment. A step is one of these:

=============================  ====================================================================================
``TYPE NAME [OPERATION ...]``  a field: ``frame_fields`` has the types and operations, ``frame_names`` the names
``xN``                         N bytes are passed over; ``at N``: the next step reads from byte N (-N: from the end)
``TYPE bits NAME=MASK ...``    numbers inside a number
``set NAME VALUE ...``         a value that the frame does not write: a number, ``YES``, or that of another name; operations
``if CONDITION STEP``          ``NAME``, ``!NAME``, ``NAME=1|2``, ``NAME&MASK``, ``NAME>=N``; ``left`` is how many bytes are left
``case NAME 1|2=LAYOUT ...``   goes on with a layout by a value (``*``: any other), or does nothing
``do LAYOUT``                  goes on with a layout
``within SIZE STEP``           the step sees the next ``SIZE`` bytes alone, and they are passed over
``each LAYOUT``                again and again to the last byte: a record each time; ``times NAME LAYOUT``: so often
``gather LAYOUT``              to the last byte as well, but all that is read is one record
``shares NAME LAYOUT``         what is left in so many equal parts, a record each
``scan LAYOUT``                a record wherever the layout fits; ``first`` behind it: one alone; ``needed``: one at least
``try LAYOUT``                 a record if the layout fits here (``_found`` tells, as of ``find``)
``find PATTERN``               the text pattern of this name, anywhere in what is left, which then begins
                               behind it (``find PATTERN!``: it must be there)
``start``, ``fix``             the place begins here, and ends (otherwise: with its layout)
``cell``, ``point``            a cell, an access point is complete (otherwise: with its layout)
``sent``                       the time read so far is that of the message
``kind WORD``, ``doubt TEXT``  what kind of frame this is, and what is not sure (``{name}``: a value)
``trust LEVEL``                possible, likely or certain; ``known``: likely when the sender is known, else possible
``need NAME ...``              they must have been read; ``proven``: the check value must hold; ``fail``: this is no such frame
``unproven``                   a check value whose rule is not known for sure counts as none
=============================  ====================================================================================

Every loop passes over at least one byte each time, so that a frame of n bytes costs at most n steps a layout. Layouts do
not call themselves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from iotwatch.decode.trackers.engine import frame_names as names
from iotwatch.decode.trackers.engine.frame_fields import Reader, calculated, constant, number, reader, test
from iotwatch.decode.trackers.engine.frame_names import State
from iotwatch.errors import DecodeError, SignatureError
from iotwatch.model import Confidence

Step = Callable[[State], None]
Find = Callable[[State], bool]

_COMMENT = re.compile(r"(?:^|\s)#.*")
_CONDITION = re.compile(r"(!?)(_?[a-z_]+)(?:(&|>=|<=|!=|=|<|>)(\S+))?")
_PASSED = re.compile(r"x(?:\d+|\*|\([a-z_]+\))")
_VALUE = re.compile(r"\{([a-z_]+)\}")
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

    def _do_scan(self, layout: str, *words: str) -> Step:
        if not {"first", "needed"}.issuperset(words):
            raise SignatureError(f"{words} say nothing of a scan")
        record, most = self._record(layout), 1 if "first" in words else _MOST_TIMES

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
            if not found and "needed" in words:
                raise DecodeError("nothing was found")

        return run

    def _do_try(self, layout: str) -> Step:
        record = self._record(layout)

        def run(state: State) -> None:
            values, at = state.values, state.cursor.at
            try:
                _one(state, record, values)
                values["_found"] = True
            except DecodeError:
                state.cursor.at = at
            state.values = values

        return run

    def _do_shares(self, name: str, layout: str) -> Step:
        record = self._record(layout)

        def run(state: State) -> None:
            outer, values, count = state.cursor, state.values, state.values.get(name, 0)
            if not count or outer.left % count:
                raise DecodeError("the records are not equal")
            size = outer.left // count
            while outer.left > 0:
                state.cursor = outer.part(size)
                _one(state, record, values)
            state.cursor, state.values = outer, values

        return run

    def _do_need(self, *wanted: str) -> Step:
        def run(state: State) -> None:
            if not state.values.keys() >= set(wanted):
                raise DecodeError("a part is missing")

        return run

    def _do_find(self, name: str) -> Step:
        find, needed = self._finds[name.rstrip("!")], name.endswith("!")

        def run(state: State) -> None:
            found = find(state)
            state.values["_found"] = found
            if needed and not found:
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

    def _do_set(self, name: str, value: str, *operations: str) -> Step:
        put = names.put(name, needed=False)
        if put is None:
            raise SignatureError(f"{name!r} is no name of a frame's field")
        fixed = True if value == "YES" else constant(value)
        named = re.fullmatch(r"_?[a-z]+", value) is not None
        told = calculated(lambda cursor, values: values.get(value) if named else fixed, operations)  # noqa: ARG005
        return lambda state: put(state, told(state.cursor, state.values), state.cursor.at)

    def _do_kind(self, *words: str) -> Step:
        kind = _filled(words)

        def run(state: State) -> None:
            state.report.fields["type"] = kind(state)

        return run

    def _do_doubt(self, *words: str) -> Step:
        doubt = _filled(words)
        return lambda state: state.report.doubts.append(doubt(state))

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

    def _do_unproven(self) -> Step:
        def run(state: State) -> None:
            state.checksum = "none"

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


def _filled(words: tuple[str, ...]) -> Callable[[State], str]:
    """A text with values in it."""
    text = " ".join(words)
    if "{" not in text:
        return lambda state: text  # noqa: ARG005
    return lambda state: _VALUE.sub(lambda name: str(state.values.get(name[1], "")), text)


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
        return lambda state: holds(state.cursor.left) != bool(no)
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
    told = calculated(read, operations)

    def run(state: State) -> None:
        start = state.cursor.at
        put(state, told(state.cursor, state.values), start)

    return run


def _bits(read: Reader, parts: tuple[str, ...]) -> Step:
    """Several numbers inside one, each by its mask."""
    found = []
    for part in parts:
        name, _, mask = part.partition("=")
        put = names.put(name, needed=False)
        if put is None or not number(mask):
            raise SignatureError(f"{part!r} names no bits")
        bits = int(number(mask))
        found.append((put, bits, (bits & -bits).bit_length() - 1))

    def run(state: State) -> None:
        start = state.cursor.at
        whole = read(state.cursor, state.values)
        for put, mask, shift in found:
            put(state, (whole & mask) >> shift, start)

    return run
