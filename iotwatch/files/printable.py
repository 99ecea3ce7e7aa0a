"""Texts that others wrote (file names, hosts, banners), made fit for the database and for a terminal.

On Unix a file's name is bytes. Python carries those that are no UTF-8 as lone surrogates (PEP 383), which neither SQLite nor
JSON takes; and a name may hold an escape sequence that a terminal obeys.
"""

from __future__ import annotations

import os
import shlex
import unicodedata
from pathlib import Path

from iotwatch.patterns import regex

_UNUSUAL = regex(r"[^\t\n\r\x20-\x7e]|\r(?!\n)")
_BYTE = regex(rb"\\x([0-9a-f]{2})")


def storable(text: str) -> str:
    r"""The text with each byte that is no UTF-8 as ``\xNN``."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def visible(text: str) -> str:
    r"""The text on one line that a terminal prints and does not obey: what is no printable character as ``\xNN``."""
    if text.isprintable():
        return text
    shown = (one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in storable(text))
    return "".join(shown)


def plain(text: str) -> str:
    r"""A text of many lines as it leaves by any door: a file, a pipe, a terminal, a browser.

    Controls, marks that turn the order of what follows (Unicode Standard Annex 9) and line ends that only some programs know
    become ``\uNNNN``, as JSON writes them (RFC 8259 section 7), so that JSON says the same as before.
    """
    return _UNUSUAL.sub(lambda found: found[0] if _is_plain(found[0]) else _escaped(found[0]), text)


def _is_plain(one: str) -> bool:
    # Our Markdown breaks links with a space of no width.
    return one == "\u200b" or (unicodedata.category(one)[0] != "C" and one not in "\u2028\u2029")


def _escaped(one: str) -> str:
    units = one.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


def stored_path(text: str) -> Path:
    """The file that a stored path names: as it is written, else with the bytes that ``storable`` wrote out."""
    path = Path(text)
    if "\\x" in text and not path.exists():
        return Path(os.fsdecode(_BYTE.sub(lambda found: bytes([int(found[1], 16)]), text.encode())))
    return path


def shell_word(text: str) -> str:
    """A path quoted for a shell: with the shell's own escapes (``$'...'``, POSIX.1-2024) where it holds bytes to write out."""
    if text.isprintable() and "\\x" not in text:
        return shlex.quote(text)
    return "$'" + visible(text).replace("'", "\\'") + "'"
