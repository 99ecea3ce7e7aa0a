"""Who a payload says it is from: IMEI, IMSI, ICCID, VIN, serial numbers and device ids by key name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from iotwatch.decode.fields import is_imei
from iotwatch.decode.generic.tree.node import Node
from iotwatch.decode.generic.vocabulary import VOCABULARY, by_word

_BY_KEY = by_word(VOCABULARY.identity)
_VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}$")
_ID = re.compile(r"[A-Za-z0-9][\w.:\-]{2,63}$")
_SQUEEZE = re.compile(r"[^0-9a-z\x80-\U0010ffff]")
STRONG = frozenset({"imei", "imsi", "iccid", "vin"})


@dataclass(frozen=True, slots=True)
class Identity:
    """One identity: its kind of trait, the value, and where it stands."""

    kind: str
    value: str
    span: tuple[int, int]


def identities(leaves: Iterable[Node]) -> list[Identity]:
    """All identities that the leaves state, the strongest first."""
    found = [one for leaf in leaves if (one := _identity(leaf)) is not None]
    order = ("imei", "device.id", "vin", "iccid", "imsi")
    return sorted(found, key=lambda one: order.index(one.kind))


def _identity(leaf: Node) -> Identity | None:
    kind = _BY_KEY.get(_SQUEEZE.sub("", leaf.key.lower()))
    if kind is None or isinstance(leaf.value, bool | float | bytes) or leaf.value is None:
        return None
    value = str(leaf.value).strip()
    span = (leaf.start, leaf.end)
    if kind == "vin":
        value = value.upper()
        return (
            Identity(kind, value, span) if _VIN.match(value) and not value.isdigit() and not value.isalpha() else None
        )
    if is_imei(value) and value.strip("0"):
        return Identity("imei", value, span)
    if kind == "imei":
        return None
    if kind == "imsi":
        return Identity(kind, value, span) if value.isdigit() and 14 <= len(value) <= 15 else None
    if kind == "iccid":
        return Identity(kind, value, span) if value.isalnum() and value[:2] == "89" and 18 <= len(value) <= 22 else None
    if _ID.match(value) and not re.match(r"^(?:x+|0+|string|null|none|unknown|test|true|false)$", value, re.IGNORECASE):
        return Identity(kind, value, span)
    return None
