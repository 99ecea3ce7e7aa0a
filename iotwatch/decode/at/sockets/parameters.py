"""The parameters of a command with their places, and whether they fit a form."""

from __future__ import annotations

from typing import NamedTuple

from iotwatch.decode.at.sockets.tables import Command
from iotwatch.patterns import regex
from iotwatch.words.hosts import is_address

_HOST = regex(r"(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.){1,9}[A-Za-z][A-Za-z0-9-]{1,62}\.?$|localhost$")
_URL = regex(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9]{1,9})://(?P<host>\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._-]{1,253})"
    r"(?::(?P<port>\d{1,5}))?(?P<path>[/?;][^\s]{0,4096})?$"
)
_SCHEMES = {"socktcp": "tcp", "sockudp": "udp", "socktcps": "tls"}
_PORTS = {"http": 80, "https": 443, "ftp": 21, "mqtt": 1883, "mqtts": 8883, "coap": 5683}
_TRANSPORTS = {
    "TCP": "tcp",
    "UDP": "udp",
    "STREAM": "tcp",
    "DGRAM": "udp",
    "UDP SERVICE": "udp",
    "SSL": "tls",
    "TCPV6": "tcp",
}
_NUMBERS = {
    "tcp0": {"0": "tcp", "1": "udp"},
    "tcp1": {"1": "tcp", "2": "udp"},
    "protocol": {"6": "tcp", "17": "udp"},
}
_PHONE = regex(r"\+?[0-9]{3,20}$")
_UCS2 = regex(r"(?:00[23][0-9B]){3,21}$")
_DIGITS = regex(r"(?:[0-9A-Fa-f]{2})+$")
_MOST = 24


class Value(NamedTuple):
    """One parameter: its text without quotes, the place of that text in the row, and whether quotes stood around it."""

    text: str
    start: int
    end: int
    quoted: bool


class End(NamedTuple):
    """What a URL names."""

    scheme: str
    host: str
    port: int
    path: str


def values(row: str, start: int) -> list[Value]:
    """The parameters of ``row`` from ``start`` on, which commas outside quotes part."""
    found: list[Value] = []
    here, quoted, begin = start, False, start
    while here <= len(row) and len(found) < _MOST:
        character = row[here : here + 1]
        if character == '"' and row[here - 1 : here] != "\\":
            quoted = not quoted
        elif character in ("", ",") and (not quoted or not character):
            found.append(_value(row, begin, here))
            begin = here + 1
        here += 1
    return found


def _value(row: str, start: int, end: int) -> Value:
    text = row[start:end]
    start += len(text) - len(text.lstrip())
    text = text.strip()
    if len(text) >= 2 and text[0] == text[-1] == '"':
        return Value(text[1:-1], start + 1, start + len(text) - 1, quoted=True)
    return Value(text, start, start + len(text), quoted=False)


def fitted(command: Command, given: list[Value]) -> dict[str, Value] | None:
    """The parameters by their names in the form; ``None`` when they do not fit it. More than it names may follow."""
    names = command.parameters
    # A form that ends in "." takes no more than it names.
    if names and names[-1] == ".":
        names = names[:-1]
        if len([value for value in given if value.text or value.quoted]) > len(names):
            return None
    if len(given) < len(names):
        return None
    named = list(zip(names, given, strict=False))
    return dict(named) if all(_fits(name, value) for name, value in named) else None


def _fits(name: str, value: Value) -> bool:
    text = value.text
    if name.startswith("="):
        return text.upper() == name[1:]
    checks = {
        "id": lambda: text.isdigit() and len(text) <= 3 and not value.quoted,
        "length": lambda: text.isdigit() and len(text) <= 7 and not value.quoted,
        "number": lambda: text.lstrip("-").isdigit(),
        "port": lambda: text.isdigit() and 0 < int(text[:6]) < 1 << 16,
        "host": lambda: is_host(text),
        "end": lambda: read_end(text) is not None,
        "url": lambda: read_url(text) is not None,
        "transport": lambda: text.upper() in _TRANSPORTS,
        "phone": lambda: (value.quoted or len(text) > 4) and bool(_PHONE.match(text) or _UCS2.match(text)),
        # Fewer digits may be a length.
        "hex": lambda: (value.quoted or len(text) > 7) and bool(_DIGITS.match(text)),
        "data": lambda: bool(text),
        "quoted": lambda: bool(text) and (value.quoted or text.startswith('"')),
        "empty": lambda: not text,
        "topic": lambda: bool(text),
        "query": lambda: text.startswith("/") or "?" in text,
    }
    if name in _NUMBERS:
        return text in _NUMBERS[name]
    return checks[name]() if name in checks else True


def is_host(text: str) -> bool:
    """Whether it is written like an address or a name with a dot."""
    return is_address(text) or _HOST.match(text) is not None


def read_url(text: str) -> End | None:
    """Scheme, host, port and path; the port of the scheme where none is given."""
    found = _URL.match(text)
    if found is None or not (is_host(found["host"].strip("[]"))):
        return None
    scheme = found["scheme"].lower()
    port = int(found["port"]) if found["port"] else _PORTS.get(scheme, 0)
    return End(scheme, found["host"].strip("[]"), port, found["path"] or "")


def read_end(text: str) -> End | None:
    """A URL, ``host:port`` or a host."""
    if "://" in text:
        return read_url(text)
    name, _, port = text.rpartition(":") if text.count(":") == 1 else (text, "", "0")
    return End("", name, int(port), "") if is_host(name) and port.isdigit() and int(port) < 1 << 16 else None


def transport_of(found: dict[str, Value]) -> str:
    """The transport that the parameters name; empty for none."""
    for name, table in _NUMBERS.items():
        if name in found:
            return table[found[name].text]
    if "url" in found:
        return _SCHEMES.get(found["url"].text.partition("://")[0].lower(), "")
    return _TRANSPORTS.get(found["transport"].text.upper(), "") if "transport" in found else ""


def phone_of(text: str) -> str:
    """A telephone number, also one whose characters are written as UCS-2."""
    return bytes.fromhex(text).decode("utf-16-be", "replace") if _UCS2.match(text) and len(text) % 4 == 0 else text
