"""What was observed of each file of an asset's images, as the grades of programs ask it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import msgspec

from iotwatch.detect.detector import Scene
from iotwatch.detect.questions.builds import build_of
from iotwatch.detect.questions.known import is_document
from iotwatch.model import Observation
from iotwatch.words.kinds import Kind
from iotwatch.words.subjects import Subject, SubjectKind

PROGRAM_KINDS = (
    Kind.PROGRAM_IDENTITY, Kind.PROGRAM_POSITION, Kind.PROGRAM_NETWORK, Kind.PROGRAM_USES, Kind.PROGRAM_TOGETHER,
    Kind.DIALECT_CONSTANT, Kind.ELF,
)  # fmt: skip
ENDPOINTS = (Kind.TEXT_URL, Kind.FILE_HOST)


class File(msgspec.Struct):
    """What was observed of one file of one source."""

    source: int
    path: str
    said: dict[str, list[Observation]] = msgspec.field(default_factory=lambda: defaultdict(list))

    @property
    def program(self) -> bool:
        return any(self.said.get(kind) for kind in PROGRAM_KINDS)

    @property
    def name(self) -> str:
        return self.path.rpartition("!")[2]

    @property
    def endpoints(self) -> list[Observation]:
        """Far ends in use: neither commented out nor only mentioned."""
        found = [one for kind in ENDPOINTS for one in self.said.get(kind, ())]
        return [one for one in found if not one.facts.get("inactive") and not one.facts.get("mention")]

    @property
    def build_id(self) -> str:
        return next((str(elf.facts.get("build_id", "")) for elf in self.said.get(Kind.ELF, ())), "")

    @property
    def build(self) -> str:
        """The package of a distribution that this very program is of, by its build id; empty for none that is known."""
        return build_of(self.build_id)

    def strong(self, kind: str) -> list[Observation]:
        return [one for one in self.said.get(kind, ()) if one.facts.get("strong")]

    @property
    def position(self) -> list[Observation]:
        return self.said.get(Kind.PROGRAM_POSITION, []) + self.said.get(Kind.DIALECT_CONSTANT, [])

    @property
    def reads(self) -> list[Observation]:
        return self.said.get(Kind.PROGRAM_IDENTITY, []) + self.position


def files_of(scene: Scene) -> list[File]:
    """The files of the asset's images, in the order in which they were seen."""
    images = {source.id: source.path.rpartition("/")[2] for source in scene.view.sources if source.kind != "capture"}
    files: dict[tuple[int, str], File] = {}
    for observation in scene.view.of(*PROGRAM_KINDS, *ENDPOINTS):
        evidence = observation.evidence
        if evidence.source in images and Subject.of(observation.subject).kind in (SubjectKind.NONE, SubjectKind.FILE):
            path = evidence.path or images[evidence.source]
            one = files.setdefault((evidence.source, evidence.path), File(evidence.source, path))
            one.said[observation.kind].append(observation)
    return list(files.values())


def named_files(files: Iterable[File]) -> frozenset[str]:
    """Paths, without the first stroke, that programs outside of documents name."""
    uses = (use for one in files if not is_document(one.path) for use in one.said.get(Kind.PROGRAM_USES, ()))
    return frozenset(use.value.lstrip("/") for use in uses)
