"""The content formats of LwM2M (OMA-TS-LightweightM2M-Core 1.2 section 7.4) as resources with their paths.

TLV, plain text, the older JSON, SenML in JSON and CBOR (RFC 8428), LwM2M CBOR and a lone CBOR item. Values stay as they were
written: only a resource's definition says what its bytes are (``number``).
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from iotwatch.patterns import regex

Path = tuple[int, ...]
"""Object, instance, resource and resource instance, as far as they are said."""
TEXT, CBOR, SENML_JSON, SENML_CBOR, TLV, JSON, LWM2M_CBOR = 0, 60, 110, 112, 11542, 11543, 11544
UNSAID = -1
_EARLY = {1541: TEXT, 1542: TLV, 1543: JSON}
"""Numbers that servers used before those of IANA."""
_DECIMAL = regex(rb"\s{0,4}[-+]?\d{1,12}(?:\.\d{0,20})?\s{0,4}")
_NUMBERED = regex(r"/?\d{1,5}(?:/\d{1,5}){0,3}/?")
_DEPTH = 4
_MOST = 4096
_RELATIVE = 1 << 28  # RFC 8428 section 4.5.3: below it a time is counted from now


class Resource(NamedTuple):
    """One value, and the range of the payload it stands in; ``time`` in seconds where its record tells it."""

    path: Path
    value: object
    span: tuple[int, int]
    time: float | None = None


def path_of(text: str) -> Path | None:
    """The numbers of ``/6/0/1``; ``None`` for a path of words."""
    return tuple(int(part) for part in text.strip("/").split("/")) if _NUMBERED.fullmatch(text) else None


def resources(content: int, payload: bytes, base: Path) -> list[Resource]:
    """What ``payload`` states, in content format ``content``, of the objects below ``base``; nothing where it is broken."""
    reader = _READERS.get(_EARLY.get(content, content))
    return list(_some(reader(payload, base))) if reader else []


def is_own(content: int) -> bool:
    """Whether LwM2M alone uses this content format."""
    return _EARLY.get(content, content) in (TLV, JSON, LWM2M_CBOR)


def is_tlv(content: int) -> bool:
    """Whether it is the format of LwM2M 1.0, which needs no path to be known by."""
    return _EARLY.get(content, content) == TLV


def number(value: object) -> float | None:
    """A float resource: a number, decimal digits (before 1.1 places were texts), or four or eight bytes."""
    if isinstance(value, str):
        value = value.encode("ascii", "replace")
    if isinstance(value, bytes):
        if _DECIMAL.fullmatch(value):
            return float(value)
        if len(value) not in (4, 8):
            return None
        value = struct.unpack(">f" if len(value) == 4 else ">d", value)[0]
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    try:
        found = float(value)
    except (OverflowError, ValueError):
        return None
    return found if math.isfinite(found) else None


def whole(value: object) -> int | None:
    """An integer resource; bytes are signed, the highest first (section 7.4.5)."""
    if isinstance(value, bytes) and len(value) in (1, 2, 4, 8) and not value.isdigit():
        return int.from_bytes(value, "big", signed=True)
    found = number(value)
    return int(found) if found is not None else None


def _some(found: Iterator[Resource]) -> Iterator[Resource]:
    for _, one in zip(range(_MOST), found, strict=False):
        yield one


def _tlv(payload: bytes, base: Path) -> Iterator[Resource]:
    """Section 7.4.5: object instances, resources and their instances; a lone instance may go unnamed, and is 0."""
    pending = [(0, len(payload), base, 0)]
    while pending:
        start, end, path, depth = pending.pop()
        for kind, ident, head, at, stop in _items(payload, start, end):
            level = _LEVEL[kind]
            here = (*path[:level], *(0,) * (level - len(path)), ident)
            if kind in (_INSTANCE, _MULTIPLE) and depth < _DEPTH:
                pending.append((at, stop, here, depth + 1))
            elif kind in (_RESOURCE, _RESOURCE_INSTANCE):
                yield Resource(here, payload[at:stop], (head, stop))


_INSTANCE, _RESOURCE_INSTANCE, _MULTIPLE, _RESOURCE = range(4)
_LEVEL = {_INSTANCE: 1, _RESOURCE_INSTANCE: 3, _MULTIPLE: 2, _RESOURCE: 2}
"""How many numbers stand before one's own in its path."""


