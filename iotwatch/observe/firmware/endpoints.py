"""Far ends that a file names: addresses with a scheme, and host names that are a whole string of a program.

What is only mentioned (a home page, where to report bugs, a name space) is told apart from what is used, and a
commented line is inactive (reference facts: firmware signatures, gps.conf).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import msgspec

from iotwatch.enrich import scope
from iotwatch.files.beside import beside
from iotwatch.observe.firmware.markers import Hit
from iotwatch.patterns import regex
from iotwatch.words.hosts import read_host

SCHEMES = rb"(?:https?|mqtts?|coaps?|wss?|tcp|udp|tls|ssl|ftps?|sftp|ntrip|supl|socket)"
_SCHEME = regex(SCHEMES + rb"$", re.IGNORECASE)
_REST = regex(
    rb"://(?P<user>[A-Za-z0-9._%-]{1,64}:[^\s:/@\"'<>]{1,128}@)?"
    rb"(?P<host>[A-Za-z0-9.-]{3,253})(?P<port>:[0-9]{1,5})?(?P<path>[/?][!#-&(-;=?-Z\[\]_a-z|~{}]{0,200})?"
)
_HOST = regex(r"^(?:[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}$|^[0-9]{1,3}(?:\.[0-9]{1,3}){3}$")
MOST = 2_000
# What stands before an address that a person is to read and no program opens.
_MENTION = regex(
    rb"(?i)\bhref[ \t]{0,3}=[ \t]{0,3}[\"']?$|<script\b[^>]{0,60}\bsrc=[\"']?$|"
    rb"(?:targetNamespace|namespace|schemaLocation|noNamespaceSchemaLocation|systemId)[ \t]{0,3}=[ \t]{0,3}[\"'][^\"']{0,60}$|"
    rb"(?:bugs?|see|visit|home ?page|web ?site|documentation|docs|information|info|licen[cs]e|manual|refer|support|"
    rb"copyright|copy of|available|obtain\w*|faq|wiki|author|maintainer|described|mailing|xmlns[:\w]*|\$id|dtd|doctype)"
    rb"\b[^=%?&\n]{0,60}[=\"'<( ]{0,3}$|xmlns[:\w]*=[\"']$|<$"
)
# The table of name spaces of a program (gSOAP's ``struct Namespace``): names of specifications, one string after the other.
_NAME_SPACE = regex(
    rb"(?i)https?://(?:[a-z]+\.)?(?:w3|xmlsoap|oasis-open|onvif|tempuri)\.org/[^\0\s]{0,120}\0{1,8}(?:[A-Za-z_][\w.-]{0,16}\0{1,8})?$"
)
# A home page: no port and no path. Behind words of a sentence, on an indented line of a text or in a page's element no program
# opens it; where the words are of a connection, the sentence is a log's.
_IN_PROSE = regex(rb"(?i)[a-z]{2}[^=%{}\"'\n]{0,80}[ ,(\[]$|^[ \t]{1,40}$")
_OF_PAGE = regex(rb"(?i)</(?:a|b|em|i|li|p|span|strong|td|th|title)>")
_CONNECTS = regex(
    rb"(?i)\b(?:api|broker|call\w*|cloud|connect\w*|destination|endpoint|fetch\w*|from|gateway|host|login|post\w*|publish\w*|push\w*|"
    rb"put|queue\w*|regist\w*|report\w*|request\w*|send\w*|sent|server|service|submit\w*|sync\w*|to|track\w*|transmit\w*|upload\w*|"
    rb"uri|url|using|via)\b"
)
_COMMENT_ENDS = regex(rb"[ \t]{0,8}(?:-->|\*/)")
_CONTEXT = 90
_NAMES_APART = 160


class _Names(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    noise: tuple[str, ...]
    reversed: frozenset[str]
    readers: dict[str, str]
    purposes: dict[str, str]


_NAMES = beside(__file__, _Names)
_NOISE = tuple(f".{name}" for name in _NAMES.noise)
_READERS = [regex(pattern) for pattern in _NAMES.readers.values()]
_PURPOSES = {name: regex(pattern) for name, pattern in _NAMES.purposes.items()}


class Endpoint(NamedTuple):
    """A far end at ``start`` to ``end`` of the file. ``value`` is as written, without a user's name and password; where
    those stand in it, ``scheme`` is the place of what is before them."""

    value: str
    host: str
    start: int
    end: int
    facts: dict[str, Any]
    scheme: tuple[int, int] | None = None


def comment(data: bytes, start: int) -> bool:
    """Whether the line around ``start`` is commented out, as shells, settings and programs mark that."""
    line = data.rfind(b"\n", max(0, start - 500), start) + 1
    head = data[line:start].lstrip()
    return head[:1] in (b"#", b";") or head[:2] in (b"//", b"--", b"/*") or head[:4] == b"<!--"


def is_noise(host: str) -> bool:
    """Names that say nothing, and addresses that are none: loopback, all zeros, multicast."""
    if f".{host}".endswith(_NOISE):
        return True
    return host[-1:].isdigit() and (host.startswith("0.") or scope(host) in ("loopback", "multicast", "broadcast", ""))


def is_host(host: str) -> bool:
    return bool(_HOST.match(host))


def purpose(*words: str) -> str:
    """``assistance``, ``update``, ``management`` or ``time`` as a key, name or path says it, else empty."""
    text = " ".join(words)
    return next((name for name, pattern in _PURPOSES.items() if pattern.search(text)), "")


def is_for_readers(value: str) -> bool:
    """Whether an address by itself is one that a person or a browser opens: a feed, a bug tracker, a schema, a style sheet."""
    return any(pattern.search(value) for pattern in _READERS)


def urls(data: bytes, hits: Iterable[Hit], *, text: bool) -> Iterator[Endpoint]:
    """Addresses with a scheme, at most 2,000. In a ``text`` comments are told apart."""
    count = 0
    for hit in hits:
        found = _wide(data, hit) if hit.wide else _narrow(data, hit, text=text)
        if found is None or is_noise(found.host) or not is_host(found.host):
            continue
        yield found
        count += 1
        if count >= MOST:
            return


def _narrow(data: bytes, hit: Hit, *, text: bool) -> Endpoint | None:
    scheme = _SCHEME.search(data, max(0, hit.start - 6), hit.start)
    rest = _REST.match(data, hit.start, hit.start + 700)
    if scheme is None or rest is None:
        return None
    host = rest["host"].decode("latin-1").lower().rstrip(".")
    end = rest.end() - (len(rest[0]) - len(rest[0].rstrip(b".,;)}]")))
    value = (scheme[0] + b"://" + data[rest.start("host") : end]).decode("latin-1")
    before = data[max(0, scheme.start() - _CONTEXT) : scheme.start()]
    # A string of a program ends where its zero byte stands; a sentence of a text at its line's start.
    before = before[max(before.rfind(b"\0"), before.rfind(b"\n")) + 1 :]
    mention = bool(_MENTION.search(before) or _COMMENT_ENDS.match(data, end))
    mention = mention or (
        not text and _NAME_SPACE.search(data, max(0, scheme.start() - _NAMES_APART), scheme.start()) is not None
    )
    mention = mention or (not text and rest["path"] in (None, b"/") and _home_page(rest, before, data))
    facts = _facts(host, value, inactive=text and comment(data, scheme.start()), mention=mention)
    if rest["port"]:
        facts["port"] = int(rest["port"][1:])
    if not rest["user"]:
        return Endpoint(value, host, scheme.start(), end, facts)
    # The evidence begins behind the name and password, so that no report can show them.
    return Endpoint(value, host, rest.start("host"), end, facts, (scheme.start(), rest.start() + 3))


def _home_page(rest: re.Match[bytes], before: bytes, data: bytes) -> bool:
    """Whether an address without a path is for readers: in prose that speaks of no connection, or in an element of a page."""
    if rest["port"] or rest["user"] or _CONNECTS.search(before):
        return False
    return bool(_IN_PROSE.search(before) or _OF_PAGE.match(data, rest.end()))


def _wide(data: bytes, hit: Hit) -> Endpoint | None:
    """The same as UTF-16LE."""
    start = hit.start
    while start >= 2 and hit.start - start < 12 and data[start - 1] == 0 and data[start - 2 : start - 1].isalpha():
        start -= 2
    text = data[start : start + 1400].decode("utf-16-le", "replace").encode("latin-1", "replace")
    found = re.match(SCHEMES + _REST.pattern, text, re.IGNORECASE)
    if found is None:
        return None
    host = found["host"].decode("latin-1").lower().rstrip(".")
    value = (found[0].partition(b"://")[0] + b"://" + text[found.start("host") : found.end()]).decode("latin-1")
    facts, end = _facts(host, value, inactive=False, mention=False), start + 2 * found.end()
    if not found["user"]:
        return Endpoint(value, host, start, end, facts)
    scheme = (start, start + 2 * (found[0].index(b"://") + 3))
    return Endpoint(value, host, start + 2 * found.start("host"), end, facts, scheme)


def _facts(host: str, value: str, *, inactive: bool, mention: bool) -> dict[str, Any]:
    facts: dict[str, Any] = {"host": host, "inactive": inactive}
    if mention or is_for_readers(value):
        facts["mention"] = True
    word = purpose(value)
    if word:
        facts["purpose"] = word
    return facts


def hosts(data: bytes, hits: Iterable[Hit]) -> Iterator[Endpoint]:
    """Host names that are a whole zero-ended string of a program, as ``name`` or ``name:port``."""
    for hit in hits:
        raw = data[hit.start + 1 : hit.end - 1].decode("latin-1")
        host, port = read_host(raw)
        if not is_host(host) or is_noise(host) or host.partition(".")[0] in _NAMES.reversed:
            continue
        facts = _facts(host, raw, inactive=False, mention=False)
        if port:
            facts["port"] = port
        yield Endpoint(raw, host, hit.start + 1, hit.end - 1, facts)
