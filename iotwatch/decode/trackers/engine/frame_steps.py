"""The single steps of a frame's layout, and the turns of its loops."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

from iotwatch.decode.trackers.engine.frame_fields import Reader, Values, calculated, number, reader, test
from iotwatch.decode.trackers.engine.frame_names import Put, State, complete, is_kept
from iotwatch.decode.trackers.engine.frame_names import put as put_for
from iotwatch.errors import DecodeError, SignatureError
from iotwatch.patterns import regex

Step = Callable[[State], None]

_CONDITION = regex(r"(!?)(_?[a-z_]+)(?:(&|>=|<=|!=|=|<|>)(\S+))?")
_VALUE = regex(r"\{([a-z_]+)\}")
MOST_TIMES = 1024


def _start(state: State) -> None:
    state.start = state.cursor.at


def _sent(state: State) -> None:
    state.report.time = state.values.get("time")


def _proven(state: State) -> None:
    if state.checksum != "ok":
        raise DecodeError("the check value does not hold")


def _unproven(state: State) -> None:
    state.checksum = "none"


def _fail(state: State) -> None:  # noqa: ARG001
    raise DecodeError("the frame says something else")


FIXED: Mapping[str, Step] = {
    "fix": complete,
    "cell": complete,
    "point": complete,
    "start": _start,
    "sent": _sent,
    "proven": _proven,
    "unproven": _unproven,
    "fail": _fail,
}


def loop(step: Step, name: str = "", *, own: bool = True) -> Step:
    """A step to the last byte, or as often as a value says; what it reads is its ``own``, or stays."""

    def run(state: State) -> None:
        values, done = state.values, 0
        most = min(values.get(name, 0), MOST_TIMES) if name else sys.maxsize
        while done < most and (name or state.cursor.left > 0):
            one(state, step, values.copy() if own else values)
            done += 1
        state.values = values

    return run


def one(state: State, step: Step, values: Values) -> None:
    """One turn of a loop, which passes over a byte at least."""
    state.values = values
    state.start = before = state.cursor.at
    step(state)
    if state.cursor.at == before:
        raise DecodeError("a record of no bytes")


def filled(words: tuple[str, ...]) -> Callable[[State], str]:
    """A text with values in it."""
    text = " ".join(words)
    if "{" not in text:
        return lambda state: text  # noqa: ARG005
    return lambda state: _VALUE.sub(lambda name: str(state.values.get(name[1], "")), text)


def passed(written: str) -> Step:
    read = reader(written)

    def run(state: State) -> None:
        read(state.cursor, state.values)

    return run


def condition(written: str) -> Callable[[State], bool]:
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


def field(written: str, name: str, operations: tuple[str, ...]) -> Step:
    read = reader(written)
    if name == "bits":
        return _bits(read, operations)
    put = put_of(name)
    told = calculated(read, operations)
    if is_kept(name):  # most fields, so that each is one call less

        def keep(state: State) -> None:
            values = state.values
            values[name] = told(state.cursor, values)

        return keep

    def run(state: State) -> None:
        start = state.cursor.at
        put(state, told(state.cursor, state.values), start)

    return run


def put_of(name: str) -> Put:
    put = put_for(name.rstrip("!"), needed=name.endswith("!"))
    if put is None:
        raise SignatureError(f"{name!r} is no name of a frame's field")
    return put


def _bits(read: Reader, parts: tuple[str, ...]) -> Step:
    """Several numbers inside one, each by its mask."""
    masks = [(name, int(number(mask))) for name, _, mask in (part.partition("=") for part in parts)]
    found = [(put_of(name), mask, (mask & -mask).bit_length() - 1) for name, mask in masks]

    def run(state: State) -> None:
        start = state.cursor.at
        whole = read(state.cursor, state.values)
        for put, mask, shift in found:
            put(state, (whole & mask) >> shift, start)

    return run
