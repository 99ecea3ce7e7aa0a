"""What a unit's own records say of places that it kept: sent, waiting or kept, for whom, and when they went."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from iotwatch.words.findings import Reason
from iotwatch.words.kept import Kept
from iotwatch.words.said import Said

_KEPT = frozenset(Kept)


def kept(positions: Iterable[Mapping[str, Any]]) -> Iterator[Said]:
    """A sentence for each far end and word, from the facts of all positions."""
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for facts in positions:
        if facts.get("kept") in _KEPT:
            groups[str(facts["kept"]), str(facts["kept_for"])].append(str(facts.get("sent_at", "")))
    for (word, host), times in sorted(groups.items()):
        count, said = len(times), Kept(word).words
        if not host:
            yield Reason.KEPT_UNTOLD(n=count, kept=said)
        elif all(times):
            yield Reason.KEPT_SENT_AT(n=count, far_end=host, first=min(times)[:19] + "Z", last=max(times)[:19] + "Z")
        else:
            yield Reason.KEPT_FOR(n=count, kept=said, far_end=host)
