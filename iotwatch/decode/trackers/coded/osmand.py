"""OsmAnd's live tracking request: ``id``, ``lat``, ``lon`` ... in the query of a GET or the form of a POST, in any order.

Source: osmand.net, live tracking; traccar.org/osmand for the names of the Traccar client. The device may also be named
``deviceid`` or ``device_id``; ``location=lat,lon``; times are Unix seconds, milliseconds or ISO 8601. The speed is in
knots when the Traccar client sends it and in m/s from OsmAnd itself: it is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote_plus

from iotwatch.decode.fields import on_globe
from iotwatch.decode.message import TRIED, UNRANKED, Cell, Claim, Fix, Message, Trait, by_head
from iotwatch.decode.trackers.engine.json_values import degrees, moment
from iotwatch.model import Confidence
from iotwatch.patterns import regex
from iotwatch.read.stream import Flow, Stream
from iotwatch.words.identity import is_imei
from iotwatch.words.kinds import Kind

_REQUEST = regex(rb"(?:GET|POST|PUT) [^ ?\r\n]{0,256}\?([^ #\r\n]{1,4096}) HTTP/1\.[01]")
_FORM = regex(rb"[\x00-\x20]{0,8}((?:id|deviceid|device_id|lat|lon|timestamp)=[^&\s]{1,64}&[^\s]{1,4096})")
_IDS = ("id", "deviceid", "device_id")
_HINTS = frozenset(
    {"id", "deviceid", "device_id", "timestamp", "hdop", "bearing", "altitude", "batt", "accuracy", "speed"}
)


class OsmAnd:
    """A request counts when it names a place and at least two other words of this dialect."""

    name = "osmand"
    rank = UNRANKED
    samples = TRIED
    strings = (r"[?&]id=%[0-9a-z]{1,6}&(timestamp|lat)=%",)
    anchors = (
        rb"(?:GET|POST|PUT) [^ ?\r\n]{0,64}\?[^ \r\n]*(?:lat|location)=-?\d",
        rb"[\x00-\x20]{0,8}(?:id|deviceid|device_id|lat|lon|timestamp)=[^&\s]+&[^ \r\n]*(?:lat|lon|location)=-?\d",
    )

    def claims(self, head: bytes, flow: Flow | None) -> Claim | None:
        return by_head(self, _REQUEST.search(head) is not None or _FORM.match(head) is not None)

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        ranges = stream.segments() if stream.datagram else iter([(0, len(stream.data))])
        for start, end in ranges:
            found = list(_REQUEST.finditer(stream.data, start, end))
            if not found and (form := _FORM.match(stream.data, start, end)):
                found = [form]
            for match in found:
                if (message := self._message(stream, match)) is not None:
                    yield message

    def _message(self, stream: Stream, match: re.Match[bytes]) -> Message | None:
        said: dict[str, tuple[str, int, int]] = {}
        at = match.start(1)
        for pair in match[1].split(b"&"):
            name, _, value = pair.decode("latin-1").partition("=")
            said.setdefault(name.lower(), (unquote_plus(value), at, at + len(pair)))
            at += len(pair) + 1
        if len(_HINTS & said.keys()) < 2:
            return None
        place = _place(said)
        if place is None:
            return None
        latitude, longitude, span = place
        written = said["timestamp"][0] if "timestamp" in said else ""
        time = moment(written)
        ids = tuple(dict.fromkeys(said[name][0] for name in _IDS if name in said))
        spans = [said[name][1:] for name in _IDS if name in said]
        valid = False if (latitude, longitude) == (0, 0) else None
        return Message(
            protocol=self.name,
            stream=stream,
            span=match.span(),
            time=time,
            fixes=(Fix(latitude, longitude, span, time, valid, course=_number(said, "bearing", "heading")),),
            cells=_cell(said),
            traits=tuple(
                Trait(Kind.IMEI if is_imei(one) else Kind.DEVICE_ID, one, at)
                for one, at in zip(ids, spans, strict=False)
            ),
            device_ids=ids,
            confidence=Confidence.LIKELY if ids else Confidence.POSSIBLE,
        )


def _place(said: dict[str, tuple[str, int, int]]) -> tuple[float, float, tuple[int, int]] | None:
    """Latitude, longitude and where both stand."""
    if "location" in said:
        texts, spans = said["location"][0].split(","), [said["location"][1:]]
    elif "lat" in said and "lon" in said:
        texts, spans = [said["lat"][0], said["lon"][0]], [said["lat"][1:], said["lon"][1:]]
    else:
        return None
    numbers = [degrees(text.strip()) for text in texts[:2]]
    if len(numbers) < 2 or numbers[0] is None or numbers[1] is None or not on_globe(numbers[0], numbers[1]):
        return None
    return numbers[0], numbers[1], (min(a for a, _ in spans), max(b for _, b in spans))


def _number(said: dict[str, tuple[str, int, int]], *names: str) -> float | None:
    return next((degrees(said[name][0]) for name in names if name in said), None)


def _cell(said: dict[str, tuple[str, int, int]]) -> tuple[Cell, ...]:
    """``cell=mcc,mnc,lac,cid`` of the Traccar client."""
    parts = said["cell"][0].split(",") if "cell" in said else []
    if len(parts) < 4 or not all(part.isascii() and part.isdecimal() and len(part) < 10 for part in parts[:4]):
        return ()
    return (Cell(int(parts[0]), int(parts[1]), int(parts[2]), int(parts[3])),)


DIALECT = OsmAnd()
