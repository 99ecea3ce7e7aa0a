"""Does what the card sends hold what the terminal told it? A cell, a place or a number, in the forms that applets write.

A cell is its bytes as they were told, area and cell alone, or both as numbers of a text; one key over all bytes (XOR) is tried,
digits may be spelled as hex or base64. What is found proves that it was sent; what is not found may be enciphered.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from functools import cached_property, lru_cache
from itertools import islice, pairwise

from iotwatch.decode.sim.cells import Area
from iotwatch.decode.sim.sms import unpacked
from iotwatch.patterns import regex

_LEAST = 4
"""Bytes of a place: fewer stand anywhere by chance."""
_XORED = 7
"""Bytes that one key may hide: in fewer, one of 255 keys fits anything."""
_HEX = regex(rb"(?:[0-9A-Fa-f]{2}){4,512}")
_BASE64 = regex(rb"[0-9A-Za-z+/_-]{8,700}={0,2}")
_NUMBERS = regex(rb"[0-9]{1,12}")
_WORDS = regex(rb"(?i)[0-9a-f]{1,12}")
_MOST = 256
_BETWEEN = b" \xff\0 "
"""Stands between the forms where they are searched together."""
_TLS = (b"\x16\x03", b"\x17\x03", b"\x14\x03", b"\x15\x03", b"\x16\xfe", b"\x17\xfe")
_NUMBER_DIGITS = 14
_DEGREES = regex(rb"([0-9]{4}\.[0-9]{1,8}),[NS],([0-9]{5}\.[0-9]{1,8}),[EW]")
"""Latitude and longitude of an NMEA sentence."""
_SMALL, _SHORT = 9, 255
"""Up to here a number in decimal, or in hex, stands in many texts."""


class Payload:
    """What is sent, in every form that it may stand for."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    @cached_property
    def forms(self) -> tuple[bytes, ...]:
        """The payload, what it holds when it is packed text, and what its hex digits and base64 letters stand for."""
        found = [self.data, unpacked(self.data, len(self.data) * 8 // 7)]
        for text in tuple(found):
            found += [bytes.fromhex(one[0].decode()) for one in islice(_HEX.finditer(text), _MOST)]
            found += [data for one in islice(_BASE64.finditer(text), _MOST) if (data := _decoded(one[0]))]
        return tuple(dict.fromkeys(found))

    def cells(self, told: Iterable[Area]) -> tuple[Area, ...]:
        """Which of the cells that the card was told stand in it, in their order and each once."""
        return tuple(dict.fromkeys(one for one in told if self._holds(one)))

    def _holds(self, area: Area) -> bool:
        """Whether area and cell stand in it, in any form."""
        if area.cell is None:
            return area.raw in self.data
        bare = area.raw[3:]
        here = bare in self._together and any(bare in one for one in self.forms)
        return here or self._spells(area, area.cell) or self._hides(area.raw)

    def _spells(self, area: Area, cell: int) -> bool:
        """Both numbers in a text, each a word of its own or one right behind the other: in decimal, or as hex."""
        run, spelled = b"%05d%05d" % (area.area, cell), area.raw[3:].hex().encode()
        if run in self._lower or spelled in self._lower:
            return True
        decimal = {area.area, cell} <= self._numbers and min(area.area, cell) > _SMALL
        return decimal or ({area.area, cell} <= self._words and min(area.area, cell) > _SHORT)

    def _hides(self, raw: bytes) -> bool:
        """Whether the bytes stand there under one key: then the differences of neighbours are the same."""
        return len(raw) >= _XORED and _differences(raw) in self._steps

    @cached_property
    def _together(self) -> bytes:
        return _BETWEEN.join(self.forms)

    @cached_property
    def _lower(self) -> bytes:
        return self._together.lower()

    @cached_property
    def _numbers(self) -> frozenset[int]:
        return frozenset(int(one[0]) for one in islice(_NUMBERS.finditer(self._lower), _MOST))

    @cached_property
    def _words(self) -> frozenset[int]:
        return frozenset(int(one[0], 16) for one in islice(_WORDS.finditer(self._lower), _MOST))

    @cached_property
    def _steps(self) -> bytes:
        return _differences(self.data)

    def holds_place(self, told: bytes) -> bool:
        """Whether it holds what the terminal answered a request for its place with: a sentence, or a shape's bytes."""
        degrees = _DEGREES.search(told)
        if degrees is not None and all(any(one in form for form in self.forms) for one in degrees.groups()):
            return True
        part = told.strip()
        return len(part) >= _LEAST and any(part in form for form in self.forms)

    def holds_number(self, digits: str) -> bool:
        """Whether at least 14 digits of a number stand in it: as text, or two to a byte in either order."""
        wanted = digits[:_NUMBER_DIGITS]
        if len(wanted) < _NUMBER_DIGITS:
            return False
        swapped = "".join(f"{one & 15:x}{one >> 4:x}" for one in self.data)
        return any(wanted.encode() in one for one in self.forms) or wanted in swapped or wanted in self.data.hex()

    @property
    def content(self) -> str:
        """What it looks like: empty, tls (RFC 8446 section 5.1; nobody on the way sees what it says), text, or data."""
        if not self.data:
            return "empty"
        if self.data.startswith(_TLS):
            return "tls"
        return "text" if all(32 <= one < 127 or one in (9, 10, 13) for one in self.data) else "data"


def _decoded(text: bytes) -> bytes:
    body = text.rstrip(b"=")
    try:
        return base64.b64decode(body + b"=" * (-len(body) % 4), b"-_" if {45, 95} & set(body) else None)
    except (binascii.Error, ValueError):
        return b""


@lru_cache(maxsize=1024)
def _differences(data: bytes) -> bytes:
    return bytes(one ^ two for one, two in pairwise(data))
