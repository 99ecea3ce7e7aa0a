"""CoAP (RFC 7252) over UDP; options are read by aiocoap. What LwM2M says in it is read by ``lwm2m``."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from iotwatch.decode.iot import lwm2m
from iotwatch.decode.iot.coap_exchange import MESSAGES, Side, Wire, decoded, messages
from iotwatch.decode.message import Claim, Message, Proof, Trait
from iotwatch.errors import DecodeError, LimitReached
from iotwatch.read.stream import Flow, Stream
from iotwatch.words.doubts import ReadingDoubt
from iotwatch.words.kinds import Kind
from iotwatch.words.said import Said

_REQUESTS = {1: "GET", 2: "POST", 3: "PUT", 4: "DELETE", 5: "FETCH", 6: "PATCH", 7: "iPATCH"}
_KNOWN_OPTIONS = frozenset(
    (1, 3, 4, 5, 6, 7, 8, 9, 11, 12, 14, 15, 16, 17, 19, 20, 21, 23, 27, 28, 31, 35, 39, 60, 252, 258, 292)
)
"""IANA "CoAP Option Numbers" below the private range."""
_PORTS = (5683, 5684)
_PROBES = 64
"""How many messages are asked whether one proves itself."""
_FORMATS = {
    0: "text/plain", 40: "application/link-format", 42: "application/octet-stream", 50: "application/json",
    60: "application/cbor", 110: "application/senml+json", 112: "application/senml+cbor",
    11542: "application/vnd.oma.lwm2m+tlv", 11543: "application/vnd.oma.lwm2m+json",
    11544: "application/vnd.oma.lwm2m+cbor",
}  # fmt: skip


class Coap:
    """``coap.url`` of requests; the payload goes on with its path and content format.

    A message proves itself (a request with a path, an answer with a token, options and a payload), or the other direction
    proves it: there stands what it answers, or what answers it.
    """

    name = "coap"
    # Version 1, a token of 8 bytes at most, a code of class 0, 2, 4 or 5.
    anchors = (rb"(?s:[\x40-\x48\x50-\x58\x60-\x68\x70-\x78][\x01-\x07\x41-\x45\x5f\x80-\x9f\xa0-\xa5]..)",)

    def claims(self, head: bytes, flow: Flow | None) -> Claim | None:
        """Whatever reads as a message with known options; whether it is one, ``messages`` tells by the whole conversation."""
        if flow and flow.transport == "tcp":
            return None
        try:
            parsed = decoded(head)
        except DecodeError:
            return None
        return Claim(self, Proof.EXACT if _proves(head[1], parsed) else Proof.HEAD) if _is_plain(parsed) else None

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        """All messages of a direction that is CoAP; the first that is broken is told at the end."""
        errors: list[DecodeError] = []
        said = list(islice(messages(stream, errors), MESSAGES))
        other = Side(list(islice(messages(stream.beside, []), MESSAGES)) if stream.beside is not None else [])
        flow = stream.flow
        known = bool(flow and (flow.server_port in _PORTS or flow.client_port in _PORTS))
        alone = (_is_plain(one.parsed) and _proves(one.code, one.parsed) for one in said[:_PROBES])
        if not (known or any(alone) or Side(said).agrees(other)):
            return
        parts = lwm2m.Parts()
        for one in said:
            yield _message(stream, one, other.asked(one) if one.answers else None, parts)
        if errors:
            raise errors[0]
        if len(said) == MESSAGES:
            raise LimitReached(f"of a direction the first {MESSAGES} messages were read")


def _is_plain(parsed: Any) -> bool:
    numbers = [option.number for option in parsed.opt.option_list()]
    return all(number in _KNOWN_OPTIONS or number > 2048 for number in numbers)


def _proves(code: int, parsed: Any) -> bool:
    """Whether a message is known for CoAP by itself; a request says what it is about."""
    if code in _REQUESTS:
        path = parsed.opt.uri_path
        return bool(path) and all(part.isascii() and part.isprintable() for part in path)
    return len(parsed.token) >= 2 and bool(parsed.opt.option_list()) and bool(parsed.payload)


def _path(parsed: Any) -> str:
    return "/" + "/".join(parsed.opt.uri_path)


def _message(stream: Stream, wire: Wire, request: Wire | None, parts: lwm2m.Parts) -> Message:
    start, end, _, code, parsed = wire
    at = end - len(parsed.payload)
    path, query = _path(parsed), tuple(parsed.opt.uri_query)
    content = int(parsed.opt.content_format) if parsed.opt.content_format is not None else -1
    traits = []
    fields: dict[str, Any] = {"code": _REQUESTS.get(code, f"{code >> 5}.{code & 31:02d}")}
    if code in _REQUESTS:
        fields |= {"path": path, "query": "&".join(query)}
        url = (parsed.opt.uri_host or "") + path
        traits.append(Trait(Kind.COAP_URL, url, (start, at), {"method": _REQUESTS[code]}))
    elif request is not None:
        path = _path(request.parsed)
        fields["asked"] = path
    said = lwm2m.read(lwm2m.Exchange(code, path, query, content), stream.data[at:end])
    time = stream.time_at(start)
    joined = [parts.joined(one, time) for one in said.moved(at)]
    fixes = tuple(fix for fix in (one.fix() for one, _ in joined if one.whole) if fix is not None)
    cells = tuple(cell for cell in (one.cell() for one, _ in joined if one.whole) if cell is not None)
    body = None
    if at < end:
        context = {"target": path, "content-type": _FORMATS.get(content, ""), "kind": "coap"}
        body = stream.part(at, end).tagged(**{key: value for key, value in context.items() if value})
    return Message(
        protocol="lwm2m" if said.is_lwm2m else "coap",
        stream=stream,
        span=(start, end),
        time=time,
        fields=fields | said.fields,
        fixes=fixes,
        cells=cells,
        traits=(*traits, *(Trait(kind, value, (start, at), facts) for kind, value, facts in said.traits)),
        device_ids=said.device_ids,
        doubts=(*said.doubts, *_put_together(joined)),
        body=body,
    )


def _put_together(joined: list[tuple[lwm2m.Instance, int]]) -> Iterator[Said]:
    if messages := max((count for one, count in joined if one.whole and count > 1), default=0):
        yield ReadingDoubt.PUT_TOGETHER(n=messages)


COAP = Coap()
