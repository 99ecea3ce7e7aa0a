"""Text patterns over one short value (re2 sets) and over big bytes (yara-x), with what a pattern's groups say."""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec
import re2

from iotwatch.errors import SignatureError
from iotwatch.signatures.format import Rule, Signature

if TYPE_CHECKING:
    import yara_x

VALUE_LIMIT = 4096  # characters of one value that are looked at; nothing that names a device is longer
HITS_PER_PATTERN = 64
HOST_NAME_LIMIT = 253  # RFC 1035 section 2.3.4, without the length octets
_HOST_BYTES = string.ascii_letters.encode() + string.digits.encode() + b"-_."


class Hit(msgspec.Struct, frozen=True):
    """Where a rule's pattern hit, and the product and version that its groups name."""

    signature: Signature
    rule: Rule
    start: int
    end: int
    product: str = ""
    version: str = ""


def compile_pattern(pattern: str, signature: str) -> re2._Regexp[str]:
    """Compile for the linear-time engine; ``SignatureError`` names the signature."""
    try:
        return re2.compile(pattern)
    except re2.error as error:
        raise SignatureError(f"{signature}: the pattern {pattern!r} is no google-re2 pattern: {error}") from error


class Compiled:
    """Rules of one field, tried together: one automaton says which hit, only those are then run for their groups."""

    def __init__(self, rules: Sequence[tuple[Signature, Rule]]) -> None:
        self._rules = tuple((signature, rule, compile_pattern(rule.pattern, signature.id)) for signature, rule in rules)
        self._set = re2.Set.SearchSet()
        for _, rule, _ in self._rules:
            self._set.Add(rule.pattern)
        if self._rules:
            self._set.Compile()

    def find(self, value: str) -> Iterator[Hit]:
        """Yield the first hit of each rule in ``value``; characters that UTF-8 cannot hold count as ``?``."""
        if not self._rules:
            return
        text = value[:VALUE_LIMIT].encode("utf-8", "replace").decode()
        for index in sorted(self._set.Match(text) or ()):
            signature, rule, regex = self._rules[index]
            found = regex.search(text)
            if found is not None:
                yield _hit(signature, rule, found.start(), found.end(), found)


def _hit(signature: Signature, rule: Rule, start: int, end: int, found: re2._Match[str] | None) -> Hit:
    groups = found.groupdict() if found is not None else {}
    return Hit(signature, rule, start, end, groups.get("product") or "", groups.get("version") or "")


def _yara_regex(pattern: str) -> str:
    """Write a google-re2 pattern as a YARA regular expression: the same syntax, but for the slash that ends it."""
    out: list[str] = []
    escaped = False
    for character in pattern:
        out.append("\\/" if character == "/" and not escaped else character)
        escaped = character == "\\" and not escaped
    return "/" + "".join(out) + "/"


def is_slow(pattern: str) -> bool:
    """Whether YARA-X finds no rare beginning in a pattern of field ``text``, so that looking for it takes long."""
    import yara_x

    compiler = yara_x.Compiler(error_on_slow_pattern=True)
    try:
        compiler.add_source(f"rule tried {{ strings: $s = {_yara_regex(pattern)} condition: $s }}")
    except yara_x.CompileError:
        return True
    return False


class Found(msgspec.Struct, frozen=True):
    """What one pass over bytes found: rule hits, host names as ``(start, end)``, and what was cut by the hit limit."""

    hits: list[Hit]
    names: list[tuple[int, int]]
    truncated: tuple[str, ...] = ()


class Scanner:
    """The rules of field ``text`` and the known host names, compiled into one YARA-X scanner that runs at memory speed."""

    def __init__(self, rules: Sequence[tuple[Signature, Rule]], suffixes: Iterable[str]) -> None:
        self._rules = tuple((signature, rule, compile_pattern(rule.pattern, signature.id)) for signature, rule in rules)
        self._suffixes = tuple(sorted(suffixes))
        self._compiled = self._build()

    def _build(self) -> yara_x.Rules | None:
        import yara_x

        strings = {f"p{index}": _yara_regex(rule.pattern) for index, (_, rule, _) in enumerate(self._rules)}
        strings |= {f"h{index}": f'"{suffix}" nocase' for index, suffix in enumerate(self._suffixes)}
        if not strings:
            return None
        # A rule each: a scan then gives those that matched, and not all patterns to be asked one by one.
        rules = (f"rule {name} {{ strings: $s = {string} condition: $s }}" for name, string in strings.items())
        try:
            return yara_x.compile("\n".join(rules))
        except yara_x.CompileError as error:
            raise SignatureError(f"the text patterns do not compile: {error}") from error

    def find(self, data: bytes) -> Found:
        """Return what stands in ``data``; hits in the order of their place, each host name once."""
        if self._compiled is None:
            return Found([], [])
        import yara_x

        scanner = yara_x.Scanner(self._compiled)
        scanner.max_matches_per_pattern(HITS_PER_PATTERN + 1)
        hits: list[Hit] = []
        names: dict[bytes, tuple[int, int]] = {}
        cut: set[str] = set()
        for matching in scanner.scan(data).matching_rules:
            (pattern,) = matching.patterns
            spans = [(place.offset, place.offset + place.length) for place in pattern.matches]
            kind, index = matching.identifier[0], int(matching.identifier[1:])
            if kind == "p":
                signature, rule, regex = self._rules[index]
                if rule.least > 1 and len({data[slice(*place)] for place in spans}) < rule.least:
                    continue
                hits.extend(_read_groups(signature, rule, regex, data, spans[:HITS_PER_PATTERN]))
            else:
                for name in _host_spans(data, spans[:HITS_PER_PATTERN]):
                    names.setdefault(data[slice(*name)].lower(), name)
            if len(spans) > HITS_PER_PATTERN:
                cut.add(self._rules[index][0].id if kind == "p" else self._suffixes[index])
        hits.sort(key=lambda hit: (hit.start, hit.end, hit.signature.id))
        return Found(hits, sorted(names.values()), tuple(sorted(cut)))


def _host_spans(data: bytes, spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Widen each suffix to the host name it ends; mail addresses and longer names that only contain it are none."""
    for start, end in spans:
        head = data[max(start - HOST_NAME_LIMIT, 0) : start]
        begin = start - (len(head) - len(head.rstrip(_HOST_BYTES)))
        label = data[begin:start].lstrip(b".-")
        begin = start - len(label)
        before, after = data[begin - 1 : begin], data[end : end + 2]
        inside = label and not label.endswith(b".")
        longer = after[:1].isalnum() or after[:1] in (b"-", b"_") or (after[:1] == b"." and after[1:].isalnum())
        if before != b"@" and not inside and not longer:
            yield begin, end


def _read_groups(
    signature: Signature, rule: Rule, regex: re2._Regexp[str], data: bytes, spans: Iterable[tuple[int, int]]
) -> Iterator[Hit]:
    """Yield hits with their groups; the byte on either side comes along so that word borders see what stood there."""
    for start, end in spans:
        if not regex.groupindex:
            yield Hit(signature, rule, start, end)
            continue
        found = regex.search(data[max(start - 1, 0) : end + 1].decode("latin-1"))
        yield _hit(signature, rule, start, end, found)
