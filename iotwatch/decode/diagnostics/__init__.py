"""What the log packets of a modem's diagnostics say: its own positions, cells, identity, and the IP packets that passed it.

Radio signalling wants ASN.1 and goes to tshark (``signalling``, ``observe.diagnostics``).
"""

from __future__ import annotations

from collections.abc import Iterator

from iotwatch.decode.diagnostics import card, cells, signalling
from iotwatch.decode.diagnostics.gnss import POSITION, positions
from iotwatch.decode.diagnostics.identity import identities
from iotwatch.decode.diagnostics.ip import IP, frames
from iotwatch.decode.message import Claim, Message
from iotwatch.read.diagnostics import LogPackets
from iotwatch.read.stream import Stream

READ = frozenset({POSITION, IP, card.ONE_SLOT, card.TWO_SLOTS, *cells.READERS, *signalling.READERS})
"""The codes of the log packets that something reads."""


class Diagnostics:
    """Log packets of Qualcomm's diagnostics."""

    name = "diag"

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        if not isinstance(stream, LogPackets):
            return
        yield from identities(stream)
        yield from cells.serving(stream)
        carried = frames(stream)
        if carried is not None:
            first = stream.of(IP).item(0)
            yield Message("diag", stream, stream.span(first), stream.stamp(first), body=carried)
        yield from card.exchanges(stream)
        # The last: behind what it read it raises what it could not, and nobody is asked behind that.
        yield from positions(stream)


DIAGNOSTICS = Diagnostics()
