"""Chooses who decodes a stream: one matcher over everybody's anchors, then ``claims``, then the messages themselves.

Three tiers, in the order they are asked. Protocols have their own standard and win outright. Dialects (trackers) may
share a frame, so all that claim are read a little way and the better-proven one wins (``choice``); the others are named in
``Message.rivals``. Loose decoders find their messages anywhere in other text and speak only when nobody else did.
Carriers (HTTP, MQTT ...) do not silence dialects: a tracker's own request form says more than its envelope.
Beside the tiers, log grammars are asked for every text; below them stand the fallbacks, for bytes that nobody knew.
Typed frames (802.11, CAN ...) need no choice: the kind of the stream says who reads them, and nobody else does.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain, islice, pairwise
from typing import NamedTuple

import msgspec
import re2

from iotwatch.decode.agreement import weighed
from iotwatch.decode.carriage import can_carry
from iotwatch.decode.choice import Believed, Choice, Reading, Refusal, Why, weigh
from iotwatch.decode.message import LOOSE, TRIED, Claim, Decoder, Dialect, Message, Reader
from iotwatch.decode.noise import is_noise
from iotwatch.errors import DecodeError, LimitReached
from iotwatch.model import Confidence
from iotwatch.read.stream import Stream
from iotwatch.words.doubts import ReadingDoubt

HEAD_BYTES = 2048
TEXT_HEAD_BYTES = 64 << 20
PROBES = 8
"""How many datagrams, or later segments of a stream whose head nobody knows, are shown to the matcher."""
FEW = 2
"""How many of them are enough when the rest looks like ciphertext."""
SAMPLE = 32
"""How many messages of each rival are weighed."""
_SEGMENTS = 64  # among which distinct heads are looked for
GAPS = 4096
"""Stretches between gaps that are read; a stream with more holes than this has nothing left to say."""
_MATCHER_BYTES = 64 << 20
_SHORTEST = 6
"""Bytes of which the fallbacks make anything: two halves of a place take three each, and no number of a device takes fewer."""


class _Probed(NamedTuple):
    """The ``heads`` of a stretch of a stream, and who has an anchor in which of them, by index and number, in order.

    ``noisy`` is ciphertext in datagrams; what is ``hopeless`` is noise in whose heads nobody has an anchor.
    """

    heads: list[bytes]
    anchored: list[tuple[int, int]]
    noisy: bool = False
    hopeless: bool = False


class Dispatcher:
    """All decoders behind one matcher, which is compiled at the first use."""

    def __init__(
        self,
        protocols: Sequence[Decoder],
        dialects: Sequence[Dialect] = (),
        loose: Sequence[Decoder] = (),
        carriers: frozenset[str] = frozenset(),
        logs: Sequence[Decoder] = (),
        fallbacks: Sequence[Reader] = (),
        frames: Mapping[str, Reader] | None = None,
    ) -> None:
        self.decoders: tuple[Decoder, ...] = (*protocols, *dialects, *loose)
        self._names = [decoder.name for decoder in self.decoders]
        self._dialects, self._loose = (
            len(protocols),
            len(protocols) + len(dialects),
        )  # where the tiers after the first begin
        self._ranks = {index: dialect.rank for index, dialect in enumerate(dialects, len(protocols))}
        tried = {dialect.name for dialect in dialects if dialect.samples >= TRIED}
        self._named = frozenset(dialect.name for dialect in dialects)
        self._untried = self._named - tried
        self._carriers = carriers
        self._logs = tuple(logs)
        self._fallbacks = tuple(fallbacks)
        self._frames = dict(frames or {})

    @cached_property
    def _matcher(self) -> tuple[re2.Set, list[int]]:
        options = re2.Options()
        options.encoding = re2.Options.Encoding.LATIN1
        options.max_mem = _MATCHER_BYTES
        options.log_errors = False
        matcher = re2.Set.MatchSet(options)
        owners = []
        for index, decoder in enumerate(self.decoders):
            for anchor in decoder.anchors:
                matcher.Add(anchor)
                owners.append(index)
        matcher.Compile()
        return matcher, owners

    def candidates(self, head: bytes) -> set[int]:
        """Indices of the decoders that have an anchor at the start of ``head``."""
        matcher, owners = self._matcher
        return {owners[hit] for hit in matcher.Match(head) or ()}

    def decode(self, stream: Stream, choice: Choice | None = None) -> Iterator[Message]:
        """Yield the stream's messages; how their decoders were chosen is told to ``choice`` as they are taken.

        A TCP stream is cut at its gaps first, so that no decoder ever reads over a hole.
        """
        choice = Choice() if choice is None else choice
        if not stream.data:
            return iter(())
        return weighed(self._messages(stream, choice), self._untried)

    def _messages(self, stream: Stream, choice: Choice) -> Iterator[Message]:
        if stream.kind in self._frames:
            return _said(Claim(self._frames[stream.kind]), Why.FRAME, stream, choice) or iter(())
        if not can_carry(stream):
            return iter(())
        if stream.datagram or not stream.gaps:
            probed = self._probed(stream)
            return iter(()) if probed.hopeless else self._stretch(stream, probed, choice)
        return self._stretches(stream, choice)

    def _stretches(self, stream: Stream, choice: Choice) -> Iterator[Message]:
        borders = sorted({0, len(stream.data), *(at for at, _ in stream.gaps[:GAPS] if 0 < at < len(stream.data))})
        known: dict[str, tuple[str, ...]] = {}
        for start, end in pairwise(borders):
            part = stream.part(start, end)
            for message in self._stretch(part, self._probed(part), choice):
                yield _remembering(message, known)

    def _probed(self, stream: Stream) -> _Probed:
        """The heads of a stretch and who has an anchor in them; of ciphertext in datagrams a few tell enough."""
        noisy = stream.datagram and len(stream.starts) > FEW and is_noise(stream.data)
        heads = self._heads(stream, FEW if noisy else PROBES)
        anchored = [(index, number) for number, head in enumerate(heads) for index in self.candidates(head)]
        anchored.sort()
        hopeless = not anchored and stream.kind != "text" and (noisy or is_noise(stream.data))
        return _Probed(heads, anchored, noisy=noisy, hopeless=hopeless)

    def _stretch(self, stream: Stream, probed: _Probed, choice: Choice) -> Iterator[Message]:
        """Messages of a stretch without gaps. Whose first bytes nobody knows is looked at further unless it is noise."""
        if probed.hopeless:
            return
        spoken = placed = False
        for message in self._read(stream, probed, choice):
            spoken = True
            placed = placed or message.protocol not in self._named or _states_place(message)
            yield message
        if spoken and not placed and stream.kind != "text" and stream.data.isascii():
            yield from self._beside(stream, choice)
        if spoken or probed.noisy or (probed.anchored and stream.kind != "text" and is_noise(stream.data)):
            return
        for message in self._later(stream, choice):
            spoken = True
            yield message
        if not spoken and len(stream.data) >= _SHORTEST:
            yield from self._unknown(stream, choice)

    def _unknown(self, stream: Stream, choice: Choice) -> Iterator[Message]:
        """What the fallbacks say, in their order, until one tells a place or opens something."""
        told = False
        for fallback in self._fallbacks:
            for message in _said(Claim(fallback), Why.FALLBACK, stream, choice) or ():
                told = told or _states_place(message) or message.body is not None
                yield message
            if told:
                return

    def _beside(self, stream: Stream, choice: Choice) -> Iterator[Message]:
        """Places by name in a text of which a dialect knew the beginning alone."""
        for fallback in self._fallbacks[:1]:
            for message in _said(Claim(fallback), Why.BESIDE, stream, choice) or ():
                if _states_place(message) and message.confidence > Confidence.POSSIBLE:
                    yield message

    def _later(self, stream: Stream, choice: Choice) -> Iterator[Message]:
        """Messages of a TCP stretch that begins in mid-message: the next segments may begin with a whole one."""
        if stream.datagram or stream.kind == "text":
            return
        for start in stream.starts[1 : PROBES + 1].tolist():
            head = stream.data[start : start + HEAD_BYTES]
            anchored = [(index, 0) for index in sorted(self.candidates(head))]
            if not anchored:
                continue
            spoken = False
            for message in self._read(stream.part(start, len(stream.data)), _Probed([head], anchored), choice):
                spoken = True
                yield message
            if spoken:
                return

    def _heads(self, stream: Stream, most: int) -> list[bytes]:
        if not stream.datagram:
            return [stream.data[: TEXT_HEAD_BYTES if stream.kind == "text" else HEAD_BYTES]]
        if len(stream.starts) == 1:
            return [stream.data[:HEAD_BYTES]]
        distinct: dict[bytes, bytes] = {}
        starts = [*stream.starts[: _SEGMENTS + 1].tolist(), len(stream.data)]
        for start, end in islice(pairwise(starts), _SEGMENTS):
            head = stream.data[start : min(end, start + HEAD_BYTES)]
            if head and distinct.setdefault(head[:4], head) is head and len(distinct) == most:
                break
        return list(distinct.values())

    def _read(self, stream: Stream, probed: _Probed, choice: Choice) -> Iterator[Message]:
        """Ask who claims the stream; in a text the log grammars speak too, since one log holds what many wrote."""
        tiered = self._tiered(stream, probed, choice)
        return chain(tiered, self._logged(stream, probed.heads, choice)) if stream.kind == "text" else tiered

    def _logged(self, stream: Stream, heads: list[bytes], choice: Choice) -> Iterator[Message]:
        for decoder in self._logs:
            if (claim := decoder.claims(heads[0], stream.flow)) is not None:
                choice.claims.append(claim)
                yield from _said(claim, Why.LOG, stream, choice) or ()

    def _tiered(self, stream: Stream, probed: _Probed, choice: Choice) -> Iterator[Message]:
        """Ask who claims the stream, tier by tier; a tier that says something silences those after it.

        A dialect that told no place leaves places to the loose ones: a login may come before sentences of NMEA.
        """
        carried = spoken = placed = False
        anchored = probed.anchored
        choice.anchored += [self._names[index] for index, _ in anchored]
        first, loose = bisect_left(anchored, (self._dialects,)), bisect_left(anchored, (self._loose,))
        for _, claim in self._claims(anchored[:first], stream, probed, choice) if first else ():
            carrier = claim.decoder.name in self._carriers
            if said := _said(claim, Why.CARRIER if carrier else Why.PROTOCOL, stream, choice):
                yield from said
                if not carrier:
                    return
                carried = True
                break
        if first < loose:
            claims = list(self._claims(anchored[first:loose], stream, probed, choice))
            for message in self._best(claims, stream, choice) or ():
                if not carried or _says_something(message):
                    spoken, placed = True, placed or _states_place(message)
                    yield message
        if loose < len(anchored) and not (placed or carried):
            claimed = self._claims(anchored[loose:], stream, probed, choice)
            yield from _loose((claim for _, claim in claimed), stream, choice, places=spoken)

    def _claims(
        self, anchored: list[tuple[int, int]], stream: Stream, probed: _Probed, choice: Choice
    ) -> Iterator[tuple[int, Claim]]:
        """Who claims a head in which it has an anchor, with its index, in their order; nobody is asked before its turn.

        What a claim parsed is of use only when its head begins the stream.
        """
        claimed = -1
        for index, number in anchored:
            if index == claimed:
                continue
            if (claim := self.decoders[index].claims(probed.heads[number], stream.flow)) is not None:
                claimed = index
                choice.claims.append(claim)
                yield index, claim if number == 0 else Claim(claim.decoder, claim.proof)

    def _best(self, claims: list[tuple[int, Claim]], stream: Stream, choice: Choice) -> Iterator[Message] | None:
        """The best-proven dialect's messages, the others named in each; ``None`` when none of them says anything."""
        if not claims:
            return None
        index, only = claims[0]
        if len(claims) == 1 and self._ranks[index] < LOOSE:
            return _said(only, Why.ONLY, stream, choice)
        readings = []
        for index, claim in claims:
            messages = _guarded(claim, stream, choice)
            sample = list(islice(messages, SAMPLE))
            if sample and (self._ranks[index] < LOOSE or _explains(sample, stream)):
                readings.append((Reading(claim.decoder.name, weigh(sample), self._ranks[index]), sample, messages))
        if not readings:
            return None
        readings.sort(key=lambda one: one[0].order)
        best, *others = [reading for reading, _, _ in readings]
        _, sample, messages = readings[0]
        choice.readings += [best, *others]
        choice.won.append(Believed(best.decoder, best.beats(others[0]) if others else Why.ONLY, sample[0]))
        said = chain(sample, messages)
        return _with_rivals(said, tuple(other.decoder for other in others)) if others else said


