"""What a detector owes its reader: a name, a version, the question it asks, and what raises it falsely."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

import msgspec

from iotwatch.detect.fleet import Fleet
from iotwatch.model import Finding
from iotwatch.signatures import Signatures
from iotwatch.store import View


class Scene(msgspec.Struct, frozen=True):
    """All that a detector may look at: one asset's stored rows, the signatures of today, what is counted over all cars, and
    what the detectors before it found."""

    view: View
    signatures: Signatures
    fleet: Fleet = Fleet()
    found: Sequence[Finding] = ()


class Detector(Protocol):
    """One question. ``version`` goes up whenever an answer could change; ``false_alarms`` is shown beside every finding."""

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> int: ...

    @property
    def asks(self) -> str: ...

    @property
    def false_alarms(self) -> str: ...

    def look(self, scene: Scene) -> Iterator[Finding]: ...
