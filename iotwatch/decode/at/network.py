"""What a dialogue says of the network: operator, cells, access point names, far ends of sockets and URLs.

Sources: 3GPP TS 27.007 (+COPS, +CREG family, +CGDCONT); reference facts: AT commands (makers' sockets, +QENG, +CPSI).
"""

from __future__ import annotations

import re

from iotwatch.decode.at.grammar import Command, arguments
from iotwatch.decode.message import Trait
from iotwatch.patterns import regex
from iotwatch.words.kinds import Kind

Span = tuple[int, int]

_APN = regex(r"[A-Za-z0-9][A-Za-z0-9._-]{1,99}$")
# An address of which its author hid a part: 10.x.x.x, 100.121.**.**
_HALF_HIDDEN = regex(r"\d{1,3}(?:\.(?:\d{1,3}|[A-Za-z*#]{1,3})){3}$")
_PDP_TYPES = frozenset(
    {"IP", "IPV4", "IPV6", "IPV4V6", "PPP", "NON-IP", "GPRS", "CONTYPE", "APN", "USER", "PWD", "HEX", "NONE", "CSD"}
)
# Commands and answers whose first text that is no type of address is the name of an access point.
APN_NAMES = frozenset({
    "+CGDCONT", "+QICSGP", "+CSTT", "+CNACT", "+SAPBR", "+CGCONTRDP", "+UPSD", "+CNCFG", "^NDISDUP", "$QCPDPP",
    "+MIPCALL", "*MCGDEFCONT", "+CFGDFTPDN", "+QCGDEFCONT", "+QGDCNT", "+KCNXCFG", "^SICS", "+CGDFLT", "+AUTOCONNECT",
})  # fmt: skip
_NO_SERVERS = APN_NAMES | {
    "+CGPADDR", "+CGAUTH", "+CDNSCFG", "+QIDNSCFG", "+CIPSTATUS", "+CIFSR", "+CSCA", "+CMGS", "+CLCK",
    # Ids, users, tokens, topics and names of files, which may have the form of a host's name.
    "+QMTCONN", "+QMTCFG", "+QMTSUB", "+QMTUNS", "+QMTPUB", "+QMTPUBEX", "+MCONFIG", "+MSUB", "+MUNSUB", "+MPUB", "+MQTTUSERCFG",
    "+MQTTSUB", "+MQTTPUB", "+CMQTTACCQ", "+CMQTTSUB", "+CMQTTTOPIC", "+SMSUB", "+SMUNSUB", "+SMPUB", "+QSSLCFG", "+CSSLCFG",
    "+QFUPL", "+QFOPEN", "+QFDEL", "+CCERTDOWN",
}  # fmt: skip
_NO_HOST = frozenset({
    "CLIENTID", "USERNAME", "PASSWORD", "TOPIC", "MESSAGE", "UA", "USERDATA", "CONTENT", "COOKIE", "USER", "PWD", "ALIAUTH",
})  # fmt: skip
"""First arguments that say that the next one names no host (+SMCONF, +HTTPPARA, +SAPBR)."""
_UMQTT_HOST = frozenset({"2", "3"})
"""Of +UMQTT the numbers that set a server's name and address; others set ids, users and topics (u-blox AT commands manual)."""
_URL = regex(
    r"(?P<scheme>[a-z][a-z0-9]{1,8})://(?P<host>[A-Za-z0-9._-]{2,253})(?::(?P<port>\d{1,5}))?(?P<path>/[!-~]{0,300})?"
)
_HOST = regex(
    r"(?P<host>(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.){1,8}[A-Za-z][A-Za-z0-9-]{1,62}"
    r"|(?:\d{1,3}\.){3}\d{1,3})(?::(?P<port>\d{1,5}))?$"
)
_FILE = regex(r"(?i)\.(?:txt|crt|cer|pem|der|key|bin|json|html?|xml|pac|zip|jpg|png|csv|lua|py|c|h|log|cfg|conf)$")
_PLMN = regex(r"(?<!\d)(\d{3})-(\d{2,3})(?!\d)")
_LTE_ROW = regex(r"\s*\d{1,6}\s+(?P<mcc>\d{3})\s+(?P<mnc>\d{2,3})\s+(?P<area>\d{1,5})\s+(?P<cell>[0-9A-F]{8})\b")
_REGISTRATION = regex(r'(?:\d+,)?(\d+),"?([0-9A-Fa-f]{4,6})"?,"?([0-9A-Fa-f]{4,16})"?')


def apns(name: str, values: str, span: Span) -> list[Trait]:
    """The access point name in the arguments of a command or answer that carries one."""
    if name not in APN_NAMES:
        return []
    # Only what stands in quotes: bare numbers are contexts and states.
    texts = [text.strip() for text in re.findall(r'"([^"]{0,120})"', values)]
    for text in texts:
        if text.upper() in _PDP_TYPES or not text or re.fullmatch(r"[\d.:]+", text) or _HALF_HIDDEN.match(text):
            continue
        return [Trait(Kind.APN, text.lower() if text.isupper() else text, span)] if _APN.match(text) else []
    return []


