"""Zeek's logs of connections, questions and protocols, as tab-separated text or one JSON object a line.

Source: docs.zeek.org, "Log Formats" and the field lists of the logs. Fields are found by their names, so logs with more,
fewer or reordered columns are read too. Corelight's exporters name the log in each line (``_path``, ``@stream``), may mix
several in one file, and may write ``id_orig_h`` for ``id.orig_h``; Zui nests ``{"id": {"orig_h": ...}}``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

import msgspec

from iotwatch.patterns import regex
from iotwatch.words.hosts import is_address, read_host

LOGS = {
    **dict.fromkeys(("conn", "conn_long", "conn_red"), "conn"),
    **dict.fromkeys(("dns", "dns_red"), "dns"),
    **dict.fromkeys(("ssl", "ssl_red", "quic"), "ssl"),
    **dict.fromkeys(("http", "http_red", "http2"), "http"),
    **dict.fromkeys(
        ("dce_rpc", "ftp", "irc", "kerberos", "mqtt_connect", "ntp", "radius", "rdp", "rfb", "sip", "smtp", "snmp", "socks",
         "ssh", "syslog", "tunnel", "vpn", "wireguard"),
        "service",
    ),
}  # fmt: skip
"""The logs that are read, by name, and what their lines say beside who reached whom; logs of alarms are none of them."""
_HEAD = 4096
_PATH = regex(rb"^#path[\t ](\w+)\r?$", re.MULTILINE)
_SEPARATOR = b"#separator "
_EMPTY = frozenset({"-", "(empty)", ""})
_PROXY_PORTS = frozenset({3128, 8080})
_LONGEST_LINE = 1 << 20


class Entry(msgspec.Struct, frozen=True):
    """One line of a log: who reached whom, when, under which name, and where the line stands.

    ``log`` is what its log says (a value of ``LOGS``), ``protocol`` the application protocol where it is told; ``uid`` is the
    same in all lines of one connection. Times are microseconds; ``name`` is the far end's name, or the name that was asked
    for; ``proxied`` when ``server`` is a proxy on the way to it. ``number`` counts lines from 1, ``start`` and ``end`` are
    offsets of the line without its end.
    """

    log: str
    protocol: str
    uid: str
    time: int
    client: str
    client_port: int
    server: str
    server_port: int
    transport: str
    name: str
    agent: str
    size: int
    duration: int
    packets: tuple[int, int]
    octets: tuple[int, int]
    proxied: bool
    number: int
    start: int
    end: int


class ZeekLog(msgspec.Struct, frozen=True):
    """The name of a log, of the first one where several are mixed; its entries, and how many lines were no entries."""

    name: str
    entries: list[Entry]
    broken: int


Fields = dict[str, str | int | float | bool | list[str] | None]


def zeek_log(head: bytes) -> str:
    """The name of the log that begins with these bytes; empty when it is none of ``LOGS``."""
    head = head[:_HEAD]
    if head.startswith(_SEPARATOR):
        found = _PATH.search(head)
        name = found[1].decode("ascii") if found else ""
        return name if name in LOGS else ""
    line = head.split(b"\n", 1)[0]
    if not (line.startswith(b"{") and _ENDS.search(line) and b'"ts"' in line):
        return ""
    named = _NAMED.search(line)
    name = named[1].decode("ascii") if named else next((name for name, field in _TELLING if field in line), "")
    return name if name in LOGS else ""


_ENDS = regex(rb'"(?:id[._])?orig_h"')
_NAME_KEYS = ("_path", "@stream")
_NAMED = regex(rb'"(?:_path|@stream)" ?: ?"(\w{2,24})"')
# A field that only this log has.
_TELLING = (("conn", b'"conn_state"'), ("dns", b'"qtype_name"'), ("dns", b'"rcode"'), ("ssl", b'"cipher"'),
            ("ssl", b'"ssl_history"'), ("http", b'"method"'), ("conn", b'"orig_ip_bytes"'), ("dns", b'"query"'))  # fmt: skip


def read_zeek(data: bytes) -> ZeekLog | None:
    """Read a whole log; ``None`` when it is none. Lines that are broken, or longer than 1 MiB, are counted and left."""
    name = zeek_log(data)
    if not name:
        return None
    rows = _rows_tsv(data) if data.startswith(_SEPARATOR) else _rows_json(data)
    entries: list[Entry] = []
    broken = 0
    for number, start, end, fields in rows:
        entry = _entry(name, fields, number, start, end) if fields is not None else None
        if entry is None:
            broken += 1
        else:
            entries.append(entry)
    return ZeekLog(name, entries, broken)


def _lines(data: bytes) -> Iterator[tuple[int, int, int]]:
    start, number = 0, 0
    while start < len(data):
        end = data.find(b"\n", start)
        end = len(data) if end < 0 else end
        number += 1
        yield number, start, end - 1 if end > start and data[end - 1] == 13 else end
        start = end + 1


def _rows_tsv(data: bytes) -> Iterator[tuple[int, int, int, Fields | None]]:
    separator, fields = "\t", list[str]()
    for number, start, end in _lines(data):
        line = data[start : min(end, start + _LONGEST_LINE)].decode("utf-8", "replace")
        if line.startswith("#"):
            word, _, rest = line.partition(separator if not line.startswith("#separator") else " ")
            if word == "#separator" and re.fullmatch(r"\\x[0-9a-f]{2}", rest):
                separator = chr(int(rest[2:], 16))
            elif word == "#fields":
                fields = rest.split(separator)
        elif line:
            values = line.split(separator)
            whole = len(values) == len(fields)
            yield number, start, end, dict(zip(fields, values, strict=False)) if whole else None


def _rows_json(data: bytes) -> Iterator[tuple[int, int, int, Fields | None]]:
    decoder = msgspec.json.Decoder(dict[str, object])
    for number, start, end in _lines(data):
        if start == end:
            continue
        try:
            yield number, start, end, _dotted(decoder.decode(data[start : min(end, start + _LONGEST_LINE)]))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            yield number, start, end, None


def _dotted(fields: dict[str, object]) -> Fields:
    """The fields with the four of the connection under Zeek's own names."""
    nested = fields.get("id")
    for end in ("orig_h", "orig_p", "resp_h", "resp_p"):
        value = nested.get(end) if isinstance(nested, dict) else fields.get(f"id_{end}")
        if value is not None:
            fields.setdefault(f"id.{end}", value)
    return fields  # type: ignore[return-value]


