"""How much of an image could be opened, and what of a container belongs to none of its files.

The first is what the verdict on an image must say beside "nothing seen". The second is what is still to be read of a container:
each artefact is read once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from iotwatch.decode.noise import noisy
from iotwatch.files.magics import TITLES
from iotwatch.model import Artefact, Coverage, Cut, Place
from iotwatch.patterns import regex
from iotwatch.read.stream import Stream
from iotwatch.unpack import Unpacked, types
from iotwatch.unpack.entry import SMALLEST_PART
from iotwatch.words.measures import Measure

# Headers inside a tar and the like are shorter; of a file system with a thousand holes the largest are read.
_GAP_BYTES = 1024
_MOST_GAPS = 256
_PADDING = regex(rb"\x00{64,}|\xff{64,}")
_LOST = frozenset({"encrypted", "unknown", "damaged", "no-reader", "limit"})
_ASKED = frozenset({"unknown", "no-reader"})
_NOISE, _NO_FORM, _DOCUMENT = (
    "data that look encrypted or compressed",
    "data of no known form",
    "a picture or document",
)


class Left(NamedTuple):
    """What of a blob stays unopened: how many bytes, and the rows of coverage that tell what they are."""

    size: int = 0
    coverage: tuple[Coverage, ...] = ()


def unopened(
    stream: Stream, reader: str | None, opened: Unpacked, between: Sequence[Stream] = (), *, listed: bool
) -> Left:
    """What stays unopened of a blob by itself; what came out of it is asked for itself.

    Unopened is what is encrypted, broken, of a form without a reader, over a limit, or of no known form. Padding belongs to
    nobody and counts as opened, and so does a file of no known form that is ``listed`` (named by a file system or an archive):
    its bytes were all searched, unless they look encrypted. ``between`` are the bytes that no member takes.
    Bytes are the source's own; behind a step they count as they come out.
    """
    own = next((row for row in opened.artefacts if row.path == stream.path and row.status != "ok"), None)
    if own is None or own.status == "unknown":
        rest = _unknown(stream, listed=listed) if reader is None or own is not None else Left()
    else:
        rest = Left(_outside_members(stream, opened), (_row(own, reader or own.type),))
    given = {member.path: member for member in opened.members}
    # What came out and is of no known form is asked for itself.
    lost = [
        row
        for row in opened.artefacts
        if row is not own and row.status in _LOST and not (row.path in given and row.status in _ASKED)
    ]
    size = sum(row.size for row in lost if row.path not in given)
    rows = tuple(
        _row(row, reader or "raw", listed=given[row.path].listed if row.path in given else row.type == "file")
        for row in lost
    )
    if reader == "zip":
        between = _before_archive(stream, opened)
    elif any(member.listed for member in opened.members):
        # A file system has deleted files there, which are searched and no more.
        between = ()
    noise = _noise_in(stream, between)
    return Left(rest.size + size + noise.size, (*rest.coverage, *rows, *noise.coverage))


def _before_archive(stream: Stream, opened: Unpacked) -> Sequence[Stream]:
    """What stands before the first file of a zip, whose table of contents stands at its end: anything may."""
    spans = [span for member in opened.members for span in _first(member.place)]
    start = next(iter(_first(stream.place(0, len(stream.data)))), (0, 0))[0]
    first = min((offset - start for offset, _ in spans), default=0)
    return [stream.part(0, first)] if 0 < first <= len(stream.data) else []


def _noise_in(stream: Stream, between: Sequence[Stream]) -> Left:
    """What looks encrypted outside the parts of an image."""
    size = sum(noisy(part.data) for part in between)
    note = f"{stream.path or 'the image'}: {_NOISE}, between its parts"
    return Left(size, (Coverage(Measure.UNPACK_UNKNOWN, 1.0, note, _NOISE),) if size else ())


def _unknown(stream: Stream, *, listed: bool) -> Left:
    """A blob that nothing was found in."""
    data = stream.data
    size, what = 0, _NO_FORM
    kind = types.identify(data)
    if kind == "text":
        # Its first bytes say so; what stands behind them may be anything.
        size, what = noisy(data), _NOISE
    elif kind in types.SEARCHABLE:
        noise = noisy(data)
        size = noise if listed else len(data) - sum(len(run[0]) for run in _PADDING.finditer(data))
        what = _NOISE if noise * 2 > size else _NO_FORM
    elif types.is_document(data) and not listed:
        size, what = len(data), _DOCUMENT
    if not size or size < min(SMALLEST_PART, len(data)):
        return Left()
    return Left(size, (Coverage(Measure.UNPACK_UNKNOWN, 1.0, f"{stream.path or 'the image'}: {what}", what),))


def _row(row: Artefact, reader: str, *, listed: bool = False) -> Coverage:
    """What is told of an artefact that was not opened whole; ``listed`` says that it is a file in what ``reader`` opens."""
    title = TITLES.get(reader, f"a part of the form {reader}")
    subject = f"a file in {title}" if listed else title
    return Coverage(Measure(f"unpack.{row.status}"), 1.0, f"{row.path or 'the image'}: {row.note or subject}", subject)


def _outside_members(stream: Stream, opened: Unpacked) -> int:
    """Bytes of a broken container that none of its members takes; all of them, where those are compressed or encrypted."""
    place = stream.place(0, len(stream.data))
    own = set(_first(place))
    spans = {span for member in opened.members for span in _first(member.place)} - own
    return max(0, len(stream.data) - sum(length for _, length in spans))


def outside(stream: Stream, opened: Unpacked) -> Iterator[Stream]:
    """The parts of a container that belong to none of its members: headers, slack, what was deleted.

    Nothing of one whose members are all spread over it or compressed: what stands in it as it is would be read twice.
    """
    place = stream.place(0, len(stream.data))
    if not isinstance(place.operation, Cut) or len(place.operation.spans) != 1:
        return
    ((start, size),) = place.operation.spans
    spans = [
        (offset - start, offset - start + length)
        for member in opened.members
        if member.place.parent == place.parent and isinstance(member.place.operation, Cut)
        for offset, length in member.place.operation.spans
    ]
    taken = (
        (offset, offset + length)
        for member in opened.members
        for offset, length in member.takes
        if 0 <= offset <= offset + length <= size  # the reader process is not trusted
    )
    spans = sorted((*spans, *taken))
    if not spans:
        return
    gaps = []
    last = 0
    for first, end in (*spans, (size, size)):
        # What a container is called stands at its head, however short that is.
        if first - last >= _GAP_BYTES or (first > last == 0):
            gaps.append((last, first))
        last = max(last, end)
    for first, end in sorted(gaps, key=lambda gap: gap[0] - gap[1])[:_MOST_GAPS]:
        yield stream.part(first, end)


def _first(place: Place) -> tuple[tuple[int, int], ...]:
    """Where in the outer file a place begins: also what is compressed takes bytes there, where it is cut out first."""
    operation = place.chain()[0]
    return operation.spans if isinstance(operation, Cut) else ()
