"""Frames that a server or a tool wrote into its log as hex text: each that a decoder understands goes on as a body.

Hashes and keys are hex too, so a run of digits counts only when what it stands for says something by a dialect.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from iotwatch.decode.message import Claim, Message, by_head
from iotwatch.errors import LimitReached, UnpackError
from iotwatch.model import Confidence
from iotwatch.patterns import regex
from iotwatch.place import steps
from iotwatch.read.stream import Flow, Stream

RUN = regex(
    rb"(?<![0-9A-Za-z])(?:0[xX])?((?:[0-9A-Fa-f]{2}){10,4096}|(?:[0-9A-Fa-f]{2} ){9,4096}[0-9A-Fa-f]{2})(?![0-9A-Za-z])"
)
RUNS = 20_000
_FRUITLESS = 256
"""Runs in a row that say nothing, after which a text is taken for a list of hashes."""


class HexLines:
    """A carrier for every run of hex digits that a dialect speaks in; ``decode`` reads what the digits stand for."""

    name = "hex-lines"
    anchors = ()

    def __init__(self, decode: Callable[[Stream], Iterator[Message]]) -> None:
        self._decode = decode

    def claims(self, head: bytes, flow: Flow | None) -> Claim | None:
        return by_head(self, RUN.search(head) is not None)

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        fruitless = 0
        for number, found in enumerate(RUN.finditer(stream.data)):
            if fruitless >= _FRUITLESS:
                return
            if number == RUNS:
                raise LimitReached(f"more than {RUNS} runs of digits")
            start, end = found.span(1)
            part = stream.part(start, end)
            try:
                inside = part.through("hex", steps.apply("hex", part.data))
            except UnpackError:
                continue
            said = [message for message in islice(self._decode(inside), 8) if not message.generic and _proven(message)]
            fruitless = 0 if said else fruitless + 1
            if said:
                yield Message(said[0].protocol, stream, (start, end), stream.time_at(start), body=inside)


def _proven(message: Message) -> bool:
    if message.checksum == "ok":
        return True
    speaks = message.fixes or message.device_ids or message.cells
    return bool(speaks) and message.checksum == "none" and message.confidence >= Confidence.LIKELY
