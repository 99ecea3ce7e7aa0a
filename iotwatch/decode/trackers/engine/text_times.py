"""When a text message says it was: its time groups, read by the letters of their names (see ``text_fields``)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

import msgspec

from iotwatch.decode.fields import SECOND, clock, gps_time, unix_time
from iotwatch.patterns import regex

_TIME_NAME = regex(r"(?:local_)?[YymdHMS]+(?:_hex)?")
_NOT_DIGIT = regex(r"[^0-9]")
_NUMBER = regex(r"[0-9]+")
_DAY = 86_400 * SECOND
_COUNTED = frozenset({"unix", "unix_ms", "gps_week"})


class Layout(NamedTuple):
    """How the digits of one time group are cut: letter, begin and end of each part, in ``base`` 10 or 16."""

    local: bool
    base: int
    digits: int
    parts: tuple[tuple[str, int, int], ...]


@lru_cache(maxsize=512)
def layout(name: str) -> Layout | None:
    """The layout that a group's name tells; ``None`` when it is no time."""
    if _TIME_NAME.fullmatch(name) is None:
        return None
    letters = name.removeprefix("local_").removesuffix("_hex")
    sizes = [4 if letter == "Y" else 2 for letter in letters]
    ends = tuple(accumulate(sizes))
    parts = tuple((letter, end - size, end) for letter, size, end in zip(letters, sizes, ends, strict=True))
    return Layout(name.startswith("local_"), 16 if name.endswith("_hex") else 10, ends[-1], parts)


@lru_cache(maxsize=4096)
def _layouts(names: tuple[str, ...]) -> tuple[tuple[str, Layout], ...]:
    """The groups that are times among those that matched: the same for message after message."""
    return tuple((name, form) for name in names if (form := layout(name)) is not None)


def is_time(name: str) -> bool:
    """Whether a group of this name is a time."""
    return layout(name) is not None


class Field(msgspec.Struct, frozen=True, gc=False):
    """The text of one group and where it stands in the message's stream."""

    text: str
    start: int
    end: int


Fields = Mapping[str, Field]


def _joined(form: Layout, text: str) -> str:
    """The digits of a time with separators, where each part may be without its leading zero."""
    numbers = _NUMBER.findall(text)
    if len(numbers) == len(form.parts):
        numbers = [number.zfill(end - start) for number, (_, start, end) in zip(numbers, form.parts, strict=True)]
    return "".join(numbers)


def _values(form: Layout, text: str) -> dict[str, int]:
    """The parts of one time group by their letter; empty when digits are missing."""
    if form.base == 10 and len(text) == form.digits and text.isdecimal():  # what nearly all messages write
        return {letter: int(text[start:end]) for letter, start, end in form.parts}
    whole, _, fraction = text.partition(".") if form.base == 10 else (text, "", "")
    digits = whole if form.base == 16 or whole.isdecimal() else _joined(form, whole)
    if form.base == 10 and digits:
        digits = digits.zfill(form.digits)  # written as a number, so its leading zeros are gone
    if len(digits) < form.digits:
        return {}
    parts = {letter: int(digits[start:end], form.base) for letter, start, end in form.parts}
    if fraction.isdecimal() and form.parts[-1][0] == "S":
        parts["f"] = int(fraction[:6].ljust(6, "0"))
    return parts


def _clock(parts: Mapping[str, int], zone: float) -> int | None:
    year = parts.get("Y", parts.get("y"))
    if year is None or not ("m" in parts and "d" in parts and "H" in parts and "M" in parts):
        return None
    time = clock(year, parts["m"], parts["d"], parts["H"], parts["M"], parts.get("S", 0), zone=zone)
    return None if time is None else time + parts.get("f", 0)


def _zone(fields: Fields, zone: float) -> float:
    """Hours east of Greenwich: of the ``zone`` group (``+0530``, ``-04:00``) or else of the pattern."""
    if "zone" not in fields:
        return zone
    text = fields["zone"].text
    digits = _NOT_DIGIT.sub("", text)
    hours = int(digits[:2] or 0) + int(digits[2:4] or 0) / 60
    return -hours if text.strip().startswith("-") else hours


def _counted(fields: Fields) -> int | None:
    """Time that is written as a count of seconds."""
    if "unix" in fields:
        return unix_time(float(fields["unix"].text))
    if "unix_ms" in fields:
        return unix_time(int(fields["unix_ms"].text) / 1000)
    if "gps_week" in fields:
        digits = fields["gps_week"].text
        week, day, second = int(digits[:4]), int(digits[4]), int(digits[5:10])
        return gps_time(day * 86_400 + second, week)
    return None


def time_of(fields: Fields, zone: float) -> int | None:
    """Microseconds UTC of the time groups; ``None`` when they do not make a whole date and time."""
    if not _COUNTED.isdisjoint(fields) and (counted := _counted(fields)) is not None:
        return counted
    parts: dict[str, int] = {}
    local: dict[str, int] = {}
    for name, form in _layouts(tuple(fields)):
        (local if form.local else parts).update(_values(form, fields[name].text))
    if (time := _clock(parts, _zone(fields, zone))) is not None:
        return time
    return _nearest(parts, local) if local else None


def _nearest(parts: Mapping[str, int], local: Mapping[str, int]) -> int | None:
    """A UTC time of day without a date, beside a local date and time: the day on which the two are closest."""
    there = _clock(local, 0)
    if there is None or not {"H", "M"} <= parts.keys():
        return None
    here = _clock({**local, "S": 0, "f": 0, **parts}, 0)
    if here is None:
        return None
    return here - round((here - there) / _DAY) * _DAY
