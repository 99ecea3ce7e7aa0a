"""TinyCheck and SpyGuard: ``{"iocs": [{"type", "tag", "tlp", "value"}]}``, as their consoles export and their feeds serve."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from iotwatch.signatures.importing.indicator import Indicator, LeftOut

NAME = "tinycheck"
_TAKEN = frozenset({"domain", "ip4addr", "ip6addr"})


class _Ioc(msgspec.Struct):
    type: str
    value: str
    tag: str = ""


class _File(msgspec.Struct):
    iocs: list[_Ioc]


def claims(text: str) -> bool:
    """Whether it is an object with a list of ``iocs``."""
    return text.lstrip().startswith("{") and '"iocs"' in text


def indicators(text: str) -> Iterator[Indicator | LeftOut]:
    """Names and addresses by their tag; networks, name servers, certificates and Snort rules are left out."""
    for one in msgspec.json.decode(text, type=_File).iocs:
        yield Indicator(one.value, one.tag) if one.type in _TAKEN else LeftOut(one.type)
