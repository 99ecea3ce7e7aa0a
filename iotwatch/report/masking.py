"""What is hidden unless ``--unmask`` is given: identity numbers, addresses of devices, and the exact place.

Numbers keep their first eight digits at most and MAC addresses their first three bytes, which name the kind of device and not the
device; places keep about a kilometre. Text is searched for every common way to write them; that a place was put into words
or a code of its own (a street, a geohash) is beyond any pattern.
"""

from __future__ import annotations

import base64
import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any, TypeVar

import msgspec

from iotwatch.patterns import regex
from iotwatch.words.kinds import Kind

_T = TypeVar("_T")

_PLACES = 2
_KEPT_DIGITS = 8
_LEAST_DIGITS = 9
_HIDDEN_DIGITS = 6
_FEW_NAMES = 16
_DIGIT = regex("[0-9]")
# IMEI, IMSI, ICCID and telephone numbers have 10 to 20 digits; longer runs are such numbers written as hex. The whole seconds
# of a time are none, and no fraction in our own sentences has fourteen digits.
_DIGITS = regex(
    r"(?<![0-9])(?<![0-9]\.)(?!1[0-9]{9}\.[0-9])[0-9]{10,}(?![0-9])|(?<![0-9])(?<![0-9]\.)[0-9]{13,}|(?<=[0-9]\.)[0-9]{14,20}(?![0-9])"
)
# The same with one mark between any of them: 490.154.203.237.518, 4901 5420 3237 518, 49/0154/2032/3751/8.
_PARTED = regex(r"(?<![0-9A-Za-z.])[0-9]{1,8}([ ._/~|,:-])[0-9]{1,8}(?:\1[0-9]{1,8}){1,22}(?![0-9A-Za-z])")
_PARTED_DIGITS = range(14, 49)
# The parts of Fibocom's versions (81600.0000.00.29.21.24_5001.0000.040.000.040): 17 digits, as no number of equipment, card or line
# has between such marks.
_VERSION = regex(r"[0-9]{5}\.[0-9]{4}(?:\.[0-9]{2}){4}|[0-9]{4}\.[0-9]{4}(?:\.[0-9]{3}){3}")
_DAY = regex(r"(?:19|20)[0-9]{2}[-./ ](?:0[1-9]|1[0-2])[-./ ](?:0[1-9]|[12][0-9]|3[01])|[0-2][0-9]:[0-5][0-9]")
# Digits as URLs may write any character (RFC 3986 section 2.1), as HTML does, and as hex with a prefix each.
_PERCENT = regex(
    r"(?:%3[0-9]){4,}|(?:&#(?:x3[0-9]|4[89]|5[0-7]);){4,}|(?:\\?x3[0-9][ ,]?){4,}|(?:0x3[0-9][ ,]{0,2}){4,}|(?:\\u003[0-9]){4,}"
)
# Words in base64 and base64url (RFC 4648); what they say decides.
_BASE64 = regex(r"(?<![0-9A-Za-z+/_-])[0-9A-Za-z+/_-]{12,4096}={0,2}")
# File names carry times: 20261122013834 is no telephone number.
_CLOCK = regex(r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?:[01][0-9]|2[0-3])[0-5][0-9][0-5][0-9]")
# As printed on labels and in names (3GPP TS 23.003 section 6.2.1, RFC 7254: TAC, serial number, check digit) and on SIM cards,
# by groups of four; telephone numbers after a plus (ITU-T E.123).
_GROUPED = regex(
    r"\b(?:[0-9]{2}-[0-9]{6}|[0-9]{8})-[0-9]{6}(?:-[0-9]{1,2})?\b|\b89[0-9]{2}(?:[ -][0-9]{4}){3,4}(?:[ -]?[0-9]{1,3})?\b"
    r"|\+[1-9][0-9]{0,2}[ -]?(?:\([0-9]{1,4}\)|[0-9]{1,4})(?:[ -]?[0-9]{2,4}){2,4}(?![0-9*])"
    # With other marks between, from abroad and at home: three groups at least, or the area's own in brackets or behind a slash.
    r"|(?:\+|\b00)[1-9][0-9]{0,2}[ ./-]{0,2}\(?[0-9]{1,4}\)?(?:[ ./-]{1,3}[0-9]{2,8}){1,5}(?![0-9*])"
    r"|(?<![0-9.])\(?0[1-9][0-9]{1,4}(?:\) ?|[ /]{1,3})[0-9]{3,8}(?:[ -][0-9]{2,5}){0,3}(?![0-9.:])"
)
# Six or eight bytes. "mac:" ends like a byte, so what begins a word is looked for first.
_PAIRS = r"((?:[0-9A-Fa-f]{2}[:-]){3})((?:[0-9A-Fa-f]{2}[:-]){2,4}[0-9A-Fa-f]{2})(?![0-9A-Fa-f])"
_MACS = (regex(r"(?<![0-9A-Za-z])" + _PAIRS), regex(r"(?<![0-9A-Fa-f])" + _PAIRS))
_MAC_DOTTED = regex(r"\b([0-9A-Fa-f]{4}\.[0-9A-Fa-f]{2})[0-9A-Fa-f]{2}\.[0-9A-Fa-f]{4}\b")
# With nothing between. A JA4 (FoxIO's format: a head and two hashes) has parts that look like one, and names no device.
_MAC_BARE = regex(
    r"\b[tqd][0-9]{2}[di][0-9]{4}[0-9a-z]{2}_[0-9a-f]{12}_[0-9a-f]{12}\b"
    r"|(?<![0-9A-Za-z])(?=[0-9]*[A-Fa-f])(?=[A-Fa-f]*[0-9])([0-9A-Fa-f]{6})[0-9A-Fa-f]{6}(?![0-9A-Za-z])"
)
# An IPv6 address that was made of a MAC address (RFC 4291 appendix A).
_EUI64 = regex(r"(:[0-9A-Fa-f]{1,2}[Ff]{2}:[Ff][Ee])[0-9A-Fa-f]{2}:[0-9A-Fa-f]{1,4}(?![0-9A-Fa-f:])")
_VIN = regex(r"\b(?=[A-HJ-NPR-Z0-9]*[0-9])(?=[A-HJ-NPR-Z0-9]*[A-HJ-NPR-Z])[A-HJ-NPR-Z0-9]{17}\b")
# A drone's serial number (ANSI/CTA-2063-A section 4): four of its maker, one that counts the rest, the rest; no O and no I.
_DRONE = regex(r"(?<![0-9A-Za-z])[0-9A-HJ-NP-Z]{4}([5-9A-F])([0-9A-HJ-NP-Z]{5,15})(?![0-9A-Za-z])")
# A latitude beside a longitude, in any notation of pairs; a lone decimal number (seconds, a version) is no place.
_NUMBER = r"-?[0-9]{1,3}\.[0-9]+"
_BETWEEN = r"(?:['\"]?\s{0,2}(?:[,;:&/|!_~]|%2[CcFf0]|%3[AaBb]|%7[Cc])\s{0,2}(?:%20|\+)?[^0-9.\n-]{0,14}|!4d|\s{1,3})"
_PAIR = regex(rf"(?<![0-9.]){_NUMBER}(?:{_BETWEEN}{_NUMBER})+(?!\.?[0-9])")
_EACH = regex(rf"(?:(?<=%2[0CFcf])|(?<![0-9.])){_NUMBER}")
# With commas for points, as in half of Europe.
_COMMAS = regex(
    r"(?<![0-9.,])(-?[0-9]{1,3},[0-9]{2})[0-9]+(\s{0,2}[;/| ]\s{0,2}[^0-9\n-]{0,14}-?[0-9]{1,3},[0-9]{2})[0-9]+(?![0-9.,])"
)
# In millionths or ten-millionths of a degree.
_WHOLE = regex(r"(?<![0-9.])(-?[0-9]{2,4})([0-9]{5,7})([,;/|]\s?)(-?[0-9]{2,4})([0-9]{5,7})(?![0-9.])")
_KEYED = regex(
    r"(?i)(?<![a-z])((?:lat|lon|lng|long)(?:itude)?[\"']?\s{0,2}[:=]\s{0,2}[\"']?)(-?[0-9]{1,3})(\.[0-9]+|[0-9]{3,})"
)
_HEMISPHERE = regex(r"\b([NSEW][ :]?-?|)([0-9]{1,3}\.[0-9]{3,})(°?[ ,]?[NSEW]\b|)")
# Degrees and minutes as NMEA 0183 writes them: 4807.038,N and 01131.000,E.
_MINUTES = regex(r"(?<![0-9.])([0-9]{2,3}[0-5][0-9])\.[0-9]+(,?\s?[NSEW])(?![A-Za-z])")
# With the signs for minutes and seconds as typed and as printed (U+2032, U+2033).
_SECONDS = regex(r"([0-9]{1,3}\s?°\s?[0-9]{1,2}\s?['\u2032]\s?)[0-9]{1,2}(?:\.[0-9]+)?(?=\s?[\"\u2033])")


