"""Where far ends are registered, beside what the database holds: looked up when it is told, by what is on this host."""

from __future__ import annotations

from collections.abc import Iterable

from iotwatch.enrich import country, network
from iotwatch.store.query import Row


def registered(address: str) -> Row:
    """``country`` and ``as_name`` of an address, and ``said_by`` with database and date; empty where nobody knows."""
    found = [country(address), network(address)] if address else [None, None]
    named, announced = found
    return {
        "country": named.name if named else "",
        "as_name": announced.name if announced else "",
        "said_by": "; ".join(dict.fromkeys(one.source for one in found if one)),
    }


def databases(addresses: Iterable[str]) -> tuple[str, ...]:
    """The databases that know any of ``addresses``, each with its date."""
    said = (source for address in addresses for source in registered(address)["said_by"].split("; "))
    return tuple(sorted(set(filter(None, said))))
