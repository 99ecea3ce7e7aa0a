"""Identity numbers: what they look like, whether their check digits hold, and where they stand in any bytes.

IMEI: 3GPP TS 23.003 section 6.2 (14 digits and a Luhn digit). ICCID: ITU-T E.118 (89, country, issuer, Luhn digit). VIN: ISO 3779,
check digit of 49 CFR 565 where it applies. A check digit proves that a number was read right, not who sent it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple


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
_KEY = re.compile(
    rb"(?i)(imei|meid|imsi|iccid|ccid|eid|equipment.?id(?:entifier)?)"
    rb"(?:sv|[ _-]?(?:no|number|num|id|code)|[12])?[^0-9A-Za-z]{1,6}$"
)
_VIN_KEYED = re.compile(rb"(?:\b|_)(?:VIN|vin|Vin)[^0-9A-Za-z]{1,6}([A-HJ-NPR-Z0-9]{17})(?![0-9A-Za-z])")
_VIN_WORDS = (b"VIN", b"vin", b"Vin")
_KINDS = {b"ccid": "iccid", b"meid": "imei"}
_BODIES = ("01", "35", "86", "91", "98", "99")
"""First two digits of IMEI in use: the reporting bodies of TS 23.003 section 6.2.1 as allocation lists show them."""
_STRIDE = 7
_SHORT = 1 << 16
_KEY_BYTES = 40
MAX_NUMBERS = 1000


def numbers(data: bytes, *, named: bool = False) -> Iterator[Number]:
    """Yield the identity numbers written as digits in ``data``, at most 1,000: by their key, else by their check digit.

    ``named`` says that the place of ``data`` itself is a key, as a client id is.
    """
    count = 0
    for first, last in _stretches(data):
        for found in _RUN.finditer(data, first, last):
            number = _number(data, found, named=named)
            if number is not None:
                yield number
                count += 1
                if count >= MAX_NUMBERS:
                    return
    if len(data) <= _SHORT * 64 and any(word in data for word in _VIN_WORDS):  # at memory speed
        for found in _VIN_KEYED.finditer(data):
            text = found[1].decode("ascii")
            if is_vin(text):
                yield Number("vin", text, *found.span(1), keyed=True, checked=vin_check_digit(text))


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
        kind = "iccid" if is_iccid(digits) else "imei" if is_imei(digits) else ""
    if not kind:
        return _bare(digits, start, end)
    if kind == "imei" and 14 <= len(digits) <= 16:
        return Number(kind, digits[:15], start, start + min(len(digits), 15), keyed=True, checked=is_imei(digits[:15]))
    if kind == "imsi" and len(digits) in (14, 15) and (digits[0] in "234567" or digits[:3] in ("001", "999")):
        return Number(kind, digits, start, end, keyed=True, checked=False)
    if kind == "iccid" and 18 <= len(digits) <= 20 and digits.startswith("89"):
        return Number(kind, digits, start, end, keyed=True, checked=is_iccid(digits))
    if kind == "eid" and is_eid(digits):
        return Number(kind, digits, start, end, keyed=True, checked=True)
    return None


def _bare(digits: str, start: int, end: int) -> Number | None:
    """A number without a key: only what a check digit and a known beginning speak for."""
    if digits[:2] in _BODIES and is_imei(digits) and not _regular(digits):
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
