"""What a tree states, as messages: grouped by how sure it is and who says it; what is wrapped inside goes on as bodies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from iotwatch.decode.generic import radio, wrapped
from iotwatch.decode.generic.context import identity_of
from iotwatch.decode.generic.coordinates import MAX_PLACES, Stated, places
from iotwatch.decode.generic.device_ids import STRONG, Identity
from iotwatch.decode.generic.hints import radio_worth, worth
from iotwatch.decode.generic.tree.node import BYTES, OBJECT, TEXT, Node
from iotwatch.decode.message import Fix, Message, Trait
from iotwatch.errors import LimitReached, UnpackError
from iotwatch.files.limits import INSIDE_LIMIT
from iotwatch.model import Confidence
from iotwatch.patterns import regex
from iotwatch.place import steps
from iotwatch.read.stream import Stream
from iotwatch.words.doubts import ReadingDoubt
from iotwatch.words.kinds import Kind
from iotwatch.words.namings import NamedBy

MAX_INNER = 64
_FEW = 3
_SENTENCE = regex(rb"\$[A-Z]{5},")


def tell(stream: Stream, protocol: str, root: Node) -> Iterator[Message]:
    """The messages of one document: what it states, grouped by how sure that is, and what is wrapped in it."""
    stated = list(places(root))
    target = stream.context.get("target", "")
    heard = radio.radio(root, target) if radio_worth(stream.data, root.start, root.end) else radio.SILENCE
    nodes = [node for node, _ in root.walk()]
    everybody = _identities(nodes)
    yield from _messages(stream, protocol, root, stated, heard, everybody)
    yield from _inner(stream, protocol, nodes, everybody)
    if len(stated) >= MAX_PLACES:
        raise LimitReached(f"of a document the first {MAX_PLACES} places were read")


def _identities(nodes: list[Node]) -> list[Identity]:
    found: dict[tuple[str, str], Identity] = {}
    for node in nodes:
        if node.kind == OBJECT:
            for one in identity_of(node):
                found.setdefault((one.kind, one.value), one)
        if len(found) >= 64:
            break
    return list(found.values())


def _messages(
    stream: Stream, protocol: str, root: Node, stated: list[Stated], heard: radio.Radio, everybody: list[Identity]
) -> Iterator[Message]:
    fixed = [one for one in stated if one.fixed]
    told = bool(fixed or heard)
    shown = everybody if told else _named_outright(protocol, everybody)
    if not told and not shown and not stated:
        return
    fields = _fields(stream, root, heard, stated)
    groups: list[tuple[Any, list[Stated]]] = [(key, list(those)) for key, those in groupby(fixed, key=_said_by)]
    groups = groups or [((Confidence.LIKELY, (), ()), [])]
    for index, ((confidence, doubts, own), those) in enumerate(groups):
        who = list(own) or (shown if len(shown) <= 8 else [])
        fixes = tuple([_fix(one) for one in those])
        radio_here = heard if index == 0 else radio.SILENCE
        span = _span(stream, root, fixes, radio_here)
        yield Message(
            protocol=protocol,
            stream=stream,
            span=span,
            time=next((fix.time for fix in fixes if fix.time is not None), stream.time_at(span[0])),
            fields=fields,
            fixes=fixes,
            cells=radio_here.cells,
            access_points=radio_here.points,
            traits=tuple(_trait(one) for one in (shown if index == 0 else ())),
            device_ids=_device_ids(who),
            vin=next((one.value for one in who if one.kind is Kind.VIN), ""),
            confidence=confidence,
            generic=True,
            doubts=doubts,
        )


def _named_outright(protocol: str, everybody: list[Identity]) -> list[Identity]:
    """Who is told where no place is: by a key of its own, or as the only one of a document. Lines of a log hold many ids."""
    guesses = sum(not one.sure for one in everybody)
    alone = guesses == 1 and len(everybody) <= _FEW and protocol != "text"
    return [one for one in everybody if one.kind in STRONG and (one.sure or alone)]


def _trait(one: Identity) -> Trait:
    return Trait(one.kind, one.value, one.span, {} if one.sure else {"confidence": "possible"})


def _said_by(one: Stated) -> tuple[Any, ...]:
    return one.confidence, one.doubts, one.identity


def _device_ids(who: list[Identity]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.value for one in who if one.kind in (Kind.IMEI, Kind.DEVICE_ID, Kind.ICCID)))[:8]


def _span(stream: Stream, root: Node, fixes: tuple[Fix, ...], heard: radio.Radio) -> tuple[int, int]:
    """The document; in a log only what states something, so that a whole file is not claimed for one value."""
    if stream.kind != "text":
        return root.start, root.end
    spans = [fix.span for fix in fixes] + ([heard.span] if heard else [])
    if not spans:
        return root.start, root.end
    return min(start for start, _ in spans), max(end for _, end in spans)


def _fields(stream: Stream, root: Node, heard: radio.Radio, stated: list[Stated]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    if heard and (purpose := radio.purpose(root, heard, stream.context.get("target", ""))):
        fields["purpose"] = purpose
    accuracies = [one.context.accuracy for one in stated if one.context.accuracy is not None]
    if accuracies:
        fields["accuracy"] = accuracies[0]
    if unfixed := len([one for one in stated if not one.fixed]):
        fields["no_fix"] = unfixed
    return fields


def _fix(one: Stated) -> Fix:
    context = one.context
    return Fix(
        latitude=one.latitude,
        longitude=one.longitude,
        span=one.span,
        time=context.time,
        valid=context.valid,
        altitude=context.altitude,
        datum=context.datum,
        whose=context.whose,
    )


def _inner(stream: Stream, protocol: str, nodes: list[Node], everybody: list[Identity]) -> Iterator[Message]:
    """Texts and byte strings that hold a payload of their own: JSON in JSON, NMEA, base64, hex.

    They are of the device that their object names, or of the only one of the document.
    """
    count = 0
    for node in nodes:
        for leaf in node.children:
            if leaf.kind not in (TEXT, BYTES) or leaf.inner[1] - leaf.inner[0] < 8:
                continue
            body = _body(stream, leaf)
            if body is not None:
                if name := _owner(identity_of(node) if node.kind == OBJECT else ()) or _owner(everybody):
                    body = body.tagged(device_id=name, named_by=NamedBy.AROUND.name)
                yield carrier(stream, leaf.inner, body, protocol)
                count += 1
                if count >= MAX_INNER:
                    return


def _owner(named: Sequence[Identity]) -> str:
    """The one device among those named, by its IMEI where it has one; empty when there are several or none."""
    for kind in (Kind.IMEI, Kind.DEVICE_ID):
        values = {one.value for one in named if one.kind is kind}
        if values:
            return values.pop() if len(values) == 1 else ""
    return ""


def _body(stream: Stream, leaf: Node) -> Stream | None:
    """The stream inside a text or byte string: unescaped JSON or sentences, a line of names and values, a wrapped payload."""
    start, end = leaf.inner
    raw = stream.data[start:end]
    first = raw.lstrip()[:1]
    if b"\\" in raw and leaf.kind == TEXT:
        if not (first in (b"{", b"[", b"\\") or worth(raw)):
            return None
        try:
            return _cut(stream, leaf).through("json-string", steps.apply("json-string", raw))
        except UnpackError:
            return None
    telling = first in (b"{", b"[") or (len(raw) >= 16 and b"=" in raw)
    if _SENTENCE.search(raw) or (telling and worth(raw)):
        return _cut(stream, leaf)
    return wrapped.opened(_cut(stream, leaf), leaf.key) if wrapped.layer(raw, leaf.key) else None


def _cut(stream: Stream, leaf: Node) -> Stream:
    return stream.part(*leaf.inner).tagged(key=leaf.key[:64], **{"content-type": ""})


def carrier(stream: Stream, span: tuple[int, int], inside: Stream, protocol: str = "wrapped") -> Message:
    """The message that only carries ``inside``."""
    time, sure = stream.time_at(span[0]), Confidence.POSSIBLE
    # What reaches the limit was cut there.
    doubts = (ReadingDoubt.BODY_OVER(n=INSIDE_LIMIT),) if len(inside.data) >= INSIDE_LIMIT else ()
    return Message(protocol, stream, span, time, confidence=sure, generic=True, doubts=doubts, body=inside)
