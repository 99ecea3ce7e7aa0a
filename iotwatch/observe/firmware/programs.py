"""What a program reads and how it reaches the network: the pieces that the detector grades.

Kinds: ``program.identity``, ``program.position`` and ``program.network``, one observation for each value, ``elf`` for an ELF file's
own facts, ``program.uses`` for the settings files that a program with location code names, ``dialect.constant`` for frames of
trackers that it builds. Nothing here says that the code runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from iotwatch.files.beside import beside
from iotwatch.observe.firmware.markers import Hit
from iotwatch.observe.firmware.statement import Statement
from iotwatch.patterns import regex
from iotwatch.unpack.elf import ElfFacts
from iotwatch.words.kinds import Kind

MOST_OF_A_KIND = 6
_LEAST_RESOLVED = 3


class _Call(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Functions whose import says what a program does: ``pattern`` fits a whole name."""

    kind: str
    value: str
    pattern: str
    source: str


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    call: tuple[_Call, ...]


_CALLS = {f"call{number}": call for number, call in enumerate(beside(__file__, _File).call)}
_CALL = regex("|".join(f"(?P<{name}>{call.pattern})" for name, call in _CALLS.items()))
"""Any of them; the group that matched a whole name is the first one that can."""
_RESOLVERS = regex(r"getaddrinfo|gethostbyname(?:2|_r)?|inet_(?:addr|aton|pton)|res_query")
_SENDERS = frozenset({"send", "sendto", "sendmsg", "sendmmsg", "write"})
_KINDS = {
    "identity": Kind.PROGRAM_IDENTITY, "position": Kind.PROGRAM_POSITION, "network": Kind.PROGRAM_NETWORK,
}  # fmt: skip
_IDENTITY_CALLS = regex(r"^\w*(?:get|read|query)_?(?P<what>imei|imsi|iccid)\w*$", re.IGNORECASE)
_PATHS = regex(rb"/(?:etc|data|usr|opt|app|var|mnt|config|persist|system|tmp|home|jffs2|overlay)/[\w./-]{2,120}")
_MOST_PATHS = 40
_MOST_HEADER = 64
_NEIGHBOUR = 60


def elf_statement(data: bytes, facts: ElfFacts) -> Statement:
    """An ELF file's own words; its evidence is the header."""
    names = ("machine", "bits", "endian", "type", "interpreter", "soname", "build_id")
    said: dict[str, Any] = {name: getattr(facts, name) for name in names}
    said |= {"needed": list(facts.needed[:64]), "imports": len(facts.imports)}
    value = f"{facts.machine} {facts.bits}-bit {facts.endian}-endian {facts.type}"
    end = min(_MOST_HEADER, len(data))
    return Statement(Kind.ELF, value, 0, end, {name: one for name, one in said.items() if one})


def pieces(
    data: bytes, found: dict[str, list[Hit]], facts: ElfFacts | None, *, raw: bool, endpoint: bool
) -> Iterator[Statement]:
    """What a program reads and calls. ``endpoint`` says that it names a far end: then its network calls count by themselves.

    ``raw`` bytes have no import table and hold words by chance and as texts for people: strong markers alone count, and calls that
    are resolved by numbers.
    """
    reads = [*_marked("identity", data, found, raw=raw), *_marked("position", data, found, raw=raw)]
    calls = list(_marked("network", data, found, raw=raw))
    called = list(_imported(data, facts)) if facts is not None else []
    if raw:
        called += _resolved(found.get("resolved", ()))
    reads += [piece for piece in called if piece.kind != Kind.PROGRAM_NETWORK]
    calls += [piece for piece in called if piece.kind == Kind.PROGRAM_NETWORK]
    if not reads and not (endpoint and calls):
        return
    yield from _few(reads)
    yield from _few(calls)
    yield from _paths(data)


def _marked(kind: str, data: bytes, found: dict[str, list[Hit]], *, raw: bool) -> Iterator[Statement]:
    hits = found.get(kind, [])
    words = {hit.marker.pattern for hit in hits if not hit.marker.strong}
    form = {"form": "raw"} if raw else {}
    for hit in hits:
        # "latitude" alone stands in many texts; a program that handles positions has both words.
        alone = hit.marker.value == "position words" and len(words) < 2
        if not alone and (hit.marker.strong if raw else not hit.marker.bare):
            start, end = (hit.start, hit.end) if hit.wide else _token(data, hit.start, hit.end)
            text = data[start:end].decode("latin-1").replace("\0", "")
            yield Statement(
                _KINDS[kind], hit.marker.value, start, end, {"strong": hit.marker.strong, "text": text, **form}
            )


# What ends the word around a marker. A value of another field is never taken along: it could be a secret.
_ENDS = frozenset(b" \t\"'`&;,=()<>|")


def _token(data: bytes, start: int, end: int) -> tuple[int, int]:
    """The word around a marker: ``/app/var/modem/imei`` around ``/imei``."""
    first, last = max(0, start - _NEIGHBOUR), min(len(data), end + _NEIGHBOUR)
    while start > first and 32 < data[start - 1] < 127 and data[start - 1] not in _ENDS:
        start -= 1
    while end < last and 32 < data[end] < 127 and data[end] not in _ENDS:
        end += 1
    return start, end


