"""What lists of any format come down to: a far end and what its list calls it."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

import msgspec

from iotwatch.words.hosts import is_address, is_host, read_host


class Indicator(msgspec.Struct, frozen=True):
    """A name, address or URL as the list writes it, what it is called there, and where in the list it stands."""

    value: str
    name: str = ""
    reference: str = ""


class LeftOut(msgspec.Struct, frozen=True):
    """An entry that names no far end, or not by itself."""

    why: str


def far_end(value: str) -> str:
    """The name or address in lower case that ``value`` gives, defanged (``evil[.]com``) or not, of a URL its host.

    Empty for what is neither, and for what means something in one network alone: a rule for 192.168.1.1 would hit everywhere.
    """
    text = value.strip().replace("[.]", ".").replace("(.)", ".").replace("[:]", ":").lower()
    if text.startswith("hxxp"):
        text = "http" + text[4:]
    try:
        host = (urlsplit(text).hostname or "") if "://" in text else read_host(text.partition("/")[0]).name
    except ValueError:
        return ""
    host = host.removeprefix("*.").strip(".")
    if not is_host(host) or (is_address(host) and not ip_address(host).is_global):
        return ""
    return host
