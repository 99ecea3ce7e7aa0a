"""Who a payload says it is from: IMEI, IMSI, ICCID, VIN, serial numbers and device ids by key name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

import msgspec

from iotwatch.decode.generic.tree.node import Node
from iotwatch.decode.generic.vocabulary import VOCABULARY, by_word
from iotwatch.patterns import regex
from iotwatch.words.identity import could_be_imei, could_be_imsi, has_check_digit, is_iccid, is_imei, is_vin
from iotwatch.words.kinds import Kind

_BY_KEY = {word: Kind(kind) for word, kind in by_word(VOCABULARY.identity).items()}
_NO_ID = regex(r"^(?:x+|0+|string|null|none|unknown|test|true|false)$", re.IGNORECASE)
_ID = regex(r"[A-Za-z0-9][\w.:\-]{2,63}$")
_SQUEEZE = regex(r"[^0-9a-z\x80-\U0010ffff]")
STRONG = frozenset({Kind.IMEI, Kind.IMSI, Kind.ICCID, Kind.VIN})


class Identity(msgspec.Struct, frozen=True, gc=False):
    """One identity: its kind of trait, the value, and where it stands; not ``sure`` when its key names any device's id."""

    kind: Kind
    value: str
    span: tuple[int, int]
    sure: bool = True


def identities(leaves: Iterable[Node]) -> list[Identity]:
    """All identities that the leaves state, the strongest first."""
    found = [one for leaf in leaves if kind_named(leaf.key) is not None and (one := _identity(leaf)) is not None]
    if len(found) < 2:
        return found
    order = (Kind.IMEI, Kind.DEVICE_ID, Kind.VIN, Kind.ICCID, Kind.IMSI)
    return sorted(found, key=lambda one: order.index(one.kind))


@lru_cache(maxsize=4096)
def kind_named(key: str) -> Kind | None:
    """The kind of identity that a key names."""
    return _BY_KEY.get(_SQUEEZE.sub("", key.lower()))


def _identity(leaf: Node) -> Identity | None:
    kind = kind_named(leaf.key)
    if kind is None or isinstance(leaf.value, bool | float | bytes) or leaf.value is None:
        return None
    value = str(leaf.value).strip()
    if kind is Kind.VIN:
        value = value.upper()
    if kind is Kind.DEVICE_ID and could_be_imei(value):
        return Identity(Kind.IMEI, value, (leaf.start, leaf.end), sure=False)
    if not _FITS[kind](value):
        return None
    # Cards of other kinds have an id too.
    sure = kind is not Kind.ICCID or "iccid" in leaf.key.lower() or has_check_digit(value)
    return Identity(kind, value, (leaf.start, leaf.end), sure)


_FITS: dict[Kind, Callable[[str], bool]] = {
    Kind.IMEI: is_imei,
    Kind.IMSI: could_be_imsi,
    Kind.ICCID: lambda value: is_iccid(value.upper()),
    Kind.VIN: is_vin,
    Kind.DEVICE_ID: lambda value: bool(_ID.match(value)) and not _NO_ID.match(value),
}
