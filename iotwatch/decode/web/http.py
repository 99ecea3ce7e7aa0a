"""HTTP/1 (RFC 9110, RFC 9112) and RTSP (RFC 2326) and SIP (RFC 3261), which share its shape.

A message per request and per response; its body goes on without chunks and content coding. A query string goes on as a
body of its own, because trackers report in it. What follows an upgrade to WebSocket is read as frames.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec.structs import replace

from iotwatch.decode.message import Claim, Message, Trait, by_head
from iotwatch.decode.units import alone, units
from iotwatch.decode.web import websocket
from iotwatch.decode.web.http_body import decoded, extent, parts
from iotwatch.decode.web.http_head import RESTART, Field, Head, read_head
from iotwatch.decode.web.sip import USER, identities
from iotwatch.errors import LimitReached
from iotwatch.model import Confidence
from iotwatch.patterns import regex
from iotwatch.read.stream import Flow, Stream
from iotwatch.words.hosts import read_host
from iotwatch.words.kinds import Kind
from iotwatch.words.namings import NamedBy
from iotwatch.words.said import Said

METHODS = (
    "GET", "POST", "PUT", "HEAD", "DELETE", "OPTIONS", "PATCH", "CONNECT", "TRACE", "PROPFIND", "REPORT", "MKCOL",
    "DHGET", "DHPOST", "DESCRIBE", "SETUP", "PLAY", "PAUSE", "TEARDOWN", "ANNOUNCE", "RECORD", "GET_PARAMETER",
    "SET_PARAMETER",
    "REGISTER", "INVITE", "ACK", "BYE", "CANCEL", "INFO", "MESSAGE", "SUBSCRIBE", "NOTIFY", "REFER", "PUBLISH",
)  # fmt: skip
"""HTTP and WebDAV; Dahua's relay and RTSP; SIP."""
MESSAGES = 100_000
_KNOWN = frozenset(METHODS)
_REALM = regex(r'realm="?([^",]{1,128})', re.IGNORECASE)
_PLACE_FIELD = regex(r"(?:^|[-_])(?:lat|lon|lng|latitude|longitude|gps|gga|geo|position|location|coord\w*)(?:[-_]|$)")
_IDENTITY_FIELD = regex(
    r"(?:^|[-_])(?:imei|imsi|iccid|msisdn|vin|serial(?:number|no)?|sn|uuid|mac|device-?(?:id|model|name)|client-?id)(?:[-_]|$)"
)
_DEVICE_FIELD = regex(r"(?:^|[-_])(?:imei|serial-?(?:number|no)?|device-?id)(?:[-_]|$)")
_TRAITS = {
    "user-agent": Kind.HTTP_AGENT, "server": Kind.HTTP_SERVER, "x-powered-by": Kind.HTTP_POWERED_BY, "via": Kind.HTTP_VIA,
    "referer": Kind.HTTP_REFERER, "contact": Kind.HTTP_CONTACT, "from": Kind.HTTP_FROM,
}  # fmt: skip
# RTSP's names mean what HTTP's do, and the message tells the protocol; those of SIP are words of their own.
_OF_SIP = {
    Kind.HTTP_HOST: Kind.SIP_HOST, Kind.HTTP_URL: Kind.SIP_URL, Kind.HTTP_AGENT: Kind.SIP_AGENT,
    Kind.HTTP_SERVER: Kind.SIP_SERVER, Kind.HTTP_POWERED_BY: Kind.SIP_POWERED_BY, Kind.HTTP_VIA: Kind.SIP_VIA,
    Kind.HTTP_REFERER: Kind.SIP_REFERER, Kind.HTTP_CONTACT: Kind.SIP_CONTACT, Kind.HTTP_FROM: Kind.SIP_FROM,
    Kind.HTTP_IDENTITY: Kind.SIP_IDENTITY, Kind.HTTP_REALM: Kind.SIP_REALM, Kind.HTTP_USER: Kind.SIP_USER,
}  # fmt: skip


