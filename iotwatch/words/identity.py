"""What the numbers of devices, cards, subscribers and cars are. No other place of the project decides that.

IMEI, IMEISV, IMSI, MSISDN: 3GPP TS 23.003 sections 6.2, 2.2 and 3.3. ICCID: ITU-T E.118. EID: GSMA SGP.02. VIN: ISO 3779,
check digit of 49 CFR 565 where it applies. A check digit proves that a number was read right, not who sent it.

The Luhn digit is counted here and not by python-stdnum: every window of a binary stream that may begin with an IMEI is asked,
and stdnum's function takes six times as long (11.5 against 1.9 microseconds for 15 digits).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from iotwatch.patterns import regex
from iotwatch.words.kinds import Kind

NUMBERS = frozenset({Kind.IMEI, Kind.IMEISV, Kind.IMSI, Kind.ICCID, Kind.EID, Kind.MSISDN})
"""Kinds of numbers that are digits, and for which fillers are sent where none is set."""
VIN_FORM = "[A-HJ-NPR-Z0-9]{17}"
VIN = regex(rb"(?<![A-Z0-9])(?=[A-Z0-9]*[A-Z])" + VIN_FORM.encode() + rb"(?![A-Z0-9])")
"""A VIN that stands alone in bytes and is no plain number."""
# Codes of digits to codes of what twice the digit adds: 2 for 1, 1 + 0 for 5 ...
_DOUBLED = bytes.maketrans(b"0123456789", b"0246813579")
# Reporting bodies of TS 23.003 section 6.2.1 as allocation lists show them in use.
_REPORTING_BODIES = ("01", "35", "86", "91", "98", "99")
_TEST_BODY = "00"
_NO_TYPE = "00000000"  # of a type allocation code, the first eight digits of an IMEI
# Geographic country codes begin with 2 to 7 (ITU-T E.212); test networks, networks of no country, test networks again.
_COUNTRIES = (*"234567", "001", "901", "999")
_ICCID = regex(r"89[0-9]{4}[0-9A-F]{12,14}", re.ASCII)
_PHONE = regex(r"\+?[0-9]{5,15}", re.ASCII)
_VIN_VALUES = dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", (*range(1, 9), *range(1, 6), 7, 9, *range(2, 10), *range(10)), strict=True)
)
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def with_check_digit(digits: str) -> str:
    """An even number of digits, as the first 14 of an IMEI, with their check digit behind them."""
    # The digits' codes are summed, in C; 48 is that of 0.
    codes = digits.encode()
    total = sum(codes[::2]) + sum(codes[1::2].translate(_DOUBLED)) - 48 * len(digits)
    return digits + str(-total % 10)


def has_check_digit(text: str) -> bool:
    """Whether the last digit is the Luhn digit of those before it (ISO/IEC 7812-1 annex B; IMEI, ICCID)."""
    body = text[:-1] if len(text) % 2 else "0" + text[:-1]
    return _digits(text) and with_check_digit(body)[-1] == text[-1]


def is_filler(digits: str) -> bool:
    """Whether digits stand where no number was set: one digit all along, or zeros where an IMEI has the type."""
    return len(set(digits)) < 2 or digits.startswith(_NO_TYPE)


def is_imei(text: str) -> bool:
    """15 digits with the check digit of an IMEI (TS 23.003 annex B), of a type that exists: no filler, no test number."""
    return len(text) == 15 and _names_equipment(text)


@lru_cache(maxsize=4096)  # a conversation says its own in every message
def _names_equipment(digits: str) -> bool:
    return digits[:2] != _TEST_BODY and len(set(digits)) > 2 and has_check_digit(digits)


def could_be_imei(text: str) -> bool:
    """Whether a number that nothing calls an IMEI could be one: it begins as IMEI in use do; one in 150 random ones passes."""
    return text[:2] in _REPORTING_BODIES and is_imei(text)


def imei_of_bcd(digits: str) -> str:
    """The IMEI of eight packed bytes: a leading 0 (or a last filler) pads its 15 digits to 16."""
    return digits[1:] if len(digits) == 16 and digits[0] == "0" else digits


def is_imsi(text: str) -> bool:
    """14 or 15 digits that are no filler; in a field of its own it may name a network of a laboratory, under any code."""
    return len(text) in (14, 15) and _digits(text) and not is_filler(text)


def could_be_imsi(text: str) -> bool:
    """Whether a number in a text could be an IMSI: its first three digits are a country code in use (ITU-T E.212)."""
    return is_imsi(text) and text.startswith(_COUNTRIES)


def is_iccid(text: str) -> bool:
    """89 and 16 to 18 digits more: 19 with a check digit, or 20; some cards say one less. Hexadecimal letters occur from the
    seventh on, at Chinese issuers."""
    return _ICCID.fullmatch(text) is not None


def is_checked_iccid(text: str) -> bool:
    """19 or 20 digits beginning 89 with a right check digit at their end."""
    return len(text) in (19, 20) and text.startswith("89") and has_check_digit(text)


def is_eid(text: str) -> bool:
    """32 digits beginning 89 whose remainder by 97 is 1 (GSMA SGP.02 section 2.2.2)."""
    return len(text) == 32 and _digits(text) and text.startswith("89") and int(text) % 97 == 1


def is_phone(text: str) -> bool:
    """A telephone number (MSISDN, ITU-T E.164): 5 to 15 digits, perhaps behind a plus sign."""
    return _PHONE.fullmatch(text) is not None and not is_filler(text.lstrip("+"))


def _is_equipment(text: str) -> bool:
    return 14 <= len(text) <= 17 and _digits(text)


_STATED: dict[Kind, Callable[[str], bool]] = {
    Kind.IMEI: _is_equipment, Kind.IMSI: is_imsi, Kind.ICCID: is_iccid, Kind.MSISDN: is_phone,
}  # fmt: skip


def is_stated(kind: Kind, text: str) -> bool:
    """Whether ``text`` can be the number that something calls it. The check digit of an IMEI may be missing, wrong or a version."""
    return _STATED.get(kind, bool)(text)


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
