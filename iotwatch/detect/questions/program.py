"""Which program of an image reads a position or an identity, and sends it?

Grades (reference facts: firmware signatures, suggested levels). A: far end, read and network call in one file. B: the same
spread over one program and its settings. C: location code without a far end or call, or an identity read beside one of the
two. D: a far end alone. Known open-source programs are lowered by name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from iotwatch.detect.detector import Scene
from iotwatch.detect.questions.known import everybodys, is_document
from iotwatch.detect.questions.program_files import PROGRAM_KINDS, File, files_of, named_files
from iotwatch.detect.questions.program_projects import lowered
from iotwatch.detect.severity import Behaviour
from iotwatch.model import Confidence, Evidence, Finding, Observation
from iotwatch.patterns import regex
from iotwatch.words.findings import Doubt, FindingKind, Reason, keyed
from iotwatch.words.kinds import Kind
from iotwatch.words.said import Said

_GRADES = {
    "A": Behaviour.READS_AND_SENDS,
    "B": Behaviour.READS_AND_CAN_SEND,
    "C": Behaviour.LOCATION_CODE,
    "D": Behaviour.NAMES_FAR_END,
}
_MEANING = {
    "A": "holds code that reads {what}, calls the network and names {far_end}, in one {whole}",
    "B": "holds code that reads {what} and calls the network; its settings name {far_end}",
    "C": "holds location code without a far end",
    "C named": "holds code that reads {what} and names {far_end}; no network call was seen in it",
    "C calls": "holds code that reads {what} and calls the network; no far end was seen in it",
    "D": "names the far end {far_end}",
}
_PIECES = (
    (Kind.PROGRAM_IDENTITY, Reason.READS),
    (Kind.PROGRAM_POSITION, Reason.READS),
    (Kind.PROGRAM_NETWORK, Reason.CALLS_NETWORK),
)
_EVIDENCE_KEPT = 10
_SHOWN = 4
# Who asks only for these takes nothing from the car but the question.
_HELP = frozenset({"assistance", "time", "map"})
_GIVES = frozenset({"agps", "time"})
# Folders that hold many programs' files, so that two files in one are not related for it.
_SHARED_FOLDER = regex(
    r"^(?:.*[/!])?(?:(?:usr|usr/local|system|app|opt|vendor)/)?(?:s?bin|lib|libexec|etc|share|conf|config|cfg|data|root|home|tmp|var|run)?/?$"
    r"|(?:^|[/!])(?:init\.d|conf\.d|default|systemd/system|rc\.d|lib/[\w-]+-linux-[\w]+)/?$"
)
_PLAIN_STEMS = frozenset(
    {"default", "config", "network", "system", "server", "client", "service", "start", "main", "settings"}
)
_STEM = regex(r"[A-Za-z][A-Za-z0-9]{3,}")


class ProgramDetector:
    """One finding per program, and one per open-source project."""

    name = "program"
    version = 2
    asks = "Which program in an image reads a position or an identity number, and does it name a far end to send it to?"
    false_alarms = (
        "Code that is there need not run. A program that shows the IMEI on a page and fetches updates from a server holds all"
        " the pieces too. Words for people (latitude, IMEI) stand in help texts and pages. Open-source programs are known by"
        " name alone, and a name can be borrowed."
    )

    def look(self, scene: Scene) -> Iterator[Finding]:
        files = files_of(scene)
        settings = [one for one in files if not one.program and one.endpoints and not is_document(one.path)]
        started = named_files(files)
        known: dict[str, list[File]] = defaultdict(list)
        for one in files:
            if not one.program:
                continue
            # What a program names by its path is no mere example.
            project = "" if is_document(one.path) and one.name in started else everybodys(one.path)
            project = project or one.build.partition(" ")[0]
            if project:
                known[project].append(one)
            else:
                yield from _graded(self.name, one, settings, scene)
        for project in sorted(known):
            yield from lowered(self.name, project, known[project], scene)


def _graded(detector: str, one: File, settings: Sequence[File], scene: Scene) -> Iterator[Finding]:
    calls = one.said.get(Kind.PROGRAM_NETWORK, [])
    own = [far for far in one.endpoints if not _helps(far, scene)]
    tied: list[tuple[File, Said]] = []
    if one.reads and calls and not own:
        tied = [(other, reason) for other in settings if (reason := _related(one, other))]
        tied = [(other, reason) for other, reason in tied if any(not _helps(far, scene) for far in other.endpoints)]
    if one.reads and calls and own:
        yield _finding(detector, "A", one, own, ())
    elif tied:
        far = [far for other, _ in tied for far in other.endpoints if not _helps(far, scene)]
        yield _finding(detector, "B", one, far, tuple(reason for _, reason in tied))
    elif (
        one.strong(Kind.PROGRAM_POSITION)
        or one.said.get(Kind.DIALECT_CONSTANT)
        or (one.strong(Kind.PROGRAM_IDENTITY) and (own or one.strong(Kind.PROGRAM_NETWORK)))
    ):
        yield _finding(detector, "C", one, own, ())
    elif own and calls:
        yield _finding(detector, "D", one, own, ())


def _helps(far: Observation, scene: Scene) -> bool:
    """Whether a far end only gives: the time, or data that helps a receiver to its first fix."""
    known = scene.signatures.match("host", str(far.facts.get("host", "")))
    if any(match.sends_location for match in known):
        return False
    if known:
        return all(match.serves & _GIVES and "lbs" not in match.serves for match in known)
    return far.facts.get("purpose") in _HELP


def _related(program: File, settings: File) -> Said | None:
    """Why a settings file is the program's; ``None`` when nothing says so."""
    if program.source != settings.source:
        return None
    inside = "/" + settings.name.lstrip("/")
    for used in program.said.get(Kind.PROGRAM_USES, ()):
        if inside == used.value or inside.endswith(used.value):
            return Reason.NAMES_SETTINGS(file=used.value)
    mine, other = _stem(program.name), _stem(settings.name)
    if mine and other and mine == other:
        return Reason.SETTINGS_BEAR_NAME(file=settings.name)
    folder = program.path.rpartition("/")[0]
    if (
        folder
        and folder == settings.path.rpartition("/")[0]
        and not _SHARED_FOLDER.search(folder.rpartition("!")[2] or folder)
    ):
        return Reason.SETTINGS_IN_FOLDER(file=settings.name)
    return None