class Http:
    """Requests and responses of HTTP/1, RTSP and SIP."""

    name = "http"
    anchors = (
        rb"(?:\r?\n){0,2}(?:" + "|".join(METHODS).encode() + rb") [!-\xff]",
        rb"(?:HTTP|RTSP|SIP)/\d\.\d \d{3}",
        rb"ICY \d{3}",
    )

    def claims(self, head: bytes, flow: Flow | None) -> Claim | None:
        line, newline, _ = head.lstrip(b"\r\n").partition(b"\n")
        words = line.rstrip(b"\r").split(b" ")
        if len(words) > 1 and words[0][:4] in (b"HTTP", b"RTSP", b"SIP/", b"ICY"):
            return by_head(self, words[1].isdigit())
        if words[0].decode("latin-1") not in _KNOWN or len(words) < 2:
            return None
        if len(words) == 2:  # HTTP/0.9, or a line that a short snap length cut
            return by_head(self, words[1][:1] == b"/" and (not newline or len(line) < 2048))
        return by_head(self, not newline or (len(words) == 3 and words[2][:5] in (b"HTTP/", b"RTSP/", b"SIP/2")))

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        for start, end in units(stream):
            yield from self._unit(alone(stream, start, end))

    def _unit(self, stream: Stream) -> Iterator[Message]:
        data, at, end = stream.data, 0, len(stream.data)
        for _ in range(MESSAGES):
            while data[at : at + 1] in (b"\r", b"\n"):
                at += 1
            if at >= end:
                return
            head = read_head(data, at, end) or _unfinished(data, at, end)
            if not head or (head.method and head.method not in _KNOWN and not head.fields):
                again = RESTART.search(data, at + 1)
                if not again:
                    return
                at = again.start()
                continue
            if _becomes_websocket(head, data, end):
                yield _message(stream, head, [], ())
                yield from websocket.frames(stream, head.end, _context(head))
                return
            if head.method == "CONNECT" or _is_ntrip(head):
                yield _message(stream, head, [(head.end, end)], (), tunnel=True)
                yield from _inside_head(stream, head)
                return
            body = extent(head, data, end)
            message = _message(stream, head, body.ranges, body.doubts)
            yield message
            yield from _inside_head(stream, head)
            if message.body is not None:
                yield from _inside_body(message.body, head)
            at = max(body.next, head.end)
        raise LimitReached(f"more than {MESSAGES} messages")


def _is_ntrip(head: Head) -> bool:
    """A client of an NTRIP caster (RTCM 10410): its own GGA sentences follow the request for as long as it listens."""
    named = head.get("user-agent").upper().startswith("NTRIP") or head.get("ntrip-version")
    return head.method == "GET" and head.complete and bool(named)


def _becomes_websocket(head: Head, data: bytes, end: int) -> bool:
    """Whether frames follow: the other side may have declined, and then the next thing is a head again."""
    asked = head.complete and head.get("upgrade").lower() == "websocket"
    return asked and read_head(data, head.end, end) is None


def _unfinished(data: bytes, at: int, end: int) -> Head | None:
    """The head of a request whose very first line is cut."""
    line = data[at : min(end, at + 16000)]
    if b"\n" in line or b" " not in line:
        return None
    method, _, rest = line.partition(b" ")
    target, _, _ = rest.partition(b" ")
    if method.decode("latin-1") not in _KNOWN or not target:
        return None
    start = at + len(method) + 1
    field = Field(target.decode("latin-1"), start, start + len(target))
    return Head("http", method.decode("ascii"), field, 0, {}, at, end, complete=False)


def _context(head: Head) -> dict[str, str]:
    """What those who look inside the body should know of its envelope."""
    context = {
        "host": head.get("host").lower(),
        "target": head.target.value[:1024],
        "method": head.method,
        "content-type": head.get("content-type"),
        "agent": head.get("user-agent")[:256],
    }
    for name, field in head.fields.items():
        if _DEVICE_FIELD.search(name):
            context |= {"device_id": field.value[:64], "named_by": NamedBy.HEAD.name}
            break
    return {key: value for key, value in context.items() if value}


def _message(
    stream: Stream, head: Head, ranges: list[tuple[int, int]], doubts: tuple[Said, ...], *, tunnel: bool = False
) -> Message:
    body: Stream | None = None
    ranges = [(start, stop) for start, stop in ranges if stop > start]
    if ranges:
        body = stream.join(ranges) if len(ranges) > 1 else stream.part(*ranges[0])
        body, more = decoded(body, head.get("content-encoding"))
        doubts += more
        body = body.tagged(**_context(head), kind="tunnel" if tunnel else "body")
    fields = {"method": head.method, "target": head.target.value, "status": head.status}
    fields |= {"host": head.get("host"), "agent": head.get("user-agent"), "type": head.get("content-type")}
    return Message(
        protocol=head.protocol,
        stream=stream,
        span=(head.start, max([head.end, *(stop for _, stop in ranges)])),
        time=stream.time_at(head.start),
        fields={key: value for key, value in fields.items() if value},
        traits=tuple(_traits(head)),
        confidence=Confidence.CERTAIN,
        doubts=doubts,
        body=body,
    )