def servers(command: Command, span: Span) -> list[Trait]:
    """The far ends that a command names: a URL, or a host with a port beside it."""
    if command.kind != "set" or command.name in _NO_SERVERS:
        return []
    first = arguments(command.arguments[:200])[0].upper()
    if first in _NO_HOST or (command.name == "+UMQTT" and first not in _UMQTT_HOST):
        return []
    return [server(host, port, command.name, span) for host, port in _ends(command.arguments)]


def _ends(text: str) -> list[tuple[str, str]]:
    found = _URL.search(text)
    if found is not None:
        return [(found["host"], found["port"] or "")]
    values = arguments(text)
    for index, value in enumerate(values):
        host = _HOST.match(value)
        if host is None or _FILE.search(value):
            continue
        after = values[index + 1] if index + 1 < len(values) else ""
        before = values[index - 1] if index else ""
        port = host["port"] or next((one for one in (after, before) if one.isdigit() and 0 < int(one) < 65536), "")
        return [(host["host"], port)]
    return []


def server(host: str, port: str, command: str, span: Span) -> Trait:
    """The far end that ``command`` names."""
    facts = {"host": host.lower(), "command": command}
    if port:
        facts["port"] = port
    return Trait(Kind.AT_SERVER, f"{host}:{port}" if port else host, span, facts)


def operators(name: str, values: str, span: Span) -> list[Trait]:
    """The operator in an answer: a name, or the codes of country and network (MCC and MNC, TS 23.003 section 2.2)."""
    if name == "+COPS":
        fields = arguments(values)
        if len(fields) >= 3 and fields[1] in ("0", "1", "2") and fields[2] and "(" not in values:
            facts = {"plmn": fields[2]} if fields[2].isdigit() else {}
            return [Trait(Kind.OPERATOR, fields[2], span, facts)]
    elif name == "+CPSI":
        found = _PLMN.search(values)
        if found and found[1] != "000":
            return [Trait(Kind.OPERATOR, found[1] + found[2], span, {"plmn": found[1] + found[2]})]
    elif name in ("+QNWINFO", "+QSPN"):
        text = next((field for field in arguments(values) if re.fullmatch(r"\d{5,6}", field)), "")
        return [Trait(Kind.OPERATOR, text, span, {"plmn": text})] if text else []
    return []


def table_row(name: str, text: str, span: Span) -> list[Trait]:
    """Operator and cell in a row of the table that AT!LTEINFO? prints (public logs of Sierra Wireless EM74xx)."""
    found = _LTE_ROW.match(text) if name == "!LTEINFO" else None
    if found is None:
        return []
    cell = f"{found['mcc']}-{found['mnc']}-{int(found['area']):X}-{found['cell'].lstrip('0')}"
    plmn = found["mcc"] + found["mnc"]
    return [Trait(Kind.OPERATOR, plmn, span, {"plmn": plmn}), Trait(Kind.CELL, cell, span, {"command": name})]


def cells(name: str, values: str, span: Span) -> list[Trait]:
    """The serving cell in an answer, as ``mcc-mnc-area-cell`` with hex area and cell; what is not told is left empty."""
    place: tuple[str, str, str, str] | None = None
    fields = arguments(values)
    if name in ("+CREG", "+CGREG", "+CEREG", "+C5GREG"):
        found = _REGISTRATION.match(values)
        if found:
            place = ("", "", found[2], found[3])
    elif name == "+CPSI" and len(fields) >= 5 and (plmn := _PLMN.search(fields[2])):
        place = (plmn[1], plmn[2], fields[3].removeprefix("0x"), _hex(fields[4]))
    elif name == "+QENG" and "servingcell" in values:
        place = _qeng(fields)
    elif name == "+CCED" and "current cell" in values and len(fields) > 10:
        place = (fields[0][-3:], fields[1], _hex(fields[10]), _hex(fields[7]))
    if place is None or not place[2].strip("0Ff") or not place[3].strip("0Ff"):
        return []
    return [Trait(Kind.CELL, "-".join(place).upper(), span, {"command": name})]


def _qeng(fields: list[str]) -> tuple[str, str, str, str] | None:
    """+QENG "servingcell": the fields after the mode depend on the radio (Quectel AT manuals; public logs)."""
    for index, field in enumerate(fields[:8]):
        if re.fullmatch(r"\d{3}", field) and index + 2 < len(fields) and re.fullmatch(r"\d{2,3}", fields[index + 1]):
            radio = fields[2] if len(fields) > 2 else ""
            rest = fields[index + 2 :]
            if radio in ("GSM", "WCDMA") and len(rest) >= 2:
                return field, fields[index + 1], rest[0], rest[1]
            area = 2 if radio == "NR5G-SA" else 6
            return (field, fields[index + 1], rest[area], rest[0]) if len(rest) > area else None
    return None


def _hex(text: str) -> str:
    return f"{int(text):X}" if text.isdigit() and len(text) < 16 else text
