"""Texts that others wrote (file names, hosts, banners), made fit for the database and for a terminal.

On Unix a file's name is bytes. Python carries those that are no UTF-8 as lone surrogates (PEP 383), which neither SQLite nor
JSON takes; and a name may hold an escape sequence that a terminal obeys.
"""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

_BYTE = re.compile(rb"\\x([0-9a-f]{2})")


def storable(text: str) -> str:
    r"""The text with each byte that is no UTF-8 as ``\xNN``."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def visible(text: str) -> str:
    r"""The text on one line that a terminal prints and does not obey: what is no printable character as ``\xNN``."""
    if text.isprintable():
        return text
    shown = (one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in storable(text))
    return "".join(shown)


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
