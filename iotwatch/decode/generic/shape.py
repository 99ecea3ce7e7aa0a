"""Places in text by their shape alone: degrees and minutes with hemispheres, decimal pairs, packed signs, answers to look-ups.

A bare pair of decimals proves little. It counts when a date, an IMEI or a like pair in the lines around it stands beside it
(reference facts: location protocols, section 5).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

import msgspec

from iotwatch.decode.fields import on_globe
from iotwatch.decode.generic import values
from iotwatch.decode.generic.times import parse_time
from iotwatch.decode.generic.values import Coordinate, Degrees
from iotwatch.model import Confidence
from iotwatch.patterns import regex
from iotwatch.words.doubts import ReadingDoubt
from iotwatch.words.identity import is_imei
from iotwatch.words.said import Said

_LATITUDE = rb"(?P<y>\d{1,4}(?:\.\d{2,10}|[ \xb0:]\d{1,2}\.\d{1,8}))[\xb0'\"]{0,2}"
_LONGITUDE = rb"(?P<x>\d{1,5}(?:\.\d{2,10}|[ \xb0:]\d{1,2}\.\d{1,8}))[\xb0'\"]{0,2}"
_NORTH, _EAST = rb"(?P<ns>[NS])", rb"(?P<ew>[EW])"
_TIGHT, _WIDE = rb"[,;:#| ]{0,2}", rb"[,;:/|#' ]{0,3}"
_LABEL = rb"(?:[A-Za-z]{1,9}[:=, ]{1,2})?"
_ALONE, _NO_WORD, _NOT_IN_WORD = rb"(?<![\w.])", rb"(?![a-zA-Z])", rb"(?<![A-Za-z])"
_LETTER_AFTER = regex(
    _ALONE + _LATITUDE + _TIGHT + _NORTH + _WIDE + _LABEL + rb"-?" + _LONGITUDE + _TIGHT + _EAST + _NO_WORD
)
_LON_AFTER = regex(_ALONE + _LONGITUDE + _TIGHT + _EAST + _WIDE + _LABEL + _LATITUDE + _TIGHT + _NORTH + _NO_WORD)
_LETTER_BEFORE = regex(_NOT_IN_WORD + _NORTH + _TIGHT + _LATITUDE + _WIDE + _EAST + _TIGHT + _LONGITUDE)
_LON_BEFORE = regex(_NOT_IN_WORD + _EAST + _TIGHT + _LONGITUDE + _WIDE + _NORTH + _TIGHT + _LATITUDE)
_RUN_TOGETHER = regex(rb"(?P<y>\d{4}\.\d{3,8})(?P<ns>[NS])(?P<x>\d{5}\.\d{3,8})(?P<ew>[EW])")
_LETTERED = (_LETTER_AFTER, _LETTER_BEFORE, _LON_AFTER, _LON_BEFORE, _RUN_TOGETHER)
_DECIMALS = regex(
    rb"(?<![\w./])[\"']?(?P<a>[+-]?\d{1,3}\.\d{4,17})[\"']?[ \t]{0,2}(?:[,;|/ \t:&#]{1,2}[ \t]{0,2}[\"']?|(?=[+-]))"
    rb"(?P<b>[+-]?\d{1,3}\.\d{3,17})(?![\w.%])"
)
_DIGITS_AFTER = regex(rb"(?<![\w.])(?P<y>\d{7,8}),?(?P<ns>[NS])[,;|/ ]?(?P<x>\d{8,9}),?(?P<ew>[EW])(?![A-Za-z])")
_DIGITS_BEFORE = regex(rb"(?P<ns>[NS])(?P<y>\d{7,8})[,;|/ ]?(?P<ew>[EW])(?P<x>\d{8,9})(?!\d\.\d)")
_COMMAS = regex(rb"(?<![\w.,])(?P<a>-?\d{1,2},\d{5,15})[;|\t ](?P<b>-?\d{1,3},\d{5,15})(?![\w.,])")
_SIGNED_MINUTES = regex(rb"(?<![\w.])(?P<a>[+-]?\d{4}\.\d{4,8})[,; ](?P<b>[+-]?\d{5}\.\d{4,8})(?![\w.])")
_TAIP = regex(rb">[RS][A-Z]{2}[\d,;AV]{0,24}(?P<y>[+-]\d{7})(?P<x>[+-]\d{8})")
_PACKED = regex(rb"(?P<y>[+-]\d{7})(?P<x>[+-]\d{8})(?!\d)")
_BARE = (_PACKED, _DECIMALS, _COMMAS, _SIGNED_MINUTES)
_PADDED = regex(rb"[+-]?0\d\d\.")
"""Degrees filled up to three digits, as only a longitude needs."""
_MAP_LINK = regex(
    rb"(?:[?&](?:q|ll|query|daddr|saddr|center|destination|loc|sll|pt|marker|markers|location)=(?:loc:)?|/@|/place/|geo:|maps/search/)"
    rb"(?P<y>[NS]?[+-]?\d{1,2}\.\d{3,15})(?:,|%2[cC]|\+)(?P<x>[EW]?[+-]?\d{1,3}\.\d{3,15})"
)
_LEADS = regex(rb"L[BO][SC]|[=@]|/place/|geo:|maps/search/")
"""What stands in every answer to a look-up, and in every link to a map."""
_ANSWERS = regex(
    rb"\+(?:QLBS|QCELLLOC|CLBS|MLBSLOC|CIPGSMLOC|QWIFILOC|QLOC): ?(?:\d{1,3},)?"
    rb"\"?(?P<a>-?\d{1,3}\.\d{2,10})\"?,\"?(?P<b>-?\d{1,3}\.\d{2,10})"
)
_NUMBER_ID = regex(rb"(?<!\d)\d{15}(?!\d)")
_DATE = regex(
    rb"20[0-4]\d[-/.](?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12]\d|3[01])(?!\d)|(?<!\d)(?:0?[1-9]|[12]\d|3[01])[-/.](?:0?[1-9]|1[0-2])[-/.]20[0-4]\d"
    rb"|(?<!\d)1[0-9]{9}(?:\d{3})?(?![\d.])|(?<!\d)20[0-4]\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[0-5]\d){2,3}(?!\d)"
    rb"|(?<!\d)(?:[0-3]\d)(?:[0-3]\d)(?:[0-3]\d)[,;T ]?(?:[01]\d|2[0-3])(?:[0-5]\d){2}(?!\d)"
    rb"|(?<!\d)(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?!\d)|(?<!\d)(?:[01]\d|2[0-3])[0-5]\d[0-5]\d[,;|](?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])[0-4]\d(?!\d)"
)
_TIMES = regex(
    rb"20[0-4]\d[-/]\d{1,2}[-/]\d{1,2}[T ,]\d{1,2}:\d{2}:\d{2}(?:\.\d{1,6})?(?:Z|[+-]\d{2}:?\d{2})?"
    rb"|(?<!\d)1[0-9]{9}(?:\d{3})?(?![\d.])|(?<!\d)20[0-4]\d{11}(?!\d)"
)
LINE_BYTES = 4096
_BY_SHAPE = ReadingDoubt.BY_SHAPE()


class Shape(msgspec.Struct, frozen=True, gc=False):
    """A place with its range in the data, and how it was known."""

    degrees: Degrees
    span: tuple[int, int]
    confidence: Confidence
    doubts: tuple[Said, ...]
    time: int | None = None
    purpose: str = ""


class Beside:
    """What stands beside a pair in its line, looked for when a pair is there: how much speaks for a report, and a time."""

    def __init__(self, data: bytes, start: int, end: int) -> None:
        self._line = data, start, end

    @cached_property
    def proof(self) -> int:
        return support(*self._line)

    @cached_property
    def time(self) -> int | None:
        return _time(*self._line)


def shapes(data: bytes, start: int, end: int) -> Iterator[Shape]:
    """The places of one line or datagram, ``data[start:end]``, each range once."""
    taken: list[tuple[int, int]] = []
    beside = Beside(data, start, end)
    line = data[start:end]
    found_first = [*_answers(data, start, end), *_links(data, start, end, beside)] if _LEADS.search(line) else []
    if b">" in line:
        found_first += _taip(data, start, end, beside)
    if (b"N" in line or b"S" in line) and (b"E" in line or b"W" in line):
        found_first += [*_lettered(data, start, end, beside), *_lettered_digits(data, start, end, beside)]
    for found in found_first:
        if not any(low < found.span[1] and found.span[0] < high for low, high in taken):
            taken.append(found.span)
            yield found
    if not taken:
        yield from _bare(data, start, end, beside)


def support(data: bytes, start: int, end: int) -> int:
    """How many things beside a pair speak for a report: a date or time, a number of 15 digits with the check digit of an IMEI."""
    dated = _DATE.search(data, start, end) is not None
    named = any(is_imei(match[0].decode("ascii")) for match in _NUMBER_ID.finditer(data, start, end))
    return dated + 2 * named


def _answers(data: bytes, start: int, end: int) -> Iterator[Shape]:
    """Answers to look-ups by cell or Wi-Fi: longitude first (Quectel QuecLocator, SIMCom), unless the range forbids it."""
    for match in _ANSWERS.finditer(data, start, end):
        degrees = _ordered(match["b"], match["a"])
        if degrees is not None:
            doubts = (*degrees.doubts, ReadingDoubt.ORDER_GUESSED())
            yield Shape(degrees, match.span(), Confidence.LIKELY, doubts, purpose="cell-lookup-answer")


def _links(data: bytes, start: int, end: int, beside: Beside) -> Iterator[Shape]:
    for match in _MAP_LINK.finditer(data, start, end):
        first, second = values.coordinate(match["y"].decode()), values.coordinate(match["x"].decode())
        degrees = values.place(first, second) if first and second else None
        if degrees is not None and degrees.fixed:
            span = (match.start("y"), match.end("x"))
            yield Shape(degrees, span, Confidence.LIKELY, (ReadingDoubt.MAP_LINK(),), beside.time)


def _taip(data: bytes, start: int, end: int, beside: Beside) -> Iterator[Shape]:
    """Trimble's ASCII interface and its kin: 1e-5 degrees behind ``>R`` and two letters."""
    for match in _TAIP.finditer(data, start, end):
        degrees = Degrees(int(match["y"]) / 1e5, int(match["x"]) / 1e5)
        if on_globe(degrees.latitude, degrees.longitude):
            span = (match.start("y"), match.end("x"))
            yield Shape(degrees, span, Confidence.LIKELY, (ReadingDoubt.LIKE_TAIP(),), beside.time)


