"""How many cars reach a far end: what only one car does tells more than what all of them do.

Cars are the assets of one database in which contacts with far ends outside were recorded. A far end is what somebody
registered (``b.example`` of ``a.b.example``), else its address. Only a car that is otherwise like the others can differ from
them: at least half of its far ends are reached by a quarter of all cars. In a folder of captures from everywhere each far end
is rare, and that says nothing. Findings hold the word alone, so that another car changes the findings of those cars for
which it turns; reports count the cars.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Literal

import msgspec

from iotwatch.enrich import leaves_network, registered_domain

Rarity = Literal["", "rare", "common"]
Reach = tuple[tuple[str, ...], tuple[str, ...]]
"""What a car's far ends are counted under, and by what else who does not know their names would count them."""

# One car in a handful differs from the others in everything.
MIN_CARS = 10
RARE_SHARE = 50
COMMON_SHARE = 4


class Fleet(msgspec.Struct, frozen=True):
    """``alike`` are the cars that can be compared, ``reached`` says how many cars of all reach each far end."""

    alike: frozenset[str] = frozenset()
    reached: dict[str, int] = {}

    def rarity(self, asset: str, far_end: str) -> Rarity:
        """Whether few cars reach what is counted under ``far_end``; empty when ``asset`` has too few like it to say."""
        if not far_end or asset not in self.alike or len(self.alike) < MIN_CARS:
            return ""
        return "rare" if self.reached.get(far_end, 0) <= max(1, len(self.alike) // RARE_SHARE) else "common"


def reach(far_ends: Iterable[tuple[str, str]]) -> Reach:
    """What one car's far ends, each a name and an address, are counted under."""
    told: set[str] = set()
    also: set[str] = set()
    for name, address in far_ends:
        if far_end := known_as(name, address):
            told.add(far_end)
            # Who reaches it without knowing its name is counted by the address: so must be who knows it.
            also.add(known_as("", address))
    return tuple(sorted(told)), tuple(sorted(also - told - {""}))


def by_asset(contacts: Iterable[tuple[str, str, str]]) -> dict[str, Reach]:
    """The reach of each asset; ``contacts`` are (asset, name, address)."""
    every: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for asset, *far_end in contacts:
        every[asset].append((far_end[0], far_end[1]))
    return {asset: reach(far_ends) for asset, far_ends in every.items()}


def fleet(reached: Mapping[str, Reach]) -> Fleet:
    """Count cars by the reach of each."""
    told = {asset: one for asset, (one, _) in reached.items() if one}
    cars = Counter(far_end for both in reached.values() for part in both for far_end in part)
    common = {far_end for far_end, number in cars.items() if number * COMMON_SHARE >= len(told)}
    alike = frozenset(asset for asset, one in told.items() if 2 * len(common.intersection(one)) >= len(one))
    return Fleet(alike, dict(cars))


def known_as(name: str, address: str) -> str:
    """What a far end outside is counted under: its registered name, else its address; empty for one that is near."""
    if name:
        return registered_domain(name)
    return address if leaves_network(address) else ""


def of_beacon(facts: dict[str, Any]) -> str:
    """``known_as`` of the far end that a beacon's facts tell."""
    end, server = str(facts.get("far_end", "")), str(facts.get("server", ""))
    nameless = facts.get("contact") != "dns" and end.startswith(server)
    return known_as("" if nameless else end, server)
