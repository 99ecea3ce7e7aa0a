"""Is it worth parsing at all? One pass of a linear-time matcher over the raw bytes answers for most traffic.

Every hint is a key word followed by a value of the right form, or a shape that only places have; half a pair of key
words is not enough. Ordinary text, HTML, JSON and ciphertext pass by at hundreds of megabytes a second.
"""

from __future__ import annotations

from functools import cache

from iotwatch.decode.expression import Expression

_VALUE = (
    r"""[^a-z0-9]{0,4}[=:>"'\]][^a-z0-9]{0,8}(?:(?:value|val|v|deg|degrees|n)["'\s:=>]{1,6})?[NSEW]?[ ]?[-+]?\.?\d"""
)
_PACKED_NUMBER = r"[a-z]{0,10}[\x18-\x1b\x38-\x3b\xf9-\xfb\xca-\xd3]"
"""The rest of a key in CBOR or MessagePack, and the first byte of a number behind it."""
_FOREIGN_LATITUDE = r"纬度|緯度|\\u7eac\\u5ea6|\\u7def\\u5ea6|北纬|широта|szeroko(?:ść|sc)|enlem|위도"
_FOREIGN_LONGITUDE = (
    r"经度|經度|経度|\\u7ecf\\u5ea6|\\u7d93\\u5ea6|东经|долгота|довгота|d(?:ł|l)ugo(?:ść|sc)|boylam|경도"
)
_LATITUDE = (
    r"lat[tiu]{0,2}[a-z0-9_.]{0,14}|weidu|breit[a-z]{0,12}|bred+[a-z]{0,8}|leveys[a-z]{0,8}|" + _FOREIGN_LATITUDE
)
_LONGITUDE = (
    r"l(?:on|ng|gt)[a-z0-9_.]{0,14}|lot|jingdu|l(?:ae|ä|a|e|æ)ngd?e?[a-z]{0,12}|pituus[a-z]{0,8}|logitude|"
    + _FOREIGN_LONGITUDE
)
MAX_LINES = 100_000
_DECIMALS = r"[NSEW]?[-+]?\d{1,3}\.\d{4,}"
_RADIO = (
    r"(?:mcc|country_?code|mccmnc|plmn)[^a-z0-9]{1,8}\d{3}",
    r"""(?:bssid|mac|mac_?addr(?:ess)?|macs|ap_?mac|mmac)["'\\\s=:>\[]{1,12}[0-9a-f]{1,2}[:-]?[0-9a-f]{1,2}[:-]?[0-9a-f]{1,2}""",
    r"wi-?fi[a-z]{0,12}[^a-z0-9]{1,8}[0-9a-f]{2}:[0-9a-f]{2}",
    r"(?:bts|nearbts|lbs)=\d{3},",
    r"[0-9a-f]{1,2}(?::[0-9a-f]{1,2}){5}|[0-9a-f]{2}(?:-[0-9a-f]{2}){5}",
)
_SINGLE = (
    r"(?:coordinates?|coords?|lat_?lng|lat_?lon|ll|lonlat|gps[a-z]{0,6}|loc(?:ation)?|pos(?:ition)?|geo[a-z]{0,10}|point|cent(?:er|re)|坐标|位置|定位"
    r"""|geo-position|place|standort|ubicacion)["'\\\s=:>\[{(]+[NSEW]?[-+]?\d{1,3}\.\d""",
    r"[A-Z0-9-]{3,12}>[A-Z0-9-]{3,12}(?:,[A-Z0-9*,-]+)?:[!=/@;)`']",
    r"\*8[D-F][0-9A-F]{26};",
    r"""(?:geo_?hash|plus_?code|open_?location_?code|olc|mgrs|usng|maidenhead|grid_?square|locator)["'\\\s=:>]{1,8}[0-9a-z]{4}""",
    r"POINT ?Z?M? ?\(|geo:-?\d{1,2}\.\d",
    *_RADIO,
    r"(?:imei|imsi|iccid|ccid|vin)[a-z]{0,6}[^a-z0-9]{1,8}[0-9a-hj-npr-z]{14}",
    r"\$G[A-Z](?:RMC|GGA|GLL|GNS),",
    r"\d{4,5}\.\d{2,8}[,;#|]? ?[NSEW]",
    r"[NSEW][ :,]?\d{1,3}\.\d{4}",
    r"\d{7,8},?[NS][,;|/ ]?\d{8,9},?[EW]|[NS]\d{7,8}[,;|/ ]?[EW]\d{8,9}",
    r"\d\.\d{5,17}[,;|][-+]?\d{1,3}\.\d{3}[^\d]|\d,\d{4,15}[;|\t ]-?\d{1,3},\d{4}",
    r"\d\xc2?[\xb0\xba] ?\d{1,2}(?:\.\d|['m ])",
    _DECIMALS + r"""["'\s]{0,2}[NSEW]?(?:[,;|/\s:#&][,;|/\s"'NSEW:#]{0,3}|[+-])""" + _DECIMALS,
    r"[-+]\d{7}[-+]\d{8}|\d{4}\.\d{4,}[,; ][+-]?\d{5}\.\d{4,}",
    r"\+(?:QLBS|QCELLLOC|CLBS|MLBSLOC|CIPGSMLOC|QWIFILOC|CGPSINFO|QGPSLOC|CGNSINF|CGNSSINFO|UULOC|CWLAP|QLOC)",
    r"/?\b(?:6/\d{1,5}/0|3336/\d)|/6/\d{1,2}/",
    r"""["'](?:frm_?payload|payload|data|raw|hex|pdu|buffer)(?:_?(?:raw|hex|b64|base64))?["']\s*:\s*["'][0-9a-z+/_\-]{12,}=*["']""",
    r"JEd[A-Z][A-Za-z0-9+/]{8}|H4sIA|eyJ[A-Za-z0-9+/_\-]{8}|%7B%22|%22%3A",
)