def _said(claim: Claim, why: Why, stream: Stream, choice: Choice) -> Iterator[Message] | None:
    """One decoder's messages; ``None`` when there is not even one."""
    messages = _guarded(claim, stream, choice)
    first = next(messages, None)
    if first is None:
        return None
    choice.won.append(Believed(claim.decoder.name, why, first))
    return chain((first,), messages)


def _loose(claims: Iterable[Claim], stream: Stream, choice: Choice, *, places: bool) -> Iterator[Message]:
    """Loose messages stand beside each other: gpsd greets in JSON and then passes sentences on. Of ``places`` alone, or all."""
    for claim in claims:
        for message in _said(claim, Why.LOOSE, stream, choice) or ():
            if not places or _states_place(message):
                yield message


def _explains(sample: Sequence[Message], stream: Stream) -> bool:
    """Whether messages take up at least half of the bytes that they were read from; a log holds what many wrote."""
    read = len(stream.data) if len(sample) < SAMPLE else sample[-1].span[1]
    return stream.kind == "text" or 2 * sum(one.span[1] - one.span[0] for one in sample) >= read


def _guarded(claim: Claim, stream: Stream, choice: Choice) -> Iterator[Message]:
    try:
        yield from claim.decoder.messages(stream, claim)
    except DecodeError as error:
        choice.refusals.append(Refusal(claim.decoder.name, str(error)))
    except LimitReached as error:
        choice.refusals.append(Refusal(claim.decoder.name, str(error), limit=True))


def _remembering(message: Message, known: dict[str, tuple[str, ...]]) -> Message:
    """The message with the id that its sender told before a gap, which the decoder could not carry over."""
    if message.device_ids:
        known[message.protocol] = message.device_ids
    elif message.protocol in known and _says_something(message):
        doubts = (*message.doubts, ReadingDoubt.SENDER_BEFORE_GAP())
        return msgspec.structs.replace(message, device_ids=known[message.protocol], doubts=doubts)
    return message


def _with_rivals(messages: Iterator[Message], others: tuple[str, ...]) -> Iterator[Message]:
    for message in messages:
        yield msgspec.structs.replace(message, rivals=(*message.rivals, *others))


def _says_something(message: Message) -> bool:
    return bool(message.fixes or message.cells or message.access_points or message.device_ids or message.vin)


def _states_place(message: Message) -> bool:
    return bool(message.fixes or message.cells or message.access_points)