def _lettered(data: bytes, start: int, end: int, beside: Beside) -> Iterator[Shape]:
    for pattern in _LETTERED:
        for match in pattern.finditer(data, start, end):
            first, second = _lettered_half(match["y"], match["ns"]), _lettered_half(match["x"], match["ew"])
            degrees = values.place(first, second) if first and second else None
            if degrees is None or not degrees.fixed:
                continue
            spans = [match.span(name) for name in ("y", "x", "ns", "ew")]
            fine = min(first.decimals, second.decimals) if first and second else 0
            confidence = Confidence.LIKELY if beside.proof and fine >= 3 else Confidence.POSSIBLE
            doubts = degrees.doubts if beside.proof else (*degrees.doubts, _BY_SHAPE)
            span = (min(low for low, _ in spans), max(high for _, high in spans))
            yield Shape(degrees, span, confidence, doubts, beside.time)


def _lettered_half(raw: bytes, letter: bytes) -> Coordinate | None:
    text = re.sub(rb"[\xb0: ]", b" ", raw).decode("ascii")
    parts = text.split()
    letter_text = letter.decode("ascii")
    if len(parts) == 2:
        minutes = float(parts[1])
        if minutes >= 60:
            return None
        return Coordinate(int(parts[0]) + minutes / 60, whole=False, decimals=4, letter=letter_text, ready=True)
    whole, _, fraction = text.partition(".")
    most = 90 if letter_text in "NS" else 180
    minutes_inside = len(whole) >= 4 or float(text) > most
    return Coordinate(float(text), whole=False, decimals=len(fraction), letter=letter_text, minutes=minutes_inside)


