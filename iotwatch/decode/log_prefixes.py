"""A log without the prefixes that a terminal, a logger, a mail or another program put before its lines.

A listing that was logged, quoted or coloured reads like the listing. Blanks stand where the prefixes stood, so that every character
keeps its place and spans hold. A prefix is known by its form (stamps, levels, quoting), or it is learned: what four of five lines
begin with. The reader of a log decides which of its forms is the right one: the one that says the most.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from itertools import islice

from iotwatch.patterns import regex

_SAMPLE = 400
_MOST = 4
_LONGEST = 120
JUDGED = 1 << 18
"""Characters of a log by which its forms are compared."""
_BLANKS = r"[ \t]{0,40}"
_DATE = r"\d{4}[-/.]\d\d[-/.]\d\d[T _]\d\d:\d\d:\d\d(?:[.,:]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?"
_DAY = r"(?:[A-Z][a-z]{2} ){1,2}[ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,6})?"
# Each is one thing that stands before lines. A program's name begins with a letter; the kernel's "usb 1-1:" is no host.
_FORMS = (
    rf"{_DAY} \d{{4}} [a-z0-9]{{2,8}}\.[a-z]{{2,7}} (?:[A-Za-z][\w./@-]{{0,47}})?(?:\[\d{{1,10}}\])?: ",  # logread of OpenWrt
    rf"(?:{_DATE}|{_DAY}) (?!usb )[\w.-]{{1,64}} [A-Za-z][\w./@-]{{0,47}}(?:\[\d{{1,10}}\])?: ",
    rf"(?:{_DATE}|{_DAY})[ \t:|,;>-]{{1,3}}",
    r"\[[^\[\]\r\n]{0,20}\d[^\[\]\r\n]{0,30}\][ \t]?",
    r"\d{1,2}:\d\d:\d\d(?:[.,:]\d{1,9})?[ \t:|,;>-]{1,3}",
    r"\d{1,10}\.\d{3,9}[ \t:|]{1,3}",
    r"\[?(?:DEBUG|INFO|WARN(?:ING)?|TRACE|ERROR)(?::[\w.]{0,40}:|: | - |\] )",
)
_PIECES = (*(regex(_BLANKS + form) for form in _FORMS), regex(r"[>|#] ?"))
_CONTROL = regex(r"\x1b\[[0-9;?]{0,12}[A-Za-z]")
_LINE = regex(r"[^\r\n]+")
_DOUBLED = regex(r"\r(?=\r)")
_ALONE = regex(r"\r(?!\n)")
_UTF8 = "\xef\xbb\xbf"
_TOKEN = regex(r"(?P<digits>\d+)|(?P<blank>[ \t]+)|(?P<word>[A-Za-z_]+)|(?P<sign>.)", re.DOTALL)
_SHARE = 0.8
_GAP = r"[ \t]{1,40}"


def unprefixed(text: str) -> list[str]:
    """``text`` with blanks for control sequences, then for known pieces before its lines one by one, then for what is learned;
    all of the same length."""
    plain = _controlled(text)
    return [_without(plan, plain) for plan in _plans(plain)]


def best(text: str, score: Callable[[str], int]) -> str:
    """The form of ``text`` whose beginning says the most by ``score``, the plainest of equals."""
    plain = _controlled(text)
    plans = _plans(plain)
    if len(plans) > 1:
        return _without(max(plans, key=lambda plan: score(_without(plan, plain[:JUDGED]))), plain)
    return plain


def _controlled(text: str) -> str:
    """Without control sequences and a mark of UTF-8 at its begin; lines that end in CR alone or twice end in LF."""
    if text.startswith(_UTF8):
        text = " " * len(_UTF8) + text[len(_UTF8) :]
    if "\r" in text:
        text = _ALONE.sub("\n", _DOUBLED.sub(" ", text))
    return _CONTROL.sub(_blank, text) if "\x1b[" in text else text


def _plans(plain: str) -> list[list[re.Pattern[str]]]:
    """What may stand before the lines: nothing, the known pieces one by one, and what is learned behind them."""
    pieces, rests = _before_lines([line[0] for line in islice(_LINE.finditer(plain), _SAMPLE)])
    plans = [pieces[:count] for count in range(len(pieces) + 1)]
    return plans + [[*pieces, learned] for learned in _common(rests)]


def _without(pieces: list[re.Pattern[str]], text: str) -> str:
    if not pieces:
        return text
    form = "^" + "".join(f"(?:{piece.pattern})?" for piece in pieces)
    return re.compile(form, re.MULTILINE).sub(_blank, text)


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])


def _before_lines(lines: list[str]) -> tuple[list[re.Pattern[str]], list[str]]:
    """The pieces that at least every second line has, in their order, and what is left of the lines."""
    rests = [line for line in lines if line.strip()]
    pieces: list[re.Pattern[str]] = []
    while rests and len(pieces) < _MOST:
        found = next((piece for piece in _PIECES if sum(map(bool, map(piece.match, rests))) * 2 >= len(rests)), None)
        if found is None:
            break
        pieces.append(found)
        rests = [rest[hit.end() :] for rest in rests if (hit := found.match(rest))]
        rests = [rest for rest in rests if rest.strip()]
    return pieces, rests


def _common(lines: list[str]) -> list[re.Pattern[str]]:
    """What four of five lines begin with: any digits for digits, any blanks for blanks; it ends in a sign or a blank.

    A stamp in brackets may belong to what was logged: what stands before it is another answer.
    """
    rows = [list(_TOKEN.finditer(line, 0, _LONGEST)) for line in lines]
    needed = max(3, int(len(rows) * _SHARE))
    forms: list[str] = []
    ends, bracket = 0, 0
    while True:
        rows = [row for row in rows if len(row) > len(forms)]
        counts = Counter(_form(row[len(forms)]) for row in rows)
        form, count = counts.most_common(1)[0] if counts else ("", 0)
        if count < needed:
            break
        rows = [row for row in rows if _form(row[len(forms)]) == form]
        last = rows[0][len(forms)]
        if last[0] == "[" and not bracket:
            bracket = len(forms)
        forms.append(form)
        if last.lastgroup in ("sign", "blank"):
            ends = len(forms)
    return [re.compile(_before("".join(forms[:end]))) for end in sorted({bracket, ends}) if end > 1]


def _before(form: str) -> str:
    """The form, whose last blanks a line may lack: most lines of a listing are indented, and some are not."""
    return form[: -len(_GAP)] + r"[ \t]{0,40}" if form.endswith(_GAP) else form


def _form(token: re.Match[str]) -> str:
    if token["digits"]:
        return r"\d{1,20}"
    return _GAP if token["blank"] else re.escape(token[0])
