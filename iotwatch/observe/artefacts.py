"""A file out of an image, or a text -> observations: what the signatures know in it, and the endpoints it names."""

from __future__ import annotations

from typing import Any

from iotwatch.model import Evidence
from iotwatch.observe.collector import Collector
from iotwatch.observe.firmware import observe_file
from iotwatch.observe.firmware.endpoints import comment
from iotwatch.observe.identifiers import number_facts, numbers
from iotwatch.observe.texts import is_text
from iotwatch.patterns import regex
from iotwatch.read.stream import Stream
from iotwatch.signatures import Match, Signatures
from iotwatch.words.kinds import Kind

_THINGS = frozenset({"module", "chipset", "board"})
_WORD_BYTES = 256
_BREAK = regex(rb"[\s\"'`=(),;<>|\0]")
_PATH = regex(rb"\.{0,2}/|~/|[a-z][a-z0-9+]{1,8}://")
_EXTENSION = regex(rb"[0-9A-Za-z]\.[a-z][a-z0-9]{1,6}\Z")


def observe_artefact(stream: Stream, signatures: Signatures, collector: Collector, *, leaf: bool = True) -> None:
    """Add what stands in the bytes of one artefact; every hit names its file and offset.

    ``leaf`` is false for a container whose files are artefacts of their own.
    """
    if not stream.data.strip(stream.data[:1]):
        return  # padding: an erased or sparse part can be large, and says nothing
    who = f"path:{stream.path}" if stream.path else ""
    # What is active comes first: the same value again only counts, and must not stay marked as a comment.
    for match in sorted(signatures.scan(stream.data), key=lambda match: _inactive(stream, match)):
        value = stream.data[match.start : match.end].decode("latin-1")[:200]
        if collector.wants(Kind.TEXT, who, value):
            collector.add(Kind.TEXT, who, value, _evidence(stream, match.start, match.end), _match_facts(stream, match))
    for number in numbers(stream.data):
        if not collector.names(number.kind, number.value):
            facts = number_facts(number, "text")
            collector.add(number.kind, who, number.value, _evidence(stream, number.start, number.end), facts)
    observe_file(stream, collector, leaf=leaf)


def _match_facts(stream: Stream, match: Match) -> dict[str, Any]:
    """What judging needs of a match: its role was settled by all of the file's matches and is not found again from one."""
    names = ("signature", "vendor", "product", "version", "identifies")
    facts: dict[str, Any] = {name: getattr(match, name) for name in names}
    facts |= {"confidence": match.confidence.name.lower(), "weak": match.weak}
    if _inactive(stream, match):
        facts["inactive"] = True
    return facts


def _inactive(stream: Stream, match: Match) -> bool:
    """A far end that is named in a commented line of a configuration is not in use; what stands in the name of a file that a
    script or a text speaks of is in that file."""
    if match.identifies == "endpoint":
        return comment(stream.data, match.start)
    return match.identifies in _THINGS and _in_file_name(stream.data, match.start, match.end)


def _in_file_name(data: bytes, start: int, end: int) -> bool:
    before = _BREAK.split(data[max(0, start - _WORD_BYTES) : start])[-1]
    behind = _BREAK.split(data[start : end + _WORD_BYTES], maxsplit=1)[0]
    named = _PATH.match(before) is not None or _EXTENSION.search(behind) is not None
    return named and is_text(data)


def _evidence(stream: Stream, start: int, end: int) -> Evidence:
    return stream.evidence(start, max(end, start + 1))
