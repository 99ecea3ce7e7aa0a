"""What a receiver's log tells of its maker: its own sentences, its texts, and the comments that people put before a log.

NMEA 0183 section 5.3 (a proprietary address is P and three letters of the maker), TXT of IEC 61162-1; comments as gpsd's
collected logs have them (gpsfake(1)): a person's word, not the receiver's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from iotwatch.decode.message import Trait
from iotwatch.patterns import regex
from iotwatch.words.kinds import Kind

MAX_TOLD = 512
"""Different sentences of makers in one stream that are told."""
_HEAD = 4096
_LABEL = regex(
    rb"^#[ \t]{0,4}(?:Name|Chipset|Firmware|Receiver|Model)[ \t]{0,4}[:=][ \t]{0,4}(?P<value>[ -~]{2,120})",
    re.MULTILINE,
)
_WORD = regex(rb"[A-Za-z]{2,12}$|[A-Za-z]\w{2,11}$")


class Makers:
    """The makers' words of one stream, each kind of sentence once."""

    def __init__(self) -> None:
        self._told: set[bytes] = set()

    def own(self, found: re.Match[bytes]) -> Trait | None:
        """A proprietary sentence; the same address with the same first word is told once."""
        address, fields = found[1], found[2]
        first = fields.split(b",", 1)[0]
        if not self._new(address + b"," + first if _WORD.match(first) else address):
            return None
        value = found[0].decode("latin-1")[:256]
        return Trait(Kind.NMEA_PROPRIETARY, value, found.span(), {"address": address.decode("ascii")})

    def text(self, found: re.Match[bytes], *, checked: bool) -> Trait | None:
        """A text of the receiver (TXT). Some write it without the numbers and the checksum that it should have."""
        if not self._new(found[0]):
            return None
        return Trait(
            Kind.NMEA_TEXT, found[0].decode("latin-1")[:256], found.span(), {} if checked else {"unchecked": True}
        )

    def _new(self, sentence: bytes) -> bool:
        if sentence in self._told or len(self._told) >= MAX_TOLD:
            return False
        self._told.add(sentence)
        return True


def labels(data: bytes) -> Iterator[Trait]:
    """The comments before a log that say which receiver wrote it."""
    for found in _LABEL.finditer(data[:_HEAD]):
        yield Trait(Kind.NMEA_LABEL, found["value"].decode("ascii").strip(), found.span("value"))
