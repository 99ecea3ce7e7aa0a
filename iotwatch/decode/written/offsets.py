"""Dumps: rows of an offset and bytes, as hexdump, od, xxd, Wireshark, tshark, tcpdump, gdb and PowerShell write them.

A row's bytes are as many as the next row's offset says, which also tells the base of the offsets and keeps the characters
beside the bytes apart. Words of several bytes may stand with either end first: both readings are given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import NamedTuple

from iotwatch.decode.written.forms import Form, Piece, Reading
from iotwatch.patterns import regex

_ROW = regex(r"[ \t]{0,16}(?:0x)?([0-9A-Fa-f]{4,16})h?(?:[:|]|[ \t]*<[\w+]{1,64}>:)?([ \t]+\S.*|[ \t]*)$")
_SQUEEZED = regex(r"[ \t]*\*[ \t]*$")
_CELL = regex(r"(?:0x)?([0-9A-Fa-f]{1,16})(?=[ \t|>]|$)([ \t]{0,64})")
_SIDE = regex(r"[ \t]+(?:\|.*\|?|>.*<)[ \t]*$")
_NAMED = {"\\0": 0, "\\a": 7, "\\b": 8, "\\t": 9, "\\n": 10, "\\v": 11, "\\f": 12, "\\r": 13}
_BASES = (16, 8, 10)
_CELLS = 256
"""Cells that a row has at most."""
_MIDDLE = 8
"""Bytes behind which ``hexdump -C`` and tshark leave a wider gap."""
_ROWS = 65_536
MAX_BYTES = 1 << 20


class _Row(NamedTuple):
    offset: str
    rest: str
    line: int
    squeezed: bool
    """Whether rows like the one before it were left out between the two."""


Unit = Callable[[_Row, int | None], bytes | None]
"""Reads a row's cells, ``want`` bytes of them where that is known; ``None`` for what it is not."""


def readings(text: str) -> Iterator[Reading]:
    """The dumps in ``text``, a message each, by every unit in which all of them can be read."""
    sections = list(_sections(text))
    if not sections:
        return
    for form, unit in _UNITS:
        if pieces := tuple(_pieces(sections, form, unit)):
            yield pieces


def _pieces(sections: list[list[_Row]], form: Form, unit: Unit) -> Iterator[Piece]:
    left = MAX_BYTES
    for rows in sections:
        tried = (_read(rows, base, unit, left) for base in _BASES)
        data = next((read for read in tried if read), None)
        if data is not None:
            left -= len(data)
            yield Piece(form, data, line=rows[0].line)


def _sections(text: str) -> Iterator[list[_Row]]:
    """Runs of rows; an offset of nothing but zeros begins one, or a row behind a line that is none."""
    rows: list[_Row] = []
    squeezed = False
    for number, line in enumerate(islice(text.split("\n"), _ROWS), 1):
        if rows and _SQUEEZED.match(line):
            squeezed = True
            continue
        found = _ROW.match(line) if len(line) < 4096 else None
        begins = found is not None and not found[1].strip("0")
        if rows and (found is None or begins):
            yield rows
            rows = []
        if found is not None and (rows or found[2].strip()):
            rows.append(_Row(found[1], found[2].rstrip(), number, squeezed))
        squeezed = False
    if rows:
        yield rows


def _read(rows: list[_Row], base: int, unit: Unit, limit: int) -> bytes | None:
    """The bytes of a dump whose offsets count in ``base``; ``None`` where one of them does not fit."""
    try:
        offsets = [int(row.offset, base) for row in rows]
    except ValueError:
        return None
    out = bytearray()
    last = b""
    for number, (row, offset) in enumerate(zip(rows, offsets, strict=True)):
        missing = offset - offsets[0] - len(out)
        if row.squeezed and last and 0 <= missing <= limit and missing % len(last) == 0:
            out += last * (missing // len(last))
        elif missing:
            return None
        if not row.rest:
            break  # the last offset says the length
        bounded = number + 1 < len(rows) and not rows[number + 1].squeezed
        read = unit(row, offsets[number + 1] - offset if bounded else None)
        if not read or len(out) + len(read) > limit:
            return None
        last = read
        out += read
    return bytes(out)


def _cells(rest: str) -> Iterator[tuple[str, int]]:
    """The digits of each cell, and how wide the gap behind it is; up to what is no cell."""
    at = 0
    for _ in range(_CELLS):
        found = _CELL.match(rest, at)
        if found is None:
            return
        yield found[1], len(found[2])
        at = found.end()


def _taken(row: _Row, want: int | None, value: Callable[[str], bytes | None]) -> bytes | None:
    out = bytearray()
    rest = _SIDE.sub("", row.rest).lstrip()
    first = 0
    for number, (digits, gap) in enumerate(_cells(rest), 1):
        read = value(digits)
        if read is None:
            return bytes(out) if out and want is None else None
        out += read
        first = first or gap
        if want is not None and len(out) >= want:
            # A word that the end of the bytes cut short is filled up with zeros.
            return bytes(out[:want]) if not any(out[want:]) else None
        if want is None and gap > first and not (number == _MIDDLE and gap == first + 1):
            break
    return bytes(out) if out and want is None else None


def _hex(digits: str) -> bytes | None:
    return bytes.fromhex(digits) if len(digits) % 2 == 0 else None


def _hex_swapped(digits: str) -> bytes | None:
    return bytes.fromhex(digits)[::-1] if len(digits) in (4, 8, 16) else None


def _octal(digits: str) -> bytes | None:
    return _number(digits, 8, 3, 1)


def _octal_swapped(digits: str) -> bytes | None:
    return _number(digits, 8, 6, 2)


def _decimal(digits: str) -> bytes | None:
    return _number(digits, 10, len(digits), 1) if len(digits) <= 3 else None


def _bits(digits: str) -> bytes | None:
    return _number(digits, 2, 8, 1)


def _number(digits: str, base: int, width: int, size: int) -> bytes | None:
    try:
        return int(digits, base).to_bytes(size, "little") if len(digits) == width else None
    except (ValueError, OverflowError):
        return None


def _characters(row: _Row, want: int | None) -> bytes | None:
    """A row of ``od -c``: cells of four columns, a character, a named escape or three octal digits at the right of each."""
    out = bytearray()
    for at in range(0, len(row.rest), 4):
        cell = row.rest[at : at + 4]
        value = _NAMED.get(cell.strip())
        if value is None and len(cell.strip()) == 3:
            try:
                value = int(cell, 8)
            except ValueError:
                return None
        if value is None and len(cell) == 4 and cell[:3] == "   ":
            value = ord(cell[3])
        if value is None or value > 255:
            return None
        out.append(value)
    return bytes(out) if want is None or len(out) == want else None


def _unit(value: Callable[[str], bytes | None]) -> Unit:
    return lambda row, want: _taken(row, want, value)


_UNITS: tuple[tuple[Form, Unit], ...] = (
    (Form.DUMP, _unit(_hex)),
    (Form.DUMP_SWAPPED, _unit(_hex_swapped)),
    (Form.DUMP_OCTAL, _unit(_octal)),
    (Form.DUMP_OCTAL_SWAPPED, _unit(_octal_swapped)),
    (Form.DUMP_DECIMAL, _unit(_decimal)),
    (Form.DUMP_BITS, _unit(_bits)),
    (Form.DUMP_CHARACTERS, _characters),
)
