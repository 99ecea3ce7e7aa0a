"""Firmware bytes to what is inside them, one level at a time, inside limits.

``sniff`` says whether bytes are something to open, ``unpack`` opens them: every member has a place (a cut of its
container where it is stored as it is, a named step otherwise) whose replay gives its bytes. Readers run in the child
process of ``sandbox`` only. Nothing is written to disk and no link is followed.

Paths: a member's path is its container's path, ``!``, and its own printable relative path, so
``dump.bin!0x40000-squashfs!etc/passwd``. A later artefact of the same path says more than an earlier one.
"""

from __future__ import annotations

import hashlib
from functools import partial

import msgspec
from msgspec.structs import replace

from iotwatch.errors import LimitReached, UnpackError
from iotwatch.files.limits import OUTPUT_LIMIT, UnpackLimits
from iotwatch.files.shelf import Kept, Shelf
from iotwatch.model import Artefact, Coverage, Cut, Operation, Place, Step, cut, step
from iotwatch.place.cuts import apply_cut
from iotwatch.place.steps import STEPS, StepFunction
from iotwatch.unpack import carve, elf, sandbox, types
from iotwatch.unpack.entropy import profile
from iotwatch.unpack.entry import Reader
from iotwatch.unpack.readers import READERS
from iotwatch.unpack.wire import Found
from iotwatch.words.measures import Measure

__all__ = ["EVERY_STEP", "READERS", "Member", "Reader", "UnpackLimits", "Unpacked", "join", "sniff", "unpack"]

# Smaller blobs of unknown content are not searched for parts.
_RAW_BYTES = 4096
_TRAILER_BYTES = 256
_LARGE_PROGRAM = 1 << 20


def _pick(reader: str, data: bytes, argument: str = "", limit: int = OUTPUT_LIMIT) -> bytes:  # noqa: ARG001
    return sandbox.pick(reader, data, argument)


EVERY_STEP: dict[str, StepFunction] = {
    **STEPS,
    **{reader.name: partial(_pick, reader.name) for reader in READERS if reader.step},
}
"""The steps that need nothing, and those that need a reader: there the argument is the path of an entry inside."""
_BY_NAME = {reader.name: reader for reader in READERS}


class Member(msgspec.Struct, frozen=True):
    """One thing inside a container; ``place`` starts at the outer file.

    ``kind`` is ``file`` for what a file system or an archive names, ``carved``, or ``partition``: a part of an image, or
    what was compressed as a whole. ``takes`` are spans of the container that belong to what a step gave.
    """

    path: str
    content: Kept
    place: Place
    kind: str
    takes: tuple[tuple[int, int], ...] = ()

    @property
    def data(self) -> bytes:
        """Its bytes, which are read from the shelf each time."""
        return self.content.read()

    @property
    def listed(self) -> bool:
        return self.kind == "file"


class Unpacked(msgspec.Struct, frozen=True):
    """What is inside one blob, one level deep, and what could not be opened."""

    members: tuple[Member, ...] = ()
    artefacts: tuple[Artefact, ...] = ()
    coverage: tuple[Coverage, ...] = ()


def join(path: str, inside: str) -> str:
    """The path of ``inside`` within the container at ``path``."""
    return f"{path}!{inside}" if path else inside


def sniff(head: bytes, data: bytes) -> str | None:
    """The name of the reader that opens ``data``, ``elf`` or ``raw`` where parts may be found in it, or ``None``.

    ``head`` is the first bytes of ``data`` (the caller has them at hand). Text, pictures and ordinary programs are ``None``.
    """
    if not head:
        return None
    for reader in READERS:
        if reader.claims(data):
            return reader.name
    known = types.unopened(data)
    if known is not None:
        return known[0]
    if head[:4] == b"\x7fELF":
        return "elf" if _elf_worth(data) else None
    return "raw" if len(data) >= _RAW_BYTES and types.identify(data) in types.SEARCHABLE else None


def _elf_worth(data: bytes) -> bool:
    """An ELF file with something behind it, or one that no loader of a system starts (a boot stage, a kernel)."""
    size = carve.elf_size(data, 0)
    if 0 < size <= len(data) - _TRAILER_BYTES:
        return True
    facts = elf.describe(data) if len(data) > _LARGE_PROGRAM else None
    return facts is not None and not (facts.interpreter or facts.needed or facts.exports)


