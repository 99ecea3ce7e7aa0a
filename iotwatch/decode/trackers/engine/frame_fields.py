"""The vocabulary of frame dialects, part one: how a field is written (its type), and what is done with its value.

A type reads the next bytes; big endian unless it ends in ``_le``; N counts bytes, ``*`` stands for all that are left and
``(name)`` for a number that was read before.

==================  =====================================================================================================
``u8`` ... ``u64``  unsigned (``u*``: all that is left); ``i``: two's complement; ``s``: sign in the top bit
``f32 f64``         IEEE 754
``bcdN``            packed decimal digits; ``bcd4.5`` leaves half a byte that ``nibble`` reads; ``sbcdN``: the top bit is the sign
``asciiN``          printable text, padding dropped; ``asciiz``: up to a zero byte or the end; ``digitsN``: decimal digits alone
``hexN bytesN``     as hexadecimal digits; as they are; ``latinN``: any text, at most 200 characters of it
``peekN``           like ``uN``, without passing over it; ``xN``: passed over, no name
==================  =====================================================================================================

After its name a field may have operations, done from left to right:

=========================  ==============================================================================================
``/1e6 *2 +5 -5 %360``     arithmetic, with a number or what a name holds
``&0x3FF >>4 signed24``    bits; two's complement of the lower 24
``abs neg int bitcount``   size; negated; number of digits; how many bits are set
``distinct``               how many of the bytes differ
``dm ddmm dddmm``          degrees of a number ``ddmm.mmmm``; of digits, two or three of them degrees
``kn mph ms cms radians``  to km/h (``cms``: centimetres a second), to degrees
``imei15 luhn strip0``     drops the 0 before 15 digits; adds the check digit to 14; drops leading zeros
``[:15]``                  a part of a text
``reversed hex``           the bytes from the last one on; as hexadecimal digits
``=1|2 !=0 <60 <=360 >5``  must hold, or the bytes are no such frame (``~``: all of a text must match the expression)
``!``                      (right after the name) a time must be possible, an ``imei`` have its check digit, text not be empty
=========================  ==============================================================================================
"""

from __future__ import annotations

import math
import operator
import re
import struct
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from iotwatch.decode.fields import Cursor, bcd, degrees_minutes, digits_degrees, text
from iotwatch.errors import DecodeError, SignatureError
from iotwatch.patterns import regex
from iotwatch.words.identity import imei_of_bcd, with_check_digit

Values = dict[str, Any]
Reader = Callable[[Cursor, Values], Any]
Change = Callable[..., Any]

_TYPE = regex(r"([a-z]+)(\*|\d+(?:\.5)?|\([a-z_]+\))?(_le)?")
_INTEGERS = {8: "B", 16: "H", 32: "I", 64: "Q"}
_LONGEST_TEXT = 64
HALF = ".half"
"""Where the half byte that ``bcd4.5`` leaves waits for its ``nibble``."""


def _packed(form: str) -> Reader:
    """A number that ``struct`` knows."""
    size, unpack = struct.calcsize(form), struct.Struct(form).unpack_from

    def read(cursor: Cursor, values: Values) -> Any:  # noqa: ARG001
        here = cursor.at
        if here + size > cursor.end:
            cursor.take(size)
        cursor.at = here + size
        return unpack(cursor.data, here)[0]

    return read


def _integer(size: int, order: Any, kind: str) -> Reader:
    top = 1 << (8 * size - 1)

    def signed_magnitude(cursor: Cursor, values: Values) -> int:  # noqa: ARG001
        value = int.from_bytes(cursor.take(size), order)
        return top - value if value & top else value

    def integer(cursor: Cursor, values: Values) -> int:  # noqa: ARG001
        return int.from_bytes(cursor.take(size), order, signed=kind == "i")

    return signed_magnitude if kind == "s" else integer


def _integer_left(cursor: Cursor, values: Values) -> int:  # noqa: ARG001
    return int.from_bytes(cursor.take(min(cursor.left, 8)), "big")


def _signed_bcd(data: bytes) -> str:
    digits = bcd(bytes((data[0] & 0x7F, *data[1:]))) if data else ""
    return "-" + digits if data and data[0] & 0x80 else digits


