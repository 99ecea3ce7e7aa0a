"""Which end of a conversation the messages themselves say they are from: the device, or the far end.

A login and a report come from the device, an acknowledgement and a command from the server; a request comes from the
client, its answer from the server. LwM2M (OMA Core 1.1 section 6) is the other way round: there the server asks for
objects by their numbers, and the device answers and notifies.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from itertools import groupby, islice
from typing import Any

from msgspec.structs import replace

from iotwatch.decode import decode
from iotwatch.decode.message import Message
from iotwatch.decode.trackers import TRACKERS
from iotwatch.observe.commands import command_of
from iotwatch.patterns import regex
from iotwatch.read import Capture, Stream
from iotwatch.read.layers.columns import Bools
from iotwatch.read.stream import paired
from iotwatch.words.ends import EndsBy

RECEIVERS = frozenset({"nmea", "gpsd", "ubx", "sirf"})
"""What a GNSS receiver itself says: whoever sends it has the receiver."""
_SAMPLE = 8
_LOOKED_AT = 1 << 16  # bytes of a stream
_OBJECT_PATH = regex(r"(?:/\d{1,5}){1,4}")  # OMA Core 1.1 section 7.3: /object/instance/resource/instance
_DEVICE, _FAR_END, _UNTOLD = 1, -1, 0
_MQTT = {
    **dict.fromkeys(("connect", "subscribe", "unsubscribe", "pingreq"), _DEVICE),
    **dict.fromkeys(("connack", "suback", "unsuback", "pingresp"), _FAR_END),
}
_PLATFORM = 0x8000  # JT/T 808 section 8, JT/T 905: the platform's message numbers have the highest bit


def _http(fields: Mapping[str, Any]) -> int:
    return _DEVICE if fields.get("method") else _FAR_END if fields.get("status") else _UNTOLD


def _coap(fields: Mapping[str, Any]) -> int:
    """RFC 7252; a device registers at ``/rd``, bootstraps at ``/bs`` and sends to ``/dp``."""
    path, asked = fields.get("path"), fields.get("asked")
    if path is None and asked is None:
        return _UNTOLD  # an answer alone does not say which of the two asks
    by_server = _OBJECT_PATH.fullmatch(str(path or asked)) is not None
    return _FAR_END if by_server is (asked is None) else _DEVICE


_ASKING: dict[str, Callable[[Mapping[str, Any]], int]] = {
    "http": _http,
    "rtsp": _http,
    "coap": _coap,
    "dns": lambda fields: _FAR_END if fields.get("response") else _DEVICE,
    "ntp": lambda fields: {3: _DEVICE, 4: _FAR_END}.get(int(fields.get("mode", 0)), _UNTOLD),  # RFC 5905 section 7.3
    "mqtt": lambda fields: _MQTT.get(str(fields.get("packet")), _UNTOLD),
    "tls": lambda fields: {"client": _DEVICE, "server": _FAR_END}.get(str(fields.get("hello")), _UNTOLD),
    "quic": lambda fields: _DEVICE if fields.get("hello") == "client" else _UNTOLD,
    "websocket": lambda fields: _DEVICE if fields.get("masked") else _FAR_END,  # RFC 6455 section 5.1
}


@cache
def dialects() -> frozenset[str]:
    """The names of the trackers' dialects, in which only the device states places."""
    return frozenset(decoder.name for decoder in TRACKERS)


def role(message: Message) -> int:
    """1 where what ``message`` says comes from the device, -1 from the far end, 0 where it does not tell."""
    fields, states = message.fields, bool(message.fixes or message.cells or message.access_points)
    if message.protocol == "lwm2m":
        return _DEVICE if "endpoint" in fields or (states and "path" not in fields) else _coap(fields)
    if asking := _ASKING.get(message.protocol):
        return asking(fields)
    if message.protocol in dialects():
        if command_of(message) or _answers(message):
            return _FAR_END
        return _DEVICE if states or message.device_ids else _UNTOLD
    if message.protocol in RECEIVERS:
        return _DEVICE if states else _UNTOLD
    # Without a dialect: who names himself beside a place.
    return _DEVICE if states and message.device_ids else _UNTOLD


def _answers(message: Message) -> bool:
    """Whether a framed message is a server's acknowledgement, by the bit that its dialect has for that."""
    if message.protocol == "gb32960":
        return bool(message.fields.get("answer"))
    if message.protocol == "jt808":
        return bool(int(str(message.fields.get("type", "0")), 16) & _PLATFORM)
    return False


def _vote(stream: Stream) -> int:
    """What the first messages say of who sent them: above 0 the device. They are read as a device's, which more say."""
    head = stream.part(0, min(len(stream.data), _LOOKED_AT))
    return sum(map(role, islice(decode(replace(head, up=True, beside=stream.beside)), _SAMPLE)))


def settle(capture: Capture, chosen: Bools | None = None) -> None:
    """Where packets left the ends of a flow open, let its messages settle them; of the ``chosen`` flows only.

    To be done before anybody asks for contacts or streams, which follow the flows.
    """
    flows = capture.flows
    count = len(flows)
    asked = flows.is_open[:count] & (flows.by[:count] > EndsBy.STATED.value)
    if chosen is not None:
        asked &= chosen
    if not asked.any():
        return
    for index, streams in groupby(
        paired(capture.streams.of(asked)), lambda stream: stream.flow.index if stream.flow else -1
    ):
        sides = sorted(streams, key=lambda stream: not stream.up)
        vote = _vote(sides[0]) * (1 if sides[0].up else -1)
        if not vote and len(sides) > 1:
            vote = -_vote(sides[1])
        if vote:
            flows.settle(index, turned=vote < 0)
