"""What official lists say of a maker: facts beside a finding, worded "list: entry", never a reason or a severity."""

from __future__ import annotations

import msgspec

from iotwatch.model import Finding
from iotwatch.signatures import Signatures


def with_listings(finding: Finding, signatures: Signatures) -> Finding:
    """The finding with the list entries of its maker in the fact ``lists``; as it is where no list names the maker.

    Each says by what the list reaches the maker (by name, nexus, criterion or affiliation), since when, and the source.
    """
    found = [
        f"{one.list}: {one.entry} ({one.date}, {one.source}; by {one.basis})"
        for one in signatures.lists(str(finding.facts.get("vendor", "")))
    ]
    return msgspec.structs.replace(finding, facts={**finding.facts, "lists": found}) if found else finding
