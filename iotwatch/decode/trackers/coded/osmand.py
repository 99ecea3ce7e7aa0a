"""OsmAnd's live tracking request: ``id``, ``lat``, ``lon`` ... in the query of a GET or the form of a POST, in any order.

Source: osmand.net, live tracking; traccar.org/osmand for the names of the Traccar client. The device may also be named
``deviceid`` or ``device_id``; ``location=lat,lon``; times are Unix seconds, milliseconds or ISO 8601. ``cell=mcc,mnc,lac,cid``
and ``wifi=address,signal`` may be said several times, and without a place. The speed is in knots when the Traccar client sends
it and in m/s from OsmAnd itself: it is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote_plus

from iotwatch.decode.fields import on_globe
from iotwatch.decode.message import TRIED, UNRANKED, AccessPoint, Cell, Claim, Fix, Message, Trait, by_head
from iotwatch.decode.trackers.engine.json_values import degrees, moment
from iotwatch.model import Confidence
from iotwatch.patterns import regex
from iotwatch.read.stream import Flow, Stream
from iotwatch.words.identity import is_imei
from iotwatch.words.kinds import Kind

_REQUEST = regex(rb"(?:GET|POST|PUT) [^ ?\r\n]{0,256}\?([^ #\r\n]{1,4096}) HTTP/1\.[01]")
_FORM = regex(rb"[\x00-\x20]{0,8}((?:id|deviceid|device_id|lat|lon|timestamp)=[^&\s]{1,64}&[^\s]{1,4096})")
_ADDRESS = regex(r"[0-9A-Fa-f]{2}(?:[-:][0-9A-Fa-f]{2}){5}")
_LEVEL = regex(r"-?\d{1,3}")
_VALID = {"true": True, "1": True, "false": False, "0": False}
_IDS = ("id", "deviceid", "device_id")
_HINTS = frozenset(
    {"id", "deviceid", "device_id", "timestamp", "hdop", "bearing", "altitude", "batt", "accuracy", "speed"}
)

Said = dict[str, tuple[str, int, int]]
"""What each word of a request says first, and where it stands."""
Placed = tuple[float, float, tuple[int, int]]


class OsmAnd:
    """A request counts when it names a place, cells or access points and at least two other words of this dialect."""

    name = "osmand"
    rank = UNRANKED
    samples = TRIED
    strings = (r"[?&]id=%[0-9a-z]{1,6}&(timestamp|lat)=%",)
    anchors = (
        rb"(?:GET|POST|PUT) [^ ?\r\n]{0,64}\?[^ \r\n]*(?:lat|location|cell|wifi)=-?[0-9A-Fa-f]",
        rb"[\x00-\x20]{0,8}(?:id|deviceid|device_id|lat|lon|timestamp)=[^&\s]+&"
        rb"[^ \r\n]*(?:lat|lon|location|cell|wifi)=-?[0-9A-Fa-f]",
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
        said: Said = {}
        cells: list[Cell] = []
        points: list[AccessPoint] = []
        at = match.start(1)
        for pair in match[1].split(b"&"):
            name, _, written = pair.decode("latin-1").partition("=")
            value = unquote_plus(written)
            said.setdefault(name.lower(), (value, at, at + len(pair)))
            cells += _cell(value) if name == "cell" else ()
            points += _access_point(value) if name == "wifi" else ()
            at += len(pair) + 1
        place = _place(said)
        if len(_HINTS & said.keys()) < 2 or not (place or cells or points):
            return None
        time = moment(said["timestamp"][0]) if "timestamp" in said else None
        ids = tuple(dict.fromkeys(said[name][0] for name in _IDS if name in said))
        spans = [said[name][1:] for name in _IDS if name in said]
        return Message(
            protocol=self.name,
            stream=stream,
            span=match.span(),
            time=time,
            fixes=(Fix(*place, time, _valid(said, place), course=_number(said, "bearing", "heading")),)
            if place
            else (),
            cells=tuple(cells),
            access_points=tuple(points),
            traits=tuple(
                Trait(Kind.IMEI if is_imei(one) else Kind.DEVICE_ID, one, at)
                for one, at in zip(ids, spans, strict=False)
            ),
            device_ids=ids,
            confidence=Confidence.LIKELY if ids else Confidence.POSSIBLE,
        )


def _valid(said: Said, place: Placed) -> bool | None:
    """What the request says of its fix; 0/0 is none."""
    if place[:2] == (0, 0):
        return False
    return _VALID.get(said["valid"][0].lower()) if "valid" in said else None


def _place(said: Said) -> Placed | None:
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


def _number(said: Said, *names: str) -> float | None:
    return next((degrees(said[name][0]) for name in names if name in said), None)


def _cell(value: str) -> list[Cell]:
    parts = value.split(",")[:4]
    if len(parts) < 4 or not all(part.isascii() and part.isdecimal() and len(part) < 10 for part in parts):
        return []
    return [Cell(*map(int, parts))]


def _access_point(value: str) -> list[AccessPoint]:
    address, _, signal = value.partition(",")
    if not _ADDRESS.fullmatch(address):
        return []
    level = int(signal) if _LEVEL.fullmatch(signal) else None
    return [AccessPoint(address.lower().replace("-", ":"), level)]


DIALECT = OsmAnd()