def _lettered_digits(data: bytes, start: int, end: int, beside: Beside) -> Iterator[Shape]:
    """Digits without a point, two or three of them degrees: with one more digit they may be degrees and minutes."""
    for pattern in (_DIGITS_AFTER, _DIGITS_BEFORE):
        for match in pattern.finditer(data, start, end):
            halves = [_point_put_in(match["y"], 2), _point_put_in(match["x"], 3)]
            if len(match["x"]) != len(match["y"]) + 1 or max(max(pair) for pair in halves) > 180:
                continue
            minutes = len(match["y"]) == 8 and all(in_minutes >= 0 for _, in_minutes in halves)
            latitude, longitude = (in_minutes if minutes else plain for plain, in_minutes in halves)
            latitude, longitude = (
                -latitude if match["ns"] == b"S" else latitude,
                -longitude if match["ew"] == b"W" else longitude,
            )
            if beside.proof and on_globe(latitude, longitude) and (latitude or longitude):
                doubts = (_BY_SHAPE, ReadingDoubt.MINUTES_GUESSED())
                yield Shape(Degrees(latitude, longitude), match.span(), Confidence.POSSIBLE, doubts, beside.time)


def _point_put_in(digits: bytes, whole: int) -> tuple[float, float]:
    """The digits as decimal degrees, and as degrees and minutes (-1 when there would be 60 or more)."""
    degrees, rest = int(digits[:whole]), digits[whole:]
    minutes = int(rest) / 10.0 ** (len(rest) - 2)
    return degrees + int(rest) / 10.0 ** len(rest), degrees + minutes / 60 if minutes < 60 else -1.0


