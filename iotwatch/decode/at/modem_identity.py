"""Who a modem says it is: answers to the identity commands of TS 27.007 and V.250 and of the makers, as traits.

Sources: 3GPP TS 27.007 sections 5.1 to 5.6 (+CGMI, +CGMM, +CGMR, +CGSN, +CIMI), V.250 section 6.1 (I, +GMI, +GMM, +GMR,
+GSN); reference facts: AT commands; public logs for +QCCID, +QGMR, ^SWVER, +SIMCOMATI, +GTPKGVER (Fibocom); u-blox AT
commands manual (I9: versions of modem and application).
"""

from __future__ import annotations

import re

from iotwatch.decode.message import Trait
from iotwatch.patterns import regex
from iotwatch.words.identity import is_stated
from iotwatch.words.kinds import Kind

Span = tuple[int, int]

VENDOR = frozenset({"+CGMI", "+GMI", "#CGMI"})
MODEL = frozenset({"+CGMM", "+GMM", "#CGMM"})
FIRMWARE = frozenset(
    {
        "+CGMR",
        "+GMR",
        "+QGMR",
        "^SWVER",
        "+SWVER",
        "#SWPKGV",
        "#CGMR",
        "%SHORTSWVER",
        "+SGSW",
        "!GVER",
        "+VERSION",
        "+CVERSION",
        "+GTPKGVER",
        "+CSUB",
        "I9",
    }
)
BLOCKS = frozenset({"I", "+SIMCOMATI", "^VERSION"})
NUMBERS = {
    **dict.fromkeys(("+CGSN", "+GSN", "+CIMEI", "#CGSN", "^IMEI"), Kind.IMEI),
    **dict.fromkeys(("+CIMI", "#CIMI", "^IMSI"), Kind.IMSI),
    **dict.fromkeys(
        ("+CCID", "+QCCID", "+ICCID", "^ICCID", "#CCID", "%CCID", "+CICCID", "+ZICCID", "!ICCID", "*ICCID", "+MCCID",
         "+ZGETICCID", "%XICCID", "+NCCID"),
        Kind.ICCID,
    ),
    **dict.fromkeys(("+EID", "+CEID", "+QEID", "+GETEID"), Kind.EID),
    "+CNUM": Kind.MSISDN,
}  # fmt: skip
ASKED = VENDOR | MODEL | FIRMWARE | BLOCKS | frozenset(NUMBERS)

KEYED = regex(
    r"(?:^|\| *)"
    r"(?P<key>Manufacturer|Model|Module|Modem Name|Revision|Rev|Firmware|IMEI SV|IMEI|SVN|"
    r"(?:SIM )?IMSI|(?:SIM )?I?CCID|MEID|ESN|FSN)\s*[:=]\s*(?P<value>.*)$"
)
_DIGITS = {
    Kind.IMEI: regex(r"(?<![0-9A-Za-z.])([0-9]{15})(?:[0-9]{0,2})(?![0-9A-Za-z])"),
    Kind.IMSI: regex(r"(?<![0-9A-Za-z.])([0-9]{14,15})(?![0-9A-Za-z])"),
    Kind.ICCID: regex(r"(?<![0-9A-Za-z])(89[0-9]{4}[0-9A-Fa-f]{12,14}[Ff]?|98[0-9A-Fa-f]{18})(?![0-9A-Za-z])"),
    Kind.EID: regex(r"(?<![0-9A-Za-z])(89[0-9]{30})(?![0-9A-Za-z])"),
    Kind.MSISDN: regex(r"\"(\+?[0-9]{5,15})\""),
}
_KEY_KINDS = {
    "IMEI": Kind.IMEI,
    "IMSI": Kind.IMSI,
    "SIM IMSI": Kind.IMSI,
    "ICCID": Kind.ICCID,
    "CCID": Kind.ICCID,
    "SIM ICCID": Kind.ICCID,
}
_MODULE = {"vendor": Kind.MODULE_VENDOR, "model": Kind.MODULE_MODEL, "firmware": Kind.MODULE_FIRMWARE}
# Rows of ^VERSION: software and product as they are sold (Huawei AT command manuals; public logs of E3372).
_HUAWEI = {"EXTS": "firmware", "EXTU": "model"}
_PLACEHOLDER = regex(r"(?i)^(?:x{2,}|\*{2,}|<?(?:snip|redacted|removed|masked|none|unknown)>?|n/?a|error|-+|0+)$")
_VENDOR_LINE = regex(r"^[A-Za-z][A-Za-z0-9_ .,&()'/+-]{1,60}$")
_MODEL_LINE = regex(r"^[A-Za-z0-9][A-Za-z0-9 ._/()+-]{0,60}$")
_VERSION_LINE = regex(r"(?=[^ ]*\d)[A-Za-z0-9][A-Za-z0-9.,_-]{5,60}$|[Vv]?\.?\d[A-Za-z0-9.,_-]{1,60}$")
_DOTTED = regex(r"[A-Za-z]{0,3}\d{1,5}(?:\.\d{1,5}){2,}[\w.,-]*$")
"""Three numbers between dots, as no name of a maker or model has them: UE6.0.0.0, LR6.0.0.0-41019."""
# One row a part of the software, as modules with a chip of HiSilicon print it: PROTOCOL,V100R100C10B657SP3.
_PART = regex(r"^[A-Z_]{4,24},(?=V\d)")
# A word with digits and a mark of its parts is a version or a model, and no maker's name: AirM2M_780E_V1161_LTE_AT, SARA-U201-03S.
_NO_MAKER = regex(r"(?=\S*\d)[A-Za-z0-9.,]+[_,-][A-Za-z0-9._,-]+$")
_RELEASE = regex(r"_V?\d+[._\w-]*$|^[\w.]+,[\w.]+$")
_LABEL = regex(r"(?i)^\s*(?:revision|rev|firmware(?: version)?|version|ver)(?:\s*[:=.]\s*|\s+)")
_VERSION = regex(r"[A-Za-z0-9]")


