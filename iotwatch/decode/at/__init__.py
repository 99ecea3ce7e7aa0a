"""AT dialogues in logs of serial ports, in text and in what USB captures carry."""

from __future__ import annotations

from collections.abc import Iterator

import re2

from iotwatch.decode.at import grammar, identity
from iotwatch.decode.at.dialogue import Dialogue
from iotwatch.decode.at.lines import lines
from iotwatch.decode.message import Message
from iotwatch.decode.units import units
from iotwatch.read.stream import Flow, Stream

LOOK_BYTES = 4 << 20
"""How far into a text the signs of a dialogue are looked for."""


# What every dialogue holds, on the fast engine: most texts are left at this.
_SIGN = re2.compile(
    rb"\b(?:[Aa][Tt][+^$#!*%&][A-Za-z]|AT(?:[EIQVZ]\d?[^a-z]|[\r\n]))"
    rb"|(?:^|[\s'>\]\"])[+^$#!*%][A-Z][A-Z0-9]{2,20}:|Manufacturer *:|Revision *:"
)


class At:
    """Commands with their answers, unsolicited reports, identity blocks: identity, network, far ends, positions."""

    name = "at"
    anchors = (
        rb"(?s:.*)\b[Aa][Tt](?:[+^$#!*%&][A-Za-z]|[IEQVZ]\d?[\r\n +Q]|\r|\n)",
        rb"(?s:.*)(?:^|[\s'>\]])[+^$#!*%][A-Z][A-Z0-9]{2,20}:",
        rb"(?s:.*)(?:Manufacturer|Revision): ",
    )

    def claims(self, head: bytes, flow: Flow | None) -> bool:
        """A dialogue has a command and an answer, an identity block, several named answers, or commands alone."""
        if flow is not None or not _SIGN.search(head):
            return False
        total = commands = results = keyed = 0
        named: set[str] = set()
        for line in lines(head[:LOOK_BYTES]):
            total += 1
            if grammar.glued(line.text):
                return True
            if grammar.commands(line.text):
                commands += 1
            elif found := grammar.named_answer(line.text):
                named.add(found[0])
            elif grammar.is_final(line.text):
                results += 1
            elif identity.KEYED.search(line.text):
                keyed += 1
            if (commands and (results or named or keyed or commands > 4)) or len(named) >= 2 or keyed >= 2:
                return True
        # One side alone, as a tap on one wire gives it: commands and hardly anything else.
        return commands >= 2 and commands * 5 >= total * 4

    def messages(self, stream: Stream) -> Iterator[Message]:
        for start, end in units(stream):
            part = stream if start == 0 and end == len(stream.data) else stream.part(start, end)
            dialogue = Dialogue(part)
            for line in lines(part.data):
                yield from dialogue.feed(line)
            yield from dialogue.finish()


AT = At()
