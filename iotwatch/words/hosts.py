"""How a far end is written: ``name``, ``name:port``, ``192.0.2.1:80``, ``[2001:db8::1]:80`` (RFC 3986 section 3.2.2)."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_address
from typing import NamedTuple

from iotwatch.patterns import regex


class Host(NamedTuple):
    """A name or address in lower case, without the brackets of IPv6, and a port."""

    name: str
    port: int | None = None


def read_host(text: str) -> Host:
    """Read a host that may have a port. An IPv6 address without brackets has none; what is no number is part of the name."""
    text = text.strip().lower()
    if text.startswith("["):
        name, _, rest = text[1:].partition("]")
        return Host(name, _port(rest.removeprefix(":")))
    name, colon, port = text.partition(":")
    if not colon or not ((port.isascii() and port.isdigit()) or not port):
        return Host(text)
    return Host(name, _port(port))


@lru_cache(maxsize=1 << 16)
def is_address(text: str) -> bool:
    """Whether ``text`` is an IP address and not a name."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


_NAME = regex(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z][a-z0-9-]{1,62}")


def is_host(text: str) -> bool:
    """Whether ``text``, in lower case and without a port, is an address or has the form of a name of at least two labels (RFC
    1123 section 2.1, and the underscores that are met)."""
    return is_address(text) or _NAME.fullmatch(text) is not None


def _port(digits: str) -> int | None:
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 5 and int(digits) < 1 << 16 else None