def _traits(head: Head) -> Iterator[Trait]:
    of_sip = head.protocol == "sip"
    for trait in _said(head, of_sip=of_sip):
        yield replace(trait, kind=_OF_SIP.get(trait.kind, trait.kind)) if of_sip else trait
    if of_sip:
        yield from identities(head)


def _said(head: Head, *, of_sip: bool) -> Iterator[Trait]:
    """What a head says, in the words of HTTP."""
    host = head.fields.get("host")
    if host and host.value:
        name, port = read_host(host.value)
        yield Trait(Kind.HTTP_HOST, name, host[1:], {"port": port} if port else {})
    if head.method:
        path = head.target.value.partition("?")[0]
        value = path if "://" in path or of_sip else f"{host.value.lower() if host else ''}{path}"
        yield Trait(Kind.HTTP_URL, value[:1024], head.target[1:], {"method": head.method})
    if head.method in ("DHGET", "DHPOST"):
        yield Trait(Kind.VENDOR_PROTOCOL, "dahua-p2p", (head.start, head.end), {"method": head.method})
    for name, kind in _TRAITS.items():
        field = head.fields.get(name)
        if field and field.value:
            yield Trait(kind, field.value[:1024], field[1:])
    upgrade = head.fields.get("upgrade")
    if upgrade and head.method and upgrade.value.lower() == "websocket":
        yield Trait(Kind.HTTP_UPGRADE, "websocket", upgrade[1:])
    yield from _credentials(head)
    for name, field in head.fields.items():
        if field.value and _IDENTITY_FIELD.search(name):
            yield Trait(Kind.HTTP_IDENTITY, field.value[:256], field[1:], {"field": name})


def _credentials(head: Head) -> Iterator[Trait]:
    """The realm asked for, and the name of the user who answers; never the password."""
    for name in ("www-authenticate", "proxy-authenticate"):
        field = head.fields.get(name)
        realm = _REALM.search(field.value) if field else None
        if field and realm:
            start = field.start + len(field.value[: realm.start(1)].encode())
            yield Trait(Kind.HTTP_REALM, realm[1].strip(), (start, start + len(realm[1].encode())))
    field = head.fields.get("authorization")
    user = USER.search(field.value) if field else None
    if field and user:
        yield Trait(Kind.HTTP_USER, user[1], field[1:])


def _inside_head(stream: Stream, head: Head) -> Iterator[Message]:
    """Places may stand in the target's query and in fields of the head: those go on as bodies of their own."""
    parts: list[tuple[str, int, int]] = []
    mark = stream.data.find(b"?", head.target.start, head.target.end)
    if mark >= 0 and mark + 1 < head.target.end:
        parts.append(("query", mark + 1, head.target.end))
    if any(_PLACE_FIELD.search(name) and any(c.isdigit() for c in head.fields[name].value) for name in head.fields):
        first = min(field.start for field in head.fields.values())
        parts.append(("headers", stream.data.rfind(b"\n", head.start, first) + 1, head.end))
    for kind, start, stop in parts:
        context = _context(head) | {"kind": kind, "content-type": ""}
        if kind == "query":
            context["content-type"] = "application/x-www-form-urlencoded"
        body = stream.part(start, stop).tagged(**context)
        when = stream.time_at(start)
        yield Message(
            head.protocol, stream, (start, stop), when, fields={"part": kind}, confidence=Confidence.CERTAIN, body=body
        )


def _inside_body(whole: Stream, head: Head) -> Iterator[Message]:
    """Each part of a multipart body that says its type goes on by itself: what a car tells of its crash (RFC 8147), a file.

    Parts without one are the plain values of a form: they are read together, as the body that they are.
    """
    for kind, first, stop in parts(whole.data, 0, len(whole.data), head.get("content-type")):
        if not kind:
            continue
        body = whole.part(first, stop).tagged(**_context(head) | {"kind": "part", "content-type": kind})
        when = whole.time_at(first)
        yield Message(
            head.protocol, whole, (first, stop), when, fields={"part": kind}, confidence=Confidence.CERTAIN, body=body
        )


HTTP = Http()
