"""Chooses who decodes a stream: one matcher over everybody's anchors, then ``claims``, then the messages themselves.

Three ranks, in the order they are asked. Protocols have their own standard and win outright. Dialects (trackers) may
share a frame, so all that claim are read a little way and the better-proven one wins; the others are named in
``Message.rivals``. Loose decoders find their messages anywhere in other text and speak only when nobody else did.
Carriers (HTTP, MQTT ...) do not silence dialects: a tracker's own request form says more than its envelope.
Beside the ranks, log grammars are asked for every text; below them stands the fallback, for bytes that nobody knew.
Typed frames (802.11, CAN ...) need no choice: the kind of the stream says who reads them, and nobody else does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain, islice, pairwise

import msgspec
import re2

from iotwatch.decode.message import Decoder, Message
from iotwatch.decode.noise import is_noise
from iotwatch.errors import DecodeError
from iotwatch.read.stream import Stream

HEAD_BYTES = 2048
TEXT_HEAD_BYTES = 64 << 20
PROBES = 8
"""How many datagrams, or later segments of a stream whose head nobody knows, are shown to the matcher."""
FEW = 2
"""How many of them are enough when the rest looks like ciphertext."""
SAMPLE = 32
"""How many messages of each rival are weighed."""
GAPS = 4096
"""Stretches between gaps that are read; a stream with more holes than this has nothing left to say."""
_MATCHER_BYTES = 64 << 20
_CHECKS = {"ok": 2.0, "none": 1.0, "bad": 0.0}


class Refusal(msgspec.Struct, frozen=True):
    """A decoder that claimed bytes and found them broken."""

    decoder: str
    error: str


class Outcome(msgspec.Struct, frozen=True):
    """What a stream said, and who claimed it and found it broken."""

    messages: tuple[Message, ...]
    refusals: tuple[Refusal, ...] = ()


class Dispatcher:
    """All decoders behind one matcher, which is compiled at the first use."""

    def __init__(
        self,
        protocols: Sequence[Decoder],
        dialects: Sequence[Decoder] = (),
        loose: Sequence[Decoder] = (),
        carriers: frozenset[str] = frozenset(),
        logs: Sequence[Decoder] = (),
        fallback: Decoder | None = None,
        frames: Mapping[str, Decoder] | None = None,
    ) -> None:
        self.decoders: tuple[Decoder, ...] = (*protocols, *dialects, *loose)
        self._dialects = range(len(protocols), len(protocols) + len(dialects))
        self._carriers = carriers
        self._logs = tuple(logs)
        self._fallback = fallback
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

    def decode(self, stream: Stream, refusals: list[Refusal] | None = None) -> Iterator[Message]:
        """Yield the stream's messages; who claimed it and found it broken is added to ``refusals``.

        A TCP stream is cut at its gaps first, so that no decoder ever reads over a hole.
        """
        refusals = [] if refusals is None else refusals
        if not stream.data:
            return iter(())
        if stream.kind in self._frames:
            return _guarded(self._frames[stream.kind], stream, refusals)
        if stream.datagram or not stream.gaps:
            return self._stretch(stream, refusals)
        return self._stretches(stream, refusals)

    def _stretches(self, stream: Stream, refusals: list[Refusal]) -> Iterator[Message]:
        borders = sorted({0, len(stream.data), *(at for at, _ in stream.gaps[:GAPS] if 0 < at < len(stream.data))})
        known: dict[str, tuple[str, ...]] = {}
        for start, end in pairwise(borders):
            for message in self._stretch(stream.part(start, end), refusals):
                yield _remembering(message, known)

    def _stretch(self, stream: Stream, refusals: list[Refusal]) -> Iterator[Message]:
        """Messages of a stretch without gaps. Whose first bytes nobody knows is looked at further unless it is noise."""
        heads = self._heads(stream)
        noisy = len(heads) > FEW and is_noise(stream.data)
        spoken = False
        for message in self._read(stream, heads[:FEW] if noisy else heads, refusals):
            spoken = True
            yield message
        if spoken or noisy or (stream.kind != "text" and is_noise(stream.data)):
            return
        for message in self._later(stream, refusals):
            spoken = True
            yield message
        if not spoken and self._fallback is not None:
            yield from _guarded(self._fallback, stream, refusals)

    def _later(self, stream: Stream, refusals: list[Refusal]) -> Iterator[Message]:
        """Messages of a TCP stretch that begins in mid-message: the next segments may begin with a whole one."""
        if stream.datagram or stream.kind == "text":
            return
        for start in stream.starts[1 : PROBES + 1].tolist():
            head = stream.data[start : start + HEAD_BYTES]
            if not self.candidates(head):
                continue
            spoken = False
            for message in self._read(stream.part(start, len(stream.data)), [head], refusals):
                spoken = True
                yield message
            if spoken:
                return

    def _heads(self, stream: Stream) -> list[bytes]:
        if not stream.datagram:
            return [stream.data[: TEXT_HEAD_BYTES if stream.kind == "text" else HEAD_BYTES]]
        if len(stream.starts) == 1:
            return [stream.data[:HEAD_BYTES]]
        distinct: dict[bytes, bytes] = {}
        for start, end in islice(stream.segments(), 64):
            head = stream.data[start : min(end, start + HEAD_BYTES)]
            if head and distinct.setdefault(head[:4], head) is head and len(distinct) == PROBES:
                break
        return list(distinct.values())

    def _claiming(self, stream: Stream, heads: list[bytes]) -> list[int]:
        """The decoders that claim one of the heads in which they have an anchor, in their order."""
        claiming: set[int] = set()
        for head in heads:
            for index in self.candidates(head) - claiming:
                if self.decoders[index].claims(head, stream.flow):
                    claiming.add(index)
        return sorted(claiming)

    def _read(self, stream: Stream, heads: list[bytes], refusals: list[Refusal]) -> Iterator[Message]:
        """Ask who claims the stream; in a text the log grammars speak too, since one log holds what many wrote."""
        ranked = self._ranked(stream, heads, refusals)
        return chain(ranked, self._logged(stream, heads, refusals)) if stream.kind == "text" else ranked

    def _logged(self, stream: Stream, heads: list[bytes], refusals: list[Refusal]) -> Iterator[Message]:
        for decoder in self._logs:
            if decoder.claims(heads[0], stream.flow):
                yield from _guarded(decoder, stream, refusals)

    def _ranked(self, stream: Stream, heads: list[bytes], refusals: list[Refusal]) -> Iterator[Message]:
        """Ask who claims the stream, rank by rank; a rank that says something silences those after it."""
        claiming = self._claiming(stream, heads)
        if not claiming:
            return
        carried = False
        for index in claiming:
            if index < self._dialects.start and (said := self._said(index, stream, refusals)):
                yield from said
                if self.decoders[index].name not in self._carriers:
                    return
                carried = True
                break
        dialects = [index for index in claiming if index in self._dialects]
        said = self._best(stream, dialects, refusals) if dialects else None
        if carried:
            yield from (message for message in said or () if _says_something(message))
            return
        if said is not None:
            yield from said
            return
        # Loose messages stand beside each other: gpsd greets in JSON and then passes sentences on.
        for index in claiming:
            if index >= self._dialects.stop:
                yield from _guarded(self.decoders[index], stream, refusals)

    def _said(self, index: int, stream: Stream, refusals: list[Refusal]) -> Iterator[Message] | None:
        """One decoder's messages; ``None`` when there is not even one."""
        messages = _guarded(self.decoders[index], stream, refusals)
        first = next(messages, None)
        return None if first is None else chain((first,), messages)

    def _best(self, stream: Stream, indices: list[int], refusals: list[Refusal]) -> Iterator[Message] | None:
        """The best-proven dialect's messages, the others named in each; ``None`` when none of them says anything."""
        if len(indices) == 1:
            return self._said(indices[0], stream, refusals)
        readings = []
        for index in indices:
            messages = _guarded(self.decoders[index], stream, refusals)
            sample = list(islice(messages, SAMPLE))
            if sample:
                readings.append((_proof(sample), -index, sample, messages))
        if not readings:
            return None
        readings.sort(key=lambda reading: reading[:2], reverse=True)
        _, _, sample, rest = readings[0]
        others = tuple(self.decoders[-index].name for _, index, _, _ in readings[1:])
        messages = chain(sample, rest)
        return _with_rivals(messages, others) if others else messages


