"""What passes between a modem and its SIM card, byte by byte in log packets, given to the card's decoder as commands and answers.

Layout: SCAT's ``diag1xlogparser.py`` (``parse_sim``): a tag before each byte (10: to the card, 80: from it), and before 8 bytes of
time (01); of two slots (14CE) the slot stands first. Between them runs T=0 (ISO/IEC 7816-3 section 10): the card may answer a
header with its instruction before data pass, and with 60 while it works.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from iotwatch.decode.message import Message
from iotwatch.decode.sim import apdu
from iotwatch.decode.sim.card import Card
from iotwatch.read.diagnostics import LogPackets

ONE_SLOT, TWO_SLOTS = 0x1098, 0x14CE
_TO, _FROM, _TIME = 0x10, 0x80, 0x01
_TIME_BYTES = 9
_HEADER = 5
_WORKING = 0x60
_LONGEST = 600


class _Run(NamedTuple):
    """Bytes in one direction, and where they stand with their tags."""

    to_card: bool
    data: bytes
    span: apdu.Span


def exchanges(packets: LogPackets) -> Iterator[Message]:
    """What the cards of a modem say; each radio has its own."""
    chosen = packets.of(ONE_SLOT, TWO_SLOTS).tolist()
    for radio in sorted({packets.radios.item(number) for number in chosen}):
        mine = [number for number in chosen if packets.radios.item(number) == radio]
        card, wire = Card(packets), _Wire()
        for number in mine:
            for run in _runs(packets.body(number), packets.begins.item(number)):
                if (one := wire.take(run)) is not None:
                    yield from card.take(one)
        if (one := wire.ended()) is not None:
            yield from card.take(one)
        yield from card.finish()


class _Wire:
    """Joins runs to exchanges: a command begins where the terminal speaks after a status."""

    def __init__(self) -> None:
        self._command, self._answer = bytearray(), bytearray()
        self._begin = self._end = 0

    def take(self, run: _Run) -> apdu.Exchange | None:
        """The next run; gives the exchange that it ends."""
        found = None
        if run.to_card:
            if self._answer and not self._is_acknowledged():
                found = self.ended()
            if not self._command:
                self._begin = run.span[0]
            self._command += run.data
        elif self._command:
            self._answer += run.data
        self._end = run.span[1]
        if len(self._command) + len(self._answer) > _LONGEST:
            self._command.clear()
            self._answer.clear()
        return found

    def ended(self) -> apdu.Exchange | None:
        """The exchange so far, when it is one; what comes is the next."""
        command, answer = bytes(self._command), bytes(self._answer).lstrip(bytes((_WORKING,)))
        span = (self._begin, self._end) if self._end > self._begin else (self._begin, self._begin + 1)
        self._command.clear()
        self._answer.clear()
        if len(command) < _HEADER:
            return None
        # The instruction stands before what the card gives: as much as the header asks for, and the status.
        asked = command[4] or 256
        if len(command) == _HEADER and answer[:1] == command[1:2] and len(answer) == asked + 3:
            answer = answer[1:]
        return apdu.exchange(command, answer, span)

    def _is_acknowledged(self) -> bool:
        """Whether the card only told to go on: then data of the same command follow."""
        answer = bytes(self._answer).lstrip(bytes((_WORKING,)))
        instruction = self._command[1] if len(self._command) > 1 else 0
        if len(answer) == 1 and answer[0] in (instruction, instruction ^ 0xFF):
            self._answer.clear()
            return True
        return not answer


def _runs(body: bytes, begin: int) -> Iterator[_Run]:
    """The runs of one packet, when tags stand where they should to its last byte."""
    start = next((at for at in (0, 1) if _fits(body, at)), None)
    if start is None:
        return
    here, data, to_card, first = start, bytearray(), True, begin
    while here < len(body):
        if body[here] == _TIME:
            here += _TIME_BYTES
            continue
        way = body[here] == _TO
        if data and way != to_card:
            yield _Run(to_card, bytes(data), (first, begin + here))
            data.clear()
        if not data:
            to_card, first = way, begin + here
        data.append(body[here + 1])
        here += 2
    if data:
        yield _Run(to_card, bytes(data), (first, begin + len(body)))


def _fits(body: bytes, here: int) -> bool:
    while here < len(body):
        size = _TIME_BYTES if body[here] == _TIME else 2 if body[here] in (_TO, _FROM) else 0
        if not size:
            return False
        here += size
    return here == len(body)