def _said_by(name: str) -> tuple[str, str] | None:
    """The kind and value of what the call of a function says; ``None`` of most."""
    identity = _IDENTITY_CALLS.match(name)
    if identity:
        return "identity", identity["what"].lower()
    found = _CALL.fullmatch(name)
    if found is None or not found.lastgroup:
        return None
    call = _CALLS[found.lastgroup]
    return call.kind, call.value


def _imported(data: bytes, facts: ElfFacts) -> Iterator[Statement]:
    names = frozenset(facts.imports)
    wanted = [(*said, name) for name in facts.imports if (said := _said_by(name))]
    # A socket may be one inside the system: it takes the look-up of an address to be one to the network.
    if any(map(_RESOLVERS.fullmatch, names)) and names & _SENDERS and names & {"connect", "sendto", "sendmsg"}:
        wanted.append(("network", "sockets", "connect" if "connect" in names else "sendto"))
    for kind, value, name in wanted[:64]:
        at = data.find(b"\0" + name.encode() + b"\0") + 1
        if at:
            yield Statement(_KINDS[kind], value, at, at + len(name), {"strong": True, "call": name})


def _resolved(hits: Sequence[Hit]) -> Iterator[Statement]:
    """Calls that an application resolves by numbers. One such number stands in many files by chance, three do not."""
    if len({hit.marker.value for hit in hits}) < _LEAST_RESOLVED:
        return
    for hit in hits:
        if said := _said_by(hit.marker.value):
            facts = {"strong": True, "call": hit.marker.value, "form": "raw"}
            yield Statement(_KINDS[said[0]], said[1], hit.start, hit.end, facts)


def _few(found: Iterable[Statement]) -> Iterator[Statement]:
    """At most six values of a kind, the strong ones first, each where it stands first."""
    seen: dict[str, set[str]] = {}
    for piece in sorted(found, key=lambda piece: (not piece.facts["strong"], piece.start)):
        values = seen.setdefault(piece.kind, set())
        if piece.value not in values and len(values) < MOST_OF_A_KIND:
            values.add(piece.value)
            yield piece


def _paths(data: bytes) -> Iterator[Statement]:
    """Files that the program names: what ties it to its settings."""
    seen: set[bytes] = set()
    for found in _PATHS.finditer(data):
        path = found[0].rstrip(b".")
        if path not in seen and len(seen) < _MOST_PATHS:
            seen.add(path)
            yield Statement(Kind.PROGRAM_USES, path.decode("latin-1"), found.start(), found.start() + len(path), {})


def dialects(data: bytes, hits: Iterable[Hit]) -> Iterator[Statement]:
    """Frames of trackers as a program builds them, with the string around them."""
    for hit in hits:
        start, end = hit.start, hit.end
        while start > hit.start - _NEIGHBOUR and start and 32 <= data[start - 1] < 127:
            start -= 1
        while end < hit.end + _NEIGHBOUR and end < len(data) and 32 <= data[end] < 127:
            end += 1
        text = data[start:end].decode("latin-1")
        yield Statement(Kind.DIALECT_CONSTANT, hit.marker.value, start, end, {"text": text})


def headers(data: bytes, found: dict[str, list[Hit]]) -> Iterator[Statement]:
    """User agents that a program writes into its requests."""
    for hit in found.get("agent", ()):
        value = data[hit.start : hit.end].partition(b":")[2].strip()
        value = value.split(b"\\r")[0].split(b"\\n")[0].strip(b" \"'")
        start = data.find(value, hit.start) if value else -1
        named = b"/" in value or b" " not in value
        if start >= 0 and named and value not in (b"%s", b"*") and not value.startswith((b"$", b"{")):
            yield Statement(Kind.FILE_AGENT, value.decode("latin-1"), start, start + len(value), {"key": "User-Agent"})


# Topics as MQTT's users form them: two to nine levels, none of them a folder of the system's.
_TOPIC = regex(rb"\x00(/?[$A-Za-z][$\w{}+-]{1,40}(?:/[$\w%{}+#-]{1,40}){1,8})\x00")
_FOLDERS = (b"/", b"usr/", b"lib/", b"src/", b"text/", b"application/", b"image/", b"audio/", b"video/", b"multipart/")
# A name and a version, as agents and protocols have it.
_PRODUCT = regex(rb"^[\w-]+/[0-9%][\w%.-]*$")
_MOST_TOPICS = 40


def topics(data: bytes) -> Iterator[Statement]:
    """Strings of an MQTT program that have the form of a topic. Absolute ones count only in the clouds' known forms."""
    count = 0
    for found in _TOPIC.finditer(data):
        text = found[1]
        if text.startswith(_FOLDERS) and not text.startswith((b"/sys/", b"/ota/", b"/devices/", b"/v1/")):
            continue
        if _PRODUCT.match(text):
            continue
        yield Statement(Kind.FILE_TOPIC, text.decode("latin-1"), *found.span(1), {"key": "string"})
        count += 1
        if count >= _MOST_TOPICS:
            return
