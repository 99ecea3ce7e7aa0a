"""What shows only when cars are laid side by side: how many have the like of a finding, and what several have in common."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

import msgspec

from iotwatch.enrich import leaves_network
from iotwatch.model import Severity
from iotwatch.report.reader import Reader, Row
from iotwatch.store import queries
from iotwatch.store.packing import to_json
from iotwatch.words.kinds import Kind

# Numbers that one device alone has, as observations name them; ``key.private`` is a key's fingerprint.
_NUMBERS = (Kind.IMEI, Kind.IMSI, Kind.ICCID, Kind.EID, Kind.VIN, Kind.DEVICE_ID, Kind.TERMINAL_PHONE, Kind.KEY_PRIVATE)
# "1" or "000000" is a setting that nobody made.
_SHORTEST, _FEWEST_SIGNS = 6, 3
_LINKS = (*_NUMBERS, "far end", "finding")
# The same of several cars: what is measured anew in each, or names the car's own device, is left out.
_ALIKE: Mapping[str, tuple[str, ...]] = {
    "beacon": ("far_end",),
    "location": ("direction", "dialect", "server_name", "server"),
    "module": ("role", "vendor", "model"),
}
Like = tuple[str, ...]


def like(kind: str, title: str, facts: Mapping[str, object]) -> Like:
    """What a finding has in common with its like in other cars: kind and telling facts, else its title."""
    told = [str(facts.get(name, "")) for name in _ALIKE.get(kind, ())]
    if kind == "location" and told[2]:
        told[3] = ""  # a name may stand for many addresses
    return (kind, *told) if any(told) else (kind, title)


class Spread(msgspec.Struct, frozen=True):
    """All of a fleet's findings by what they are alike in, with the assets that have each."""

    cars: int
    assets: Mapping[Like, frozenset[str]]
    worst: Mapping[Like, Row]

    def of(self, finding: Row) -> int:
        """In how many cars the like of a finding stands."""
        return len(self.assets.get(like(finding["kind"], finding["title"], finding["facts"]), ()))


def spread(reader: Reader) -> Spread:
    """Count over all assets of the database."""
    assets: dict[Like, set[str]] = defaultdict(set)
    worst: dict[Like, Row] = {}
    for row in reader.ask(queries.findings.of_cars):
        key = like(row["kind"], row["title"], row.pop("facts"))
        assets[key].add(row["asset"])
        if key not in worst or _rank(row) > _rank(worst[key]):
            worst[key] = row
    return Spread(len(reader.asset_names()), {key: frozenset(names) for key, names in assets.items()}, worst)


def _rank(row: Row) -> int:
    return Severity[row["severity"].upper()]


def rows(reader: Reader) -> list[Row]:
    """What cars share, then every finding with its number of cars: devices first, the worst and the rarest of each first."""
    return list(reader.each(_rows))


def _rows(reader: Reader) -> list[Row]:
    found = spread(reader)
    rows = [
        *({**one, "severity": "", "of": found.cars} for one in shared(reader)),
        *(
            _row("finding", found.worst[key]["title"], names, found.worst[key]["severity"], found.cars)
            for key, names in found.assets.items()
        ),
    ]
    rows.sort(key=lambda one: (_LINKS.index(one["what"]), -_severity(one), one["cars"], one["value"], one["assets"]))
    return rows


def _severity(row: Row) -> int:
    return Severity[row["severity"].upper()] if row["severity"] else 0


def _row(what: str, value: str, assets: Iterable[str], severity: str = "", of: int = 0) -> Row:
    names = sorted(assets)
    return {"what": what, "value": value, "severity": severity, "cars": len(names), "of": of, "assets": names}


def shared(reader: Reader) -> list[Row]:
    """Numbers of devices and far ends that stand in more than one asset, each with the assets; numbers first."""
    seen: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in reader.ask(queries.observations.shared, to_json(_NUMBERS)):
        value = row["value"]
        if len(value) >= _SHORTEST and len(set(value)) >= _FEWEST_SIGNS:
            seen[row["kind"], value].add(row["asset"])
    named = reader.ask(queries.assets.endpoint_names)
    own = {(row["asset"], row["client"]) for row in reader.ask(queries.flows.clients)}
    for asset, name, address in (*reader.far_ends(), *((row["asset"], row["name"], "") for row in named)):
        if name or (leaves_network(address) and (asset, address) not in own):
            seen["far end", name or address].add(asset)
    found = [_row(what, value, assets) for (what, value), assets in seen.items() if len(assets) > 1]
    return sorted(found, key=lambda one: (_LINKS.index(one["what"]), one["cars"], one["value"]))


def verdicts(reader: Reader) -> dict[str, int]:
    """How many assets have each verdict, by word."""
    counted = Counter(row["verdict"] or "not judged" for row in reader.assets())
    return dict(sorted(counted.items()))
