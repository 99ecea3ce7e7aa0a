"""USB captures: descriptors to devices, serial endpoints to text, control messages of modems (QMI, MBIM) to identities and
places, and bodies that are read on: network frames in bulk transfers, NMEA in control messages, log packets of diagnostics."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from iotwatch.decode.message import Claim, Message, Trait
from iotwatch.decode.usb import mbim, qmi, smart_card
from iotwatch.decode.usb.descriptors import GET_DESCRIPTOR, SET_ADDRESS, Bus, Enumerated
from iotwatch.decode.usb.network import Found, find_network
from iotwatch.decode.usb.pipes import MAX_PIPES, Pipe, gathered
from iotwatch.decode.usb.text import dialogue, is_over, texts
from iotwatch.decode.usb.transfers import BULK, CONTROL, Transfer, transfer
from iotwatch.errors import LimitReached
from iotwatch.read.diagnostics import from_hdlc
from iotwatch.read.files.diag import is_qmdl
from iotwatch.read.stream import Stream
from iotwatch.words.kinds import Kind

_PENDING = 4096
_MAX_SENTENCES = 100_000
_DIAG_HEAD = 64 << 10
_NO_SERIAL = frozenset(
    {"storage", "ECM", "EEM", "NCM", "RNDIS", "MBIM", "audio", "video", "HID", "printer", "Bluetooth"}
)
# Class requests of CDC (CDC 1.2 section 6.2): what a host hands to and takes from a modem's control channel.
_SEND_ENCAPSULATED, _GET_ENCAPSULATED = (0x21, 0x00), (0xA1, 0x01)


class Usb:
    """Frames of usbmon and USBPcap."""

    name = "usb"

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        linktype = stream.context.get("linktype", "")
        if stream.kind != "usb" or not linktype.startswith("usb-"):
            return
        reader = _Reader(stream)
        for start, end in stream.segments():
            event = transfer(stream.data, start, end, linktype)
            if event is not None:
                yield from reader.take(event)
        yield from reader.finish()


class _Reader:
    """The state of one capture: open requests, and devices with the bytes of each of their bulk endpoints in order."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._bus = Bus()
        self._open: dict[int, Transfer] = {}
        self._sentences: dict[tuple[str, str], list[tuple[int, int]]] = {}
        self._pipes = 0
        self._cut = False

    def take(self, event: Transfer) -> Iterator[Message]:
        if event.kind == CONTROL:
            yield from self._control(event)
        elif event.kind == BULK and event.end + event.missing > event.start and event.submit != event.into_host:
            self._bulk(event)

    def finish(self) -> Iterator[Message]:
        """Yield each device, then what its network and serial interfaces carried."""
        for known in self._bus.all:
            device = known.finished()
            if device.id:
                yield self._message(known, device.span, tuple(device.traits()))
        for known in self._bus.all:
            used: set[int] = set()
            for pipes in smart_card.readers(self._stream, known):
                used.update(pipe.endpoint for pipe in pipes)
                yield from smart_card.messages(self._stream.tagged(device=known.device.key), pipes)
            for found in find_network(self._stream, known):
                used.update(pipe.endpoint for pipe in found.pipes)
                yield from self._network(known, found)
            for pipe in known.pipes.values():
                if pipe.endpoint not in used and not pipe.outbound:
                    yield from self._diagnostics(known, pipe, used)
            yield from self._serial(known, used)
        yield from self._nmea()
        if self._cut:
            raise LimitReached("more USB pipes, or transfers of one serial interface, than are kept")

    def _network(self, known: Enumerated, found: Found) -> Iterator[Message]:
        facts: dict[str, object] = {"frames": len(found.frames.begins), "guessed": found.guessed}
        if found.interface >= 0:
            facts["interface"] = found.interface
        if found.sessions:
            facts["sessions"] = list(found.sessions)
        traits = [Trait(Kind.USB_NETWORK, found.packing, found.first, facts)] if facts["frames"] else []
        if found.cellular:
            traits.append(Trait(Kind.MODEM_CELLULAR, found.cellular, found.first))
        message = self._message(known, found.first, tuple(traits))
        yield replace(message, body=found.frames)
        beside = texts(self._stream, found.texts)
        if beside is not None:
            yield self._said(known, beside, found.texts[0])

    def _diagnostics(self, known: Enumerated, pipe: Pipe, used: set[int]) -> Iterator[Message]:
        """The log packets of a pipe whose frames prove to be those of a modem's diagnostics, whatever its interface is called."""
        whole, _ = gathered(self._stream, [pipe])
        if is_qmdl(whole.data[:_DIAG_HEAD]):
            used.add(pipe.endpoint)
            traits = (Trait(Kind.MODEM_CELLULAR, "DIAG frames", pipe.first()),)
            yield replace(
                self._message(known, pipe.first(), traits), body=from_hdlc(whole.tagged(device=known.device.key))
            )

    def _nmea(self) -> Iterator[Message]:
        """What each device told by each of its services, as one text in the order it came."""
        for (device, protocol), ranges in self._sentences.items():
            body = texts(self._stream, ranges)
            if body is not None:
                span = ranges[0]
                outer = Message(protocol, self._stream.tagged(device=device), span, self._stream.time_at(span[0]))
                yield replace(outer, body=body.tagged(device=device))

    def _serial(self, known: Enumerated, used: set[int]) -> Iterator[Message]:
        interfaces: dict[int, list[Pipe]] = {}
        for endpoint, pipe in known.pipes.items():
            interface = known.endpoints.get(endpoint, -1)
            if endpoint not in used and known.role(interface) not in _NO_SERIAL:
                interfaces.setdefault(interface, []).append(pipe)
        for pipes in interfaces.values():
            self._cut = self._cut or is_over(pipes)
            body = dialogue(self._stream, pipes)
            if body is not None:
                yield self._said(known, body, min(pipe.first() for pipe in pipes))

    def _said(self, known: Enumerated, body: Stream, span: tuple[int, int]) -> Message:
        return replace(self._message(known, span, ()), body=body.tagged(device=known.device.key))

    def _control(self, event: Transfer) -> Iterator[Message]:
        if event.setup:
            if len(self._open) >= _PENDING:
                self._open.pop(next(iter(self._open)))
            self._open[event.request] = event
            if event.setup[0] == 0 and event.setup[1] == SET_ADDRESS:
                self._bus.moved(event.bus, event.setup[2])
            if event.end > event.start and tuple(event.setup[:2]) == _SEND_ENCAPSULATED:
                yield from self._encapsulated(event)
            return
        asked = self._open.get(event.request)
        if asked is None or event.end <= event.start:
            return
        if asked.setup[0] & 0x80 and asked.setup[1] == GET_DESCRIPTOR and not event.submit:
            self._bus.descriptor(asked.setup, event.bus, event.device, self._stream.data, (event.start, event.end))
        elif tuple(asked.setup[:2]) in (_SEND_ENCAPSULATED, _GET_ENCAPSULATED):
            yield from self._encapsulated(event)

    def _encapsulated(self, event: Transfer) -> Iterator[Message]:
        """A control message of a modem: MBIM or QMI, told apart by their first bytes."""
        data = self._stream.data[event.start : event.end]
        for protocol, reader in (("qmi", qmi.read), ("mbim", mbim.read)):
            said = reader(data, event.start)
            if said is not None:
                known = self._bus.at(event.bus, event.device)
                message = self._message(known, (event.start, event.end), tuple(said.traits), protocol)
                yield replace(message, fixes=tuple(said.fixes), doubts=tuple(said.doubts))
                held = self._sentences.setdefault((known.device.key, protocol), [])
                self._cut = self._cut or len(held) + len(said.sentences) > _MAX_SENTENCES
                held += said.sentences[: _MAX_SENTENCES - len(held)]

    def _bulk(self, event: Transfer) -> None:
        pipes = self._bus.at(event.bus, event.device).pipes
        if event.endpoint not in pipes:
            if self._pipes >= MAX_PIPES:
                self._cut = True
                return
            self._pipes += 1
            pipes[event.endpoint] = Pipe(event.endpoint)
        pipes[event.endpoint].add(event)

    def _message(
        self, known: Enumerated, span: tuple[int, int], traits: tuple[Trait, ...], protocol: str = "usb"
    ) -> Message:
        return Message(
            protocol, self._stream.tagged(device=known.device.key), span, self._stream.time_at(span[0]), traits=traits
        )


USB = Usb()