def unpack(
    data: bytes,
    place: Place | None,
    *,
    limits: UnpackLimits | None = None,
    path: str = "",
    shelf: Shelf | None = None,
) -> Unpacked:
    """Open ``data``, which stands at ``place`` of the outer file (``None``: it is the file), one level deep.

    What comes out waits on ``shelf``, so that no more than one member is held in memory.
    Never raises for anything the bytes do: what cannot be opened is an artefact of ``path`` with a status and a note.
    """
    limits, shelf = limits or UnpackLimits(), shelf or Shelf()
    limits = replace(limits, total_bytes=min(limits.total_bytes, shelf.room))
    name = sniff(data[:_RAW_BYTES], data)
    if name is None:
        return Unpacked()
    if name not in _BY_NAME and name != "elf":
        _, status, note = types.unopened(data) or (name, "no-reader", "")
        return Unpacked(artefacts=(_own(data, path, name, status, f"{note}; {profile(data)}"),))
    reading = sandbox.read("raw" if name == "elf" else name, data, limits, shelf=shelf)
    members: list[Member] = []
    artefacts: list[Artefact] = []
    for found, content in reading.found:
        member, artefact = _member(found, content, data, place, join(path, found.path), shelf)
        artefacts.append(artefact)
        if member is not None:
            members.append(member)
    if reading.status != "ok":
        artefacts.append(_own(data, path, name, reading.status, reading.note))
    elif name == "raw" and not members:
        artefacts.append(_own(data, path, "data", "unknown", profile(data)))
    coverage = _coverage(name, data, path, members, whole=reading.status == "ok", outermost=place is None)
    return Unpacked(tuple(members), tuple(artefacts), tuple(coverage))


def _own(data: bytes, path: str, name: str, status: str, note: str) -> Artefact:
    return Artefact(path, len(data), name, status, hashlib.sha256(data).hexdigest(), note)


def _member(
    found: Found, kept: Kept, data: bytes, place: Place | None, where: str, shelf: Shelf
) -> tuple[Member | None, Artefact]:
    """The member and the artefact row of what the child found; its chain is checked, since the child is not trusted."""
    if not found.chain:
        return None, Artefact(where, found.size, found.type or "file", found.status, "", found.note)
    try:
        content = _cut(data, found.chain) if found.cut else kept.read()
        kept = shelf.put(content) if found.cut else kept
    except LimitReached as error:
        return None, Artefact(where, len(content), found.type or "file", "limit", "", str(error))
    except UnpackError as error:
        return None, Artefact(where, 0, found.type or "file", "damaged", "", str(error))
    note = found.note
    if found.status == "unknown":
        note = f"{note}; {profile(content)}" if note else profile(content)
    artefact = Artefact(
        where, len(content), found.type or _type(content), found.status, hashlib.sha256(content).hexdigest(), note
    )
    return Member(where, kept, _place(place, found.chain), found.kind, found.takes), artefact


def _type(content: bytes) -> str:
    """A container's reader, where the first bytes alone do not tell."""
    name = types.identify(content)
    if name != "data":
        return name
    return next((reader.name for reader in READERS if reader.claims(content)), name)


def _cut(data: bytes, chain: tuple[Operation, ...]) -> bytes:
    for operation in chain:
        if not isinstance(operation, Cut):
            raise UnpackError("the reader named a cut and gave a step")
        data = apply_cut(data, operation)
    return data


def _place(place: Place | None, chain: tuple[Operation, ...]) -> Place:
    for operation in chain:
        match operation:
            case Cut(spans=spans):
                place = cut(place, spans)
            case Step(name=name, argument=argument):
                place = step(place, name, argument)
    if place is None:
        raise UnpackError("an entry has no chain")
    return place


def _coverage(
    name: str, data: bytes, path: str, members: list[Member], *, whole: bool, outermost: bool
) -> list[Coverage]:
    """How much was opened: always for the outermost blob, for those inside it only when not all was."""
    rows = []
    label = path or "the image"
    if name in ("raw", "elf"):
        opened = sum(member.content.size for member in members if not member.path.endswith("-unknown"))
        if outermost or opened:
            said = f"{opened} of {len(data)} bytes of {label} are known parts"
            rows.append(Coverage(Measure.UNPACK_OPENED, opened, said))
        if not carve.engine():
            rows.append(Coverage(Measure.UNPACK_ENGINE, 0, "binwalk's engine is not installed here: own magics only"))
    elif whole and outermost:
        said = f"{len(data)} of {len(data)} bytes of {label} opened as {name}"
        rows.append(Coverage(Measure.UNPACK_OPENED, len(data), said))
    return rows + _sandbox_coverage()


def _sandbox_coverage() -> list[Coverage]:
    """One row for each part of the sandbox that is not in force: never open in silence."""
    try:
        return [Coverage(Measure.UNPACK_SANDBOX, 0, missing) for missing in sandbox.state().missing]
    except UnpackError as error:
        return [Coverage(Measure.UNPACK_SANDBOX, 0, str(error))]
