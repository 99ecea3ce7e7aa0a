"""Indicators as a STIX 2.1 bundle (OASIS STIX 2.1), built and checked by the stix2 library (extra ``export``).

One indicator per value with a single comparison and no spaces in it, hashes as ``file:hashes.sha256``, and each indicator
tied to one ``malware`` object: that is what MVT can read (MVT docs/iocs.md). The object's name says what it is here: behaviour
observed, intent not judged. Ids are made from what they stand for (UUIDv5) and times from the data, so the same findings give
the same bundle; where no clock was in the data the time is 1970-01-01 and the description says so.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import IO, TYPE_CHECKING, Any

from iotwatch.errors import MissingExtra
from iotwatch.report.forms.indicators import Indicator, Indicators, Sighting

if TYPE_CHECKING:
    import stix2

_NAMESPACE = uuid.UUID("6f6c5d0e-9d5b-5a0c-9a53-4c3a1f7e2b11")
_NO_CLOCK = "1970-01-01T00:00:00.000Z"
_PATTERNS = {
    "domain": "[domain-name:value='{}']",
    "ipv4": "[ipv4-addr:value='{}']",
    "ipv6": "[ipv6-addr:value='{}']",
    "url": "[url:value='{}']",
    "sha256": "[file:hashes.sha256='{}']",
}
# STIX 2.1 appendix A.1, the Admiralty-like scale from 0 to 100.
_CONFIDENCE = {"certain": 95, "likely": 75, "possible": 30}
_JUDGED_NOT = "behaviour observed, intent not judged"


def write_stix(found: Indicators, out: IO[str]) -> int:
    """Write the bundle; gives the number of indicators. ``MissingExtra`` where stix2 is not installed."""
    out.write(bundle(found).serialize(pretty=True, sort_keys=True, ensure_ascii=False) + "\n")
    return len(found.found)


def bundle(found: Indicators) -> stix2.v21.Bundle:
    """The bundle: identities of assets, one collection, and per indicator its pattern, sightings and observed data."""
    try:
        import stix2
    except ImportError as error:
        raise MissingExtra("STIX needs the stix2 library: pip install 'iotwatch[export]'") from error
    assets = sorted({sighting.asset for one in found.found for sighting in one.sightings})
    start = _earliest(sighting for one in found.found for sighting in one.sightings)
    author = _identity("iotwatch", start)
    identities = {name: _identity(name, start, asset=True) for name in assets}
    collection = stix2.v21.Malware(
        id=_id("malware", "collection", *assets),
        **_made(author.id, start, start),
        name=f"Far ends and files of findings ({_JUDGED_NOT})",
        description="A collection that readers of indicators need; it does not say that anything here is malicious.",
        is_family=True,
    )
    objects: dict[str, Any] = {one.id: one for one in (author, collection, *identities.values())}
    for one in found.found:
        for made in _objects(one, author.id, collection.id, identities):
            objects[made.id] = made
    return stix2.v21.Bundle(id=_id("bundle", *objects), objects=list(objects.values()))


def _identity(name: str, time: str, *, asset: bool = False) -> Any:
    import stix2

    key = ("asset", name) if asset else ("author", name)
    return stix2.v21.Identity(
        id=_id("identity", *key), created=time, modified=time, name=name, identity_class="system", allow_custom=False
    )


def _objects(one: Indicator, author: str, collection: str, identities: dict[str, Any]) -> list[Any]:
    import stix2

    first, last = _earliest(one.sightings), _latest(one.sightings)
    said = list(dict.fromkeys(sighting.title for sighting in one.sightings))
    if one.note:
        said.append(one.note)
    if first == _NO_CLOCK:
        said.append("no clock was in the data")
    surest = max(_CONFIDENCE[sighting.confidence] for sighting in one.sightings)
    indicator = stix2.v21.Indicator(
        id=_id("indicator", one.kind, one.value),
        **_made(author, first, last),
        name=one.value,
        description="; ".join(said),
        pattern=_PATTERNS[one.kind].format(one.value),
        pattern_type="stix",
        valid_from=first,
        # An address behind a name, or any address, is shared more often than a name is.
        confidence=_CONFIDENCE["possible"] if one.note and one.kind.startswith("ip") else surest,
        indicator_types=["anomalous-activity"],
    )
    relation = stix2.v21.Relationship(
        id=_id("relationship", "indicates", indicator.id, collection),
        **_made(author, first, first),
        relationship_type="indicates",
        source_ref=indicator.id,
        target_ref=collection,
    )
    seen = _observable(one)
    objects = [indicator, relation, seen]
    for sighting in one.sightings:
        objects += _sighted(sighting, indicator.id, seen.id, author, identities[sighting.asset].id)
    return objects


def _sighted(sighting: Sighting, indicator: str, observable: str, author: str, asset: str) -> list[Any]:
    import stix2

    first, last, count = _earliest([sighting]), _latest([sighting]), min(sighting.count, 999_999_999)
    data = stix2.v21.ObservedData(
        id=_id("observed-data", sighting.asset, sighting.fingerprint, observable),
        **_made(author, first, last),
        first_observed=first,
        last_observed=last,
        number_observed=count,
        object_refs=[observable],
    )
    seen = stix2.v21.Sighting(
        id=_id("sighting", sighting.asset, sighting.fingerprint, indicator),
        **_made(author, first, last),
        first_seen=first,
        last_seen=last,
        count=count,
        description=f"finding {sighting.fingerprint}: {sighting.title} ({_JUDGED_NOT})",
        sighting_of_ref=indicator,
        observed_data_refs=[data.id],
        where_sighted_refs=[asset],
    )
    return [data, seen]


def _made(author: str, first: str, last: str) -> dict[str, str]:
    """By whom an object was made, and the times that its data give it."""
    return {"created": first, "modified": last, "created_by_ref": author}


def _observable(one: Indicator) -> Any:
    import stix2

    if one.kind == "sha256":
        return stix2.v21.File(hashes={"SHA-256": one.value})
    kinds = {"domain": "DomainName", "ipv4": "IPv4Address", "ipv6": "IPv6Address", "url": "URL"}
    return getattr(stix2.v21, kinds[one.kind])(value=one.value)


def _id(kind: str, *parts: str) -> str:
    return f"{kind}--{uuid.uuid5(_NAMESPACE, chr(31).join((kind, *parts)))}"


def _earliest(sightings: Iterable[Sighting]) -> str:
    return min((_milliseconds(one.first) for one in sightings if one.first), default=_NO_CLOCK)


def _latest(sightings: Iterable[Sighting]) -> str:
    return max((_milliseconds(one.last or one.first) for one in sightings if one.last or one.first), default=_NO_CLOCK)


def _milliseconds(time: str) -> str:
    """STIX times of objects have milliseconds; the database has microseconds."""
    return f"{time[:23]}Z"
