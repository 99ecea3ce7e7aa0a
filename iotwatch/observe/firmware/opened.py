"""How much of an image could be opened: what the verdict on an image must say beside "nothing seen"."""

from __future__ import annotations

from iotwatch.model import Cut, Place
from iotwatch.read.stream import Stream
from iotwatch.unpack import Unpacked, types

_UNKNOWN = frozenset({"data"})


def unopened(stream: Stream, reader: str | None, opened: Unpacked) -> int:
    """Bytes of the source itself that this blob takes and that stay unread: of no known format, or of one that broke.

    What stands behind a step (inside a compressed file system) takes no bytes of its own: its container's were counted.
    Padding belongs to nobody and so counts as opened.
    """
    place = stream.place(0, len(stream.data))
    if not _direct(place):
        return 0
    if reader is None:
        return len(stream.data) if types.identify(stream.data) in _UNKNOWN else 0
    failed = any(row.path == stream.path and row.status != "ok" for row in opened.artefacts)
    if not failed:
        return 0
    read = sum(len(member.data) for member in opened.members if _direct(member.place))
    return max(0, len(stream.data) - read)


def _direct(place: Place | None) -> bool:
    """Whether bytes stand in the outer file as they are."""
    return place is None or (place.parent is None and isinstance(place.operation, Cut))
