"""What host software says of a modem: mmcli, ModemManager's debug log, quectel-CM, qmicli and mbimcli.

Forms: ModemManager's mmcli (table and key-value), its debug messages; the dialler quectel-CM; libqmi and libmbim tools.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from iotwatch.decode.at import modem_identity as identity
from iotwatch.decode.message import Trait
from iotwatch.patterns import regex
from iotwatch.words.identity import is_phone
from iotwatch.words.kinds import Kind

_TABLE = regex(
    r"^[ \t]*(?:(?:General|Hardware|System|Status|Numbers|3GPP|SIM|Properties|Modem|Bearer|Modes|Bands|IP)?[ \t]*\|[ \t]+"
    r"|modem\.(?:generic|3gpp)\.|sim\.properties\.|bearer\.properties\.)"
    r"'?(?P<key>manufacturer|model|(?:firmware )?revision|equipment[ -]id(?:entifier)?|imei|plugin"
    r"|operator[ -](?:id|name|code)|own(?:-numbers\.value\[1\])?|imsi|iccid|apn|eid|drivers|sim identifier)'?"
    r"[ \t]*:[ \t]*'?(?P<value>[^\r\n']{1,160})",
    re.MULTILINE,
)
_ROWS = regex(
    r"(?:^[ \t]*(?:(?:[A-Z0-9][\w-]{1,9}(?: [A-Za-z]+)?)?[ \t]*\|[ \t]|-{10,}|/org/freedesktop/ModemManager1/Modem/)[^\n]*\n?)+",
    re.MULTILINE,
)
_LISTED = regex(r"/org/freedesktop/ModemManager1?/Modems?/\d+ \[(?P<vendor>[^\]\n]{1,80})\] (?P<model>[^\r\n]{1,80})")
_PLUGIN = regex(
    r"(?:by plugin|with plugin|best plugin(?: for port)?:?) [('](?P<plugin>[\w-]{2,24})[)']"
    r"|\((?P<old>[A-Z][\w-]{2,20})\): (?:GSM|CDMA) modem /\S+ claimed port|\[plugin/(?P<new>[a-z0-9-]{2,20})\]"
)
_GENERIC = frozenset(
    {"generic", "gobi", "manager", "qcdm-only", "unknown", "mbm", "dell", "foxconn", "intel", "quectel-generic"}
)
_LOADED = regex(
    r"(?:loaded|current) (?P<key>manufacturer|model|revision|equipment identifier|IMEI|IMSI|SIM identifier|ICCID): "
    r"'?(?P<value>[^\r\n']{2,120})",
    re.IGNORECASE,
)
_DIALLER = regex(
    r"\b(?P<key>requestBaseBandVersion|requestGetICCID|requestGetIMSI|FirmwareInfo:|HardwareInfo:|DeviceId:|SubscriberId:|SimIccId:"
    r"|request[GS]etProfile\[\d+\])[ \t]*(?P<value>[^\r\n]{2,120})"
)
_TOOL = regex(
    r"^[ \t]*(?P<key>Manufacturer|Model|Revision|IMEI|IMSI|ICCID|Firmware info|Hardware info|Device ID|Subscriber ID"
    r"|SIM ICCID|APN|fwinfo|hwinfo|deviceid): *'(?P<value>[^'\r\n]{2,120})'",
    re.MULTILINE,
)
_PLMN = regex(r"\bMCC: (?P<mcc>\d{3}), MNC: (?P<mnc>\d{1,3})\b")
_STAMPED = regex(r"(?:^[ \t#~\w@:/-]{0,60}\[\d\d-\d\d_\d\d:\d\d:\d\d:\d{3}[^\n]*\n?)+", re.MULTILINE)
_WORDS = {
    "vendor": "manufacturer",
    "model": "model|hardwareinfo:|hardware info|hwinfo",
    "firmware": "revision|firmware revision|firmware info|requestbasebandversion|firmwareinfo:|fwinfo",
    "imei": "equipment id|equipment-id|equipment identifier|equipment-identifier|imei|deviceid:|device id|deviceid",
    "imsi": "imsi|subscriberid:|subscriber id|requestgetimsi",
    "iccid": "iccid|simiccid:|sim iccid|requestgeticcid|sim identifier",
    "msisdn": "own|own-numbers.value[1]",
    "eid": "eid",
    "apn": "apn",
    "plugin": "plugin",
    "operator": "operator id|operator-code|operator code|operator name|operator-name",
}
_MEANS = {key: meaning for meaning, keys in _WORDS.items() for key in keys.split("|")}


def statements(text: str) -> Iterator[Trait]:
    """All that the log says of its modem, each with the span of its words."""
    for pattern in (_TABLE, _LOADED, _DIALLER, _TOOL) if _may_hold_tables(text) else (_LOADED, _DIALLER, _TOOL):
        for found in pattern.finditer(text):
            yield from _said(found["key"], found["value"], found.span("value"))
    for found in _LISTED.finditer(text):
        yield from identity.told("vendor", identity.clean(found["vendor"]), found.span("vendor"), "mmcli")
        yield from identity.told("model", _model(found["model"]), found.span("model"), "mmcli")
    for found in _PLUGIN.finditer(text):
        group = next(name for name in ("plugin", "old", "new") if found[name])
        yield from _plugin(found[group], found.span(group))
    for found in _PLMN.finditer(text):
        plmn = f"{found['mcc']}{int(found['mnc']):02d}"
        yield Trait(Kind.OPERATOR, plmn, found.span(), {"plmn": plmn})


def _may_hold_tables(text: str) -> bool:
    """Whether a word is there without which no table of mmcli is, at the speed of memory."""
    return any(word in text for word in ("|", "modem.", ".properties.", "/org/freedesktop/ModemManager"))


def covered(text: str) -> Iterator[tuple[int, int]]:
    """Spans of tables of mmcli and of the dialler's stamped lines."""
    for pattern in (_ROWS, _STAMPED) if _may_hold_tables(text) else (_STAMPED,):
        for found in pattern.finditer(text):
            if pattern is _STAMPED or _TABLE.search(found[0]) or _LISTED.search(found[0]):
                yield found.span()


