"""The words for how bytes were written, and what a reading gives."""

from __future__ import annotations

from typing import NamedTuple

from iotwatch.words.said import Said, Sentence, Word

Reading = tuple["Piece", ...]
"""The messages that a text holds by one way to read it, in their order."""


class Form(Word):
    """How the bytes of a message were written."""

    BYTES = Sentence("bytes as they are")
    TEXT = Sentence("text as it is")
    HEX = Sentence("hex digits")
    HEX_LINES = Sentence("hex digits wrapped over several lines")
    BASE64 = Sentence("base64")
    ESCAPED = Sentence("text with escapes for some bytes")
    LITERAL = Sentence("string literals of source code")
    ARRAY = Sentence("lists of byte values in source code")
    DUMP = Sentence("a dump with offsets, bytes in hex")
    DUMP_SWAPPED = Sentence("a dump with offsets, words in hex with the low byte first")
    DUMP_OCTAL = Sentence("a dump with offsets, bytes in octal")
    DUMP_OCTAL_SWAPPED = Sentence("a dump with offsets, words of two bytes in octal with the low byte first")
    DUMP_DECIMAL = Sentence("a dump with offsets, bytes in decimal")
    DUMP_BITS = Sentence("a dump with offsets, bytes in bits")
    DUMP_CHARACTERS = Sentence("a dump with offsets, bytes as characters")


class Unread(Word):
    """Why what was written gives no bytes."""

    ODD = Sentence("{n} hex digits: an odd number makes no bytes")
    NO_BYTES = Sentence("payload_hex is no hex text")
    TOO_LONG = Sentence("over the limit of {limit} bytes")


class Piece(NamedTuple):
    """One message as written: its bytes, the name that stood beside it, and the line it begins on (from 1).

    ``error`` says why there are no bytes, ``alone`` that nothing else stands on its line.
    """

    form: Form
    data: bytes
    id: str = ""
    line: int = 1
    error: Said | None = None
    alone: bool = False
