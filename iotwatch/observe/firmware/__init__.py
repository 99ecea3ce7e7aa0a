"""A file of an image read once: what it is, what it names, what it holds, and what a program in it reads and sends.

Every observation's subject is ``path:`` and the file's path; of a file that is the source itself the path is empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from iotwatch.observe.collector import Collector
from iotwatch.observe.firmware import endpoints, keys, kinds, markers, packages, programs, settings
from iotwatch.observe.firmware.kinds import could_be_log
from iotwatch.observe.firmware.opened import unopened
from iotwatch.read.stream import Stream
from iotwatch.unpack import elf

__all__ = ["could_be_log", "observe_file", "unopened"]

_TEXTS = frozenset({kinds.SCRIPT, kinds.SETTINGS, kinds.TEXT})
_PROGRAMS = frozenset({kinds.PROGRAM, kinds.SCRIPT, kinds.RAW})


def observe_file(stream: Stream, collector: Collector, *, leaf: bool = True) -> None:
    """Add what one file says. A container (``leaf`` is false) is only searched for what could stand outside its files:
    its programs and settings are files of their own."""
    data, subject = stream.data, f"path:{stream.path}" if stream.path else ""
    found = markers.find(data)
    kind = kinds.kind_of(stream.path, data)

    def add(kind: str, value: str, start: int, end: int, facts: dict[str, object]) -> None:
        if collector.wants(kind, subject, value):
            collector.add(kind, subject, value, stream.evidence(start, max(end, start + 1)), facts)

    far_ends = list(_far_ends(data, found, kind))
    # What is active comes first: the same value again only counts, and must not stay marked as a comment.
    for one in sorted(far_ends, key=lambda one: bool(one.facts["inactive"])):
        add("text.url" if "://" in one.value else "file.host", one.value, one.start, one.end, one.facts)
        if one.scheme is not None and not one.facts["inactive"]:
            add("credential", f"address of {one.host}", *one.scheme, {"form": "clear", "host": one.host})
    for held in keys.held(data, found.get("pem", ()), found.get("der", ()), found.get("key", ())):
        add(held.kind, held.value, held.start, held.end, held.facts)
    if not leaf:
        return
    for part in packages.components(stream.path, data, found.get("component", ()) if kind in _PROGRAMS else ()):
        facts: dict[str, object] = {"name": part.name, "version": part.version, "list": part.list}
        if part.architecture:
            facts["architecture"] = part.architecture
        add("component", f"{part.name} {part.version}", part.start, part.end, facts)
    if kind in (kinds.SETTINGS, kinds.SCRIPT):
        words = found.get("key-word", ())
        for line in sorted(settings.statements(stream.path, data, words, script=kind == kinds.SCRIPT), key=_inactive):
            add(line.kind, line.value, line.start, line.end, line.facts)
    if kind in _PROGRAMS:
        named = any(not one.facts["inactive"] and "mention" not in one.facts for one in far_ends)
        for piece in _program(data, found, kind, endpoint=named):
            add(piece.kind, piece.value, piece.start, piece.end, piece.facts)


def _far_ends(data: bytes, found: dict[str, list[markers.Hit]], kind: str) -> Iterator[endpoints.Endpoint]:
    yield from endpoints.urls(data, found.get("url", ()), text=kind in _TEXTS)
    if kind in (kinds.PROGRAM, kinds.RAW):
        yield from endpoints.hosts(data, found.get("host", ()))


def _inactive(line: settings.Setting) -> bool:
    return bool(line.facts.get("inactive"))


def _program(
    data: bytes, found: dict[str, list[markers.Hit]], kind: str, *, endpoint: bool
) -> Iterable[programs.Piece]:
    facts = elf.describe(data) if kind == kinds.PROGRAM else None
    if facts is not None:
        yield programs.elf_piece(data, facts)
    yield from programs.pieces(data, found, facts, raw=kind == kinds.RAW, endpoint=endpoint)
    yield from programs.dialects(data, found.get("dialect", ()))
    yield from programs.headers(data, found)
    if found.get("mqtt"):
        yield from programs.topics(data)