def mask_text(text: str) -> str:
    """Hide the tail of every long number, MAC address and VIN in ``text``; round degrees to 0.01."""
    if _DIGIT.search(text) is None:
        return text
    return _masked_once(text) if len(text) <= _REPEATED else _masked(text)


def _masked(text: str) -> str:
    text = _BASE64.sub(_encoded, text)
    text = _PERCENT.sub(lambda hit: _tail(hit[0]), text)
    text = _GROUPED.sub(_grouped, text)
    text = _PARTED.sub(_parted, text)
    for pattern in _MACS:
        text = pattern.sub(lambda hit: hit[1] + re.sub("[0-9A-Fa-f]", "*", hit[2]), text)
    text = _MAC_DOTTED.sub(lambda hit: hit[1] + "**.****", text)
    text = _MAC_BARE.sub(lambda hit: hit[1] + "******" if hit[1] else hit[0], text)
    text = _EUI64.sub(lambda hit: hit[1] + "**:****", text)
    text = _DIGITS.sub(lambda hit: hit[0] if _CLOCK.fullmatch(hit[0]) else _tail(hit[0]), text)
    text = _DRONE.sub(lambda hit: _tail(hit[0]) if int(hit[1], 16) == len(hit[2]) else hit[0], text)
    text = _PAIR.sub(_rounded, text)
    text = _COMMAS.sub(lambda hit: hit[1] + hit[2], text)
    text = _WHOLE.sub(lambda hit: f"{hit[1]}{'*' * len(hit[2])}{hit[3]}{hit[4]}{'*' * len(hit[5])}", text)
    text = _KEYED.sub(
        lambda hit: hit[1] + hit[2] + (hit[3][: _PLACES + 1] if hit[3][0] == "." else "*" * len(hit[3])), text
    )
    text = _HEMISPHERE.sub(lambda hit: f"{hit[1]}{float(hit[2]):.2f}{hit[3]}" if hit[1] or hit[3] else hit[0], text)
    text = _MINUTES.sub(lambda hit: f"{hit[1]}.**{hit[2]}", text)
    text = _SECONDS.sub(lambda hit: f"{hit[1]}**", text)
    return _VIN.sub(lambda hit: _tail(hit[0]), text)