def _said(key: str, value: str, span: tuple[int, int]) -> list[Trait]:
    return told(_MEANS.get(key.lower(), "apn" if key.startswith("request") else ""), value.strip(), span)


def told(meaning: str, value: str, span: tuple[int, int]) -> list[Trait]:
    """The traits of one value by what it means (a key of ``_WORDS``)."""
    if meaning in ("imei", "imsi", "iccid", "eid"):
        trait = identity.number(Kind(meaning), value, span[0])
        return [trait] if trait else []
    if meaning == "msisdn":
        return [Trait(Kind.MSISDN, value, span, {"key": True})] if is_phone(value) else []
    if meaning == "apn":
        name = value.partition("/")[0]
        return [Trait(Kind.APN, name, span)] if re.fullmatch(r"[A-Za-z0-9][\w.-]{1,99}", name) else []
    if meaning == "operator":
        return [Trait(Kind.OPERATOR, value, span)] if identity.clean(value) and value != "--" else []
    if meaning == "plugin":
        return _plugin(value, span)
    if meaning == "firmware":
        return identity.told("firmware", identity.version(value), span, "host")
    if meaning == "model":
        return identity.told("model", _model(value), span, "host")
    return identity.told("vendor", identity.clean(value), span, "host") if meaning == "vendor" else []


def _model(value: str) -> str:
    """A model; a bare number is no name of one."""
    cleaned = identity.clean(value)
    return "" if re.fullmatch(r"\d{1,2}", cleaned) else cleaned


def _plugin(name: str, span: tuple[int, int]) -> list[Trait]:
    """ModemManager's plug-in is chosen by the maker's USB id: a hint at the maker."""
    if name.lower() in _GENERIC:
        return []
    return [Trait(Kind.MODULE_VENDOR, name, span, {"basis": "ModemManager plugin"})]
