"""Own signatures and dialects tried on sources: what each of them knows in these, and which know nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

import msgspec

from iotwatch.batch.scan import Plan, scan
from iotwatch.decode.trackers import OWN
from iotwatch.detect.detector import Scene
from iotwatch.detect.traces import listed_contacts, traces
from iotwatch.files.scratch import scratch
from iotwatch.signatures import load
from iotwatch.store import Store
from iotwatch.store.views import read_view

_VALUES_KEPT = 3


class Tried(msgspec.Struct):
    """One own signature or dialect: where it stands, how often it was seen, and its first values."""

    name: str
    file: str
    seen: int = 0
    values: list[str] = []

    def note(self, value: str) -> None:
        """Count one sighting."""
        self.seen += 1
        if value not in self.values and len(self.values) < _VALUES_KEPT:
            self.values.append(value)


def try_own(paths: Sequence[Path]) -> list[Tried]:
    """Scan ``paths`` into a database that is thrown away. Raises what ``scan`` raises."""
    signatures = load()
    own = [Tried(one.id, one.file) for one in signatures.all() if one.file]
    tried = {one.name: one for one in (*own, *(Tried(dialect.name, dialect.origin) for dialect in OWN))}
    with scratch() as folder:
        database = folder / "trial.db"
        scan(paths, database, Plan(jobs=1))
        with Store(database) as store:
            for asset in store.assets.names():
                scene = Scene(read_view(store, asset), signatures)
                for name, origin, value in _sightings(scene):
                    tried.setdefault(name, Tried(name, origin)).note(value)
    return list(tried.values())


def _sightings(scene: Scene) -> Iterator[tuple[str, str, str]]:
    """Name, file and value of all that own knowledge knows in an asset."""
    for trace in chain(traces(scene), listed_contacts(scene)):
        if trace.match.origin:
            yield trace.match.signature, trace.match.origin, trace.observation.value
    files = {dialect.name: dialect.origin for dialect in OWN}
    for row in scene.view.positions:
        if row.position.dialect in files:
            yield row.position.dialect, files[row.position.dialect], row.position.reported_id