def _stem(path: str) -> str:
    """The first word of a file's name, where it is no word that many files share."""
    found = _STEM.match(path.rpartition("/")[2])
    return found[0].lower() if found and found[0].lower() not in _PLAIN_STEMS else ""


def _finding(detector: str, grade: str, one: File, far: Sequence[Observation], ties: tuple[Said, ...]) -> Finding:
    what = _what(one)
    names = list(dict.fromkeys(str(end.facts.get("host", end.value)) for end in far))
    calls = one.said.get(Kind.PROGRAM_NETWORK, [])
    # Below grade B nothing is said to be sent, so that how it is sent decides nothing.
    strong = any(read.facts.get("strong", True) for read in one.reads)
    strong = strong and (grade in "CD" or any(call.facts.get("strong") for call in calls))
    raw = _is_raw(one)
    doubts = [Doubt.NEED_NOT_RUN()]
    if raw:
        doubts.append(Doubt.NO_PROGRAM_FILE())
    if grade == "A" and one.said.get(Kind.ELF) and not one.said.get(Kind.PROGRAM_TOGETHER):
        doubts.append(Doubt.NOT_IN_ONE_FUNCTION())
    if one.reads and not strong:
        doubts.append(Doubt.BY_WORDS_ALONE())
    if ties:
        doubts.append(Doubt.SETTINGS_BY_NAME())
    return Finding(
        detector=detector,
        kind=FindingKind.PROGRAM,
        subject=one.name,
        key=keyed("program", one.name),
        title=f"{one.name} "
        + _MEANING[_meaning(grade, one, far)].format(
            what=what or "data", far_end=", ".join(names[:2]), whole="firmware" if raw else "program"
        ),
        severity=_GRADES[grade].severity,
        confidence=Confidence.LIKELY if (strong or grade == "D") and not raw else Confidence.POSSIBLE,
        reasons=(Reason.GRADE(grade=grade), *_reasons(one, far), *ties),
        doubts=tuple(doubts),
        evidence=_evidence(one, far),
        facts=_facts(grade, one, names),
    )