def _digits(data: bytes) -> str:
    if not data.isdigit():
        raise DecodeError("decimal digits are wanted")
    return data.decode("ascii")


_OF_BYTES: Mapping[str, Callable[[bytes], Any]] = {
    "bcd": bcd,
    "sbcd": _signed_bcd,
    "ascii": text,
    "digits": _digits,
    "hex": bytes.hex,
    "bytes": bytes,
    "latin": lambda data: data.decode("latin-1")[:200],
    "x": lambda data: None,  # noqa: ARG005
}


def _half_bcd(size: int) -> Reader:
    def read(cursor: Cursor, values: Values) -> str:
        digits = cursor.take(size + 1).hex()
        values[HALF] = int(digits[-1], 16)
        if not digits[:-1].isdecimal():
            raise DecodeError("packed decimal digits are wanted")
        return digits[:-1]

    return read


def _ended(cursor: Cursor, values: Values) -> str:  # noqa: ARG001
    """The text up to the next zero byte, which is passed over, or to the end."""
    end = cursor.data.find(b"\0", cursor.at, min(cursor.end, cursor.at + _LONGEST_TEXT))
    if end < 0 and cursor.left > _LONGEST_TEXT:
        raise DecodeError("a text without an end")
    return text(cursor.take(cursor.left if end < 0 else end + 1 - cursor.at))


def _nibble(cursor: Cursor, values: Values) -> int:  # noqa: ARG001
    return int(values.pop(HALF))


