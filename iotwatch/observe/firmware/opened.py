"""How much of an image could be opened, and what of a container belongs to none of its files.

The first is what the verdict on an image must say beside "nothing seen". The second is what is still to be read of a container:
each artefact is read once.
"""

from __future__ import annotations

from collections.abc import Iterator

from iotwatch.model import Cut, Place
from iotwatch.read.stream import Stream
from iotwatch.unpack import Unpacked, types

# Headers of a tar and the like are shorter; of a file system with a thousand holes the largest are read.
_GAP_BYTES = 1024
_MOST_GAPS = 256


def unopened(stream: Stream, reader: str | None, opened: Unpacked) -> int:
    """Bytes of the source itself that this blob takes and that stay unread: of no known format, or of one that broke.

    What stands behind a step (inside a compressed file system) takes no bytes of its own: its container's were counted.
    Padding belongs to nobody and so counts as opened.
    """
    place = stream.place(0, len(stream.data))
    if not _direct(place):
        return 0
    if reader is None:
        return len(stream.data) if types.identify(stream.data) == "data" else 0
    if all(row.path != stream.path or row.status == "ok" for row in opened.artefacts):
        return 0
    spans = {span for member in opened.members for span in _first(member.place)} - set(_first(place))
    return max(0, len(stream.data) - sum(length for _, length in spans))


def outside(stream: Stream, opened: Unpacked) -> Iterator[Stream]:
    """The parts of a container that belong to none of its members: headers, slack, what was deleted.

    Nothing of one whose members are all spread over it or compressed: what stands in it as it is would be read twice.
    """
    place = stream.place(0, len(stream.data))
    if not isinstance(place.operation, Cut) or len(place.operation.spans) != 1:
        return
    ((start, size),) = place.operation.spans
    spans = sorted(
        (offset - start, offset - start + length)
        for member in opened.members
        if member.place.parent == place.parent and isinstance(member.place.operation, Cut)
        for offset, length in member.place.operation.spans
    )
    if not spans:
        return
    gaps = []
    last = 0
    for first, end in (*spans, (size, size)):
        if first - last >= _GAP_BYTES:
            gaps.append((last, first))
        last = max(last, end)
    for first, end in sorted(gaps, key=lambda gap: gap[0] - gap[1])[:_MOST_GAPS]:
        yield stream.part(first, end)


def _first(place: Place) -> tuple[tuple[int, int], ...]:
    """Where in the outer file a place begins: also what is compressed takes bytes there, where it is cut out first."""
    operation = place.chain()[0]
    return operation.spans if isinstance(operation, Cut) else ()


def _direct(place: Place | None) -> bool:
    """Whether bytes stand in the outer file as they are."""
    return place is None or (place.parent is None and isinstance(place.operation, Cut))
