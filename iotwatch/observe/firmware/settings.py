"""What settings and scripts say, line by line: far ends, access point names, topics, agents, and that a secret is there.

A secret itself is never part of what is given: the span of its evidence ends where the value begins, so that no report, export or
excerpt can hold it. Commented lines are inactive; placeholders and variables are no values.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import msgspec

from iotwatch.files.beside import beside
from iotwatch.observe.firmware.endpoints import comment, is_host, is_noise, purpose
from iotwatch.observe.firmware.markers import Hit
from iotwatch.observe.firmware.statement import Statement
from iotwatch.patterns import regex
from iotwatch.words.hosts import read_host
from iotwatch.words.kinds import Kind

MOST = 500
_BEFORE, _BEHIND = 300, 500


class _Values(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    documented: frozenset[str]


_DOCUMENTED = beside(__file__, _Values).documented
# Networks of this many countries: a list of the operators' public access points, with the passwords that everybody is told.
_COUNTRIES = 3
_COUNTRY = regex(rb"\bmcc=[\"']?([0-9]{3})\b")
# Shells (``export KEY=value``), ini, UCI (``option key 'value'``), YAML and JSON (``"key": "value"``), XML (``<key>value``).
_FILE_KINDS = {"topic": Kind.FILE_TOPIC, "agent": Kind.FILE_AGENT}
_PAIR = regex(
    rb"(?:^|[\n{,;<(])[ \t]{0,40}[#;]?[ \t]{0,8}(?:(?:export|option|set|local|readonly)[ \t]{1,8})?[\"']?"
    rb"(?P<key>[A-Za-z_][\w.-]{0,40}?)[\"']?[ \t]{0,8}(?P<sign>[=:>]|[ \t])[ \t]{0,8}"
    rb"(?P<quote>[\"']?)(?P<value>[^\s\"'<>,;#(){}]{2,200})(?P=quote)"
)
_KEYS = regex(
    rb"(?i)(?P<apn>(?:^|[_.-])apn(?:[_.-]?name)?\d?$)"
    rb"|(?P<topic>topic)"
    rb"|(?P<agent>user[_-]?agent$)"
    rb"|(?P<secret>(?:^|[_.-])(?:password|passwd|passphrase|passwort|psk|pwd|secret|api[_-]?key|auth[_-]?token|access[_-]?token|"
    rb"private[_-]?key[_-]?passwd)\d?$)"
    rb"|(?P<host>(?:host(?:name)?|server|broker|addr(?:ess)?|remote|endpoint|domain|ip|url|acs|dest(?:ination)?)[_.-]?"
    rb"(?:name|addr(?:ess)?|ip|host|url)?[_.-]?\d?$)"
)
_FILE_ENDINGS = frozenset({"conf", "sock", "so", "py", "sh", "service", "socket", "target", "log", "pid", "pem", "crt"})
_APN = regex(r"^[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}\.?){1,4}$")
_TOP_LEVEL = regex(r"(?i)\.(?:com|net|org|io|cn|ru|eu|de|biz|cloud|invalid|example|test|[0-9]{1,3})(?::[0-9]{1,5})?$")
# 3GPP TS 27.007 +CGDCONT; Quectel +QICSGP; SIMCom +CSTT; u-blox +UPSD; in a dialogue or a program.
_AT_APN = regex(
    rb"\+(?:CGDCONT=\d{1,2},\"IP(?:V4V6|V6)?\",|QICSGP=\d{1,2},\d,|CSTT=|CNACT=\d,|UPSD=\d,1,)\"(?P<value>[A-Za-z0-9][A-Za-z0-9.-]{0,99})\""
)
_OPTION = regex(
    rb"(?:mosquitto_(?:pub|sub)[^\n|;]{0,200}?[ \t](?:-t|--topic)[ \t]{1,8}[\"']?(?P<topic>[^\s\"']{2,128}))"
    rb"|(?:(?:curl|wget)[^\n|;]{0,200}?[ \t](?:-A|-U|--user-agent)[ =]?"
    rb"(?:[\"'](?P<agent>[^\"'\n]{2,100})[\"']|(?P<bare>[^\s\"']{2,100})))"
)
_HIDDEN = regex(
    rb"(?:mosquitto_(?:pub|sub)[^\n|;]{0,200}?[ \t]-P[ \t]{1,8}|--password[ =]"
    rb"|curl[^\n|;]{0,200}?[ \t](?:-u|--user)[ =]?[\"']?[\w.@-]{1,64}:)"
    rb"(?P<value>[\"']?[!#%-&(-~]{2,128})"
)
_PLACEHOLDER = regex(
    r"(?i)^(?:\$.*|%.*|@.*@|<.*|\{.*|\[.*|x{2,}|\*+|\.+|-+|none|null|nil|true|false|yes|no|on|off|prompt|ask|auto|default|changeme|"
    r"(?:your|my|the|enter|some|new|old|user|proxy|wifi)[_-]?.*|pass(?:word|wd|phrase)?|secret|string|str|bytes|self.*|args?.*|os\..*|"
    r"required|optional|required_?.*|(?:pass|file|env|fd):.*|files?|plain|crypt.*|/.*|0x?0*|\d{1,2})$"
)
_SHADOW = regex(
    rb"^[a-z_][a-z0-9_-]{0,31}:(?P<value>\$(?:1|2[aby]?|5|6|y|7)\$[^:\n]{8,200}|[./0-9A-Za-z]{13}):\d{0,6}:",
    re.MULTILINE,
)


def statements(path: str, data: bytes, words: Iterable[Hit], *, script: bool) -> Iterator[Statement]:
    """All statements of one text in the lines where ``words`` stand, at most 500. Passwords of a public list of operators
    are none."""
    found = _every(path, data, words, script=script)
    if _is_public_list(data):
        found = (one for one in found if one.kind is not Kind.CREDENTIAL)
    yield from islice(found, MOST)


def _is_public_list(data: bytes) -> bool:
    countries: set[bytes] = set()
    for found in _COUNTRY.finditer(data):
        countries.add(found[1])
        if len(countries) >= _COUNTRIES:
            return True
    return False


def _is_no_value(value: str) -> bool:
    """Whether it is a placeholder, a variable, or a value that a manual prints."""
    return bool(_PLACEHOLDER.match(value)) or value.lower() in _DOCUMENTED


def _every(path: str, data: bytes, words: Iterable[Hit], *, script: bool) -> Iterator[Statement]:
    if path.rpartition("/")[2] in ("shadow", "shadow-", "passwd", "passwd-"):
        for found in _SHADOW.finditer(data):
            facts = {"form": "hash", "length": len(found["value"])}
            yield Statement(
                Kind.CREDENTIAL, found[0].split(b":")[0].decode("latin-1"), found.start(), found.start("value"), facts
            )
        return
    for start, end in _lines(data, words):
        for found in _AT_APN.finditer(data, start, end):
            yield from _apn(data, found, "AT command")
        if script:
            yield from _options(data, start, end)
        for found in _PAIR.finditer(data, start, end):
            key = _KEYS.search(found["key"])
            if key is not None:
                yield from _pair(data, found, key, script=script)


def _lines(data: bytes, words: Iterable[Hit]) -> Iterator[tuple[int, int]]:
    """The lines around the words, each once; of a line without an end the part around its word."""
    last = 0
    for hit in words:
        if hit.start < last:
            continue
        start = max(data.rfind(b"\n", max(hit.start - _BEFORE, last), hit.start), hit.start - _BEFORE, last)
        end = data.find(b"\n", hit.end, hit.end + _BEHIND)
        last = end if end >= 0 else min(hit.end + _BEHIND, len(data))
        yield start, last


def _pair(data: bytes, found: re.Match[bytes], key: re.Match[bytes], *, script: bool) -> Iterator[Statement]:
    name, value = found["key"].decode("latin-1"), found["value"].decode("latin-1")
    inactive = comment(data, found.start("key") + 1)
    group = key.lastgroup
    if group == "apn":
        yield from _apn(data, found, name)
    elif group == "host":
        # Source code calls methods where settings name hosts.
        if not script or found["quote"] or _TOP_LEVEL.search(value):
            yield from _host(found, name, value, inactive=inactive)
    elif group == "secret":
        # In source code a quoted constant alone is a value; anything else is a variable's name. Words with only a blank between
        # them are a sentence, but for UCI, which quotes.
        signed = found["sign"] in b"=:>" if not script else bool(found["quote"])
        if not inactive and not _is_no_value(value) and (signed or found["quote"]):
            facts = {"form": "clear", "length": len(value)}
            yield Statement(Kind.CREDENTIAL, name, found.start("key"), found.start("value"), facts)
    elif not inactive and not _is_no_value(value) and ("/" in value or group == "agent"):
        yield Statement(_FILE_KINDS[group or ""], value, *found.span("value"), {"key": name})


def _host(found: re.Match[bytes], name: str, value: str, *, inactive: bool) -> Iterator[Statement]:
    host, port = read_host(value)
    host = host.rstrip(".")
    if "://" in value or not is_host(host) or is_noise(host) or host.rpartition(".")[2] in _FILE_ENDINGS:
        return
    facts: dict[str, Any] = {"host": host, "key": name, "inactive": inactive}
    if port:
        facts["port"] = port
    word = purpose(name, host)
    if word:
        facts["purpose"] = word
    yield Statement(Kind.FILE_HOST, host, *found.span("value"), facts)


def _apn(data: bytes, found: re.Match[bytes], name: str) -> Iterator[Statement]:
    value = found["value"].decode("latin-1")
    if _APN.match(value) and not _is_no_value(value) and not comment(data, found.start("value")):
        yield Statement(Kind.APN, value.lower(), *found.span("value"), {"key": name, "seen_in": "firmware"})


def _options(data: bytes, start: int, end: int) -> Iterator[Statement]:
    """What a script's command lines say by their options."""
    for found in _OPTION.finditer(data, start, end):
        group = "topic" if found["topic"] else "agent"
        if not comment(data, found.start()):
            yield Statement(
                _FILE_KINDS[group], found[group].decode("latin-1").strip(), *found.span(group), {"key": "option"}
            )
    for found in _HIDDEN.finditer(data, start, end):
        value = found["value"].decode("latin-1").strip("\"'")
        if not comment(data, found.start()) and not _is_no_value(value):
            facts = {"form": "clear", "length": len(value)}
            yield Statement(Kind.CREDENTIAL, "option of a command", found.start(), found.start("value"), facts)