@cache
def _compiled(pattern: str) -> Expression:
    return Expression(pattern.encode("utf-8"), fold=True, memory=64 << 20)


def _any(*patterns: str) -> str:
    return "|".join(f"(?:{pattern})" for pattern in patterns)


_WORD_BEFORE = r"(?:^|[^a-z0-9])"
_LATITUDE_HINT = _any(f"(?:{_LATITUDE}){_VALUE}", _WORD_BEFORE + r"(?:wd|la|y)" + _VALUE, r"lat" + _PACKED_NUMBER)
_LONGITUDE_HINT = _any(
    f"(?:{_LONGITUDE}){_VALUE}", _WORD_BEFORE + r"(?:jd|lo|x)" + _VALUE, r"l(?:on|ng)" + _PACKED_NUMBER
)
_SINGLE_HINT = _any(*_SINGLE)
_RADIO_HINT = _any(*_RADIO, r"cell|mac|lac|tac|eci|bts")


def worth(data: bytes, start: int = 0, end: int | None = None) -> bool:
    """Whether ``data[start:end]`` may state a place, a radio cell or an identity by name or shape."""
    end = len(data) if end is None else end
    if _compiled(_SINGLE_HINT).search(data, start, end) is not None:
        return True
    return (
        _compiled(_LATITUDE_HINT).search(data, start, end) is not None
        and _compiled(_LONGITUDE_HINT).search(data, start, end) is not None
    )


def worthy_lines(data: bytes, start: int, end: int) -> list[tuple[int, int]]:
    """The ranges of the lines of ``data[start:end]`` that ``worth`` would take, found in one pass for each hint."""
    singles = _line_starts(_SINGLE_HINT, data, start, end)
    pairs = _line_starts(_LATITUDE_HINT, data, start, end)
    if pairs:
        pairs &= _line_starts(_LONGITUDE_HINT, data, start, end)
    lines = []
    for low in sorted(singles | pairs):
        high = data.find(b"\n", low, end)
        lines.append((low, end if high < 0 else high))
    return lines


def _line_starts(pattern: str, data: bytes, start: int, end: int) -> set[int]:
    found: set[int] = set()
    at = start
    search = _compiled(pattern).search
    for _ in range(MAX_LINES):
        spans = search(data, at, end)
        if spans is None:
            break
        here = spans[0][0]
        found.add(max(start, data.rfind(b"\n", start, here) + 1))
        after = data.find(b"\n", here, end)
        if after < 0:
            break
        at = after + 1
    return found


def radio_worth(data: bytes, start: int, end: int) -> bool:
    """Whether ``data[start:end]`` may name radio cells or access points."""
    return _compiled(_RADIO_HINT).search(data, start, end) is not None