def reader(written: str) -> Reader:
    """The reader of a type; ``SignatureError`` when there is no such type."""
    found = _TYPE.fullmatch(written)
    kind, size, little = found.groups() if found else ("", None, None)
    if kind == "asciiz" and not size:
        return _ended
    if kind == "nibble" and not size:
        return _nibble
    if (kind, size) == ("u", "*"):
        return _integer_left
    if kind in _OF_BYTES and size and not little:
        return _of_bytes(kind, size)
    if size and size.isdecimal():
        if kind == "peek":
            return _peek(reader(f"u{size}"))
        if kind in {"u", "i", "s"} and int(size) % 8 == 0 and 0 < int(size) <= 64:
            if kind != "s" and int(size) in _INTEGERS:
                letter = _INTEGERS[int(size)]
                return _packed(("<" if little else ">") + (letter.lower() if kind == "i" else letter))
            return _integer(int(size) // 8, "little" if little else "big", kind)
        if kind == "f" and size in {"32", "64"}:
            return _packed(("<" if little else ">") + ("f" if size == "32" else "d"))
    raise SignatureError(f"{written!r} is no type of a frame's field")


def _of_bytes(kind: str, size: str) -> Reader:
    convert = _OF_BYTES[kind]
    if size == "*":
        return lambda cursor, values: convert(cursor.rest())  # noqa: ARG005
    if size[0] == "(":
        name = size[1:-1]
        return lambda cursor, values: convert(cursor.take(values.get(name, 0)))
    if size.endswith(".5") and kind == "bcd":
        return _half_bcd(int(size[:-2]))
    if not size.isdecimal():
        raise SignatureError(f"{kind}{size} is no type of a frame's field")
    count = int(size)
    return lambda cursor, values: convert(cursor.take(count))  # noqa: ARG005


def _peek(read: Reader) -> Reader:
    def peek(cursor: Cursor, values: Values) -> Any:
        here = cursor.at
        value = read(cursor, values)
        cursor.at = here
        return value

    return peek


def _signed_digits(digits: str, whole: int) -> float:
    return -digits_degrees(digits[1:], whole) if digits[:1] == "-" else digits_degrees(digits, whole)


_PLAIN: Mapping[str, Change] = {
    "abs": abs,
    "neg": operator.neg,
    "int": int,
    "dm": degrees_minutes,
    "ddmm": partial(_signed_digits, whole=2),
    "dddmm": partial(_signed_digits, whole=3),
    "kn": lambda value: value * 1.852,
    "mph": lambda value: value * 1.609344,
    "ms": lambda value: value * 3.6,
    "cms": lambda value: value * 0.036,
    "radians": math.degrees,
    "imei15": imei_of_bcd,
    "luhn": with_check_digit,
    "bitcount": int.bit_count,
    "distinct": lambda data: len(set(data)),
    "reversed": operator.itemgetter(slice(None, None, -1)),
    "hex": bytes.hex,
    "strip0": lambda digits: digits.lstrip("0"),
}
_ARITHMETIC = {"/": operator.truediv, "*": operator.mul, "+": operator.add, "-": operator.sub, "%": operator.mod}
_BITS = {"&": operator.and_, ">>": operator.rshift}
_TESTS = {"<=": operator.le, ">=": operator.ge, "!=": operator.ne, "<": operator.lt, ">": operator.gt}
_WHOLE = regex(r"-?(?:0|[1-9]\d*|0x[0-9A-Fa-f]+)")
_OPERATION = regex(r"(>>|<=|>=|!=|[/*+%&=<>~-])(.+)")
_NAME = regex(r"_?[a-z]+")
_SLICE = regex(r"\[(\d*):(\d*)\]")


def number(written: str) -> float:
    """The number that a file writes; ``SignatureError`` when it writes none."""
    try:
        return int(written, 0) if _WHOLE.fullmatch(written) else float(written)
    except ValueError as error:
        raise SignatureError(f"{written!r} is no number") from error


def constant(written: str) -> Any:
    """A number or a word, as it is compared with what was read."""
    try:
        return number(written)
    except SignatureError:
        return written


def test(sign: str, written: str) -> Callable[[Any], bool]:
    """Whether a value stands in this relation to what is written (``=`` to one of several, with ``|`` between)."""
    if sign in {"=", "!="}:
        allowed = frozenset(written.split("|")) | frozenset(constant(one) for one in written.split("|"))
        return (lambda value: value in allowed) if sign == "=" else (lambda value: value not in allowed)
    if sign == "~":
        matches = re.compile(written).fullmatch
        return lambda value: matches(value) is not None
    bound = number(written)
    if sign == "&":
        mask = int(bound)
        return lambda value: bool(value & mask)
    compare = _TESTS[sign]
    return lambda value: compare(value, bound)


def change(written: str) -> tuple[Change, str]:
    """One operation on a value, and the name of the other one that it takes (or none)."""
    if written in _PLAIN:
        return _PLAIN[written], ""
    if written.startswith("signed") and written[6:].isdecimal():
        bits = int(written[6:])
        return partial(_signed, top=1 << (bits - 1), mask=(1 << bits) - 1), ""
    if cut := _SLICE.fullmatch(written):
        part = slice(int(cut[1] or 0), int(cut[2]) if cut[2] else None)
        return operator.itemgetter(part), ""
    if found := _OPERATION.fullmatch(written):
        sign, operand = found.groups()
        if sign in _ARITHMETIC and _NAME.fullmatch(operand):
            return _ARITHMETIC[sign], operand
        if sign in _ARITHMETIC:
            return _arithmetic(_ARITHMETIC[sign], number(operand)), ""
        if sign in _BITS:
            return _arithmetic(_BITS[sign], int(number(operand))), ""
        return _required(test(sign, operand), written), ""
    raise SignatureError(f"{written!r} is no operation on a frame's field")


def _signed(value: int, top: int, mask: int) -> int:
    return (value & mask ^ top) - top


def _arithmetic(calculate: Callable[[Any, Any], Any], operand: float) -> Change:
    return lambda value: calculate(value, operand)


def _required(holds: Callable[[Any], bool], written: str) -> Change:
    def check(value: Any) -> Any:
        if not holds(value):
            raise DecodeError(f"a field is not {written}")
        return value

    return check


def calculated(read: Reader, words: tuple[str, ...]) -> Reader:
    """A reader whose value the operations change."""
    steps = tuple(change(word) for word in words)
    if not steps:
        return read
    if len(steps) == 1 and not steps[0][1]:
        only = steps[0][0]
        return lambda cursor, values: only(read(cursor, values))

    def run(cursor: Cursor, values: Values) -> Any:
        value = read(cursor, values)
        for step, name in steps:
            value = step(value, values.get(name, 0)) if name else step(value)
        return value

    return run