# A report tells the same sentences of many cars.
_REPEATED = 1000
_masked_once = lru_cache(maxsize=1 << 14)(_masked)


def _tail(text: str) -> str:
    """Stars for all but the first eight letters or digits, at least six of them hidden; what stands between them stays."""
    shown = min(_KEPT_DIGITS, max(0, sum(one.isalnum() for one in text) - _HIDDEN_DIGITS))
    made = []
    for one in text:
        made.append("*" if one.isalnum() and shown <= 0 else one)
        shown -= one.isalnum()
    return "".join(made)


def _rounded(hit: re.Match[str]) -> str:
    """Numbers side by side rounded, where one of them has three decimals and so could tell a place."""
    decimals = max(len(number.partition(".")[2]) for number in _EACH.findall(hit[0]))
    return _EACH.sub(lambda one: f"{float(one[0]):.2f}", hit[0]) if decimals > _PLACES else hit[0]


def _grouped(hit: re.Match[str]) -> str:
    """A number in groups without its tail; a day is none."""
    return hit[0] if _DAY.search(hit[0]) or len(_DIGIT.findall(hit[0])) < _LEAST_DIGITS else _tail(hit[0])


def _parted(hit: re.Match[str]) -> str:
    """The same for any one mark between the digits, where these are as many as those of an identity number."""
    if len(_DIGIT.findall(hit[0])) not in _PARTED_DIGITS or _DAY.search(hit[0]) or _VERSION.fullmatch(hit[0]):
        return hit[0]
    return _tail(hit[0])


def _encoded(hit: re.Match[str]) -> str:
    """A word in base64 without its tail, where what it says would not be told as it is."""
    word = hit[0].rstrip("=")
    try:
        said = base64.b64decode(word + "=" * (-len(word) % 4), b"-_" if {"-", "_"} & set(word) else None).decode(
            "ascii"
        )
    except ValueError:
        return hit[0]
    return hit[0] if mask_text(said) == said else _tail(hit[0])


def mask_degrees(value: float | None) -> float | None:
    """A coordinate rounded to 0.01 degrees, about one kilometre."""
    return None if value is None else round(value, _PLACES)


DEGREES = frozenset({"latitude", "longitude", "lat", "lon", "south", "west", "north", "east"})
DEVICE = "device_id"
"""The key under which a name that a device gives itself is masked, whatever form it has."""
_IDENTIFIERS = frozenset({
    Kind.IMEI, Kind.IMEISV, Kind.IMSI, Kind.ICCID, Kind.EID, Kind.MSISDN, Kind.MEID, Kind.PHONE, Kind.VIN, Kind.PLATE,
    Kind.TERMINAL_PHONE, Kind.TERMINAL_SERIAL, Kind.TERMINAL_OBJECT, Kind.TERMINAL_USER, Kind.DEVICE_ID, Kind.DEVICE_SERIAL,
    Kind.USB_SERIAL, Kind.REMOTE_ID_OPERATOR, DEVICE, "reported_id",
})  # fmt: skip
# Raw bytes would undo the masking of the text beside them.
_RAW = frozenset({"excerpt", "evidence", "operation"})
_KEPT = frozenset(
    {
        *(
            "fingerprint",
            "aliases",
            "verdict_findings",
            "grounds",
            "id",
            "sha256",
            "options_hash",
            "signatures_version",
            "signatures_versions",
            "ja4",
        ),
        *("first_seen", "last_seen", "time", "judged_at"),
        # The people's own words for their cars, which options take.
        *("asset", "assets"),
    }
)
# No count, size or time in milliseconds has so many digits; identity numbers have.
_LARGE = 10**14


