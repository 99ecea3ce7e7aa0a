"""Streams that only tshark can read are gathered while a capture is decoded, and read together at its end."""

from __future__ import annotations

from msgspec.structs import replace

from iotwatch.decode.cellular import signalling
from iotwatch.decode.diagnostics.signalling import Signal
from iotwatch.decode.message import Message
from iotwatch.decode.sim.gsmtap import is_card
from iotwatch.files.limits import SIGNALLING_CHUNKS, SIGNALLING_PACKETS
from iotwatch.model import Coverage
from iotwatch.observe.collector import Collector
from iotwatch.observe.messages import observe_message
from iotwatch.read import tshark
from iotwatch.read.diagnostics import LogPackets
from iotwatch.read.stream import Stream
from iotwatch.read.tshark import SCTP, UDP, Packet, TsharkFailed
from iotwatch.words.measures import Measure

_GSMTAP_PORT = 4729
_KINDS = {"gsmtap": (UDP, _GSMTAP_PORT), "sctp": (SCTP, 0)}
_SUPL_PORT = 7275
_NAMES = {"gsmtap": "GSMTAP", "sctp": "S1AP and NGAP", "supl": "SUPL"}


def _uplink(payload: bytes) -> bool:
    """Bit 14 of the channel number (osmocom's gsmtap.h: GSMTAP_ARFCN_F_UPLINK)."""
    return bool(int.from_bytes(payload[4:6], "big") & 0x4000)


def _work(packet: Packet) -> int:
    """How much it is for tshark, in packets: the chunks of SCTP behind its header (RFC 9260 section 3.2), 1 of anything else."""
    if packet.protocol != SCTP:
        return 1
    at, chunks = 12, 0
    while at + 4 <= len(packet.payload) and chunks <= SIGNALLING_CHUNKS:
        at += max(4, int.from_bytes(packet.payload[at + 2 : at + 4], "big") + 3 & ~3)
        chunks += 1
    return max(1, chunks)


class Signalling:
    """Filled stream by stream; equal packets are read once, where they stood first.

    ``name`` is what coverage calls the packets, where that is not told by what carried them. What is over the limit makes the
    source incomplete, unless ``to_all``: what a network says to everybody is not the device's.
    """

    def __init__(self, name: str = "", *, to_all: bool = False) -> None:
        self._name = name
        self._to_all = to_all
        self._packets: dict[Packet, tuple[Stream, tuple[int, int], str]] = {}
        self._over = self._card = self._given = 0

    def note(self, stream: Stream) -> None:
        """Take the packets of a stream whose kind is signalling."""
        if stream.kind in _KINDS:
            protocol, port = _KINDS[stream.kind]
            for start, end in stream.segments():
                payload = stream.data[start:end]
                if stream.kind == "gsmtap" and is_card(payload):
                    self._card += 1  # ``decode.sim`` reads it
                    continue
                one = replace(stream, up=_uplink(payload)) if stream.kind == "gsmtap" else stream
                self._take(Packet(protocol, port, payload), one, (start, end), stream.kind)

    def note_message(self, message: Message) -> None:
        """Take a SUPL message out of its TCP stream."""
        if message.protocol == "supl":
            data = message.stream.data[slice(*message.span)]
            self._take(Packet(UDP, _SUPL_PORT, data), message.stream, message.span, "supl")

    def note_signal(self, signal: Signal, packets: LogPackets) -> None:
        """Take a message of RRC or NAS out of a modem's log."""
        packet = Packet(UDP, _GSMTAP_PORT, signal.gsmtap)
        if self._wants(packet):
            stream = replace(packets.part(*signal.span), kind="gsmtap", up=signal.up)
            self._packets[packet] = (stream, (0, len(stream.data)), "diag")

    def _take(self, packet: Packet, stream: Stream, span: tuple[int, int], carrier: str) -> None:
        if self._wants(packet):
            self._packets[packet] = (stream, span, carrier)

    def _wants(self, packet: Packet) -> bool:
        """Whether it is another one than those before it, and there is room for it."""
        if not packet.payload or packet in self._packets:
            return False
        work = _work(packet)
        is_over = work > SIGNALLING_CHUNKS or self._given + work > SIGNALLING_PACKETS
        self._over += is_over
        self._given += 0 if is_over else work
        return not is_over

    def finish(self, collector: Collector) -> list[Coverage]:
        """Have everything read; the rows say what was, what was not, and why."""
        passed = "commands of a SIM card with their answers"
        card = [Coverage(Measure.CARD_EXCHANGES, float(self._card), passed)] if self._card else []
        return [*card, *self._dissected(collector)]

    def _dissected(self, collector: Collector) -> list[Coverage]:
        if not self._packets:
            return self._left(self._name or "SCTP")
        carriers = sorted({carrier for _, _, carrier in self._packets.values()})
        names = self._name or ", ".join(_NAMES[carrier] for carrier in carriers)
        try:
            found = tshark.dissect(list(self._packets), signalling.FIELDS)
        except TsharkFailed as error:
            return [Coverage(Measure.SIGNALLING_LEFT, float(len(self._packets)), f"{error}: {names} not dissected")]
        for values, (stream, span, carrier) in zip(found, self._packets.values(), strict=True):
            for message in signalling.messages(values, stream, span, carrier):
                observe_message(message, collector)
        rows = [Coverage(Measure.SIGNALLING_DISSECTED, float(len(self._packets)), f"{names}, by tshark")]
        return [*rows, *self._left(names)]

    def _left(self, names: str) -> list[Coverage]:
        """What tshark was not given."""
        if not self._over:
            return []
        if self._to_all:
            return [Coverage(Measure.SIGNALLING_LEFT, float(self._over), f"{names}: more than tshark is given")]
        return [Coverage(Measure.OVER_LIMIT, float(self._over), "packets that tshark was not given", "signalling")]
