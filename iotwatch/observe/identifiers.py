"""Identity numbers: what they look like, and whether their check digits hold.

IMEI: 3GPP TS 23.003 section 6.2 (14 digits and a Luhn digit). ICCID: ITU-T E.118 (89, country, issuer, Luhn digit). VIN: ISO 3779,
check digit of 49 CFR 565 where it applies. A check digit proves that a number was read right, not who sent it.
"""

from __future__ import annotations

from functools import lru_cache


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
