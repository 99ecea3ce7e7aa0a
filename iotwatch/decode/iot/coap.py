"""CoAP (RFC 7252) over UDP; options are read by aiocoap. What LwM2M says in it is read by ``lwm2m``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from iotwatch.decode.iot import lwm2m
from iotwatch.decode.message import Claim, Message, Proof, Trait
from iotwatch.decode.units import units
from iotwatch.errors import DecodeError
from iotwatch.read.stream import Flow, Stream
from iotwatch.words.kinds import Kind

_REQUESTS = {1: "GET", 2: "POST", 3: "PUT", 4: "DELETE", 5: "FETCH", 6: "PATCH", 7: "iPATCH"}
_KNOWN_OPTIONS = frozenset(
    (1, 3, 4, 5, 6, 7, 8, 9, 11, 12, 14, 15, 16, 17, 19, 20, 21, 23, 27, 28, 31, 35, 39, 60, 252, 258, 292)
)
"""IANA "CoAP Option Numbers" below the private range."""
LONGEST = 4096
"""Bytes of a message; RFC 7252 section 4.6 expects 1152 at most, and options cost time."""
_PORTS = (5683, 5684)
_FORMATS = {
    0: "text/plain", 40: "application/link-format", 42: "application/octet-stream", 50: "application/json",
    60: "application/cbor", 110: "application/senml+json", 112: "application/senml+cbor",
    11542: "application/vnd.oma.lwm2m+tlv", 11543: "application/vnd.oma.lwm2m+json",
    11544: "application/vnd.oma.lwm2m+cbor",
}  # fmt: skip


class Coap:
    """``coap.url`` of requests; the payload goes on with its path and content format."""

    name = "coap"
    # Version 1, a token of 8 bytes at most, a code of class 0, 2, 4 or 5.
    anchors = (rb"(?s:[\x40-\x48\x50-\x58\x60-\x68\x70-\x78][\x01-\x07\x41-\x45\x5f\x80-\x9f\xa0-\xa5]..)",)

    def claims(self, head: bytes, flow: Flow | None) -> Claim | None:
        if flow and flow.transport == "tcp":
            return None
        known = bool(flow and (flow.server_port in _PORTS or flow.client_port in _PORTS))
        try:
            message = _decoded(head)
        except DecodeError:
            return None
        numbers = [option.number for option in message.opt.option_list()]
        if not all(number in _KNOWN_OPTIONS or number > 2048 for number in numbers):
            return None
        if head[1] in _REQUESTS:  # a request says what it is about
            path = message.opt.uri_path
            fits = path and all(part.isascii() and part.isprintable() for part in path)
        else:
            fits = len(message.token) >= 2 and numbers and message.payload
        return Claim(self, Proof.EXACT, message, len(head)) if known or fits else None

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        for start, end in units(stream):
            wire = stream.data[start:end]
            if len(wire) >= 4 and wire[0] >> 6 == 1 and wire[1]:
                seen = claim is not None and start == 0 and end == claim.seen
                yield _message(stream, start, end, claim.parse if claim and seen else _decoded(wire))


def _decoded(wire: bytes) -> Any:
    from aiocoap import error
    from aiocoap import message as coap

    if len(wire) > LONGEST:
        raise DecodeError("longer than any CoAP message")
    try:
        return coap.Message.decode(wire)
    except (error.UnparsableMessage, UnicodeDecodeError, ValueError, IndexError) as reason:
        raise DecodeError(f"a CoAP message is broken: {type(reason).__name__}") from reason


def _message(stream: Stream, start: int, end: int, parsed: Any) -> Message:
    code = stream.data[start + 1]
    at = end - len(parsed.payload)
    path = "/" + "/".join(parsed.opt.uri_path)
    query = "&".join(parsed.opt.uri_query)
    content = int(parsed.opt.content_format) if parsed.opt.content_format is not None else -1
    traits = []
    fields: dict[str, Any] = {"code": _REQUESTS.get(code, f"{code >> 5}.{code & 31:02d}")}
    if code in _REQUESTS:
        fields |= {"path": path, "query": query}
        traits.append(
            Trait(Kind.COAP_URL, (parsed.opt.uri_host or "") + path, (start, at), {"method": _REQUESTS[code]})
        )
    said = lwm2m.read(lwm2m.Exchange(code, path, tuple(parsed.opt.uri_query), content), stream.data[at:end])
    body = None
    if at < end:
        context = {"target": path, "content-type": _FORMATS.get(content, ""), "kind": "coap"}
        body = stream.part(at, end).tagged(**{key: value for key, value in context.items() if value})
    return Message(
        protocol="lwm2m" if said.is_lwm2m else "coap",
        stream=stream,
        span=(start, end),
        time=stream.time_at(start),
        fields=fields | said.fields,
        fixes=tuple(said.fixes(at)),
        traits=(*traits, *(Trait(kind, value, (start, at), facts) for kind, value, facts in said.traits)),
        device_ids=said.device_ids,
        doubts=said.doubts,
        body=body,
    )


COAP = Coap()
