"""Where identity numbers stand in any bytes, and how sure it is that they are some."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

from iotwatch.patterns import regex
from iotwatch.words.identity import (
    VIN_FORM,
    could_be_imei,
    could_be_imsi,
    is_checked_iccid,
    is_eid,
    is_filler,
    is_iccid,
    is_imei,
    is_vin,
    vin_check_digit,
)
from iotwatch.words.kinds import Kind


class Number(NamedTuple):
    """An identity number at ``start`` to ``end``; ``keyed`` when a word before it says what it is, ``checked`` when its
    check digit holds (an IMSI has none)."""

    kind: Kind
    value: str
    start: int
    end: int
    keyed: bool
    checked: bool


_RUN = regex(rb"(?<![0-9A-Za-z._+/-])[0-9]{14,32}[Ff]?(?![0-9A-Za-z_-]|\.[0-9])")
# Between key and number a line may end only behind a sign that says "is": else the key heads a column of a table.
_BETWEEN = rb"(?:[^0-9A-Za-z\r\n]{1,6}|[^0-9A-Za-z\r\n]{0,3}[:=>][^0-9A-Za-z]{0,6})"
_KEY = regex(
    rb"(?i)(imei|imsi|iccid|(?<![a-z])(?:ccid|eid|equipment.?id(?:entifier)?))"
    rb"(?:sv|[ _-]?(?:no|number|num|id|code)|[12])?" + _BETWEEN + rb"$"
)
_VIN_KEYED = regex(
    rb"(?:\b|_)(?P<word>VIN|vin|Vin)(?P<between>[^0-9A-Za-z]{1,6})(?P<vin>" + VIN_FORM.encode() + rb")(?![0-9A-Za-z])"
)
_VIN_WORDS = (b"VIN", b"vin", b"Vin")
_SAYS_IS = regex(rb"[:=>#]")
_SERIAL = regex(r"[0-9]{4}$")
"""The last four characters of a VIN are digits (ISO 3779 section 4.3); one in a hundred other words has that."""
# Any word else of ``_KEY`` names equipment.
_KINDS = {b"imsi": Kind.IMSI, b"iccid": Kind.ICCID, b"ccid": Kind.ICCID, b"eid": Kind.EID}
_STRIDE = 7
# The longest run around two neighbours, with what the pattern asks of the bytes on both sides.
_BEFORE, _BEHIND = 32, 40
_SHORT = 512
_VIN_BYTES = 4 << 20
_KEY_BYTES = 40
MAX_NUMBERS = 1000
_BARE_SIZES = frozenset({15, 19, 20, 32})
_BARE_SHARE = 4
"""Bare numbers count where at least one in so many words of digits of their size passes; by chance one in 150 does."""


def numbers(data: bytes, *, named: bool = False) -> Iterator[Number]:
    """Yield the identity numbers written as digits in ``data``, at most 1,000: by their key, else by their check digit.

    ``named`` says that the place of ``data`` itself is a key, as a client id is. Numbers by their check digit alone come
    last, and only where they are more than chance makes of the other numbers around them.
    """
    count = 0
    bare: dict[str, Number] = {}
    others: dict[int, set[str]] = defaultdict(set)
    for first, last in _stretches(data):
        for found in _RUN.finditer(data, first, last):
            number = _number(data, found, named=named)
            if number is None or not number.keyed:
                digits = found[0].rstrip(b"Ff").decode("ascii")
                if number is not None and len(bare) < MAX_NUMBERS:
                    bare.setdefault(digits, number)
                elif len(digits) in _BARE_SIZES and len(others[len(digits)]) < MAX_NUMBERS:
                    others[len(digits)].add(digits)
                continue
            yield number
            count += 1
            if count >= MAX_NUMBERS:
                return
    yield from _vins(data)
    if bare:
        yield from _more_than_chance(bare, others)


def _more_than_chance(bare: dict[str, Number], others: dict[int, set[str]]) -> Iterator[Number]:
    for size in _BARE_SIZES:
        passed = [number for digits, number in bare.items() if len(digits) == size]
        if len(passed) * _BARE_SHARE >= len(passed) + len(others[size]):
            yield from passed


def _vin_matches(data: bytes) -> list[re.Match[bytes]]:
    """What ``_VIN_KEYED`` finds, asked only where one of its words stands: words are found at memory speed."""
    found: dict[int, re.Match[bytes]] = {}
    for word in _VIN_WORDS:
        at = data.find(word)
        while at >= 0:
            match = _VIN_KEYED.match(data, at) or (_VIN_KEYED.match(data, at - 1) if at else None)
            if match is not None:
                found[match.start("word")] = match
            at = data.find(word, at + len(word))
    return [found[at] for at in sorted(found)]


def _vins(data: bytes) -> Iterator[Number]:
    if len(data) > _VIN_BYTES:
        return
    for found in _vin_matches(data):
        text = found["vin"].decode("ascii")
        serial = _SERIAL.search(text) is not None
        if is_vin(text) and (_SAYS_IS.search(found["between"]) or (serial and found["word"] == b"VIN")):
            yield Number(Kind.VIN, text, *found.span("vin"), keyed=True, checked=serial and vin_check_digit(text))


def _stretches(data: bytes) -> Iterator[tuple[int, int]]:
    """Where runs of 14 digits can be. Such a run holds two neighbours of every seventh byte: long data is sampled."""
    if len(data) <= _SHORT:
        yield 0, len(data)
        return
    import numpy as np

    sample = np.frombuffer(data, np.uint8)[::_STRIDE]
    digit = (sample >= 48) & (sample <= 57)
    at = np.flatnonzero(digit[1:] & digit[:-1]) * _STRIDE
    if at.size:
        apart = np.flatnonzero(np.diff(at) > _BEFORE + _BEHIND)
        first, last = np.concatenate(((0,), apart + 1)), np.concatenate((apart, (-1,)))
        firsts, lasts = at[first] - _BEFORE, at[last] + _BEHIND
        yield from zip(firsts.clip(0).tolist(), lasts.tolist(), strict=True)


def _number(data: bytes, found: re.Match[bytes], *, named: bool) -> Number | None:
    digits = found[0].rstrip(b"Ff").decode("ascii")
    start, end = found.start(), found.start() + len(digits)
    key = _KEY.search(data, max(0, start - _KEY_BYTES), start)
    word = key[1].lower() if key else b""
    kind = _KINDS.get(word, Kind.IMEI) if word else None
    if len(set(digits)) <= 2:
        return None
    if not kind and named:
        kind = Kind.ICCID if is_checked_iccid(digits) else Kind.IMEI if could_be_imei(digits) else None
    if not kind:
        return _bare(digits, start, end)
    if is_filler(digits) or (kind is Kind.IMEI and word != b"imei" and not could_be_imei(digits)):
        return None  # any equipment has an id
    if kind is Kind.IMEI and 14 <= len(digits) <= 16:
        return Number(kind, digits[:15], start, start + min(len(digits), 15), keyed=True, checked=is_imei(digits[:15]))
    if kind is Kind.IMSI and could_be_imsi(digits):
        return Number(kind, digits, start, end, keyed=True, checked=False)
    if kind is Kind.ICCID and word == b"ccid" and not is_checked_iccid(digits):
        return None  # cards of other kinds have such an id too
    if kind is Kind.ICCID and is_iccid(digits):
        return Number(kind, digits, start, end, keyed=True, checked=is_checked_iccid(digits))
    if kind is Kind.EID and is_eid(digits):
        return Number(kind, digits, start, end, keyed=True, checked=True)
    return None


def _bare(digits: str, start: int, end: int) -> Number | None:
    """A number without a key: only what a check digit and a known beginning speak for."""
    if could_be_imei(digits) and not _regular(digits):
        return Number(Kind.IMEI, digits, start, end, keyed=False, checked=True)
    if is_checked_iccid(digits) and not _regular(digits):
        return Number(Kind.ICCID, digits, start, end, keyed=False, checked=True)
    if is_eid(digits):
        return Number(Kind.EID, digits, start, end, keyed=False, checked=True)
    return None


def _regular(digits: str) -> bool:
    """Tables and examples count up, count down or repeat; numbers of devices do not."""
    steps = [int(b) - int(a) for a, b in pairwise(digits)]
    return max(map(steps.count, set(steps))) >= len(steps) * 2 // 3


def number_facts(number: Number, protocol: str) -> dict[str, Any]:
    """How sure a number is that was found in bytes: by its check digit alone it is one in ten by chance."""
    sure = "likely" if number.keyed and (number.checked or number.kind is Kind.IMSI) else "possible"
    return {"protocol": protocol, "confidence": sure, "keyed": number.keyed, "checked": number.checked}
