"""A file of an image read once: what it is, what it names, what it holds, and what a program in it reads and sends.

Every observation's subject is ``path:`` and the file's path; of a file that is the source itself the path is empty.
"""

from __future__ import annotations

from collections.abc import Iterator

from iotwatch.observe.collector import Collector
from iotwatch.observe.firmware import certificates as keys
from iotwatch.observe.firmware import endpoints, kinds, markers, packages, programs, settings
from iotwatch.observe.firmware.kinds import could_be_log, is_shipped
from iotwatch.observe.firmware.opened import outside, unopened
from iotwatch.observe.firmware.statement import Statement
from iotwatch.observe.firmware.together import together
from iotwatch.read.stream import Stream
from iotwatch.unpack import elf
from iotwatch.words.kinds import Kind

__all__ = ["could_be_log", "is_shipped", "observe_file", "outside", "unopened"]

_TEXTS = frozenset({kinds.SCRIPT, kinds.SETTINGS, kinds.TEXT})
_PROGRAMS = frozenset({kinds.PROGRAM, kinds.SCRIPT, kinds.RAW})


def observe_file(stream: Stream, collector: Collector, *, leaf: bool = True) -> None:
    """Add what one file says. Of a container (``leaf`` is false) only far ends and keys are told: what stands between its files
    is no program of its own."""
    data, subject = stream.data, f"path:{stream.path}" if stream.path else ""
    found = markers.find(data)
    kind = kinds.kind_of(stream.path, data)
    said = list(_held(data, found, kind))
    if leaf:
        ends = list(filter(_in_use, said))
        said += _read(stream.path, data, found, kind, endpoint=bool(ends))
        if kind == kinds.PROGRAM:
            said += together(data, said, ends)
    # What is active comes first: the same value again only counts, and must not stay marked as a comment.
    for one in sorted(said, key=lambda one: bool(one.facts.get("inactive"))):
        if collector.wants(one.kind, subject, one.value):
            collector.add(
                one.kind, subject, one.value, stream.evidence(one.start, max(one.end, one.start + 1)), one.facts
            )


def _in_use(one: Statement) -> bool:
    return one.kind in (Kind.TEXT_URL, Kind.FILE_HOST) and not (one.facts["inactive"] or one.facts.get("mention"))


def _held(data: bytes, found: dict[str, list[markers.Hit]], kind: str) -> Iterator[Statement]:
    """Far ends, certificates and keys: what any file can hold."""
    ends = list(endpoints.urls(data, found.get("url", ()), text=kind in _TEXTS))
    if kind in (kinds.PROGRAM, kinds.RAW):
        ends += endpoints.hosts(data, found.get("host", ()))
    for end in ends:
        yield Statement(
            Kind.TEXT_URL if "://" in end.value else Kind.FILE_HOST, end.value, end.start, end.end, end.facts
        )
        if end.scheme is not None and not end.facts["inactive"]:
            yield Statement(Kind.CREDENTIAL, f"address of {end.host}", *end.scheme, {"form": "clear", "host": end.host})
    yield from keys.held(data, found.get("pem", ()), found.get("der", ()), found.get("key", ()))


def _read(
    path: str, data: bytes, found: dict[str, list[markers.Hit]], kind: str, *, endpoint: bool
) -> Iterator[Statement]:
    """What only a file of its own says: components, settings, and what a program reads and calls."""
    yield from packages.components(path, data, found.get("component", ()) if kind in _PROGRAMS else ())
    if kind in (kinds.SETTINGS, kinds.SCRIPT):
        yield from settings.statements(path, data, found.get("key-word", ()), script=kind == kinds.SCRIPT)
    if kind not in _PROGRAMS:
        return
    facts = elf.describe(data) if kind == kinds.PROGRAM else None
    if facts is not None:
        yield programs.elf_statement(data, facts)
    yield from programs.pieces(data, found, facts, raw=kind == kinds.RAW, endpoint=endpoint)
    yield from programs.dialects(data, found.get("dialect", ()))
    yield from programs.headers(data, found)
    if found.get("mqtt"):
        yield from programs.topics(data)
