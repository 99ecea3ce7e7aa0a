"""Who registered a number: makers of network cards, operators of SIMs, USB ids; and the check digits of such numbers."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path

import msgspec

from iotwatch.enrich.addresses import CACHE
from iotwatch.enrich.attribution import Named
from iotwatch.patterns import regex
from iotwatch.words.identity import is_checked_iccid, is_iccid

USB_IDS = (Path("/usr/share/misc/usb.ids"), Path("/usr/share/hwdata/usb.ids"), Path("/var/lib/usbutils/usb.ids"))

_EUI = regex(r"[0-9A-Fa-f]{2}(?:[:-]?[0-9A-Fa-f]{2}){2,7}")
_DIGITS = regex(r"[0-9]+")

# ITU-T E.164 country codes; SIMs of the rest are told by their digits alone.
_COUNTRY_CODES = """
1 North America (NANP);7 Russia or Kazakhstan;20 Egypt;27 South Africa;30 Greece;31 Netherlands;32 Belgium;33 France;
34 Spain;36 Hungary;39 Italy;40 Romania;41 Switzerland;43 Austria;44 United Kingdom;45 Denmark;46 Sweden;47 Norway;
48 Poland;49 Germany;51 Peru;52 Mexico;54 Argentina;55 Brazil;56 Chile;57 Colombia;58 Venezuela;60 Malaysia;
61 Australia;62 Indonesia;63 Philippines;64 New Zealand;65 Singapore;66 Thailand;81 Japan;82 South Korea;84 Vietnam;
86 China;90 Turkey;91 India;92 Pakistan;94 Sri Lanka;98 Iran;351 Portugal;352 Luxembourg;353 Ireland;354 Iceland;
356 Malta;357 Cyprus;358 Finland;359 Bulgaria;370 Lithuania;371 Latvia;372 Estonia;380 Ukraine;381 Serbia;385 Croatia;
386 Slovenia;420 Czechia;421 Slovakia;423 Liechtenstein;852 Hong Kong;853 Macao;855 Cambodia;880 Bangladesh;
882 international networks;883 international networks;886 Taiwan;966 Saudi Arabia;971 United Arab Emirates;972 Israel
"""
COUNTRY_CODES = {code: name for code, _, name in (row.strip().partition(" ") for row in _COUNTRY_CODES.split(";"))}


class Operator(msgspec.Struct, frozen=True):
    """Whose SIM it is: ``country`` is ISO 3166 alpha-2, ``brand`` is empty when only the country is known."""

    mcc: str
    mnc: str
    country: str
    brand: str
    operator: str
    database: str


class Issuer(msgspec.Struct, frozen=True):
    """What an ICCID states (ITU-T E.118): ``country_code`` is that of telephone numbers, ``issuer`` the four digits
    after it, ``check`` whether its Luhn digit fits (``None``: 18 or 19 digits that may carry none)."""

    country_code: str
    country: str
    issuer: str
    check: bool | None


@cache
def _stdnum_version() -> str:
    from stdnum import __version__

    return str(__version__)


@lru_cache(maxsize=CACHE)
def oui(mac: str) -> Named | None:
    """Return who registered the block of a MAC address (IEEE), ``None`` for local and group addresses."""
    if _EUI.fullmatch(mac.strip()) is None:
        return None
    digits = re.sub(r"[^0-9A-F]", "", mac.upper())
    if int(digits[:2], 16) & 3:
        return None
    from stdnum import numdb

    found = numdb.get("oui").info(digits)
    name = next((facts["o"] for _, facts in reversed(found) if "o" in facts), "")
    return Named(name, f"IEEE OUI of python-stdnum {_stdnum_version()}") if name else None


@lru_cache(maxsize=CACHE)
def operator(number: str) -> Operator | None:
    """Return the operator of an IMSI, or of an MCC and MNC (``46000``, ``460-00``); ``None`` when the MCC is not known.

    Source of numbers: ITU-T E.212 as kept by python-stdnum.
    """
    digits = re.sub(r"[ -]", "", number)
    if _DIGITS.fullmatch(digits) is None or not 5 <= len(digits) <= 15:
        return None
    from stdnum import numdb

    parts = numdb.get("imsi").info(digits)
    if len(parts) < 2 or "country" not in parts[0][1] | parts[1][1]:
        return None
    facts = parts[0][1] | parts[1][1]
    return Operator(
        mcc=parts[0][0],
        mnc=parts[1][0],
        country=facts.get("cc", "").upper(),
        brand=facts.get("brand", ""),
        operator=facts.get("operator", ""),
        database=f"E.212 of python-stdnum {_stdnum_version()}",
    )


def iccid(number: str) -> Issuer | None:
    """Read an ICCID of 18 to 20 digits (ITU-T E.118: 89, country code, issuer, account, Luhn digit).

    A trailing ``F`` of the swapped-nibble form is dropped. Some Chinese issuers use letters and a check digit of their
    own, so a ``check`` that fails is a doubt and no refusal.
    """
    digits = re.sub(r"[ -]", "", number).upper().rstrip("F")
    if not is_iccid(digits):
        return None
    code = next((digits[2 : 2 + size] for size in (1, 2, 3) if digits[2 : 2 + size] in COUNTRY_CODES), "")
    rest = digits[2 + len(code) :] if code else digits[2:]
    checked = is_checked_iccid(digits)
    check = checked if checked or (len(digits) == 20 and digits.isdecimal()) else None
    return Issuer(code, COUNTRY_CODES.get(code, ""), rest[:4] if code else "", check)


@cache
def _usb_ids() -> tuple[dict[str, str], str, str]:
    """Read usb.ids: names by ``vvvv`` and ``vvvv:pppp``, the file, its date."""
    file = next((path for path in USB_IDS if path.is_file()), None)
    if file is None:
        return {}, "", ""
    return *parse_usb_ids(file.read_text(encoding="utf-8", errors="replace")), str(file)


def parse_usb_ids(text: str) -> tuple[dict[str, str], str]:
    """Return the names by ``vvvv`` and ``vvvv:pppp`` of a usb.ids file, and the date that it states."""
    names: dict[str, str] = {}
    vendor = ""
    date = re.search(r"^# Date:\s*([0-9-]{10})", text, re.MULTILINE)
    for line in text.splitlines():
        if found := re.match(r"([0-9a-f]{4})  (.+)", line):
            vendor = found[1]
            names[vendor] = found[2].strip()
        elif vendor and (found := re.match(r"\t([0-9a-f]{4})  (.+)", line)):
            names[f"{vendor}:{found[1]}"] = found[2].strip()
        elif line and not line.startswith(("#", "\t")):
            vendor = ""  # the classes and other lists after the vendors
    return names, date[1] if date else ""


def usb_name(vendor_id: int, product_id: int) -> Named | None:
    """Return the names of a USB id from the system's usb.ids; ``None`` without that file or that id."""
    names, date, file = _usb_ids()
    vendor = names.get(f"{vendor_id:04x}")
    if vendor is None:
        return None
    product = names.get(f"{vendor_id:04x}:{product_id:04x}", "")
    return Named(f"{vendor} {product}".strip(), f"usb.ids {file}", date)