def number(kind: Kind, text: str, at: int) -> Trait | None:
    """The identity number of ``kind`` in ``text``, which stands at ``at`` of the stream."""
    found = _DIGITS[kind].search(text)
    if found is None:
        return None
    value = found[1].upper().rstrip("F")
    if kind is Kind.ICCID and value.startswith("98"):
        # Raw from EF-ICCID: the digits of each byte are swapped (TS 102 221 section 13.2).
        value = "".join(value[index + 1] + value[index] for index in range(0, len(value) - 1, 2)).rstrip("F")
    if len(set(value)) <= 2 or not is_stated(kind, value):
        return None
    return Trait(kind, value, (at + found.start(1), at + found.end(1)), {"key": True, "seen_in": "at"})


def clean(text: str) -> str:
    """A value without quotes, dots of an end of sentence and blanks; empty for what an author put in its place."""
    value = text.strip().strip("\"'").strip().rstrip(",;").strip()
    return "" if _PLACEHOLDER.match(value) else value


def version(text: str) -> str:
    """The version in an answer: the first word that is one. What follows is a build's date or number."""
    value = _PART.sub("", clean(_LABEL.sub("", text)))
    words = value.split()
    if not words:
        return ""
    return words[0] if _VERSION.search(words[0]) and len(words[0]) > 2 else value[:80]


def told(kind: str, value: str, span: Span, command: str) -> list[Trait]:
    """The traits of one identity value: itself, and the line for the signatures."""
    if not value:
        return []
    text = value.encode("latin-1", "replace").decode("utf-8", "replace")
    return [Trait(_MODULE[kind], text[:120], span, {"command": command})]


def keyed(text: str, start: int, command: str) -> list[Trait]:
    """The traits of a line ``Key: value`` of an identity block."""
    found = KEYED.search(text)
    if found is None:
        return []
    key, value = found["key"], found["value"]
    at = start + found.start("value")
    span = (at, at + max(len(value.rstrip()), 1))
    if key in _KEY_KINDS:
        trait = number(_KEY_KINDS[key], value, at)
        return [trait] if trait else []
    cleaned = clean(value)
    if key == "Manufacturer":
        return told("vendor", cleaned, span, command)
    if key in ("Model", "Module", "Modem Name"):
        # gammu repeats the name in brackets
        return told("model", re.sub(r" \([^()]{1,40}\)$", "", cleaned), span, command)
    if key in ("Revision", "Firmware", "Rev"):
        return told("firmware", version(value), span, command)
    return []


def bare(name: str, index: int, text: str, start: int) -> list[Trait]:
    """The traits of line ``index`` of a bare answer to the command ``name``."""
    span = (start, start + max(len(text), 1))
    value = clean(text)
    if name in NUMBERS:
        trait = number(NUMBERS[name], text, start)
        return [trait] if trait else []
    if name == "^VERSION":
        key, _, said = value.partition(":")
        return told(_HUAWEI[key], clean(said), span, name) if key in _HUAWEI else []
    if name in BLOCKS and index < 2 and _DOTTED.match(value):
        return told("firmware", value, span, name)
    if name in BLOCKS and index == 2:
        value = clean(_LABEL.sub("", text))
        return told("firmware", value, span, name) if _VERSION_LINE.match(value) else []
    if name in BLOCKS and index == 0 and _NO_MAKER.match(value):
        return told("firmware" if _RELEASE.search(value) else "model", value, span, name)
    if name in BLOCKS:
        kind = ("vendor", "model")[index] if index < 2 else ""
        shape = (_VENDOR_LINE, _MODEL_LINE)[index] if index < 2 else None
        return told(kind, value, span, name) if shape and shape.match(value) else []
    if index:
        return []
    if name in VENDOR:
        return told("vendor", value, span, name) if _VENDOR_LINE.match(value) else []
    if name in MODEL:
        first = clean(value.partition('"')[0])  # some give a list of the same name
        return told("model", first, span, name) if _MODEL_LINE.match(first) else []
    if name == "I9":
        return told("firmware", value, span, name) if _VERSION_LINE.match(value) else []
    if name in FIRMWARE:
        return told("firmware", version(text), span, name)
    return []
