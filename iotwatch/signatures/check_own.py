"""What own signatures must keep beside what all must: they know nothing of other makers, and cost little to look for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from iotwatch.signatures import tables
from iotwatch.signatures.catalogue import Signatures
from iotwatch.signatures.format import HOST_FIELDS, Signature
from iotwatch.signatures.hosts import HostIndex
from iotwatch.signatures.texts import is_slow

_NEUTRAL = hashlib.shake_256(b"bytes that nobody wrote").digest(1 << 20)
_COLLISIONS_TOLD = 3


def check_own(signatures: Signatures) -> list[str]:
    """Return the problems of the user's own signatures, each a line that begins with the id; reads every own table."""
    signatures.match("host", "")  # a table that does not fit is told by raising
    hits = {match.signature for match in signatures.scan(_NEUTRAL)}
    problems: list[str] = []
    for one in filter(lambda signature: signature.file, signatures.all()):
        told = [*_collisions(one, signatures), *_wide(one, signatures)]
        if one.id in hits:
            told.append("a text pattern hits in bytes that nobody wrote: begin it with something rarer")
        problems += [f"{one.id}: {problem}" for problem in told]
    return problems


def _collisions(one: Signature, signatures: Signatures) -> Iterator[str]:
    """Values that a shipped signature or table says are another maker's, and that ``one`` knows too."""
    fields = {rule.field for rule in one.match}
    found = [
        f"it knows {example.value[:60]!r} too, which is an example of {other.id} ({other.vendor})"
        for other in signatures.all()
        if not other.file and other.vendor != one.vendor
        for example in other.example
        if example.matches
        and example.value
        and example.field in fields
        and _knows(one, example.field, example.value, signatures)
    ]
    index = HostIndex((rule.pattern, rule) for rule in one.match if rule.field in HOST_FIELDS)
    found += [
        f"it knows {row.host} too, which is an endpoint of {row.vendor}"
        for row in tables.read(signatures.folder / "tables", tables.Endpoint)
        if row.vendor != one.vendor and index.find(row.host.removeprefix("*."))
    ]
    yield from found[:_COLLISIONS_TOLD]
    if len(found) > _COLLISIONS_TOLD:
        yield f"... and {len(found) - _COLLISIONS_TOLD} more of other makers"


def _knows(one: Signature, field: str, value: str, signatures: Signatures) -> bool:
    found = signatures.scan(value.encode()) if field == "text" else signatures.match(field, value)
    return any(match.signature == one.id for match in found)


def _wide(one: Signature, signatures: Signatures) -> Iterator[str]:
    for index, rule in enumerate(one.match):
        named = f"match {index} ({rule.field} {rule.pattern})"
        if rule.field in HOST_FIELDS:
            if "." not in rule.pattern.removeprefix("*.") and ":" not in rule.pattern:
                yield f"{named}: a host pattern has two labels at least"
        elif rule.field == "text" and is_slow(rule.pattern):
            yield f"{named}: it is slow to look for: begin it with a word of four letters or more"
        elif any(match.signature == one.id for match in signatures.match(rule.field, "")):
            yield f"{named}: it knows an empty value, and so all values"
