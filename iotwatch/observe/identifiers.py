"""Identity numbers: what they look like, whether their check digits hold, and where they stand in any bytes.

IMEI: 3GPP TS 23.003 section 6.2 (14 digits and a Luhn digit). ICCID: ITU-T E.118 (89, country, issuer, Luhn digit). VIN: ISO 3779,
check digit of 49 CFR 565 where it applies. A check digit proves that a number was read right, not who sent it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

from iotwatch.decode.fields import could_be_imei


def luhn(digits: str) -> bool:
    """Whether the last digit is the Luhn check digit of those before it."""
    from stdnum import luhn as checker

    return bool(checker.is_valid(digits))


@lru_cache(maxsize=65_536)
def is_imei(text: str) -> bool:
    """15 digits with a right check digit and a reporting body that exists (not 00, not all one digit)."""
    return (
        len(text) == 15 and text.isascii() and text.isdigit() and text[:2] != "00" and len(set(text)) > 2 and luhn(text)
    )


@lru_cache(maxsize=65_536)
def is_iccid(text: str) -> bool:
    """19 or 20 digits beginning 89, with a right check digit at the end of 19 or 20."""
    return len(text) in (19, 20) and text.isascii() and text.isdigit() and text.startswith("89") and luhn(text)


_VIN_VALUES = dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", (*range(1, 9), *range(1, 6), 7, 9, *range(2, 10), *range(10)), strict=True)
)
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def is_vin(text: str) -> bool:
    """17 letters and digits without I, O and Q (ISO 3779), with at least one of each."""
    return (
        len(text) == 17
        and all(character in _VIN_VALUES for character in text)
        and any(character.isdigit() for character in text)
        and any(character.isalpha() for character in text)
    )


def vin_check_digit(text: str) -> bool:
    """Whether the ninth character is the check digit of 49 CFR 565.15 (North America and China use it)."""
    if not is_vin(text):
        return False
    rest = sum(_VIN_VALUES[character] * weight for character, weight in zip(text, _VIN_WEIGHTS, strict=True)) % 11
    return text[8] == ("X" if rest == 10 else str(rest))


class Number(NamedTuple):
    """An identity number at ``start`` to ``end``; ``keyed`` when a word before it says what it is, ``checked`` when its
    check digit holds (an IMSI has none)."""

    kind: str
    value: str
    start: int
    end: int
    keyed: bool
    checked: bool


_RUN = re.compile(rb"(?<![0-9A-Za-z._+/-])[0-9]{14,32}[Ff]?(?![0-9A-Za-z_-]|\.[0-9])")
# Between key and number a line may end only behind a sign that says "is": else the key heads a column of a table.
_BETWEEN = rb"(?:[^0-9A-Za-z\r\n]{1,6}|[^0-9A-Za-z\r\n]{0,3}[:=>][^0-9A-Za-z]{0,6})"
_KEY = re.compile(
    rb"(?i)(imei|imsi|iccid|(?<![a-z])(?:ccid|eid|equipment.?id(?:entifier)?))"
    rb"(?:sv|[ _-]?(?:no|number|num|id|code)|[12])?" + _BETWEEN + rb"$"
)
_VIN_KEYED = re.compile(
    rb"(?:\b|_)(?P<word>VIN|vin|Vin)(?P<between>[^0-9A-Za-z]{1,6})(?P<vin>[A-HJ-NPR-Z0-9]{17})(?![0-9A-Za-z])"
)
_VIN_WORDS = (b"VIN", b"vin", b"Vin")
_SAYS_IS = re.compile(rb"[:=>#]")
_SERIAL = re.compile(r"[0-9]{4}$")
"""The last four characters of a VIN are digits (ISO 3779 section 4.3); one in a hundred other words has that."""
_KINDS = {b"ccid": "iccid"}
_STRIDE = 7
_SHORT = 1 << 16
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


def _vins(data: bytes) -> Iterator[Number]:
    if len(data) > _SHORT * 64 or not any(word in data for word in _VIN_WORDS):  # at memory speed
        return
    for found in _VIN_KEYED.finditer(data):
        text = found["vin"].decode("ascii")
        serial = _SERIAL.search(text) is not None
        if is_vin(text) and (_SAYS_IS.search(found["between"]) or (serial and found["word"] == b"VIN")):
            yield Number("vin", text, *found.span("vin"), keyed=True, checked=serial and vin_check_digit(text))


def _stretches(data: bytes) -> Iterator[tuple[int, int]]:
    """Where runs of 14 digits can be. Such a run holds two neighbours of every seventh byte: long data is sampled."""
    if len(data) <= _SHORT:
        yield 0, len(data)
        return
    import numpy as np

    sample = np.frombuffer(data, np.uint8)[::_STRIDE]
    digit = (sample >= 48) & (sample <= 57)
    last = 0
    for index in np.flatnonzero(digit[1:] & digit[:-1]).tolist():
        at = index * _STRIDE
        if at >= last:
            start = max(at - _STRIDE, last, 0)
            last = min(at + 48, len(data))
            # The pattern must see the bytes on both sides, so whole runs are given.
            while start and 48 <= data[start - 1] <= 57 and at - start < 64:
                start -= 1
            yield start, last


def _number(data: bytes, found: re.Match[bytes], *, named: bool) -> Number | None:
    digits = found[0].rstrip(b"Ff").decode("ascii")
    start, end = found.start(), found.start() + len(digits)
    key = _KEY.search(data, max(0, start - _KEY_BYTES), start)
    word = key[1].lower() if key else b""
    kind = _KINDS.get(word, "imei" if word.startswith(b"equipment") else word.decode("ascii"))
    if len(set(digits)) <= 2:
        return None
    if not kind and named:
        kind = "iccid" if is_iccid(digits) else "imei" if could_be_imei(digits) else ""
    if not kind:
        return _bare(digits, start, end)
    if kind == "imei" and word != b"imei" and not could_be_imei(digits):
        return None  # any equipment has an id
    if kind == "imei" and 14 <= len(digits) <= 16:
        return Number(kind, digits[:15], start, start + min(len(digits), 15), keyed=True, checked=is_imei(digits[:15]))
    if kind == "imsi" and len(digits) in (14, 15) and (digits[0] in "234567" or digits[:3] in ("001", "999")):
        return Number(kind, digits, start, end, keyed=True, checked=False)
    if kind == "iccid" and word == b"ccid" and not is_iccid(digits):
        return None  # cards of other kinds have such an id too
    if kind == "iccid" and 18 <= len(digits) <= 20 and digits.startswith("89"):
        return Number(kind, digits, start, end, keyed=True, checked=is_iccid(digits))
    if kind == "eid" and is_eid(digits):
        return Number(kind, digits, start, end, keyed=True, checked=True)
    return None


def _bare(digits: str, start: int, end: int) -> Number | None:
    """A number without a key: only what a check digit and a known beginning speak for."""
    if could_be_imei(digits) and not _regular(digits):
        return Number("imei", digits, start, end, keyed=False, checked=True)
    if is_iccid(digits) and not _regular(digits):
        return Number("iccid", digits, start, end, keyed=False, checked=True)
    if is_eid(digits):
        return Number("eid", digits, start, end, keyed=False, checked=True)
    return None


def _regular(digits: str) -> bool:
    """Tables and examples count up, count down or repeat; numbers of devices do not."""
    steps = [int(b) - int(a) for a, b in pairwise(digits)]
    return max(map(steps.count, set(steps))) >= len(steps) * 2 // 3


def is_eid(text: str) -> bool:
    """32 digits beginning 89 whose remainder by 97 is 1 (GSMA SGP.02 section 2.2.2)."""
    return len(text) == 32 and text.isascii() and text.isdigit() and text.startswith("89") and int(text) % 97 == 1


def number_facts(number: Number, protocol: str) -> dict[str, Any]:
    """How sure a number is that was found in bytes: by its check digit alone it is one in ten by chance."""
    sure = "likely" if number.keyed and (number.checked or number.kind == "imsi") else "possible"
    return {"protocol": protocol, "confidence": sure, "keyed": number.keyed, "checked": number.checked}
