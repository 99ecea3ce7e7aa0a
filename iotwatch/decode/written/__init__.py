"""Bytes as people write them down: hex in all its forms, dumps, source code, base64, lines of a log; text in, bytes out.

Nobody here knows a protocol: a text that can be read in several ways gives several readings, and whoever asks decides by
what the bytes say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from iotwatch.decode.written import lines, literals, offsets
from iotwatch.decode.written.forms import Form, Piece, Reading
from iotwatch.patterns import regex

__all__ = ["MAX_TEXT", "Form", "Piece", "Reading", "plain_text", "readings"]

MAX_TEXT = 1 << 20
"""Bytes of a text that are read; whoever hands in more is told."""
_CONTROL = regex(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
# What web pages, mails and word processors put in the place of plain signs.
_PLAIN = str.maketrans(dict.fromkeys("\u00a0\u2007\u202f", " ") | dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-")
                       | dict.fromkeys("\u201c\u201d", '"') | dict.fromkeys("\u2018\u2019", "'")
                       | dict.fromkeys("\u200b\u2060\ufeff", ""))  # fmt: skip
_FENCE = regex(r"^[ \t]*(?:```|~~~)[^\n]*$", re.MULTILINE)


def plain_text(data: bytes) -> str:
    """The text that ``data`` is (UTF-8, or UTF-16 with its mark), line ends as LF; empty when it holds other bytes."""
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        text = data.decode("utf-16" if wide else "utf-8")
    except UnicodeDecodeError:
        return ""
    if _CONTROL.search(text):
        return ""
    text = text.translate(_PLAIN).replace("\r\n", "\n").replace("\r", "\n")
    return _FENCE.sub("", text)


def readings(text: str) -> Iterator[Reading]:
    """The ways in which ``text`` stands for the bytes of messages, the more particular form first."""
    yield from offsets.readings(text)
    yield from literals.readings(text)
    yield from lines.joined(text)
