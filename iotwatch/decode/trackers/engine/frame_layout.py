"""How the bytes of a frame are written down: named layouts of one step a line, compiled into a few closures.

What stands after ``#`` is a comment. A step is one of these:

=============================  ====================================================================================
``TYPE NAME [OPERATION ...]``  a field: ``frame_fields`` has the types and operations, ``frame_names`` the names
``xN``                         N bytes are passed over; ``at N``: the next step reads from byte N (-N: from the end)
``TYPE bits NAME=MASK ...``    numbers inside a number
``set NAME VALUE ...``         a number, ``YES``, the value of another name or ``left``; with operations
``if CONDITION STEP``          ``NAME``, ``!NAME``, ``NAME=1|2``, ``NAME&MASK``, ``NAME>=N``; ``left`` is how many bytes are left;
                               ``_up``: whether the sender is a tracker; ``_check``: ok, bad or none
``case NAME 1|2=LAYOUT ...``   goes on with a layout by a value (``*``: any other), or does nothing
``do LAYOUT``                  goes on with a layout
``ahead LAYOUT``               reads on with a layout, and the next step begins where this one did
``within SIZE STEP``           the step sees the next ``SIZE`` bytes alone, and they are passed over
``each LAYOUT``                again and again to the last byte: a record each time; ``times NAME LAYOUT``: so often
``sized NAME TYPE LAYOUT``     first the sizes of so many records, each of this type, and then the records
``gather LAYOUT``              to the last byte as well, but all that is read is one record
``scan LAYOUT ...``            a record wherever the layout fits; ``first``: one alone; ``here``: only where it fits at once;
                               ``_found`` tells how many, as of ``find``
``find PATTERN``               the text pattern of this name, anywhere in what is left, which then begins
                               behind it (``find PATTERN!``: it must be there); ``match PATTERN``: where the step stands
``start``, ``fix``             the place begins here, and ends (otherwise: with its layout)
``cell``, ``point``            a cell, an access point is complete (otherwise: with its layout)
``sent``                       the time read so far is that of the message
``kind TEXT``                  what kind of frame this is (``{name}``: a value)
``doubt WORD NAME ...``        what is not sure, as ``words.doubts`` calls it, with the values that its sentence needs
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

from iotwatch.decode.fields import Cursor
from iotwatch.decode.trackers.engine.frame_fields import Values, calculated, constant, reader
from iotwatch.decode.trackers.engine.frame_names import State, complete
from iotwatch.decode.trackers.engine.frame_steps import (
    FIXED,
    MOST_TIMES,
    Step,
    condition,
    field,
    filled,
    loop,
    one,
    passed,
    put_of,
)
from iotwatch.errors import DecodeError, SignatureError
from iotwatch.model import Confidence
from iotwatch.patterns import regex
from iotwatch.words.doubts import ReadingDoubt

Find = Callable[[State, bool], bool]

_COMMENT = regex(r"(?:^|\s)#.*")
_PASSED = regex(r"x(?:\d+|\*|\([a-z_]+\))")
_SCANS = frozenset({"first", "here"})


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
            complete(state)

        return record

    def _step(self, words: list[str]) -> Step:
        verb, rest = words[0], words[1:]
        make = getattr(self, f"_do_{verb}", None)
        try:
            if make is not None:
                step: Step = make(*rest)
                return step
            if verb in FIXED and not rest:
                return FIXED[verb]
            if _PASSED.fullmatch(verb) and not rest:
                return passed(verb)
            return field(verb, rest[0], tuple(rest[1:]))
        except (TypeError, IndexError, KeyError, ValueError) as error:
            raise SignatureError(f"the step {' '.join(words)!r} is not understood") from error

    def _do_if(self, written: str, *rest: str) -> Step:
        holds, step = condition(written), self._step(list(rest))

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

    def _do_ahead(self, layout: str) -> Step:
        look = self._layout(layout)

        def run(state: State) -> None:
            here = state.cursor.at
            look(state)
            state.cursor.at = here

        return run

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
        return loop(self._record(layout))

    def _do_times(self, name: str, layout: str) -> Step:
        return loop(self._record(layout), name)

    def _do_sized(self, name: str, kind: str, layout: str) -> Step:
        read, record = reader(kind), self._record(layout)

        def run(state: State) -> None:
            outer, values = state.cursor, state.values
            for size in [read(outer, values) for _ in range(values.get(name, 0))]:
                state.cursor, state.values = outer.part(size), values.copy()
                state.start = state.cursor.at
                record(state)
            state.cursor, state.values = outer, values

        return run

    def _do_gather(self, layout: str) -> Step:
        return loop(self._layout(layout), own=False)

    def _do_scan(self, layout: str, *words: str) -> Step:
        record, most = self._record(layout), 1 if words else MOST_TIMES
        if not _SCANS.issuperset(words):
            raise SignatureError(f"{words} say nothing of a scan")

        def run(state: State) -> None:
            values, found = state.values, 0
            while state.cursor.left > 0 and found < most:
                at = state.cursor.at
                try:
                    one(state, record, values.copy())
                    found += 1
                except DecodeError:
                    state.cursor.at = at if "here" in words else at + 1
                    if "here" in words:
                        break
            state.values = values
            values["_found"] = found

        return run

    def _do_match(self, name: str) -> Step:
        return self._do_find(name, here=True)

    def _do_need(self, *wanted: str) -> Step:
        def run(state: State) -> None:
            if not state.values.keys() >= set(wanted):
                raise DecodeError("a part is missing")

        return run

    def _do_find(self, name: str, *, here: bool = False) -> Step:
        find, needed = self._finds[name.rstrip("!")], name.endswith("!")

        def run(state: State) -> None:
            found = state.values["_found"] = find(state, here)
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
        put = put_of(name)
        fixed = True if value == "YES" else constant(value)
        named = re.fullmatch(r"_?[a-z]+", value) is not None

        def read(cursor: Cursor, values: Values) -> Any:
            return cursor.left if value == "left" else values.get(value) if named else fixed

        told = calculated(read, operations)
        return lambda state: put(state, told(state.cursor, state.values), state.cursor.at)

    def _do_kind(self, *words: str) -> Step:
        kind = filled(words)
        return lambda state: state.report.fields.update(type=kind(state))

    def _do_doubt(self, word: str, *names: str) -> Step:
        doubt = ReadingDoubt[word]
        doubt(**dict.fromkeys(names, 0)).text  # noqa: B018  a name that its sentence needs may be missing
        return lambda state: state.report.doubts.append(doubt(**{name: state.values.get(name, "") for name in names}))

    def _do_trust(self, level: str) -> Step:
        fixed = None if level == "known" else Confidence[level.upper()]

        def run(state: State) -> None:
            known = Confidence.LIKELY if state.session.device else Confidence.POSSIBLE
            state.report.confidence = known if fixed is None else fixed

        return run
