"""Looks for known places in all that clients said in a source, and tells what chance alone does not explain.

The chance is that of the whole search: of one message in a capture of a million, and of one place among two hundred, as much
more must be shown. Numbers that differ at the same distance in further messages each multiply it; the same bytes again do not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from iotwatch.decode.geodesy import distance
from iotwatch.decode.message import Fix
from iotwatch.files.known_places import KnownPlace
from iotwatch.model import EXCERPT_BYTES, KNOWN_POSITION, Confidence, Place
from iotwatch.observe.collector import Collector
from iotwatch.observe.known_place.finding import Hit, finder
from iotwatch.observe.known_place.layers import layers
from iotwatch.observe.known_place.layout import layout
from iotwatch.observe.messages import observe_unnamed
from iotwatch.read.stream import Stream
from iotwatch.words.doubts import ReadingDoubt

_BATCH = 1 << 20
_MOST_HITS = 50_000
_MOST_INSIDE, _INSIDE_COST = 256 << 20, 1 << 10  # bytes of what is wrapped, each as if it were so many longer
LIKELY = 1e-4
"""The largest chance of what is called likely."""
_PROVEN, _TOLD = 1e-9, 1e-2
_LEAST = 1e-300
_HOUR = 3_600_000_000
_SLACK = _HOUR // 4
_QUARTERS = 56  # time zones lie within 14 hours of UTC
_BEFORE = 32  # bytes shown before a place in a long message
_TLS = (b"\x16\x03", b"\x17\x03")


class Seen(NamedTuple):
    stream: Stream
    hit: Hit

    @property
    def written(self) -> bytes:
        """The bytes of both numbers."""
        halves = (self.hit.latitude, self.hit.longitude)
        return b"".join(self.stream.data[half.start : half.end] for half in halves)

    def late(self) -> int | None:
        """Microseconds from when the car was there to when it was told; ``None`` where either is not known."""
        time = self.stream.time_at(self.hit.span[0])
        if time is None or not self.hit.place.passed:
            return None
        return min((max(time - last, 0) or min(time - first, 0) for first, last in self.hit.place.passed), key=abs)


class Lookout:
    """Takes the streams of a source one by one; ``finish`` puts what was found into ``collector``."""

    def __init__(self, places: tuple[KnownPlace, ...], collector: Collector) -> None:
        self._finder = finder(places)
        self._collector = collector
        self._batch: list[Stream] = []
        self._waiting = self._left = self._inside = 0
        self._bytes: dict[object, int] = defaultdict(int)
        self._found: dict[tuple[object, object], list[Seen]] = defaultdict(list)
        self._hits = 0
        self._unwrapped: set[Place | None] = set()

    def note(self, stream: Stream) -> None:
        """Look at a stream with all that is wrapped in it, when a client said it in clear."""
        if not stream.up or not stream.data or stream.data.startswith(_TLS):
            return
        for layer in layers(stream):
            if layer is not stream:
                self._inside += len(layer.data) + _INSIDE_COST
                if self._inside > _MOST_INSIDE:
                    self._left += 1
                    break
            if layer.is_unwrapped:
                if layer.origin in self._unwrapped:
                    continue  # a decoder opened it too
                self._unwrapped.add(layer.origin)
            self._batch.append(layer)
            self._waiting += len(layer.data)
            self._bytes[_speaker(layer)] += len(layer.data)
        if self._waiting >= _BATCH:
            self._look()

    def _look(self) -> None:
        batch, self._batch, self._waiting = self._batch, [], 0

        def fits(hit: Hit) -> bool:
            return hit.place.holds(batch[hit.payload].time_at(hit.span[0]))

        for hit in self._finder.hits([stream.data for stream in batch], fits):
            if self._hits >= _MOST_HITS:
                self._left += 1
                continue
            self._hits += 1
            stream = batch[hit.payload]
            self._found[_speaker(stream), hit.layout].append(Seen(stream, hit))

    def finish(self) -> None:
        """Tell what was found, and how much was left."""
        self._look()
        decoded = _decoded(self._collector)
        searched = sum(self._bytes.values())
        for (speaker, _), found in self._found.items():
            offset, seen = on_time(found)
            if not seen:
                continue
            chance = self._chance(seen, self._bytes[speaker], searched)
            if chance <= _TOLD:
                self._tell(seen, chance, offset, decoded)
        if self._left:
            self._collector.leave("known positions", self._left)

    def _chance(self, seen: Sequence[Seen], size: int, searched: int) -> float:
        """The chance that places stand so in any conversation of the source; ``size``: bytes of this one."""
        tried = self._finder.tried
        chance = min(one.hit.rate for one in seen) * searched * tried
        alone = max(one.hit.alone for one in seen)
        for number in range(2, len({one.written for one in seen}) + 1):
            chance = max(_LEAST, chance * min(1.0, alone * size * tried / number))
        return min(1.0, chance)

    def _tell(
        self, seen: Sequence[Seen], chance: float, offset: int, decoded: dict[object, list[tuple[float, float]]]
    ) -> None:
        several = len({one.written for one in seen}) > 1
        proven = chance <= _PROVEN and several
        sure = Confidence.CERTAIN if proven else Confidence.LIKELY if chance <= LIKELY else Confidence.POSSIBLE
        doubts = [ReadingDoubt.BY_KNOWN_PLACE(), *([] if several else [ReadingDoubt.ONE_PLACE()])]
        if offset:
            doubts.append(ReadingDoubt.CLOCKS_APART(hours=offset / _HOUR))
        for stream, hit in seen:
            start, end = _message(stream, hit.span)
            place = hit.latitude.degrees, hit.longitude.degrees
            known = decoded.get((stream.flow and stream.flow.index, stream.frame_at(start)), ())
            if any(distance(*place, *one) <= hit.place.radius for one in known):
                continue  # a dialect says the same, and more
            fix = Fix(*place, span=(start, end), datum="" if hit.datum == "WGS-84" else hit.datum)
            facts = {
                **layout(hit.encoding, hit.latitude, hit.longitude, start),
                "radius_m": hit.place.radius,
                "chance": chance,
            }
            observe_unnamed(KNOWN_POSITION, stream, fix, sure, tuple(doubts), facts, self._collector)


def on_time(found: Sequence[Seen]) -> tuple[int, list[Seen]]:
    """What was told within 15 minutes of when the car was there, after the clocks' difference in whole quarters of an hour that
    explains the most, and that difference in microseconds: time zones, and clocks that nobody set."""
    late = [one.late() for one in found]
    known = [one for one in late if one is not None]
    quarters = sorted(range(-_QUARTERS, _QUARTERS + 1), key=abs)
    within = [sum(abs(one - quarter * _SLACK) <= _SLACK for one in known) for quarter in quarters]
    offset = quarters[within.index(max(within))] * _SLACK if max(within) > within[0] else 0
    return offset, [one for one, off in zip(found, late, strict=True) if off is None or abs(off - offset) <= _SLACK]


def _speaker(stream: Stream) -> object:
    return stream.flow and stream.flow.index, stream.path, stream.up


def _message(stream: Stream, span: tuple[int, int]) -> tuple[int, int]:
    """The packet that holds a place, as far as an excerpt shows it."""
    start, end = span
    index = stream.segment_at(start)
    begin = int(stream.starts[index])
    stop = int(stream.starts[index + 1]) if index + 1 < len(stream.starts) else len(stream.data)
    if end - begin > EXCERPT_BYTES:
        begin = max(begin, start - _BEFORE)
    return begin, max(end, min(stop, begin + EXCERPT_BYTES))


def _decoded(collector: Collector) -> dict[object, list[tuple[float, float]]]:
    """The places that dialects told, by flow and frame."""
    told: dict[object, list[tuple[float, float]]] = defaultdict(list)
    for flow, frame, latitude, longitude in collector.decoded():
        told[flow, frame].append((latitude, longitude))
    return told
