"""TLS connections whose secrets are known: what they said in clear becomes streams that pass through all that any stream does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

import msgspec
import numpy as np

from iotwatch.files.keylog import KeyLog, complete, read_text
from iotwatch.files.limits import TLS_BATCH_BYTES, TLS_CONVERSATIONS
from iotwatch.model import Coverage, Place, cut, step
from iotwatch.place import tls
from iotwatch.read.stream import NO_TIME, Stream
from iotwatch.words.measures import Measure
from iotwatch.words.tls import STEP, whose

_BATCH = 64
# Records that TLS 1.3 sends under the type of data and that hold none: the end of the handshake, tickets, an alert.
_NO_DATA = (4, 8)
_HEAD = (0x14, 0x15, 0x16, 0x17)


class _Piece(msgspec.Struct, frozen=True):
    side: int
    data: bytes
    span: tuple[int, int]
    frame: int
    time: int


class _Known(msgspec.Struct, frozen=True):
    """A connection whose secrets are known: its two streams by side, its pieces, and where its secrets stand."""

    streams: tuple[Stream, Stream]
    pieces: tuple[_Piece, ...]
    lines: bytes
    name: str
    spans: tuple[tuple[int, int], ...]
    whole: bool


class Decrypting:
    """Takes streams in the order in which a capture gives them, and gives the clear ones of connections that can be read.

    ``secrets`` are the texts that the capture itself holds, each with its offset in what ``origin`` gives.
    """

    def __init__(
        self, keylogs: Sequence[KeyLog], secrets: Sequence[tuple[int, bytes]] = (), origin: Place | None = None
    ) -> None:
        self._inside = [(offset, read_text(text)) for offset, text in secrets]
        self._keylogs = keylogs
        self._origin = origin
        self._held: Stream | None = None
        self._waiting: list[_Known] = []
        self._taken = 0
        self._bytes: Counter[str] = Counter()
        self._read: Counter[str] = Counter()
        self._left: Counter[str] = Counter()

    def note(self, stream: Stream) -> Iterator[Stream]:
        """Take one stream; the clear ones of a batch come when it is full."""
        if stream.kind != "tcp" or stream.flow is None or not (self._inside or self._keylogs):
            return
        before, self._held = self._held, stream
        if before is not None and before.flow is not None and before.flow.index == stream.flow.index:
            self._held = None
            self._pair(before, stream)
        elif before is not None:
            self._pair(before, None)
        if len(self._waiting) >= _BATCH or sum(_size(one) for one in self._waiting) >= TLS_BATCH_BYTES:
            yield from self._batch()

    def finish(self) -> Iterator[Stream]:
        """The clear streams of what waits."""
        if self._held is not None:
            self._pair(self._held, None)
            self._held = None
        yield from self._batch()

    def coverage(self) -> list[Coverage]:
        """How many bytes were read, by whose secrets, and how many connections were not, with the reason."""
        rows = [
            Coverage(
                Measure.TLS_DECRYPTED,
                float(size),
                f"{self._read[name]} connection(s) inside TLS, decrypted with {name}",
            )
            for name, size in self._bytes.items()
        ]
        return rows + [
            Coverage(Measure.TLS_LEFT, float(count), f"connections inside TLS: {why}", why)
            for why, count in self._left.items()
        ]

    def _pair(self, one: Stream, other: Stream | None) -> None:
        ends = [stream for stream in (one, other) if stream is not None]
        if not any(stream.data[:1] and stream.data[0] in _HEAD and stream.data[1:2] == b"\3" for stream in ends):
            return
        client = next((stream for stream in ends if tls.client_random(stream.data)), None)
        if client is None or len(ends) < 2:
            self._left["its beginning, or one direction, is not in the capture"] += 1
            return
        server = next(stream for stream in ends if stream is not client)
        found = self._secrets(tls.client_random(client.data))
        if found is None:
            self._left["no secret of it is in the key log"] += 1
        elif self._taken >= TLS_CONVERSATIONS:
            self._left["more than tshark is given"] += 1
        else:
            self._taken += 1
            lines, name, spans, whole = found
            pieces = tuple(_in_turns(_pieces(0, client), _pieces(1, server)))
            self._waiting.append(_Known((client, server), pieces, lines, name, spans, whole))

    def _secrets(self, random: bytes) -> tuple[bytes, str, tuple[tuple[int, int], ...], bool] | None:
        """The lines of a connection, the SHA-256 of their log (empty: the capture's own), their spans, and if all are there."""
        logs = [*self._inside, *((-1, log) for log in self._keylogs)]
        logs = [(offset, log) for offset, log in logs if random in log.secrets]
        # A log that has all of them before one that has some.
        logs.sort(key=lambda pair: not complete({one.label for one in pair[1].secrets[random]}))
        for offset, log in logs[:1]:
            held = log.secrets[random]
            spans = tuple((offset + one.span[0], one.span[1]) for one in held) if offset >= 0 else ()
            name = "" if offset >= 0 else log.sha256
            return log.lines(random), name, spans, complete({one.label for one in held})
        return None

    def _batch(self) -> Iterator[Stream]:
        batch, self._waiting = self._waiting, []
        if not batch:
            return
        given = [tls.Conversation(tuple((one.side, one.data) for one in known.pieces), known.lines) for known in batch]
        try:
            found = tls.decrypted(given)
        except tls.TlsFailed as error:
            self._left[str(error)] += len(batch)
            return
        for known, clear in zip(batch, found, strict=True):
            yield from self._streams(known, clear)

    def _streams(self, known: _Known, clear: Sequence[tls.Clear]) -> Iterator[Stream]:
        name = whose(known.name)
        lost = not known.whole
        for side in (0, 1):
            mine = [one for one in clear if one.side == side and one.data]
            lost = lost or _records(known.streams[side].data) - len(mine) > _NO_DATA[side]
            if mine:
                yield self._clear(known, side, mine)
        if clear:
            self._read[name] += 1
            self._bytes[name] += sum(len(one.data) for one in known.pieces)
        if lost or not clear:
            self._left[
                "some of it stays encrypted: secrets are missing or wrong" if clear else "its secrets do not fit"
            ] += 1

    def _clear(self, known: _Known, side: int, clear: Sequence[tls.Clear]) -> Stream:
        """The clear bytes of one side: each record of them with the time and frame in which it ended."""
        spans = [*known.spans, *(one.span for one in known.pieces)]
        frames = [known.pieces[0].frame] * len(known.spans) + [one.frame for one in known.pieces]
        turns = [sum(len(one.data) for one in group) for _, group in groupby(known.pieces, key=lambda one: one.side)]
        keys = known.name or str(sum(length for _, length in known.spans))
        like = known.streams[side]
        sizes = np.array([len(one.data) for one in clear], np.int64)
        starts = sizes.cumsum() - sizes
        ended = [known.pieces[one.piece] for one in clear]
        return msgspec.structs.replace(
            like,
            data=b"".join(one.data for one in clear),
            starts=starts,
            offsets=starts,
            frames=np.array([one.frame for one in ended], np.int64),
            times=np.array([one.time for one in ended], np.int64),
            origin=step(cut(like.origin, spans, frames), STEP, tls.argument_of(keys, side, turns)),
            gaps=(),
            context={**like.context, "inside": STEP},
        )


def _size(known: _Known) -> int:
    return sum(len(one.data) for one in known.pieces)


def _pieces(side: int, stream: Stream) -> Iterator[_Piece]:
    """The segments of a stream up to its first gap: behind it the records cannot be told."""
    end = stream.gaps[0][0] if stream.gaps else len(stream.data)
    for row, (start, stop) in enumerate(stream.segments()):
        if start >= end:
            return
        time = int(stream.times[row]) if len(stream.times) else NO_TIME
        span = int(stream.offsets[row]), min(stop, end) - start
        yield _Piece(side, stream.data[start : min(stop, end)], span, int(stream.frames[row]), time)


def _in_turns(client: Iterator[_Piece], server: Iterator[_Piece]) -> Iterator[_Piece]:
    """Both directions in the order of their frames, the client first; behind so many turns all that is left of each."""
    ends = (list(client), list(server))
    at, side, turns = [0, 0], 0, 0
    while any(at[one] < len(ends[one]) for one in (0, 1)):
        mine, other = ends[side], ends[1 - side]
        until = other[at[1 - side]].frame if at[1 - side] < len(other) and turns < tls.MOST_TURNS else None
        begun = at[side]
        # Each turn takes something, so that turns alternate.
        while at[side] < len(mine) and (at[side] == begun or until is None or mine[at[side]].frame < until):
            yield mine[at[side]]
            at[side] += 1
        side, turns = 1 - side, turns + 1


def _records(data: bytes) -> int:
    """How many records of the type of data (RFC 8446 section 5.1) stand in the bytes of one direction."""
    at = count = 0
    while at + 5 <= len(data) and data[at] in _HEAD:
        count += data[at] == 0x17
        at += 5 + int.from_bytes(data[at + 3 : at + 5], "big")
    return count
