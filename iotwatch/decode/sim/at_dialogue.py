"""A card behind a modem's AT commands: APDUs, files and the toolkit's commands as hex digits on lines of a serial log.

3GPP TS 27.007: +CSIM (8.17), +CRSM (8.18), +CGLA (8.43), +CRLA (8.44), +CUSATP, +CUSATT, +CUSATE (12). Makers have toolkit
commands of their own around the same bytes (%SATI, +STKPCI, +QSTK ...): those whose hex digits are such a command are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

import msgspec
import numpy as np
import re2
from msgspec.structs import replace

from iotwatch.decode.at import grammar
from iotwatch.decode.at.lines import Line, lines
from iotwatch.decode.at.sockets.stamps import moment
from iotwatch.decode.message import Claim, Message, by_head
from iotwatch.decode.sim import apdu, commands
from iotwatch.decode.sim.card import Card
from iotwatch.decode.sim.files import FILES_5GS, ROOT_5GS, file_of
from iotwatch.decode.units import alone, units
from iotwatch.patterns import regex
from iotwatch.read.stream import NO_TIME, Flow, Stream

_SIGN = re2.compile(rb"(?i)(?:AT)?[+%^*#$](?:CSIM|CRSM|CGLA|CRLA|C?USAT|SAT|STK|QSTK|STIN|STG|SSTK)[A-Z]{0,4}[ =:]")
_TOOLKIT = regex(r"[+%^*#$](?:C?USAT|SAT|STK|QSTK|STIN|STG|SSTK)[A-Z]{0,5}$")
_HEX = regex(r"\"?((?:[0-9A-Fa-f]{2}){2,600})\"?")
_LINE = regex(rb"(?m)^[^\r\n]{10,64}")
"""The head of a line, where a stamp stands."""
_LINES = 200_000
_PORTS = 64
_BY_APDU = frozenset({"+CSIM", "+CGLA"})
_BY_FILE = {"+CRSM": 0, "+CRLA": 1}
"""Commands on files, and how many arguments stand before the instruction."""
_ENVELOPES = frozenset(
    {commands.SMS_DOWNLOAD, commands.MENU, commands.EVENT_DOWNLOAD, commands.TIMER_EXPIRY, commands.REPORTING}
)


class _Port(msgspec.Struct):
    """One port's card, and the command that waits for its answer."""

    card: Card
    name: str = ""
    arguments: tuple[str, ...] = ()
    line: Line | None = None


class CardAt:
    """Hex digits of a card in a dialogue, port by port."""

    name = "sim-at"
    anchors = ()

    def claims(self, head: bytes, flow: Flow | None) -> Claim | None:
        return by_head(self, flow is None and _SIGN.search(head) is not None)

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        for unit in units(stream):
            part = _timed(alone(stream, *unit))
            ports: dict[str, _Port] = {}
            for line in lines(part.data):
                if line.port not in ports and len(ports) >= _PORTS:
                    continue
                named = part.tagged(device=f"tty:{line.port}") if line.port and "device" not in part.context else part
                yield from _line(ports.setdefault(line.port, _Port(Card(named))), line)
            for port in ports.values():
                yield from port.card.finish()


CARD_AT = CardAt()


def _timed(stream: Stream) -> Stream:
    """The stream with the times that its lines' stamps tell, where nothing else tells any."""
    if len(stream.starts) != 1 or stream.time_at(0) is not None:
        return stream
    stamps = [(0, NO_TIME)]
    for found in islice(_LINE.finditer(stream.data), _LINES):
        time = moment(found[0])
        if time is not None:
            stamps.append((found.start(), time))
    starts, times = (np.array(column, np.int64) for column in zip(*stamps, strict=True))
    return replace(stream, starts=starts, offsets=stream.offsets[0] + starts, frames=np.zeros_like(starts), times=times)


def _line(port: _Port, line: Line) -> Iterator[Message]:
    span = (line.start, line.end)
    for command in grammar.commands(line.text):
        arguments = tuple(grammar.arguments(command.arguments))
        if command.name in _BY_APDU or command.name in _BY_FILE:
            port.name, port.arguments, port.line = command.name, arguments, line
        elif _TOOLKIT.match(command.name):
            yield from _from_host(port.card, command.arguments, span)
        return
    named = grammar.named_answer(line.text)
    if named is None:
        return
    name, value, _ = named
    if name == port.name and port.line is not None:
        asked, port.line = port.line, None
        reads = _apdu if name in _BY_APDU else _file
        yield from reads(port, tuple(grammar.arguments(value)), asked, span)
    elif _TOOLKIT.match(name):
        for found in _HEX.finditer(value):
            data = bytes.fromhex(found[1])
            if commands.command(data) is not None:
                yield from port.card.command(data, span)


def _from_host(card: Card, text: str, span: apdu.Span) -> Iterator[Message]:
    """What the host gives the card: an answer, or an envelope."""
    for found in _HEX.finditer(text):
        data = bytes.fromhex(found[1])
        if data[0] in _ENVELOPES:
            yield from card.envelope(data, span)
        elif commands.response(data) is not None:
            yield from card.response(data, span)


def _apdu(port: _Port, answer: tuple[str, ...], asked: Line, span: apdu.Span) -> Iterator[Message]:
    command, response = _bytes(port.arguments[-1:]), _bytes(answer[-1:])
    # What the card says stands in the answer, what it is told in the command.
    where = span if len(response) > 2 else (asked.start, asked.end)
    one = apdu.exchange(command, response, where)
    if one is not None:
        yield from port.card.take(one)


def _file(port: _Port, answer: tuple[str, ...], asked: Line, span: apdu.Span) -> Iterator[Message]:
    """Instruction, file, P1, P2, P3, data, path; the answer has the status in two numbers and the data."""
    skip = _BY_FILE[port.name]
    numbers = [int(one) for one in port.arguments[skip : skip + 5] if re.fullmatch("[0-9]{1,5}", one)]
    if len(numbers) < 2 or answer[:1] not in (("144",), ("145",), ("97",)):
        return
    written = numbers[0] in (apdu.UPDATE_BINARY, apdu.UPDATE_RECORD)
    rest = port.arguments[skip + 5 :]
    path = rest[1].upper() if len(rest) > 1 else ""
    folder = ROOT_5GS if f"{ROOT_5GS:04X}" in path or numbers[1] in FILES_5GS else None
    file = file_of(folder, numbers[1])
    data = _bytes(rest[:1] if written else answer[2:3])
    begins = numbers[0] in (apdu.READ_RECORD, apdu.UPDATE_RECORD) or numbers[2:4] in ([0, 0], [])
    read = (apdu.READ_BINARY, apdu.READ_RECORD, apdu.UPDATE_BINARY, apdu.UPDATE_RECORD)
    if file is not None and data and begins and numbers[0] in read:
        where = (asked.start, asked.end) if written else span
        yield from port.card.body(file, data, where, written=written)


def _bytes(values: tuple[str, ...]) -> bytes:
    found = _HEX.fullmatch(values[0]) if values else None
    return bytes.fromhex(found[1]) if found else b""
