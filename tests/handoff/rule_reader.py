"""A second reader of the Suricata rules that we write: their grammar, and what they would find, told by tshark's dissectors.

The grammar is that of the Suricata user guide ("Rules Format", "Payload Keywords", "HTTP/DNS/TLS Keywords"), as far as our
rules use it; whatever stands outside it is an error here. Suricata itself is the judge where it is installed
(``test_real_suricata_takes_the_rules``); nothing here shares code with the writer.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

_HEAD = re.compile(
    r"alert (?P<protocol>dns|tls|http|tcp|udp) any any -> any (?P<port>any|[1-9][0-9]{0,4})"
    r" \((?P<options>.*)\)"
)
_OPTION = re.compile(r'\s*(?P<name>[a-z][a-z._]*)(?::(?P<value>"(?:[^"\\;]|\\.)*"|[^";]*))?;')
_HEX = re.compile(r"[0-9A-Fa-f]{2}(?: [0-9A-Fa-f]{2})*")
# Sticky buffer -> protocol of the rule, and the field of tshark that holds the same.
BUFFERS = {
    "dns.query": ("dns", "dns.qry.name"),
    "tls.sni": ("tls", "tls.handshake.extensions_server_name"),
    "http.host": ("http", "http.host"),
    "http.user_agent": ("http", "http.user_agent"),
}
_PAYLOADS = {"tcp": ("tcp.dstport", "tcp.payload"), "udp": ("udp.dstport", "udp.payload")}
_FIELDS = (*(field for _, field in BUFFERS.values()), *(field for pair in _PAYLOADS.values() for field in pair))


@dataclass(frozen=True)
class Rule:
    """What one rule looks for: ``content`` in a buffer, or in payloads to ``port``."""

    sid: int
    finding: str
    message: str
    protocol: str
    port: int | None
    buffer: str
    content: bytes
    flags: frozenset[str]


def read_rule(text: str) -> Rule:
    """One rule; ``ValueError`` says what breaks the grammar."""
    head = _HEAD.fullmatch(text)
    if head is None:
        raise ValueError(f"no rule: {text}")
    options = _options(head["options"])
    names = [name for name, _ in options]
    given = {name: value for name, value in options if value}
    buffer = next((name for name in names if name in BUFFERS), "")
    flags = frozenset(names) & {"startswith", "endswith", "nocase"}
    unknown = set(names) - {"msg", "content", "metadata", "sid", "rev", "flow", buffer} - flags
    if unknown or len(names) != len(set(names)) or not {"msg", "content", "sid", "rev"} <= given.keys():
        raise ValueError(f"options {names}")
    if buffer and (BUFFERS[buffer][0] != head["protocol"] or names.index(buffer) > names.index("content")):
        raise ValueError(f"the buffer {buffer} does not stand before its content, or not in its protocol")
    if flags and min(names.index(flag) for flag in flags) < names.index("content"):
        raise ValueError("a modifier before its content")
    if buffer == "http.host" and ("nocase" in flags or given["content"] != given["content"].lower()):
        raise ValueError("http.host is in lower case already")
    if head["protocol"] == "tcp" and given.get("flow") != "established,to_server":
        raise ValueError("a rule on TCP payload looks towards the server of a connection")
    finding = dict([given.get("metadata", "- -").split(" ", 1)]).get("iotwatch_finding", "")
    port = None if head["port"] == "any" else int(head["port"])
    content = _content(given["content"].strip('"'))
    return Rule(int(given["sid"]), finding, given["msg"].strip('"'), head["protocol"], port, buffer, content, flags)


def _options(text: str) -> list[tuple[str, str | None]]:
    found, at = [], 0
    while at < len(text):
        option = _OPTION.match(text, at)
        if option is None:
            raise ValueError(f"no option at: {text[at : at + 40]}")
        found.append((option["name"], option["value"]))
        at = option.end()
    return found


def _content(text: str) -> bytes:
    """Text and, between bars, hex; what Suricata wants escaped may not stand there bare."""
    parts = text.split("|")
    if len(parts) % 2 == 0 or re.search(r'[";\\:]', "".join(parts[::2])):
        raise ValueError(f"content {text}")
    made = b""
    for index, part in enumerate(parts):
        if index % 2 and not _HEX.fullmatch(part):
            raise ValueError(f"hex {part}")
        made += bytes.fromhex(part) if index % 2 else part.encode("ascii")
    return made


class Seen:
    """What tshark's dissectors make of a capture: values of the buffers, and payloads with their ports."""

    def __init__(self, tshark: str, capture: Path) -> None:
        fields = [word for field in _FIELDS for word in ("-e", field)]
        command = [
            tshark,
            "-n",
            "-r",
            str(capture),
            "-T",
            "fields",
            "-E",
            "occurrence=a",
            "-E",
            "aggregator=\x1f",
            *fields,
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        rows = [dict(zip(_FIELDS, line.split("\t"), strict=True)) for line in done.stdout.splitlines()]
        self._values = {
            buffer: [value for row in rows for value in row[field].split("\x1f") if value]
            for buffer, (_, field) in BUFFERS.items()
        }
        self._payloads = {
            protocol: [(int(row[port]), bytes.fromhex(row[payload])) for row in rows if row[payload] and row[port]]
            for protocol, (port, payload) in _PAYLOADS.items()
        }

    def fires(self, rule: Rule) -> bool:
        """Whether the rule finds something."""
        if not rule.buffer:
            return any(
                rule.port in (None, port) and rule.content in data for port, data in self._payloads[rule.protocol]
            )
        return any(_matches(rule, _as_buffer(rule.buffer, value)) for value in self._values[rule.buffer])


def _as_buffer(buffer: str, value: str) -> bytes:
    """As Suricata fills it: ``http.host`` without its port, in lower case."""
    return value.rpartition(":")[0].lower().encode() if buffer == "http.host" and ":" in value else value.encode()


def _matches(rule: Rule, value: bytes) -> bool:
    wanted = rule.content
    if "nocase" in rule.flags:
        wanted, value = wanted.lower(), value.lower()
    if {"startswith", "endswith"} <= rule.flags:
        return value == wanted
    if "startswith" in rule.flags:
        return value.startswith(wanted)
    return value.endswith(wanted) if "endswith" in rule.flags else wanted in value


def merged(mergecap: str, captures: Iterable[Path], into: Path) -> Path:
    """All captures as one, so that tshark starts once."""
    files: Sequence[str] = [str(path) for path in captures]
    subprocess.run([mergecap, "-a", "-w", str(into), *files], check=True, capture_output=True)
    return into
