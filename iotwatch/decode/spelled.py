"""Payloads spelled out in text, as hex digits or base64: each that a decoder understands goes on as a body.

Servers and tools write frames into their logs so, devices send them as a value of a form, a list or a line. Hashes, keys and words
look the same, so a run counts only when what it stands for says something.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import NamedTuple

from iotwatch.decode.message import Claim, Message, by_head
from iotwatch.decode.units import alone, in_turn, units
from iotwatch.errors import LimitReached, UnpackError
from iotwatch.model import Confidence
from iotwatch.patterns import regex
from iotwatch.place import steps
from iotwatch.read.stream import Flow, Stream

RUN = regex(
    rb"(?<![0-9A-Za-z])(?:0[xX])?((?:[0-9A-Fa-f]{2}){10,4096}|(?:[0-9A-Fa-f]{2} ){9,4096}[0-9A-Fa-f]{2})(?![0-9A-Za-z])"
)
BASE64 = regex(rb"(?<![0-9A-Za-z+/=_.-])([0-9A-Za-z+/_-]{16,8192}={0,2})(?![0-9A-Za-z+/=_.-])")
UNIT_BYTES = 64 << 10
"""Of a payload that is no log; larger ones are pages and files."""


class Budget(NamedTuple):
    """Runs that are asked at most, and how many in a row may say nothing before a text is taken for a list of hashes."""

    runs: int
    fruitless: int


_LOG, _PAYLOAD = Budget(20_000, 256), Budget(256, 32)
_SPELLED = "spelled"
_FORMS = {"hex": RUN, "base64": BASE64}


class Spelled:
    """A carrier for every run of digits or letters in which a decoder speaks; ``decode`` reads what they stand for."""

    name = "spelled"
    anchors = ()

    def __init__(self, decode: Callable[[Stream], Iterator[Message]]) -> None:
        self._decode = decode

    def claims(self, head: bytes, flow: Flow | None) -> Claim | None:
        return by_head(self, RUN.search(head) is not None or BASE64.search(head) is not None)

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        if stream.context.get(_SPELLED):  # what was found is asked once; it is opened further as a body
            return iter(())
        log = stream.kind == "text"
        parts = (alone(stream, *unit) for unit in units(stream) if log or unit[1] - unit[0] <= UNIT_BYTES)
        return in_turn(self._runs(part, step, _LOG if log else _PAYLOAD) for part in parts for step in _FORMS)

    def _runs(self, stream: Stream, step: str, budget: Budget) -> Iterator[Message]:
        fruitless = 0
        runs = (found for found in _FORMS[step].finditer(stream.data) if step != "base64" or _mixed(found[1]))
        for number, found in enumerate(runs):
            if fruitless >= budget.fruitless:
                return
            if number == budget.runs:
                raise LimitReached(f"more than {budget.runs} runs of {step}")
            part = stream.part(*found.span(1))
            try:
                inside = part.through(step, steps.apply(step, part.data))
            except UnpackError:
                continue
            said = next(filter(_proven, islice(self._decode(inside.tagged(**{_SPELLED: step})), 8)), None)
            fruitless = 0 if said is not None else fruitless + 1
            if said is not None:
                yield Message(said.protocol, stream, found.span(1), stream.time_at(found.start(1)), body=inside)


def _mixed(letters: bytes) -> bool:
    """Whether letters of both cases and digits stand together, as in base64 and seldom in words; what is hex is read as hex."""
    return any(map(letters.__contains__, b"0123456789")) and not letters.islower() and not letters.isupper()


def _proven(message: Message) -> bool:
    if message.checksum == "ok":
        return True
    speaks = message.fixes or message.device_ids or message.cells
    return bool(speaks) and message.checksum == "none" and message.confidence >= Confidence.LIKELY
