"""An archive of recordings is told as what its files are: a zip of captures listened, and an image with a stray capture did not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from iotwatch.model import Artefact
from iotwatch.open.blob import FILE, Blob
from iotwatch.open.opened import Facts
from iotwatch.words.vantage import SHARED, Vantage

_RECORDED = frozenset({"capture", "log"})
_NO_GRAMMAR = "text"
_Part = tuple[Facts, int]


class Recordings:
    """The captures and logs among the files of a source: fed with what was opened, then asked for the source's facts."""

    def __init__(self) -> None:
        self._parts: dict[Blob, _Part] = {}

    def note(self, blob: Blob, facts: Facts | None) -> None:
        """One blob was opened; its facts may be told again, and better."""
        if facts is None or facts.kind not in _RECORDED or facts.format == _NO_GRAMMAR:
            return
        if blob.depth and blob.kind == FILE and blob.listed:
            self._parts[blob] = facts, blob.size

    def facts(self, outer: Facts, files: Sequence[Artefact]) -> Facts:
        """The facts of the source whose container is ``outer`` and holds ``files``: those of its recordings where they are
        most of its bytes."""
        parts = list(self._parts.values())
        containers = {file.path.rpartition("!")[0] for file in files}
        total = sum(file.size for file in files if file.path not in containers)
        if outer.kind != "firmware" or not parts or 2 * sum(size for _, size in parts) <= total:
            return outer
        links: Counter[str] = Counter()
        for facts, _ in parts:
            links.update(facts.link_types)
        found = [facts for facts, _ in parts]
        return Facts(
            kind="capture" if any(facts.kind == "capture" for facts in found) else "log",
            format=outer.format,
            packets=sum(facts.packets for facts in found),
            link_types=dict(links),
            first=min((facts.first for facts in found if facts.first is not None), default=None),
            last=max((facts.last for facts in found if facts.last is not None), default=None),
            damage=outer.damage,
            vantage=_vantage(parts),
            stretches=tuple(
                sorted((one for facts in found for one in facts.stretches), key=lambda one: (one.first, one.last))
            ),
        )


def _vantage(parts: Iterable[_Part]) -> Vantage:
    """Where most of it was taken; if any of it was where bystanders' devices are, one of these places: a source has one."""
    sizes: Counter[Vantage] = Counter()
    for facts, size in parts:
        sizes[facts.vantage] += size
    shared = Counter({vantage: size for vantage, size in sizes.items() if vantage in SHARED})
    return (shared or sizes).most_common(1)[0][0]
