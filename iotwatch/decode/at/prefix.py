"""What logs put before a line: stamps, levels, names of functions, marks of direction.

Two ways off: pieces of known form, one after the other; and forms learned from the log itself. Where a command stands
behind the same words again and again, those words are the log's prefix, and the same words with other digits, or with the
opposite mark of direction, stand before the answers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from iotwatch.files.beside import beside
from iotwatch.patterns import regex

_PIECES = 10
LEARN_LINES = 20_000
_LEARN_FORMS = 8
_LEARN_LENGTH = 120


class Prefix(NamedTuple):
    """How many characters the prefix has, and what it says of direction (``None``: nothing) and port."""

    length: int
    sent: bool | None
    port: str


class _Forms(msgspec.Struct, frozen=True):
    """Pieces of known form, and the marks of either direction."""

    pieces: list[str]
    sent: list[str]
    got: list[str]


_FORMS = beside(__file__, _Forms)
_PIECE = regex(rf"\s*(?:{'|'.join(_FORMS.pieces)})\s*")
_SENT_WORD = regex(r"(?i)^\s*(?:tx|send|sent|write|out|host|>+|-+>|=>)\s*$")
_GOT_WORD = regex(r"(?i)^\s*(?:rx|recv|rcv|read|in|modem|<+|<-+|<=)\s*$")
_SENT, _GOT = "|".join(_FORMS.sent), "|".join(_FORMS.got)
_MARK = regex(rf"(?:{_SENT})|(?:{_GOT})")
_QUOTE = regex(r"b?[\"'](?:<CR>|<LF>|\\[rn]){0,4}$")
_CHUNK = regex(r"(?P<words>[^'\"]{4,120}?)b?(?P<quote>['\"]).*(?P=quote)\s*$")
_CHUNK_SHARE = 4
# A command or an answer that goes on in the quotes, as ``AT+CSIM=14,`` does, is no words before them.
_SPEAKS = regex(r"(?:^|[^A-Za-z0-9_])(?:[Aa][Tt])?[+^$#!*%][A-Za-z][A-Za-z0-9_]{2,24}(?:=|\?|: ?)[^'\"]{0,80}$")
_CLOSING = regex(r"[\s:>|)\]=-]*$")
_COMMAND = regex(r"(?<![A-Za-z0-9_])(?:AT|at)(?=[+^$#!*%][A-Za-z]{3})")
_ANY_MARK = rf"(?:(?P<sent>{_SENT})|(?P<got>{_GOT}))"
_TOKEN = regex(r"(?P<digits>\d+)|(?P<blank>\s+)|(?P<other>.)", re.DOTALL)


class Prefixes:
    """Takes prefixes off the lines of one log."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._learned = _learn(texts)

    def of(self, text: str) -> Prefix:
        """The prefix of one line."""
        for form in self._learned:
            found = form.match(text)
            if found is not None:
                groups = found.groupdict()
                way = True if groups.get("sent") else False if groups.get("got") else None
                return Prefix(found.end(), way, _port(found[0]))
        return known(text)


def known(text: str) -> Prefix:
    """The prefix as far as its pieces have known forms."""
    at, sent, port = 0, None, ""
    for _ in range(_PIECES):
        found = _PIECE.match(text, at)
        if found is None or found.end() == at:
            break
        bracket = found["bracket"] or ""
        if found["sent"] or _SENT_WORD.match(bracket):
            sent = True
        elif found["got"] or _GOT_WORD.match(bracket):
            sent = False
        port = found["port"] or found["tty"] or _port(bracket) or port
        at = found.end()
    return Prefix(at, sent, port.removesuffix("/at").rpartition("/")[2])


def direction(words: str) -> bool | None:
    """What the words before a chunk in quotes say: the last word for a direction, else the last arrow; ``None`` for neither."""
    marks = [found for found in re.finditer(_ANY_MARK, words) if len(found[0]) > 1]
    spoken = [found for found in marks if found[0].isalpha() and found[0].isascii()] or marks
    return spoken[-1]["sent"] is not None if spoken else None


def _port(text: str) -> str:
    found = re.search(r"\b(tty[A-Z]{2,4}\d{1,3}|COM\d{1,3})\b", text)
    return found[1] if found else ""


def _learn(texts: Iterable[str]) -> list[re.Pattern[str]]:
    """Forms of words that stand before commands at least twice, or before chunks in quotes on many lines, and that the known
    pieces do not take off."""
    counts: Counter[str] = Counter()
    chunks: Counter[str] = Counter()
    total = 0
    for index, text in enumerate(texts):
        if index >= LEARN_LINES:
            break
        total += 1
        chunk = _CHUNK.match(text)
        if chunk is not None and _is_prefix(chunk["words"]):
            chunks[_form(chunk["words"])] += 1
        found = _COMMAND.search(text, 1, _LEARN_LENGTH + 2)
        if found is None:
            continue
        # A quote belongs to the content: its end is looked for behind it.
        words = _QUOTE.sub("", text[: found.start()])
        if known(words + "AT").length != len(words):
            counts[_form(words)] += 1
    learned = {form: None for form, count in chunks.most_common(_LEARN_FORMS) if count * _CHUNK_SHARE >= total}
    learned |= {form: None for form, count in counts.most_common(_LEARN_FORMS) if count >= 2}
    return [re.compile(form) for form in learned]


def _is_prefix(words: str) -> bool:
    """Whether words before a chunk in quotes are a log's, and of no form that is known."""
    return known(words + "AT").length != len(words) and _SPEAKS.search(words) is None


def _form(prefix: str) -> str:
    """The prefix as a pattern: any digits for digits, any blanks for blanks, either direction for a mark of one.

    Only the last mark is the direction, an earlier one is part of the words. Some logs mark what is sent alone.
    """
    last = next(reversed(list(_MARK.finditer(prefix))), None)
    if last is None:
        return _pattern(prefix)
    after = prefix[last.end() :]
    marked = _ANY_MARK + _pattern(after)
    return _pattern(prefix[: last.start()]) + (f"(?:{marked})?" if _CLOSING.match(after) else marked)


def _pattern(text: str) -> str:
    return "".join(_token(token) for token in _TOKEN.finditer(text))


def _token(token: re.Match[str]) -> str:
    if token["digits"]:
        return r"\d{1,20}"
    return r"\s{1,40}" if token["blank"] else re.escape(token["other"])
