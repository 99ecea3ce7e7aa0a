"""Variants of a text message that a real device would send: other places, ids, dates, lengths, empty and missing fields."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.studies.variation_places import PLACES, Coordinate, Located, Place, locate

_SEPARATORS = ",;|:!*"


@dataclass(frozen=True)
class Variant:
    """One message of the study: what was varied, its bytes, and the places that it states."""

    kind: str
    data: bytes
    places: tuple[Place, ...]
    note: str = ""


def imei(draw: random.Random) -> str:
    """15 digits with a good check digit (3GPP TS 23.003 annex B)."""
    body = f"{draw.choice(('35', '86'))}{draw.randrange(10**12):012d}"
    total = sum(int(digit) if at % 2 == 0 else sum(divmod(2 * int(digit), 10)) for at, digit in enumerate(body))
    return body + str(-total % 10)


def _dated(digits: str) -> str | None:
    """Other digits that are a date or time wherever these could be one; ``None`` when they cannot."""
    size, year = len(digits), digits[:2] == "20"
    if size == 6:
        pairs = [int(digits[at : at + 2]) for at in (0, 2, 4)]
        return "111209" if max(pairs) < 60 and pairs[1] > 0 else None
    if size == 8:
        return "20121110" if year else "11102012" if digits[4:6] == "20" else None
    if size == 10:
        return (
            "1511101109"
            if int(digits[2:4]) <= 12 and digits[0] in "012"
            else "1447153749"
            if digits[0] == "1"
            else None
        )
    if size == 12:
        return "121110110905" if int(digits[2:4]) in range(1, 13) and int(digits[4:6]) <= 31 else None
    if size == 14:
        return "20121110110905" if year else "10112012110905" if digits[4:6] == "20" else None
    if size == 13 and digits[0] == "1":
        return "1447153749000"
    if size == 4 and digits[:2] in ("19", "20"):
        return "2012"
    return "10" if size == 2 else None


def _other_digits(digits: str, draw: random.Random) -> str:
    if (date := _dated(digits)) is not None:
        return date
    if len(digits) == 15:
        return imei(draw)
    return "".join(draw.choice("123456789") for _ in digits)


def _free_numbers(here: Located) -> list[re.Match[str]]:
    """Digits outside of the place."""
    version = here.text.find("HTTP/1.1")
    return [
        m
        for m in re.finditer(r"\d+", here.text)
        if _outside(here, m) and not version <= m.start() <= version + 8 * (version >= 0)
    ]


def _fields(here: Located) -> tuple[str, list[tuple[int, int]]]:
    """The separator used most, and the spans of the fields that hold nothing of the place."""
    separator = max(_SEPARATORS, key=here.text.count)
    first, last = here.taken
    spans, at = [], 0
    for part in here.text.split(separator):
        if at + len(part) <= first or at >= last:
            spans.append((at, at + len(part)))
        at += len(part) + 1
    return separator, spans


def variants(here: Located, draw: random.Random) -> Iterator[tuple[str, str, tuple[Place, ...], str]]:
    """(kind, text, places, note) of every variant, checksums not yet made good."""
    home = here.possible(PLACES[0])
    base = here.moved(home)
    fraction = len(re.split("[.,]", here.latitude.text + ".")[1])
    if here.latitude.form == "degrees" and fraction < 4:
        return
    for number, place in enumerate(PLACES):
        wanted = here.possible(place)
        yield "place", here.moved(wanted), (wanted,), str(number)
    if here.latitude.form in ("degrees", "minutes"):
        for decimals in (
            () if here.latitude.packed else {fraction + 1, fraction + 2, max(fraction - 1, 4), 5} - {fraction}
        ):
            yield "decimals", here.moved(home, decimals), (home,), str(decimals)
    there = Located(base, *_again(here, base, home)) if (again := locate(base, home)) is None else again
    yield from _around(there, home, draw)
    other = here.possible(PLACES[1])
    second = here.moved(other)
    if "HTTP/1" in base:
        return
    for ending in ("\r\n", "\n", ""):
        yield "ends", base.rstrip("\r\n") + ending, (home,), repr(ending)
    yield "glued", base.rstrip("\r\n") + "\r\n" + second, (home, other), "by CRLF"
    if base[-1] in "#$;!)]}|>":
        yield "glued", base + second, (home, other), "directly"


def _again(here: Located, text: str, place: Place) -> tuple[Coordinate, Coordinate, bool, bool]:
    return here.latitude, here.longitude, place[0] < 0, place[1] < 0


def _around(here: Located, home: Place, draw: random.Random) -> Iterator[tuple[str, str, tuple[Place, ...], str]]:
    """What may differ beside the place; ``home`` is where it says to be."""
    for part in (_numbers, _fields_changed, _words):
        for kind, text, note in part(here, draw):
            yield kind, text, (home,), note


def _numbers(here: Located, draw: random.Random) -> Iterator[tuple[str, str, str]]:
    text = here.text
    for match in _free_numbers(here):
        note = f"{match.start()}: {match[0]}"
        yield "id" if len(match[0]) == 15 else "digits", _put(text, match, _other_digits(match[0], draw)), note
        bounded = not re.search(r"[A-Za-z]$", text[: match.start()]) and not re.match(r"[A-Za-z]", text[match.end() :])
        if bounded and _dated(match[0]) is None and len(match[0]) < 9:
            for digits in {"7", match[0] + "5", "0"} - {match[0]}:
                yield "length", _put(text, match, digits), f"{note} -> {digits}"
    for match in re.finditer(r"(?<!HTTP/)\d+\.\d+", text):
        if _outside(here, match) and re.fullmatch(r"\d{1,4}\.\d{1,4}", match[0]):
            for new in (match[0].partition(".")[0], match[0] + "25", "0.00"):
                yield "number", _put(text, match, new), f"{match.start()}: {match[0]} -> {new}"


def _fields_changed(here: Located, draw: random.Random) -> Iterator[tuple[str, str, str]]:
    text, (separator, fields) = here.text, _fields(here)
    for start, end in fields[1:]:
        if end > start:
            yield "empty", text[:start] + text[end:], f"{start}: {text[start:end]}"
    structured = "HTTP/1" in text or text.lstrip()[:1] in "{[<"
    tail = [] if structured else [start for start, _ in fields if start >= here.taken[1]]
    for count in (1, 2, 3):
        if len(tail) > count:
            yield "shorter", text[: tail[-count] - 1], f"{count} off"
    closing = re.search(r"[^\w.,;|:+-]*$", text)
    at = closing.start() if closing else len(text)
    for extra in (f"{separator}7", f"{separator}7{separator}8.5{separator}AB") if tail else ():
        yield "longer", text[:at] + extra + text[at:], extra


def _words(here: Located, draw: random.Random) -> Iterator[tuple[str, str, str]]:
    text = here.text
    for match in re.finditer(r"\b(?=\w*\d)(?=\w*[A-Fa-f])[0-9A-Fa-f]{4,}\b", text):
        if _outside(here, match):
            yield "case", _put(text, match, match[0].swapcase()), f"{match.start()}: {match[0]}"
    for match in re.finditer(r"[A-Z]{3,}|[a-z]{3,}", text):
        if _outside(here, match) and match.start() > 0:
            letters = "BCDGHKLMPQ" if match[0].isupper() else "bcdghklmpq"
            yield (
                "word",
                _put(text, match, "".join(draw.choice(letters) for _ in match[0])),
                f"{match.start()}: {match[0]}",
            )


def _outside(here: Located, match: re.Match[str]) -> bool:
    first, last = here.taken
    return match.end() <= first or match.start() >= last


def _put(text: str, match: re.Match[str], new: str) -> str:
    return text[: match.start()] + new + text[match.end() :]
