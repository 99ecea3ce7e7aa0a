"""One command of the terminal and the card's answer (ISO/IEC 7816-4 section 5.1, ETSI TS 102 221 section 10)."""

from __future__ import annotations

from typing import NamedTuple

Span = tuple[int, int]

SELECT, READ_BINARY, READ_RECORD, UPDATE_BINARY, UPDATE_RECORD = 0xA4, 0xB0, 0xB2, 0xD6, 0xDC
STATUS, GET_RESPONSE, FETCH = 0xF2, 0xC0, 0x12
TERMINAL_PROFILE, TERMINAL_RESPONSE, ENVELOPE = 0x10, 0x14, 0xC2
_TAKING = frozenset({
    SELECT, UPDATE_BINARY, UPDATE_RECORD, TERMINAL_PROFILE, TERMINAL_RESPONSE, ENVELOPE, 0x20, 0x24, 0x26, 0x28, 0x2A, 0x2C,
    0x32, 0x73, 0x75, 0x76, 0x78, 0x82, 0x88, 0x89, 0xA2, 0xAA, 0xCB, 0xD8, 0xDB, 0xE0, 0xE2, 0xE4, 0xE6, 0xEA,
})  # fmt: skip
"""Instructions with data from the terminal; the others have some from the card, or none (TS 102 221 table 10.1.2)."""
_STATUS_BYTES = 2
_HEADER = 4


class Exchange(NamedTuple):
    """``header`` is CLA, INS, P1, P2; ``data`` what the terminal gave, ``answer`` what the card gave before ``status``.

    ``status`` is SW1 and SW2; ``span`` where all of it stands in the stream.
    """

    header: bytes
    data: bytes
    answer: bytes
    status: int
    span: Span

    @property
    def instruction(self) -> int:
        return self.header[1]

    @property
    def channel(self) -> int:
        """The logical channel (TS 102 221 table 10.3): 0 to 3, or 4 to 19."""
        kind = self.header[0]
        return 4 + (kind & 15) if kind & 0x40 else kind & 3

    @property
    def is_done(self) -> bool:
        """Normal endings, those with a proactive command or an answer waiting among them (TS 102 221 section 10.2.1)."""
        return self.status >> 8 in (0x90, 0x91, 0x92, 0x9F, 0x61, 0x62, 0x63) and self.status != 0x6300


def exchange(command: bytes, response: bytes, span: Span) -> Exchange | None:
    """The exchange of a command and its answer with the status at its end; ``None`` when either is cut short."""
    if len(command) < _HEADER or len(response) < _STATUS_BYTES:
        return None
    size = command[4] if len(command) > _HEADER else 0
    data = command[5 : 5 + size] if len(command) > 5 else b""
    status = int.from_bytes(response[-2:], "big")
    return Exchange(command[:4], data, response[:-2], status, span)


def whole(both: bytes, span: Span) -> Exchange | None:
    """The exchange of a command with its answer right behind it, as a tap on the card's contacts joins them."""
    if len(both) < _HEADER + _STATUS_BYTES:
        return None
    if len(both) == _HEADER + _STATUS_BYTES:
        return exchange(both[:4], both[4:], span)
    # Of a command that was refused, the status may stand right behind the header.
    refused = len(both) == _HEADER + 1 + _STATUS_BYTES
    size = 5 + both[4] if both[1] in _TAKING and not refused else 5
    return exchange(both[:size], both[size:], span) if size + _STATUS_BYTES <= len(both) else None
