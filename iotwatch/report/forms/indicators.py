"""What findings give to look for elsewhere: names, addresses, URLs of far ends and hashes of files, each value once.

Taken are far ends and files that a finding speaks of, never all that was seen: bystanders' contacts are no indicators. What
an analyst has explained is left out, and so are addresses that only mean something on the local network. A value that
masking would change is no longer the value, so a masked reader has it left out and counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import msgspec

from iotwatch.enrich import scope
from iotwatch.report.reader import EvidenceReader, Reader
from iotwatch.store import queries
from iotwatch.words.kinds import Kind

_FAR_ENDS = ("server", "server_name", "far_end", "far_ends")
_TIED = frozenset({"server", "address"})
_FILES = frozenset({"program", "secret"})
_ROUTED = frozenset({"public", "documentation"})
_UrlsOf = Callable[[str], Mapping[str, set[str]]]
_REFUSED = frozenset("'\"\\=[]<>{}|^` ")


class Sighting(msgspec.Struct, frozen=True):
    """One finding that speaks of an indicator: its id, asset and title, and when it was seen (empty: no clock was there)."""

    fingerprint: str
    asset: str
    title: str
    severity: str
    confidence: str
    first: str = ""
    last: str = ""
    count: int = 1


class Indicator(msgspec.Struct, frozen=True):
    """A value to look for. ``kind`` is domain, ipv4, ipv6, url or sha256; ``note`` says what it is beside others."""

    kind: str
    value: str
    sightings: tuple[Sighting, ...]
    note: str = ""


class Indicators(msgspec.Struct, frozen=True):
    """All indicators, ordered by kind and value, and how many were left out because masking would change them."""

    found: tuple[Indicator, ...]
    masked: int


def indicators(reader: EvidenceReader, asset: str = "") -> Indicators:
    """The indicators of one asset's findings, or of all."""
    sightings: dict[tuple[str, str], dict[str, Sighting]] = {}
    notes: dict[tuple[str, str], str] = {}
    whole = reader.whole
    urls = cache(partial(_urls, whole))
    for finding in whole.findings(asset):
        if is_common(finding):
            continue
        sighting = _sighting(reader, finding)
        for key, note in _values(whole, finding, urls):
            sightings.setdefault(key, {})[sighting.fingerprint + sighting.asset] = sighting
            notes.setdefault(key, note)
    kept = [key for key in sorted(sightings) if key[0] == "sha256" or not reader.hides(key[1])]
    found = tuple(
        Indicator(*key, tuple(one for _, one in sorted(sightings[key].items())), reader.told(notes[key]))
        for key in kept
    )
    return Indicators(found, len(sightings) - len(kept))


def is_common(finding: Mapping[str, Any]) -> bool:
    """What would raise alarms everywhere: what is explained, code of a known open-source project, and contact that may be
    regular by chance, as phones' contacts are."""
    facts = finding["facts"]
    by_chance = finding["kind"] == "beacon" and finding["confidence"] == "possible"
    return "decision" in facts or bool(facts.get("project")) or by_chance


def _sighting(reader: Reader, finding: Mapping[str, Any]) -> Sighting:
    facts = finding["facts"]
    return Sighting(
        finding["fingerprint"],
        finding["asset"],
        reader.told(finding["title"]),
        finding["severity"],
        finding["confidence"],
        finding["first_seen"] or "",
        finding["last_seen"] or "",
        max(1, int(facts.get("positions") or facts.get("events") or 1)),
    )


def _values(reader: Reader, finding: Mapping[str, Any], urls: _UrlsOf) -> Iterator[tuple[tuple[str, str], str]]:
    """Kind and value, with a note, of all that the finding speaks of."""
    facts = finding["facts"]
    ends: list[str] = []
    for name in _FAR_ENDS:
        told = facts.get(name) or ()
        ends += [told] if isinstance(told, str) else [str(one) for one in told]
    if finding["kind"] == "endpoint" or (finding["kind"] == "tie" and facts.get("what") in _TIED):
        ends.append(finding["subject"])
    keys = [key for key in map(host, dict.fromkeys(ends)) if key is not None]
    names = [value for kind, value in keys if kind == "domain"]
    for key in keys:
        behind = key[0] != "domain" and names
        yield key, f"the address behind {names[0]} when it was seen; others may share it" if behind else ""
    for row in reader.evidence(finding["id"]):
        if finding["kind"] in _FILES and row["path"]:
            yield from _file(reader, row["source_id"], row["path"])
    for name in names:
        for url in sorted(urls(finding["asset"]).get(name, ())):
            yield ("url", url), ""


def host(text: str) -> tuple[str, str] | None:
    """A far end as (domain | ipv4 | ipv6, value); ``None`` for what is neither, or only means something locally."""
    try:
        address = ip_address(text)
    except ValueError:
        name = text.rstrip(".").lower()
        labels = name.split(".")
        fits = len(labels) > 1 and len(name) <= 253 and all(_is_label(label) for label in labels)
        return ("domain", name) if fits and not labels[-1].isdigit() else None
    return (f"ipv{address.version}", str(address)) if scope(str(address)) in _ROUTED else None


def _is_label(label: str) -> bool:
    """RFC 1035 section 2.3.1, with the underscore that service names have and the digits of RFC 1123 section 2.1."""
    return 0 < len(label) < 64 and label.isascii() and label.replace("-", "").replace("_", "").isalnum()


def _file(reader: Reader, source_id: int, path: str) -> Iterator[tuple[tuple[str, str], str]]:
    for row in reader.ask(queries.artefacts.at, source_id, path):
        yield ("sha256", row["sha256"]), f"the file {path.rpartition('!')[2]}"


def _urls(reader: Reader, asset: str) -> dict[str, set[str]]:
    """URLs that an asset asked for or that stand in its images, by the name of their host."""
    found: dict[str, set[str]] = {}
    for row in reader.ask(queries.observations.urls, asset):
        if not row["inactive"]:
            name, url = bare(row["value"] if row["kind"] == Kind.TEXT_URL else f"http://{row['value']}")
            if url:
                found.setdefault(name, set()).add(url)
    return found


def bare(text: str) -> tuple[str, str]:
    """Host and URL without user, password, query and fragment; two empty texts for what formats could not carry.

    Kept is printable ASCII without quotes, spaces and the equals sign, on which MVT splits.
    """
    try:
        parts = urlsplit(text)
        name, port = parts.hostname or "", parts.port
    except ValueError:
        return "", ""
    url = f"{parts.scheme}://{name}{f':{port}' if port else ''}{parts.path}"
    fits = url.isascii() and url.isprintable() and not set(url) & _REFUSED
    if not fits or host(name) is None or len(parts.path) < 2 or parts.scheme not in ("http", "https"):
        return "", ""
    return name, url
