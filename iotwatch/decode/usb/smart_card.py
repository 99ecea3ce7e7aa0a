"""Card readers on USB: what passes between a host and the card in its reader (USB-IF CCID 1.1 sections 6.1 and 6.2).

A command goes out in PC_to_RDR_XfrBlock and its answer comes back in RDR_to_PC_DataBlock with the same slot and number, as plain
APDUs, as TPDUs of T=0, or in blocks of T=1 (ISO/IEC 7816-3 section 11), whose frames are taken off.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import reduce
from itertools import islice
from operator import xor
from typing import NamedTuple

from iotwatch.decode.message import Message
from iotwatch.decode.sim import apdu
from iotwatch.decode.sim.card import Card
from iotwatch.decode.usb.descriptors import Enumerated
from iotwatch.decode.usb.pipes import Pipe
from iotwatch.read.stream import Stream

ROLE = "smart card"
_HEADER = 10
_LARGEST = 65_544
_TRANSFER, _POWER_ON, _DATA = 0x6F, 0x62, 0x80
_OUT = frozenset({*range(0x61, 0x64), *range(0x65, 0x6A), *range(0x6B, 0x70), *range(0x71, 0x74)})
_WAITING = 0x80  # bmCommandStatus: the card asks for more time
_MORE = 0x20  # of an I-block's PCB: another one follows
_EXCHANGES = 200_000
Range = tuple[int, int]


class _Block(NamedTuple):
    """One message of either pipe: its type, slot and number, its status byte, and where its data stand."""

    kind: int
    slot: int
    number: int
    status: int
    data: Range


class _Half(NamedTuple):
    """A command or an answer: where its bytes stand, in turn."""

    ranges: tuple[Range, ...]
    complete: bool


def readers(stream: Stream, known: Enumerated) -> list[list[Pipe]]:
    """The pipes of each card reader of a device, told by its interface, or where that is not known by its messages."""
    interfaces: dict[int, list[Pipe]] = {}
    for endpoint, pipe in known.pipes.items():
        interfaces.setdefault(known.endpoints.get(endpoint, -1), []).append(pipe)
    return [
        pipes
        for interface, pipes in interfaces.items()
        if known.role(interface) == ROLE or (known.role(interface) == "" and _is_reader(stream.data, pipes))
    ]


def _is_reader(data: bytes, pipes: Iterable[Pipe]) -> bool:
    """Whether the first transfers are messages of a reader whose length is right: for a capture without descriptors."""
    for pipe in pipes:
        kinds = _OUT if pipe.outbound else frozenset(range(0x80, 0x85))
        for start, end in islice(zip(pipe.starts, pipe.ends, strict=True), 4):
            fits = (
                end - start >= _HEADER
                and int.from_bytes(data[start + 1 : start + 5], "little") == end - start - _HEADER
            )
            if not fits or data[start] not in kinds:
                return False
    return True


def messages(stream: Stream, pipes: Iterable[Pipe]) -> Iterator[Message]:
    """What the cards in one reader say; each slot has a card of its own."""
    blocks = sorted((block for pipe in pipes for block in _blocks(stream.data, pipe)), key=lambda one: one.data[0])
    slots: dict[int, list[tuple[_Half, _Half]]] = {}
    asked: dict[int, _Block] = {}
    for block in blocks:
        if block.kind == _TRANSFER:
            asked[block.slot] = block
        elif block.kind == _DATA and block.slot in asked and not block.status & _WAITING:
            command = asked.pop(block.slot)
            if command.number == block.number and len(slots.setdefault(block.slot, [])) < _EXCHANGES:
                slots[block.slot].append((_half(stream.data, command.data), _half(stream.data, block.data)))
    for passed in slots.values():
        yield from _taken(stream, _joined(passed))


def _joined(passed: Iterable[tuple[_Half, _Half]]) -> list[tuple[list[Range], list[Range]]]:
    """Commands and answers as the card means them: those that T=1 parted over several blocks in one."""
    whole: list[tuple[list[Range], list[Range]]] = []
    command: list[Range] = []
    answer: list[Range] = []
    for out, back in passed:
        command += out.ranges
        answer += back.ranges
        if out.complete and back.complete and command and answer:
            whole.append((command, answer))
            command, answer = [], []
    return whole


def _taken(stream: Stream, passed: list[tuple[list[Range], list[Range]]]) -> Iterator[Message]:
    joined = stream.join([one for command, answer in passed for one in (*command, *answer)])
    card, here = Card(joined), 0
    for command, answer in passed:
        middle = here + sum(end - start for start, end in command)
        stop = middle + sum(end - start for start, end in answer)
        one = apdu.exchange(joined.data[here:middle], joined.data[middle:stop], (here, stop))
        if one is not None:
            yield from card.take(one)
        here = stop
    yield from card.finish()


def _blocks(data: bytes, pipe: Pipe) -> Iterator[_Block]:
    """The messages of one pipe. One that is longer than its transfer goes on in the next; then it is left out."""
    for start, end in zip(pipe.starts, pipe.ends, strict=True):
        if end - start < _HEADER:
            continue
        length = int.from_bytes(data[start + 1 : start + 5], "little")
        if length <= _LARGEST and start + _HEADER + length <= end:
            where = (start + _HEADER, start + _HEADER + length)
            yield _Block(data[start], data[start + 5], data[start + 6], data[start + 7], where)


def _half(data: bytes, where: Range) -> _Half:
    """The bytes themselves, or what a block of T=1 carries: NAD, PCB, length, then information and a check value."""
    start, end = where
    block = data[start:end]
    if len(block) >= 4 and block[2] == len(block) - 4 and reduce(xor, block) == 0:
        carries = not block[1] & 0x80
        return _Half(((start + 3, end - 1),) if carries and block[2] else (), carries and not block[1] & _MORE)
    return _Half((where,) if end > start else (), end > start)
