"""Conversations of modules by their own sockets: read like any flow, with the level that each send is known to have reached."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import structs

from iotwatch.decode import decode
from iotwatch.decode.at.sockets.conversation import Conversation, Part
from iotwatch.decode.choice import Refusal
from iotwatch.decode.generic.shape import pair
from iotwatch.decode.message import Fix, Message
from iotwatch.files import contact_events
from iotwatch.model import iso
from iotwatch.observe.traffic.direction import WIFI
from iotwatch.open.blob import FILE, Blob
from iotwatch.open.opened import Kit, Opened
from iotwatch.read.stream import Flow, Stream
from iotwatch.store.rows import ContactRow, FlowRow
from iotwatch.words.sending import Level

_EXCERPT = 64
_PAIR_BYTES = 4096


class ModuleSockets:
    """A flow and its contacts, and what both sides said."""

    name = "module-sockets"
    kind = "capture"

    def claims(self, blob: Blob) -> bool:
        return blob.kind != FILE and isinstance(blob.stream, Conversation)

    def open(self, blob: Blob, kit: Kit) -> Opened:
        said = blob.stream
        assert isinstance(said, Conversation)  # noqa: S101  it is what was claimed
        assert said.flow is not None  # noqa: S101  a conversation has two ends
        flow = structs.replace(said.flow, index=len(kit.flows))
        contact = _contact(said, flow)
        for part in said.parts:
            kit.look_at(structs.replace(part.stream, flow=flow))
        return Opened(
            flows=(_flow(said, flow),),
            contacts=((contact,),) if contact is not None else (),
            messages=_messages(said, flow, kit.collector.refusals),
        )


def _messages(said: Conversation, flow: Flow, refusals: list[Refusal]) -> Iterator[Message]:
    for part in said.parts:
        stream = structs.replace(part.stream, flow=flow)
        for message in _read(stream, part, refusals):
            yield _told(message, part.level(max(message.span[0], message.span[1] - 1)), wifi=said.wifi)


def _read(stream: Stream, part: Part, refusals: list[Refusal]) -> Iterator[Message]:
    """What any decoder reads, else a pair of degrees without a name: that a module sends it makes it a report."""
    whole = (0, len(stream.data))
    if part.place is not None:
        yield Message("lwm2m", stream, whole, stream.time_at(0), fixes=(Fix(*part.place, span=whole),))
        return
    spoken = False
    for message in decode(stream, refusals):
        spoken = spoken or bool(message.fixes or message.cells or message.access_points or message.body)
        yield message
    shape = None if spoken or not stream.up else pair(stream.data, 0, min(len(stream.data), _PAIR_BYTES))
    if shape is not None:
        fix = Fix(shape.degrees.latitude, shape.degrees.longitude, shape.span, shape.time)
        yield Message(
            *("text", stream, whole, stream.time_at(0)),
            fixes=(fix,),
            confidence=shape.confidence,
            generic=True,
            doubts=shape.doubts,
        )


def _told(message: Message, level: Level | None, *, wifi: bool) -> Message:
    """The message with the level of its send, for what it carries too."""
    context = {"sent": level.value} if level is not None else {}
    if wifi:
        context["carrier"] = WIFI
    if not context:
        return message
    body = message.body.tagged(**context) if message.body is not None else None
    return structs.replace(message, stream=message.stream.tagged(**context), body=body)


def _counts(parts: Iterable[Part], *, up: bool) -> tuple[int, int]:
    """Sends, or deliveries, and their bytes."""
    some = [part for part in parts if part.stream.up is up and part.place is None]
    return sum(len(part.levels) or 1 for part in some), sum(len(part.stream.data) for part in some)


def _flow(said: Conversation, flow: Flow) -> FlowRow:
    (sends, bytes_up), (deliveries, bytes_down) = _counts(said.parts, up=True), _counts(said.parts, up=False)
    times = [event.time for event in said.events]
    return FlowRow(
        transport=flow.transport,
        client=flow.client,
        client_port=flow.client_port,
        server=flow.server,
        server_port=flow.server_port,
        first_seen=iso(min(times, default=None)),
        last_seen=iso(max(times, default=None)),
        packets_up=sends,
        packets_down=deliveries,
        bytes_up=bytes_up,
        bytes_down=bytes_down,
        server_name=said.context.get("host", ""),
    )


def _contact(said: Conversation, flow: Flow) -> ContactRow | None:
    """The sends whose time the log tells; ``None`` when it tells none or no far end."""
    events = sorted(said.events, key=lambda event: (event.time, event.offset))
    if not events or not flow.server:
        return None
    told = [(event.time, event.size, 0, event.offset, event.length) for event in events]
    times, sizes, frames, offsets, lengths = contact_events.packed_alone(told)
    return ContactRow(
        client=flow.client,
        server=flow.server,
        server_port=flow.server_port,
        transport=flow.transport,
        kind="burst",
        events=len(events),
        times=times,
        sizes=sizes,
        frames=frames,
        offsets=offsets,
        first_bytes=said.data[:_EXCERPT],
        last_bytes=said.data[:_EXCERPT],
        server_name=said.context.get("host", ""),
        origin=said.log,
        lengths=lengths,
    )
