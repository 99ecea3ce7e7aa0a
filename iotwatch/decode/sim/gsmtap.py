"""GSMTAP of a card's tap (osmocom gsmtap.h, type 4): SIMtrace, osmo-remsim, pySim and osmo-qcdiag write it.

Sub type 0 holds a command with its answer, 1 the card's ATR, 4 to 7 the pieces of one command that a slower tap saw apart.
"""

from __future__ import annotations

from collections.abc import Iterator

from iotwatch.decode.message import Claim, Message
from iotwatch.decode.sim import apdu
from iotwatch.decode.sim.card import Card
from iotwatch.read.stream import Stream

SIM = 0x04
_WORD = 4
_LEAST = 16
_APDU, _ATR, _HEAD, _STATUS = 0, 1, 4, 7


class Gsmtap:
    """Datagrams of GSMTAP: the card's, and nothing of the others', which tshark reads."""

    name = "gsmtap"

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        card, pieces, begin = Card(stream), bytearray(), 0
        for start, end in stream.segments():
            head = stream.data[start : start + _LEAST]
            if len(head) < _LEAST or head[0] != 2 or head[2] != SIM or head[1] * _WORD < _LEAST:
                continue
            body, kind = stream.data[start + head[1] * _WORD : end], head[12]
            if kind == _ATR:
                card.reset()
            elif _HEAD <= kind <= _STATUS:
                if kind == _HEAD:
                    pieces.clear()
                    begin = start
                pieces += body
                if kind == _STATUS and (one := apdu.whole(bytes(pieces), (begin, end))) is not None:
                    yield from card.take(one)
            elif kind == _APDU and (one := apdu.whole(body, (start, end))) is not None:
                yield from card.take(one)
        yield from card.finish()


GSMTAP = Gsmtap()


def is_card(payload: bytes) -> bool:
    """Whether a datagram of GSMTAP is a card's."""
    return payload[2:3] == bytes((SIM,))