def _guarded(decoder: Decoder, stream: Stream, refusals: list[Refusal]) -> Iterator[Message]:
    try:
        yield from decoder.messages(stream)
    except DecodeError as error:
        refusals.append(Refusal(decoder.name, str(error)))


def _remembering(message: Message, known: dict[str, tuple[str, ...]]) -> Message:
    """The message with the id that its sender told before a gap, which the decoder could not carry over."""
    if message.device_ids:
        known[message.protocol] = message.device_ids
    elif message.protocol in known and _says_something(message):
        doubts = (*message.doubts, "the sender's id was said before bytes that are missing")
        return msgspec.structs.replace(message, device_ids=known[message.protocol], doubts=doubts)
    return message


def _with_rivals(messages: Iterator[Message], others: tuple[str, ...]) -> Iterator[Message]:
    for message in messages:
        yield msgspec.structs.replace(message, rivals=(*message.rivals, *others))


def _says_something(message: Message) -> bool:
    return bool(message.fixes or message.cells or message.access_points or message.device_ids or message.vin)


def _proof(sample: list[Message]) -> tuple[float, ...]:
    """How well a dialect's first messages are proven: check values, own confidence, statements, bytes explained."""
    checks = sum(_CHECKS.get(message.checksum, 1.0) for message in sample) / len(sample)
    confidence = sum(int(message.confidence) - message.generic for message in sample) / len(sample)
    fixes = sum(len(message.fixes) for message in sample)
    names = sum(len(m.device_ids) + len(m.cells) + len(m.access_points) + bool(m.vin) for m in sample)
    covered = sum(message.span[1] - message.span[0] for message in sample)
    return checks, confidence, float(bool(fixes)) + float(bool(names)), float(covered), float(fixes + names)
