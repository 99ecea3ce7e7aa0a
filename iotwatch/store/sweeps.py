"""Which sources of an asset belong to one sweep: what was recorded without a long pause.

A source without times of its own (an image, most logs) counts by the run that read it: it belongs to the sweep whose
captures that run read, else that run is a sweep. Captures' clocks are believed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import msgspec

from iotwatch.errors import NotStored
from iotwatch.model import iso
from iotwatch.store import tables
from iotwatch.store.connection import Database
from iotwatch.store.packing import microseconds
from iotwatch.store.rows import Change

_SHOWN = 20
PAUSE_US = 12 * 3600 * 1_000_000


class Sweep(msgspec.Struct, frozen=True):
    """The row ids of a sweep's sources, the time of its first packet and of its last, microseconds; ``number`` from 1."""

    number: int
    sources: frozenset[int]
    first: int
    last: int

    @property
    def day(self) -> str:
        """The day (UTC) that it began on."""
        return (iso(self.first) or "")[:10]


def sweeps(store: Database, asset: str) -> tuple[Sweep, ...]:
    """The sweeps of ``asset`` in the order of time; without any source none."""
    query = (
        "SELECT sources.id, run_id, sources.first_seen, sources.last_seen, runs.started FROM sources"
        " LEFT JOIN runs ON runs.id = run_id WHERE asset = ? AND status IN ('ok', 'partial')"
    )
    spans: list[tuple[int, int, int]] = []
    untimed: dict[int, list[int]] = defaultdict(list)
    started: dict[int, int] = {}
    runs: dict[int, int] = {}
    for source, run, first, last, begun in store.connection.execute(query, (asset,)):
        runs[source], started[run] = run, microseconds(begun) or 0
        if first:
            begin = microseconds(first) or 0
            spans.append((begin, max(begin, microseconds(last) or 0), source))
        else:
            untimed[run].append(source)
    timed = {runs[source] for _, _, source in spans}
    spans += [(started[run], started[run], source) for run in untimed.keys() - timed for source in untimed[run]]
    found: list[tuple[int, int, set[int]]] = []
    for begin, end, source in sorted(spans):
        if found and begin <= found[-1][1] + PAUSE_US:
            found[-1] = (found[-1][0], max(end, found[-1][1]), found[-1][2] | {source})
        else:
            found.append((begin, end, {source}))
    for run in untimed.keys() & timed:
        # A run may have read several sweeps; what has no time goes to the last of them.
        home = max(index for index, (_, _, members) in enumerate(found) if any(runs[one] == run for one in members))
        found[home][2].update(untimed[run])
    return tuple(
        Sweep(number, frozenset(members), first, last) for number, (first, last, members) in enumerate(found, 1)
    )


def sweep_of(store: Database, asset: str, wanted: str) -> Sweep:
    """The sweep that ``wanted`` names: its number, ``last``, or the day (UTC) that it began on; ``NotStored`` if none."""
    found = sweeps(store, asset)
    named = [one for one in found if wanted in (str(one.number), one.day)]
    if wanted == "last":
        named = list(found[-1:])
    if len(named) != 1:
        told = ", ".join(f"{one.number} ({one.day})" for one in found[:_SHOWN]) or "none"
        raise NotStored(f"the asset {asset} has no one sweep {wanted!r}; it has: {told}")
    return named[0]


def write_changes(store: Database, asset: str, sweep: Sweep | None, changes: Iterable[Change]) -> None:
    """Note what the latest sweep of ``asset`` changed, in place of what was noted before."""
    with store.transaction():
        store.connection.execute("DELETE FROM changes WHERE asset = ?", (asset,))
        if sweep is None:
            return
        tables.CHANGES.insert(store.connection, changes, asset=asset, sweep=sweep.number, since=sweep.first)
