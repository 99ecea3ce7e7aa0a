"""Location code of programs that everybody has: one finding of grade C for each project, and for documents and examples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from iotwatch.detect.detector import Scene
from iotwatch.detect.questions.known import DOCUMENTS
from iotwatch.detect.questions.program_files import File
from iotwatch.detect.severity import Behaviour
from iotwatch.model import Confidence, Finding, Observation
from iotwatch.words.findings import Doubt, FindingKind, Reason, keyed
from iotwatch.words.kinds import Kind

_EVIDENCE_KEPT = 10
_SHOWN = 4
# Lists of package managers, by the names that components have them under.
_LISTS = frozenset({"apk", "dpkg", "opkg"})


def lowered(detector: str, project: str, files: Sequence[File], scene: Scene) -> Iterator[Finding]:
    """One finding for all location code of a project that anybody may use, or of documents and examples."""
    with_code = [one for one in files if one.strong(Kind.PROGRAM_POSITION)]
    if not with_code:
        return
    names = [one.name for one in with_code]
    pieces = [one.strong(Kind.PROGRAM_POSITION)[0] for one in with_code]
    builds = list(dict.fromkeys(one.build for one in with_code if one.build))
    listed = _listed(project, with_code, scene)
    if project == DOCUMENTS:
        doubt = Doubt.BY_FOLDER_ALONE()
    elif all(one.build for one in with_code):
        doubt = Doubt.BUILD_ID_COPIED()
    else:
        doubt = Doubt.BY_NAME_AND_LIST() if listed else Doubt.BY_NAME_ALONE()
    yield Finding(
        detector=detector,
        kind=FindingKind.PROGRAM,
        subject=project,
        key=keyed("project", project),
        title=f"{project}: location code" + ("" if project == DOCUMENTS else " of a known open-source program"),
        severity=Behaviour.LOCATION_CODE.severity,
        confidence=Confidence.LIKELY,
        reasons=(
            Reason.PROJECT_CODE(n=len(names), project=project, names=", ".join(names[:_SHOWN])),
            Reason.DOCUMENTS_ARE_READ() if project == DOCUMENTS else Reason.PROJECT_KNOWN(project=project),
            *(Reason.BUILD_KNOWN(build=build) for build in builds[:_SHOWN]),
            *(Reason.PACKAGE_LISTED(package=one.value) for one in listed),
        ),
        doubts=(doubt,),
        evidence=tuple(one.evidence for one in (*listed, *pieces[:_EVIDENCE_KEPT])),
        facts={"grade": "C", "project": project, "files": names[:64], "lowered": True},
    )


def _listed(project: str, files: Sequence[File], scene: Scene) -> list[Observation]:
    """Packages of the same images that bear the project's name or a file's, in the lists that package managers keep."""
    names = {project.casefold(), *(one.name.rpartition("/")[2].casefold() for one in files)}
    sources = {one.source for one in files}
    found = (
        one
        for one in scene.view.of(Kind.COMPONENT)
        if one.facts.get("list") in _LISTS
        and one.evidence.source in sources
        and str(one.facts.get("name", "")).casefold() in names
    )
    return list(islice(found, _SHOWN))
