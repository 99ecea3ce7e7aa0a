"""Where a value stands in bytes, by the ways in which such values are written: found again, never read anew."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from iotwatch.patterns import regex

Range = tuple[int, int]

_NUMBER = regex(rb"(?<![0-9.])[0-9]{1,5}(?:\.[0-9]{1,12})?(?![0-9.])")
# Degrees as trackers send them in 32 bits: parts of a degree, and of a minute (30000 and 10000 to one).
_PARTS_OF_A_DEGREE = (10**7, 10**6, 10**5, 1_800_000, 600_000)
_NEAR = 1e-9
_TELLING = 4
_FLOATS = ("<d", ">d", "<f", ">f")


def text_range(data: bytes, text: str) -> Range | None:
    """Where ``text`` stands as it is, or as packed digits (two to a byte, a leading 0 for an odd one); start and length."""
    forms = [text.encode()]
    if text.isascii() and text.isdigit() and len(text) >= 6:
        forms.append(bytes.fromhex(text if len(text) % 2 == 0 else f"0{text}"))
    return _only(data, forms) if text else None


def degrees_range(data: bytes, degrees: float) -> Range | None:
    """Where a coordinate stands: as a decimal, as degrees and minutes (ddmm.mmmm), or as a number of 32 or 64 bits."""
    if not degrees:
        return None
    written = [(hit.start(), len(hit[0])) for hit in _NUMBER.finditer(data) if _is_degrees(float(hit[0]), abs(degrees))]
    if len(written) == 1:
        return written[0]
    return None if written else _only(data, dict.fromkeys(_binary(degrees)))


def number_range(data: bytes, number: float) -> Range | None:
    """Where a number stands in digits, if it does only once; one of few digits could be any other."""
    written = [(hit.start(), len(hit[0])) for hit in _NUMBER.finditer(data) if float(hit[0]) == abs(number)]
    return written[0] if len(written) == 1 and written[0][1] >= _TELLING else None


def _is_degrees(number: float, degrees: float) -> bool:
    whole, minutes = divmod(number, 100)
    return abs(number - degrees) < _NEAR or abs(whole + minutes / 60 - degrees) < _NEAR * 100


def _binary(degrees: float) -> Iterator[bytes]:
    for parts in _PARTS_OF_A_DEGREE:
        for number in {round(degrees * parts), round(abs(degrees) * parts)}:
            if number and -(1 << 31) <= number < 1 << 32:
                for order in ("big", "little"):
                    yield (number & 0xFFFFFFFF).to_bytes(4, order)
    for form in _FLOATS:
        yield struct.pack(form, degrees)


def _only(data: bytes, forms: Iterator[bytes] | dict[bytes, None] | list[bytes]) -> Range | None:
    """The one place where one of ``forms`` stands; ``None`` for several, which tell nothing."""
    found = {(data.find(form), len(form)) for form in forms if data.count(form) == 1}
    return found.pop() if len(found) == 1 else None