def _items(payload: bytes, at: int, end: int) -> Iterator[tuple[int, int, int, int, int]]:
    """Yield ``(kind, identifier, start, value start, value end)``."""
    while at < end:
        head = at
        first = payload[at]
        wide = 2 if first & 0x20 else 1
        ident = int.from_bytes(payload[at + 1 : at + 1 + wide], "big")
        at += 1 + wide
        size_bytes = first >> 3 & 3
        size = int.from_bytes(payload[at : at + size_bytes], "big") if size_bytes else first & 7
        at += size_bytes
        if at + size > end:
            return
        yield first >> 6, ident, head, at, at + size
        at += size


def _text(payload: bytes, base: Path) -> Iterator[Resource]:
    """One value: the path names its resource."""
    if len(base) >= 3 and len(payload) <= 256:
        yield Resource(base, payload, (0, len(payload)))


def _cbor(payload: bytes, base: Path) -> Iterator[Resource]:
    value = _loaded(payload)
    if len(base) >= 3 and not isinstance(value, list | dict | None):
        yield Resource(base, value, (0, len(payload)))


def _lwm2m_cbor(payload: bytes, _base: Path) -> Iterator[Resource]:
    """Section 7.4.8: maps in maps, their keys numbers or lists of numbers; the path begins at the root."""
    pending: list[tuple[Any, Path]] = [(_loaded(payload), ())]
    for _ in range(_MOST):  # a shared map (tags 28 and 29) may hold itself, or more than there are bytes
        if not pending:
            return
        node, path = pending.pop()
        if not isinstance(node, dict):
            if len(path) >= 3:
                yield Resource(path, node, (0, len(payload)))
            continue
        for key, value in node.items():
            more = key if isinstance(key, tuple) else (key,)
            deeper = 0 < len(more) <= _DEPTH - len(path)
            if deeper and all(isinstance(one, int) and 0 <= one < 1 << 16 for one in more):
                pending.append((value, (*path, *more)))


def _senml(load: Callable[[bytes], Any]) -> Callable[[bytes, Path], Iterator[Resource]]:
    def read(payload: bytes, base: Path) -> Iterator[Resource]:
        """RFC 8428 section 4: base names and times hold for the records that follow."""
        begins = "/" + "".join(f"{part}/" for part in base)
        since: object = 0
        for record in _records(load(payload)):
            start, base_time = record.get("bn", record.get(-2)), record.get("bt", record.get(-3))
            begins = start if isinstance(start, str) else begins
            since = base_time if base_time is not None else since
            name = record.get("n", record.get(0, ""))
            value = next((record[key] for key in ("v", 2, "sv", "vs", 3) if key in record), None)
            path = path_of(begins + name) if isinstance(name, str) else None
            if path is not None and len(path) >= 3 and value is not None:
                yield Resource(path, value, (0, len(payload)), _time(since, record.get("t", record.get(6))))

    return read


def _records(pack: object) -> Iterator[dict[Any, Any]]:
    if isinstance(pack, dict):  # the older JSON form: {"bn": ..., "e": [...]}
        entries = pack.get("e")
        pack = [{key: pack[key] for key in ("bn", "bt") if key in pack}, *entries] if isinstance(entries, list) else []
    for record in pack[:_MOST] if isinstance(pack, list) else ():
        if isinstance(record, dict):
            yield record


def _time(since: object, later: object) -> float | None:
    told = (number(since) or 0) + (number(later) or 0)
    return told if told >= _RELATIVE else None


def _loaded(payload: bytes) -> Any:
    import cbor2

    try:
        return cbor2.loads(payload)
    except (cbor2.CBORDecodeError, ValueError, TypeError, OverflowError, RecursionError):
        return None


def _json(payload: bytes) -> Any:
    try:
        return json.loads(payload)
    except (ValueError, RecursionError):
        return None


_READERS: dict[int, Callable[[bytes, Path], Iterator[Resource]]] = {
    UNSAID: _text,
    TEXT: _text,
    CBOR: _cbor,
    TLV: _tlv,
    LWM2M_CBOR: _lwm2m_cbor,
    JSON: _senml(_json),
    SENML_JSON: _senml(_json),
    SENML_CBOR: _senml(_loaded),
}
