"""Observes one file as the pipeline would, and gives what was said, by kind."""

from __future__ import annotations

from collections import defaultdict

from iotwatch.model import Observation
from iotwatch.observe.collector import Collector
from iotwatch.observe.firmware import observe_file
from iotwatch.read.stream import from_bytes


def observed(data: bytes, path: str = "", *, leaf: bool = True) -> dict[str, list[Observation]]:
    """The observations of one file; each one's evidence is checked against the bytes."""
    collector = Collector()
    observe_file(from_bytes(data, kind="file", path=path), collector, leaf=leaf)
    found: dict[str, list[Observation]] = defaultdict(list)
    for one in collector.observations():
        assert one.evidence.offset is not None
        at = one.evidence.offset
        assert data[at : at + one.evidence.length][:256] == one.evidence.excerpt
        assert one.subject == (f"path:{path}" if path else "")
        found[one.kind].append(one)
    return found


def values(found: dict[str, list[Observation]], kind: str) -> list[str]:
    return [one.value for one in found.get(kind, [])]