def mask(value: Any, key: str = "") -> Any:
    """Mask a row or any JSON value; keys decide for numbers and raw bytes, patterns for text.

    A field told as ``{"what": name, "value": ...}`` or as ``{"kind": ...}`` is masked as ``{name: ...}`` is, and a finding's
    subject as the device's name that it is.
    """
    if isinstance(value, str):
        return _masked_text(value, key)
    if value is None:
        return None
    if isinstance(value, dict):
        return {mask_text(name): mask(one, _known_as(name, value)) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [mask(one, key) for one in value]
    if isinstance(value, float) and key in DEGREES:
        return mask_degrees(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= _LARGE:
        return mask_text(str(value))
    return value


def _known_as(name: str, row: dict[str, Any]) -> str:
    """The name that decides how the field ``name`` of a row is masked."""
    if name == "value":
        return str(row.get("what") or row.get("kind") or name)
    if name == "subject":
        facts = row.get("facts")
        if isinstance(facts, dict) and row[name] and row[name] == facts.get(DEVICE):
            return DEVICE
    return name


def told(value: _T, *, key: str = "", keep: Sequence[str] = ()) -> _T:
    """A row, a text, a struct or any JSON value, masked; the fields ``keep`` stay as they are.

    ``key`` is the column of a lone value.
    """
    plain = msgspec.to_builtins(value) if isinstance(value, msgspec.Struct) else value
    names = _names(plain)
    hidden = mask(_Hiding(names).value(plain) if names else plain, key)
    if keep:
        hidden |= {name: plain[name] for name in keep}  # type: ignore[index]
    return msgspec.convert(hidden, type(value)) if isinstance(value, msgspec.Struct) else hidden


def _identifier(text: str) -> str:
    """A device's name without its tail and without what would be hidden in any text; one that tells a place is rounded."""
    hidden, shown = mask_text(text), _tail(text)
    if len(hidden) != len(shown):
        return hidden
    return "".join("*" if "*" in pair else pair[0] for pair in zip(hidden, shown, strict=True))


def _names(value: Any, key: str = "") -> set[str]:
    """What a row tells as identifiers: its sentences, paths and other fields may hold them in no form that a pattern knows."""
    found: set[str] = set()
    waiting = [(value, key)]
    while waiting:
        one, known = waiting.pop()
        if isinstance(one, str):
            if known in _IDENTIFIERS and len(one) >= _HIDDEN_DIGITS:
                found.add(one)
        elif isinstance(one, dict):
            waiting += [(inner, _known_as(name, one)) for name, inner in one.items() if inner]
        elif isinstance(one, list | tuple):
            waiting += [(inner, known) for inner in one]
    return found


class _Hiding:
    """Hides the tails of ``names`` wherever a text holds one; of many names only those are looked for whose beginning is there."""

    def __init__(self, names: Collection[str]) -> None:
        self._names = sorted(names, key=len, reverse=True)
        self._by_head: dict[str, list[str]] = defaultdict(list)
        for name in self._names:
            self._by_head[name[:_HIDDEN_DIGITS]].append(name)

    def text(self, text: str) -> str:
        for name in self._names if len(self._names) <= _FEW_NAMES else self._begun(text):
            if name in text:
                text = text.replace(name, _identifier(name))
        return text

    def _begun(self, text: str) -> list[str]:
        heads = (text[at : at + _HIDDEN_DIGITS] for at in range(len(text) - _HIDDEN_DIGITS + 1))
        found = {name for head in heads if head in self._by_head for name in self._by_head[head]}
        return sorted(found, key=len, reverse=True)

    def value(self, value: Any, key: str = "") -> Any:
        """The same in all texts of a row or any JSON value; what is an identifier by its field is left for ``mask``."""
        if key in _KEPT:
            return value
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {
                self.text(name): one if _known_as(name, value) in _IDENTIFIERS else self.value(one, name)
                for name, one in value.items()
            }
        if isinstance(value, list | tuple):
            return [self.value(one, key) for one in value]
        return value


def _masked_text(value: str, key: str) -> str:
    if key in _RAW:
        return "masked"
    if key in _KEPT:
        return value
    return _identifier(value) if key in _IDENTIFIERS else mask_text(value)
