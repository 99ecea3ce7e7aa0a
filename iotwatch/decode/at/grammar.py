"""The words of an AT dialogue (ITU-T V.250, 3GPP TS 27.007): commands, final results, named answers, unsolicited reports."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from iotwatch.patterns import regex

# V.250 section 5.4: basic commands may be chained; an extended one ends the chain or follows a semicolon.
_COMMAND = regex(
    r"(?:AT|at|At)(?P<body>(?:(?:[EHIMLQSVXZeivqz]\d{0,3}|S\d{1,3}(?:=\d{1,3}|\?)|[&\\%][A-Z]\d?|[AO](?=$|[ ;+]))[ ;]?){0,8}"
    r"(?:[+^$#!*%&@_-][A-Za-z]\S.{0,1500}|[+^$#!*%][A-Za-z]|D[TP]?[\d*#,+A-D;]{1,40})?)$"
)
_NAME = regex(r"\s*([+^$#!*%&@_-][A-Za-z][A-Za-z0-9_-]{0,31})\s*(=\?|\?|=)?(.*)", re.DOTALL)
_IDENTIFY = regex(r"(?:^|[ ;]|(?<=\d))[Ii]\d{0,2}(?=$|[ ;])|^(?:[EeQqVvZz]\d ?){0,4}[Ii]\d{0,2}$")
_VERSIONS = regex(r"(?i)I9 ?$")
"""The one number of I whose answer is told apart: u-blox gives versions for it, and no maker's name."""
_NAMED = regex(r"(?:^|(?<=[\s'\">\]|]))([+^$#!*%][A-Z][A-Z0-9_]{1,24})\s?:\s?(?P<rest>.*)$")
_FINAL = regex(
    r"(?:OK|ERROR|COMMAND NOT SUPPORT|NO CARRIER|BUSY|NO ANSWER|NO DIALTONE|CONNECT(?: \d+)?|SEND OK|\+CM[ES] ERROR:.*"
    r"|failed with \d+ baud.*)\s*$"
)
_FAILED = regex(r"ERROR|\+CM[ES] ERROR|COMMAND NOT SUPPORT|NO CARRIER")
_GLUED_RESULT = regex(r"(?P<command>[Aa][Tt][+^$#!*%][A-Z][A-Z0-9]{2,24}(?:[=?][^\"]{0,64})?)(?P<result>OK|ERROR)$")
_GLUED_NAME = regex(r"(?P<command>ATI)(?P<answer>[A-Z][a-z][\w .,-]{2,60})$")
REPORTS = regex(
    r"(?:RDY|APP RDY|\*ATREADY: ?\d|PB DONE|SMS DONE|Call Ready|SMS Ready|NORMAL POWER DOWN|POWERED DOWN|SIM card \w+"
    r"|RING|READY|START|DOWNLOAD|SHUT OK|CLOSED|ALREADY CONNECT|>|SIM REMOVED|VOICE CALL.*|EONS:.*)$"
)


class Command(msgspec.Struct, frozen=True):
    """One command: ``name`` in capitals with its sign (``+CGSN``, ``I``), ``kind`` run, read, test or set, ``arguments``."""

    name: str
    kind: str
    arguments: str = ""

    @property
    def text(self) -> str:
        """The command as it is sent."""
        mark = {"run": "", "read": "?", "test": "=?", "set": "="}[self.kind]
        return f"AT{self.name}{mark}{self.arguments}"


_PACKET_CALL = regex(r"(?i)D[TP]?\*9[89]\*{0,3}[0-9]{0,2}#$")
"""Dialling of the packet service (TS 27.007 sections 10.2.1.1 and 10.2.1.2); other numbers that are dialled are somebody's."""
_KINDS = {"": "run", None: "run", "?": "read", "=?": "test", "=": "set"}


def commands(text: str) -> tuple[Command, ...]:
    """The commands of one line; empty when the line is none. ``AT`` alone is the command ``""``."""
    text = text.rstrip("' \t;")
    found = _COMMAND.match(text[:-1] if text.endswith('"') and text.count('"') % 2 else text)
    if found is None:
        return ()
    body = found["body"]
    known: list[Command] = []
    for part in _split(body, ";"):
        named = _NAME.search(part)
        basic = part[: named.start()] if named else part
        if _IDENTIFY.search(basic.strip()):
            known.append(Command("I9" if _VERSIONS.search(basic) else "I", "run"))
        if _PACKET_CALL.match(basic):
            known.append(Command(basic.upper(), "run"))
        if named and (named[1][0] not in "&%" or len(named[1]) > 3):
            name = named[1].upper()
            known.append(Command(name, _KINDS[named[2]], named[3].strip()))
    return tuple(known) or (Command("", "run"),)


def glued(text: str) -> tuple[str, str] | None:
    """Command and answer of a line in which an echo without a line end stands before its answer (``ATIQuectel``)."""
    found = _GLUED_NAME.match(text) or _GLUED_RESULT.match(text)
    if found is None:
        return None
    return found["command"], text[found.end("command") :]


def is_final(text: str) -> bool:
    """Whether the line ends an answer (V.250 section 5.7.1, TS 27.007 section 9)."""
    return _FINAL.match(text) is not None


def is_failure(text: str) -> bool:
    return _FAILED.match(text) is not None


def named_answer(text: str) -> tuple[str, str, int] | None:
    """Name, value and the value's offset of ``+NAME: value``; the name is in capitals with its sign."""
    found = _NAMED.search(text)
    return (found[1], found["rest"], found.start("rest")) if found else None


def _split(text: str, separator: str) -> Iterator[str]:
    """Parts between separators that stand outside quotes."""
    if '"' not in text:
        yield from text.split(separator)
        return
    start, quoted = 0, False
    for index, character in enumerate(text):
        if character == '"':
            quoted = not quoted
        elif character == separator and not quoted:
            yield text[start:index]
            start = index + 1
    yield text[start:]


def arguments(text: str) -> list[str]:
    """The values between commas outside quotes, without quotes and blanks."""
    return [part.strip().strip('"').strip() for part in _split(text, ",")]
