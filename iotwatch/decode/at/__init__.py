"""AT dialogues in logs of serial ports, in text and in what USB captures carry."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import re2

from iotwatch.decode.at import grammar, sockets
from iotwatch.decode.at import modem_identity as identity
from iotwatch.decode.at.dialogue import Dialogue
from iotwatch.decode.at.dumps import without_dumps
from iotwatch.decode.at.lines import lines
from iotwatch.decode.log_prefixes import JUDGED, best, unprefixed
from iotwatch.decode.message import Claim, Message, by_head
from iotwatch.decode.units import units
from iotwatch.errors import LimitReached
from iotwatch.read.stream import Flow, Stream
from iotwatch.words.kinds import Kind

LOOK_BYTES = 4 << 20
"""How far into a text the signs of a dialogue are looked for."""
MAX_BYTES = 8 << 20
"""Bytes of a dialogue that are read; each MiB takes some seconds (docs/assurance.md)."""
# A word begins behind a terminal's control sequence (ECMA-48 section 5.4) too, though that ends in a letter.
_CONTROL = r"\x1b\[[0-9;]{0,12}[A-Za-z]"
_BEGINS = rf"(?:\b|{_CONTROL})"
_ALONE = rf"(?:^|[\s'>\]\"]|{_CONTROL})"
# What every dialogue holds, on the fast engine: most texts are left at this.
_SIGN = re2.compile(
    rf"{_BEGINS}(?:[Aa][Tt][+^$#!*%&][A-Za-z]|[Aa][Tt]D[TP]?\*9|AT(?:[EIQVZ]\d?[^a-z]|[\r\n]))"
    rf"|{_ALONE}[+^$#!*%][A-Z][A-Z0-9]{{2,20}}:|Manufacturer *:|Revision *:|Modem Name *:|SEND OK".encode()
)
_TELLING = frozenset({Kind.MODULE_VENDOR, Kind.MODULE_MODEL, Kind.MODULE_FIRMWARE, "imei", "imsi", "iccid", "eid"})
_GAIN = 2


class At:
    """Commands with their answers, unsolicited reports, identity blocks: identity, network, far ends, positions."""

    name = "at"
    anchors = (
        rf"(?s:.*){_BEGINS}[Aa][Tt](?:[+^$#!*%&][A-Za-z]|[IEQVZ]\d?[\r\n +Q]|D[TP]?\*9|\r|\n)".encode(),
        rf"(?s:.*){_ALONE}[+^$#!*%][A-Z][A-Z0-9]{{2,20}}:".encode(),
        rb"(?s:.*)(?:(?:Manufacturer|Revision|Modem Name): |SEND OK)",
    )

    def claims(self, head: bytes, flow: Flow | None) -> Claim | None:
        """A log is a dialogue as it stands, or without what a logger put before its lines."""
        if flow is not None or not _SIGN.search(head):
            return None
        if _is_dialogue(head[:LOOK_BYTES]):
            return Claim(self)
        start = head[:JUDGED]
        plain = (form.encode("latin-1") for form in unprefixed(start.decode("latin-1"))[1:])
        return by_head(self, any(map(_is_dialogue, plain)) or sockets.speaks(start, _is_dialogue))

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        for start, end in units(stream):
            read = end
            if end - start > MAX_BYTES:
                # To the end of a line, where there is one.
                read = stream.data.rfind(b"\n", start, start + MAX_BYTES) + 1 or start + MAX_BYTES
            part = stream if start == 0 and read == len(stream.data) else stream.part(start, read)
            dialogue = Dialogue(part)
            for line in lines(_plainest(part)):
                yield from dialogue.feed(line)
            yield from dialogue.finish()
            yield from sockets.messages(part)
            if read < end:
                raise LimitReached(f"of a dialogue with a modem the first {read - start} bytes were read")


_SPOKEN = re2.compile(rb"(?:^|[\r\n]|> ?|: ?)(?i:AT)[+^#$*%&][A-Za-z]{2,20}[=?\r\n]")
_ANSWERED = re2.compile(rb"[\r\n](?:OK|SEND OK|ERROR|CONNECT)[\r\n]")
_PRINTABLE = bytes(range(32, 127)) + b"\r\n\t\x1a"
_BINARY_SHARE = 2


def is_serial_log(head: bytes) -> bool:
    """Whether bytes that are no text are those of a serial port: commands and results on lines of their own, and payloads of any
    bytes between them, which are not most of it."""
    if _ANSWERED.search(head) is None or len(head.translate(None, _PRINTABLE)) * _BINARY_SHARE > len(head):
        return False
    first = _SPOKEN.search(head)
    return first is not None and _SPOKEN.search(head, first.end()) is not None


def _plainest(stream: Stream) -> bytes:
    """The log as it stands, whose prefixes tell direction and port, unless without them it tells far more."""
    data = without_dumps(stream.data)
    text = data.decode("latin-1")
    other = best(text, partial(_told, stream))
    gains = other != text and _told(stream, other[:JUDGED]) > _GAIN * _told(stream, text[:JUDGED])
    return other.encode("latin-1") if gains else data


def _told(stream: Stream, form: str) -> int:
    """How much a form of a log tells of who the modem and its SIM are."""
    dialogue = Dialogue(stream)
    messages = [message for line in lines(form.encode("latin-1")) for message in dialogue.feed(line)]
    messages += dialogue.finish()
    traits = {(trait.kind, trait.value) for message in messages for trait in message.traits if trait.kind in _TELLING}
    return len(traits) + sum(len(message.fixes) for message in messages)


def _is_dialogue(head: bytes) -> bool:
    """A dialogue has a command and an answer, an identity block, several named answers, or commands alone."""
    total = commands = results = keyed = 0
    named: set[str] = set()
    accepted = False
    for line in lines(head):
        total += 1
        if grammar.glued(line.text):
            return True
        if grammar.commands(line.text):
            commands += 1
        elif found := grammar.named_answer(line.text):
            named.add(found[0])
        elif grammar.is_final(line.text):
            results += 1
            accepted = accepted or line.text == "SEND OK"
        elif identity.KEYED.search(line.text):
            keyed += 1
        if (
            (commands and (results or named or keyed or commands > 4))
            or len(named) >= 2
            or keyed >= 2
            or (keyed and results)
        ):
            return True
        if accepted and results > 1:  # the module's side alone, without echo
            return True
    # One side alone, as a tap on one wire gives it: commands and hardly anything else.
    return commands >= 2 and commands * 5 >= total * 4


AT = At()
