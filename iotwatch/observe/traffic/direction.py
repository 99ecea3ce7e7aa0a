"""Which way a statement travels. A position that stays inside the car must never be called a transmission.

- ``local``: on a wire (USB, serial, CAN), on loopback, in a log or an image, on a bus that a capture only carries.
- ``broadcast``: by radio to whoever listens (802.11 management frames, Bluetooth advertising, ITS), or to a multicast or
  broadcast address.
- ``up``: over a network, from the device to somebody. The device is the client of the flow, as ``read.flows.ends`` and
  ``roles`` tell it, but for two cases in which a TCP handshake says only who connected: a receiver that serves its own
  sentences on the local network (gpsd, NMEA on TCP), and a device that is polled in its tracker's dialect. ``turned`` swaps
  the ends of such messages.
- ``down``: what a service tells the client: a weather answer, a map, a caster, another car's place.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec.structs import replace

from iotwatch.decode.message import Message
from iotwatch.enrich import scope
from iotwatch.model import Direction
from iotwatch.observe.traffic.roles import RECEIVERS, dialects
from iotwatch.read.stream import Stream
from iotwatch.words.doubts import ReadingDoubt
from iotwatch.words.ends import EndsBy
from iotwatch.words.hosts import read_host
from iotwatch.words.said import Said
from iotwatch.words.sending import Level

_ON_AIR = frozenset({"802.11", "802.15.4", "ethertype-88dc", "ethertype-8947"})
_OFF_AIR = frozenset({"bluetooth-h4", "bluetooth-h4-linux", "bluetooth-linux-monitor"})
LOCAL_SCOPES = frozenset({"private", "link-local"})
_PUBLIC_SCOPES = frozenset({"public", "documentation"})
WIFI = "wifi"
"""The carrier of what a module of Wi-Fi sent by its own socket, as the context of its streams names it."""


def direction(stream: Stream) -> Direction:
    """Up when it leaves the client over a network, broadcast when sent to whoever listens, local on a wire or loopback."""
    flow = stream.flow
    # Of GSMTAP the addresses are those of the tool that listened; the radio's direction is in its header.
    if stream.kind == "gsmtap":
        return Direction.UP if stream.up else Direction.DOWN
    if flow is None:
        return Direction.BROADCAST if _on_air(stream) else Direction.LOCAL
    if stream.context.get("bus"):
        return Direction.LOCAL
    if scope(flow.client) == "loopback" or scope(flow.server) == "loopback":
        return Direction.LOCAL
    if scope(flow.server) in ("multicast", "broadcast") or _is_subnet_broadcast(flow.server):
        return Direction.BROADCAST
    return Direction.UP if stream.up else Direction.DOWN


def _on_air(stream: Stream) -> bool:
    """A frame that went by radio. What a Bluetooth controller handed its host (HCI) was heard, and is on a wire."""
    return stream.kind in _ON_AIR or (stream.kind == "bluetooth" and stream.context.get("linktype", "") not in _OFF_AIR)


def _is_subnet_broadcast(address: str) -> bool:
    # Without a netmask the last byte alone tells; only private networks, where /24 is the rule.
    return address.endswith(".255") and scope(address) in LOCAL_SCOPES


def turned(message: Message) -> Message:
    """The message with its sender as the client, where what it says proves that the sender is the device.

    A far end in public that tells a private client places is a service and stays one.
    """
    flow = message.stream.flow
    if message.generic and message.stream.context.get("carrier") == WIFI:
        # Known by names alone, it may be any place that a gadget asks the weather of.
        return replace(message, stream=replace(message.stream, flow=None))
    if flow is None or message.stream.up or flow.transport != "tcp" or message.stream.context.get("host"):
        return message
    if flow.told in (EndsBy.STATED, EndsBy.DECLARED):
        return message
    if not message.fixes or not (message.protocol in RECEIVERS or message.protocol in dialects()):
        return message
    if scope(flow.server) in _PUBLIC_SCOPES and scope(flow.client) not in _PUBLIC_SCOPES:
        return message
    if message.protocol in RECEIVERS and scope(flow.server) not in LOCAL_SCOPES:
        return message
    stream = replace(message.stream, flow=flow.turned(EndsBy.STATED), up=True)
    return replace(message, stream=stream)


def far_end_doubts(stream: Stream) -> tuple[Said, ...]:
    """The doubts about a far end that is on the local network, and about a module's send that nothing answers."""
    doubts = []
    if stream.flow is not None and scope(stream.flow.server) in LOCAL_SCOPES:
        doubts.append(ReadingDoubt.LOCAL_FAR_END())
    if stream.context.get("sent") == Level.PROMPTED:
        doubts.append(ReadingDoubt.TRIED())
    if stream.context.get("carrier") == WIFI:
        doubts.append(ReadingDoubt.BY_WIFI())
    return tuple(doubts)


def subject(stream: Stream) -> str:
    """The key of the device that a stream tells of: its own address on a network, its place on a wire, its path in an image."""
    if stream.flow is not None and stream.flow.client:
        return f"ip:{stream.flow.client}"
    device = stream.context.get("device", "")
    if device:
        return f"{device}@{stream.path}" if stream.path else device
    return f"path:{stream.path}" if stream.path else ""


class Sender(msgspec.Struct, frozen=True):
    """Who speaks in a stream and which way, and what told that (``None``: no network): worked out once for all its messages.

    ``way`` is the direction as it is written. ``level`` is how far a module's own send is known to have gone; empty for all
    other traffic.
    """

    subject: str
    direction: Direction
    way: str
    doubts: tuple[Said, ...]
    host: str
    far_end: dict[str, Any]
    told: EndsBy | None = None
    level: str = ""

    def facts(self, protocol: str) -> dict[str, Any]:
        """What every observation of such a message tells beside its value."""
        return {"protocol": protocol, "direction": self.way, **self.far_end}


_ASKED = ("host", "bus", "sent", "carrier", "device", "linktype")


def speaking(stream: Stream) -> tuple[object, ...]:
    """All of a stream that ``sender`` looks at: streams in which this is equal have one sender."""
    return stream.flow, stream.up, stream.kind, stream.path, *map(stream.context.get, _ASKED)


def sender(stream: Stream) -> Sender:
    """Who speaks in ``stream``: its subject, direction, doubts about the far end, its name and address."""
    flow = stream.flow
    far_end: dict[str, Any] = {}
    if flow is not None:
        far_end = {"server": flow.server, "server_port": flow.server_port}
        if flow.client_mac:
            far_end["client_mac"] = flow.client_mac
    told_host = stream.context.get("host")
    host = read_host(told_host).name if told_host else ""
    way = direction(stream)
    told = flow.told if flow is not None and stream.kind != "gsmtap" and way in (Direction.UP, Direction.DOWN) else None
    doubts = far_end_doubts(stream)
    if told is not None and told.guess:
        doubts += (ReadingDoubt.SENDER_GUESSED(how=told.text),)
    level = stream.context.get("sent", "") if flow is not None else ""
    return Sender(subject(stream), way, way.value, doubts, host, far_end, told, level)