def _meaning(grade: str, one: File, far: Sequence[Observation]) -> str:
    """The key of what is said of the program: grade C says which piece is missing."""
    if grade != "C" or not one.reads:
        return grade
    if far:
        return "C named"
    return "C" if one.position else "C calls"


def _is_raw(one: File) -> bool:
    """Neither ELF nor script: a program of a module's own system, or bytes that hold several."""
    return any(found.facts.get("form") == "raw" for kind in PROGRAM_KINDS for found in one.said.get(kind, ()))


def _what(one: File) -> str:
    words = [word.upper() for word in dict.fromkeys(read.value for read in one.said.get(Kind.PROGRAM_IDENTITY, ()))]
    if any("cell" in read.value for read in one.position):
        words.append("the cells in range")
    if any("cell" not in read.value for read in one.position):
        words.append("the position")
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _reasons(one: File, far: Iterable[Observation]) -> Iterator[Said]:
    for end in list(far)[:_SHOWN]:
        if purpose := end.facts.get("purpose"):
            yield Reason.FAR_END_FOR(value=end.value[:100], purpose=purpose)
        else:
            yield Reason.FAR_END_NAMED(value=end.value[:100])
    for found in one.said.get(Kind.PROGRAM_TOGETHER, [])[:_SHOWN]:
        what, hosts = ", ".join(found.facts["reads"]), ", ".join(found.facts["hosts"])
        yield Reason.IN_ONE_FUNCTION(address=found.value, what=what[:80], far_end=hosts[:80])
    for kind, word in _PIECES:
        for found in one.said.get(kind, [])[:_SHOWN]:
            shown = str(found.facts.get("call") or found.facts.get("text") or found.evidence.excerpt.decode("latin-1"))
            yield word(what=found.value, text=shown[:80])
    for found in one.said.get(Kind.DIALECT_CONSTANT, [])[:_SHOWN]:
        yield Reason.BUILDS_DIALECT(dialect=found.value, text=str(found.facts.get("text", ""))[:80])


def _evidence(one: File, far: Iterable[Observation]) -> tuple[Evidence, ...]:
    places = [
        *(end.evidence for end in list(far)[:3]),
        *(found.evidence for found in one.said.get(Kind.PROGRAM_TOGETHER, [])[:2]),
        *(read.evidence for read in one.said.get(Kind.PROGRAM_IDENTITY, [])[:3]),
        *(read.evidence for read in one.position[:3]),
        *(call.evidence for call in one.said.get(Kind.PROGRAM_NETWORK, [])[:2]),
    ]
    return tuple(dict.fromkeys(places))[:_EVIDENCE_KEPT]


def _facts(grade: str, one: File, names: Sequence[str]) -> dict[str, Any]:
    elf = next(iter(one.said.get(Kind.ELF, ())), None)
    facts: dict[str, Any] = {
        "grade": grade,
        "path": one.path,
        "far_ends": list(names[:16]),
        "reads": list(dict.fromkeys(read.value for read in one.reads)),
        "reads_position": bool(one.position),
        "network": list(dict.fromkeys(call.value for call in one.said.get(Kind.PROGRAM_NETWORK, ()))),
        "functions": [found.value for found in one.said.get(Kind.PROGRAM_TOGETHER, ())],
        "dialects": list(dict.fromkeys(found.value for found in one.said.get(Kind.DIALECT_CONSTANT, ()))),
        "needed": elf.facts.get("needed", []) if elf else [],
        "build_id": one.build_id,
    }
    return {name: value for name, value in facts.items() if value}