def _entry(name: str, fields: Fields, number: int, start: int, end: int) -> Entry | None:
    log = LOGS.get(next((told for key in _NAME_KEYS if (told := _text(fields, key))), name))
    time = _time(fields.get("ts"))
    client, server = _text(fields, "id.orig_h"), _text(fields, "id.resp_h")
    if log is None or time is None or not is_address(client) or not is_address(server):
        return None
    port = _number(fields, "id.resp_p")
    far_name, proxied = _far_end(log, fields, port)
    return Entry(
        log=log,
        protocol=_PROTOCOLS.get(log) or _text(fields, "service")[:64],
        uid=_text(fields, "uid")[:64],
        time=time,
        client=client,
        client_port=_number(fields, "id.orig_p"),
        server=server,
        server_port=port,
        transport=_text(fields, "proto") or "tcp",
        name=far_name.lower().rstrip(".")[:255],
        agent=_text(fields, "user_agent")[:300],
        size=_number(fields, "orig_bytes") or _number(fields, "request_body_len"),
        duration=_duration(fields.get("duration")),
        packets=(_number(fields, "orig_pkts"), _number(fields, "resp_pkts")),
        octets=(_number(fields, "orig_bytes"), _number(fields, "resp_bytes")),
        proxied=proxied,
        number=number,
        start=start,
        end=end,
    )


_PROTOCOLS = {"dns": "dns", "ssl": "tls", "http": "http"}


def _far_end(log: str, fields: Fields, port: int) -> tuple[str, bool]:
    """The name of the far end, and whether the server is a proxy on the way to it."""
    if log == "dns":
        return _text(fields, "query"), False
    if log == "ssl":
        name = _text(fields, "server_name")
        return name, bool(name) and port in _PROXY_PORTS
    if log == "http":
        # Only to a proxy the target is a whole address (RFC 9112 section 3.2.2) or that of CONNECT (3.2.3).
        target = _text(fields, "uri")
        proxied = _text(fields, "method") == "CONNECT" or target.startswith(("http://", "https://"))
        return read_host(_text(fields, "host")).name, proxied
    return "", False


def _text(fields: Fields, key: str) -> str:
    value = fields.get(key)
    return value if isinstance(value, str) and value not in _EMPTY else ""


def _number(fields: Fields, key: str) -> int:
    """A count; 0 for what is none or beyond 2**53."""
    value = fields.get(key)
    if isinstance(value, str):
        value = int(value) if value.isascii() and value.isdigit() and len(value) <= 15 else 0
    return int(value) if isinstance(value, int | float) and 0 <= value < 1 << 53 else 0


def _time(value: object) -> int | None:
    """Seconds since 1970, or ISO-8601 as Zeek writes it when told so; years 1970 to 2200."""
    try:
        seconds = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        try:
            seconds = datetime.fromisoformat(str(value)).timestamp()
        except (ValueError, OverflowError, OSError):
            return None
    return round(seconds * 1e6) if 0 < seconds < 7.26e9 else None


def _duration(value: object) -> int:
    try:
        seconds = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return 0
    return round(seconds * 1e6) if 0 < seconds < 1e9 else 0
