"""Two judgements of one asset side by side: what is new, gone or changed."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from iotwatch.model import Confidence, Finding, Severity
from iotwatch.store.judgements import fingerprint
from iotwatch.store.rows import Change


class Known(msgspec.Struct, frozen=True):
    """A finding as it is compared: its stable ids (of its weaker subjects too), its title, and how bad and how sure."""

    ids: tuple[str, ...]
    title: str
    level: str


def known(finding: Finding, asset: str) -> Known:
    """``finding`` of ``asset``, to compare."""
    keys = (finding.key, *finding.former_keys)
    ids = tuple(fingerprint(finding.detector, finding.kind, asset, key) for key in keys)
    return Known(ids, finding.title, level(Severity(finding.severity).name, Confidence(finding.confidence).name))


def level(severity: str, confidence: str) -> str:
    """How bad if true, and how sure."""
    return f"{severity}, {confidence}".lower()


def compare(before: Iterable[Known], after: Iterable[Known]) -> list[Change]:
    """The differences, by what they are and by title; a finding that got a better subject is still the same."""
    old = list(before)
    by_id = {one: finding for finding in reversed(old) for one in reversed(finding.ids)}
    changes, met = [], set()
    for finding in after:
        earlier = next((by_id[one] for one in finding.ids if one in by_id), None)
        if earlier is None:
            changes.append(Change("finding", "new", finding.title, "", finding.level, finding.ids[0]))
            continue
        met.add(earlier.ids[0])
        if earlier.level != finding.level:
            changes.append(Change("finding", "changed", finding.title, earlier.level, finding.level, finding.ids[0]))
    changes += [
        Change("finding", "gone", finding.title, finding.level, "", finding.ids[0])
        for finding in old
        if finding.ids[0] not in met
    ]
    return sorted(changes, key=lambda one: (one.change, one.name, one.fingerprint))
