"""USB captures: descriptors to devices, serial endpoints to text, control messages of modems (QMI, MBIM) to identities."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from iotwatch.decode.message import Message, Trait
from iotwatch.decode.usb import mbim, qmi
from iotwatch.decode.usb.descriptors import GET_DESCRIPTOR, SET_ADDRESS, Bus, Enumerated
from iotwatch.decode.usb.frames import BULK, CONTROL, Transfer, transfer
from iotwatch.model import Confidence
from iotwatch.read.stream import Flow, Stream

MAX_SERIAL_PIECES = 100_000
MAX_SERIAL_STREAMS = 256
_PENDING = 4096
_SAMPLE = 2048
_PRINTABLE = bytes(range(32, 127)) + b"\r\n\t\x1a\x1b"
_NO_SERIAL = frozenset({"storage", "ECM", "NCM", "RNDIS", "MBIM", "audio", "video", "HID", "printer", "Bluetooth"})
# Class requests of CDC (CDC 1.2 section 6.2): what a host hands to and takes from a modem's control channel.
_SEND_ENCAPSULATED, _GET_ENCAPSULATED = (0x21, 0x00), (0xA1, 0x01)


class Usb:
    """Frames of usbmon and USBPcap."""

    name = "usb"
    anchors = (rb"(?s:.{8})[SCE][\x00-\x03]", rb"[\x1b-\x28]\x00(?s:.{8})")

    def claims(self, head: bytes, flow: Flow | None) -> bool:
        """The link type says that frames are USB's, so nothing here has to be guessed."""
        return flow is None and len(head) >= 27

    def messages(self, stream: Stream) -> Iterator[Message]:
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
    """The state of one capture: open requests, devices, and the bytes of each serial interface in order."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._bus = Bus()
        self._open: dict[int, Transfer] = {}
        self._serial: dict[tuple[int, int, int], list[tuple[int, int]]] = {}
        self._owners: dict[tuple[int, int, int], Enumerated] = {}
        self._pieces = 0

    def take(self, event: Transfer) -> Iterator[Message]:
        if event.kind == CONTROL:
            yield from self._control(event)
        elif event.kind == BULK and event.end > event.start and event.submit != event.into_host:
            self._bulk(event)

    def finish(self) -> Iterator[Message]:
        """Yield each device, then what its serial interfaces said."""
        for known in self._bus.all:
            device = known.finished()
            if device.id:
                yield self._message(known, device.span, tuple(device.traits()))
        for place, ranges in self._serial.items():
            known = self._owners[place]
            body = self._stream.join(ranges)
            if not _is_text(body.data):
                continue
            body = replace(body, kind="text", datagram=False).tagged(device=known.device.key)
            message = self._message(known, (ranges[0][0], ranges[0][1]), ())
            yield _carrying(message, body)

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
                yield _with_fixes(message, said)

    def _bulk(self, event: Transfer) -> None:
        known = self._bus.at(event.bus, event.device)
        interface = known.endpoints.get(event.endpoint, -1)
        if known.roles.get(interface, "") in _NO_SERIAL or self._pieces >= MAX_SERIAL_PIECES:
            return
        place = (event.bus, event.device, interface)
        if place not in self._serial and len(self._serial) >= MAX_SERIAL_STREAMS:
            return
        self._pieces += 1
        self._owners.setdefault(place, known)
        self._serial.setdefault(place, []).append((event.start, event.end))

    def _message(
        self, known: Enumerated, span: tuple[int, int], traits: tuple[Trait, ...], protocol: str = "usb"
    ) -> Message:
        return Message(
            protocol=protocol,
            stream=self._stream.tagged(device=known.device.key),
            span=span,
            time=self._stream.time_at(span[0]),
            traits=traits,
            confidence=Confidence.LIKELY,
        )


def _is_text(data: bytes) -> bool:
    sample = data[:_SAMPLE]
    return len(sample) >= 4 and len(sample.translate(None, _PRINTABLE)) * 10 < len(sample)


def _carrying(message: Message, body: Stream) -> Message:
    import msgspec

    return msgspec.structs.replace(message, body=body)


def _with_fixes(message: Message, said: qmi.Said) -> Message:
    import msgspec

    return msgspec.structs.replace(message, fixes=tuple(said.fixes)) if said.fixes else message


USB = Usb()