def _bare(data: bytes, start: int, end: int, beside: Beside) -> Iterator[Shape]:
    if not any(pattern.search(data, start, end) for pattern in _BARE) or not beside.proof:
        return
    for match in _PACKED.finditer(data, start, end):
        latitude, longitude = int(match["y"]) / 1e5, int(match["x"]) / 1e5
        if abs(latitude) <= 90 and abs(longitude) <= 180 and (latitude or longitude):
            yield Shape(Degrees(latitude, longitude), match.span(), Confidence.POSSIBLE, (_BY_SHAPE,), beside.time)
            return
    for match in _DECIMALS.finditer(data, start, end):
        degrees = _ordered(match["a"], match["b"])
        if degrees is None or not _is_rich(match["a"], match["b"], named=beside.proof > 1):
            continue
        confidence = Confidence.LIKELY if beside.proof >= 3 else Confidence.POSSIBLE
        yield Shape(degrees, match.span(), confidence, (*degrees.doubts, _BY_SHAPE), beside.time)
        return
    for match in _COMMAS.finditer(data, start, end):
        degrees = _ordered(match["a"].replace(b",", b"."), match["b"].replace(b",", b"."))
        if degrees is not None:
            yield Shape(degrees, match.span(), Confidence.POSSIBLE, (*degrees.doubts, _BY_SHAPE), beside.time)
            return
    for match in _SIGNED_MINUTES.finditer(data, start, end):
        first, second = values.coordinate(match["a"].decode()), values.coordinate(match["b"].decode())
        degrees = values.place(first, second) if first and second else None
        if degrees is not None and degrees.fixed:
            yield Shape(degrees, match.span(), Confidence.POSSIBLE, (*degrees.doubts, _BY_SHAPE), beside.time)
            return


def off_globe(data: bytes) -> int:
    """How many pairs of decimals are no place in either order: where they stand, the others are none either."""
    return sum(_ordered(match["a"], match["b"]) is None for match in _DECIMALS.finditer(data))


def pair(data: bytes, start: int, end: int) -> Shape | None:
    """The first pair of decimals that may be a place, for who knows from elsewhere that the bytes are a report.

    Likely with five decimals in both halves: fewer may be any two measurements.
    """
    for match in _DECIMALS.finditer(data, start, end):
        degrees = _ordered(match["a"], match["b"])
        if degrees is None or not _is_rich(match["a"], match["b"], named=False):
            continue
        fine = min(len(half.partition(b".")[2]) for half in (match["a"], match["b"])) >= 5
        large = min(abs(degrees.latitude), abs(degrees.longitude)) > 1
        confidence = Confidence.LIKELY if fine and large else Confidence.POSSIBLE
        return Shape(degrees, match.span(), confidence, (*degrees.doubts, _BY_SHAPE))
    return None


def _is_rich(first: bytes, second: bytes, *, named: bool) -> bool:
    """Six or more significant digits in one of the two, and neither a small share: ratios and vectors are not places."""
    digits = max(len(one.strip(b"+-0").replace(b".", b"")) for one in (first, second))
    if len(second.partition(b".")[2]) < 4 and not (named and len(first.partition(b".")[2]) > 4):
        return False  # three decimals are what is left of a longitude once in ten times, and what any measurement has
    return digits >= 5 and max(abs(float(first)), abs(float(second))) > 1


def _ordered(first: bytes, second: bytes) -> Degrees | None:
    """The pair as latitude and longitude, turned round when only that is on the globe or three digits of degrees say so."""
    one, two = values.coordinate(first.decode("ascii")), values.coordinate(second.decode("ascii"))
    if one is None or two is None:
        return None
    if abs(one.number) > 90 >= abs(two.number) or (_PADDED.match(first) and not _PADDED.match(second)):
        one, two = two, one
    degrees = values.place(one, two)
    return degrees if degrees is not None and degrees.fixed and not degrees.weak else None


def _time(data: bytes, start: int, end: int) -> int | None:
    match = _TIMES.search(data, start, end)
    return parse_time(match[0].decode("ascii").replace(",", " ")) if match else None
