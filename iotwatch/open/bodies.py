"""Bodies inside captures that were not opened, or not whole, as rows of coverage."""

from __future__ import annotations

from iotwatch.decode.message import Message
from iotwatch.decode.noise import is_noise
from iotwatch.files.magics import TITLES
from iotwatch.model import Coverage
from iotwatch.open.blob import Blob
from iotwatch.words.doubts import ReadingDoubt
from iotwatch.words.measures import Measure
from iotwatch.words.said import Word

_ENCRYPTED, _CODED = (Measure.BODIES_LEFT, "encrypted"), (Measure.BODIES_LEFT, "compressed")
_OVER = (Measure.OVER_LIMIT, "bodies")
_LEFT: dict[Word, tuple[Measure, str]] = {
    ReadingDoubt.BODY_OVER: _OVER,
    ReadingDoubt.CHUNKS_LEFT: _OVER,
    ReadingDoubt.CODING_LEFT: _CODED,
    ReadingDoubt.CODING_BROKEN: _CODED,
    ReadingDoubt.COMPRESSED_LEFT: _CODED,
    ReadingDoubt.BODY_ENCRYPTED: _ENCRYPTED,
    ReadingDoubt.PACKET_ENCRYPTED: _ENCRYPTED,
    ReadingDoubt.DATA_UNIT_ENCRYPTED: _ENCRYPTED,
}
# ``unpack.sniff`` says these of bytes that may hold parts, whatever they are.
_NO_FORMS = frozenset({"raw", "elf"})


def left_of(message: Message) -> tuple[Coverage, ...]:
    """What ``message`` says of its own body that it could not open."""
    found = ((*_LEFT[doubt.word], doubt.text) for doubt in message.doubts if doubt.word in _LEFT)
    return tuple(Coverage(measure, 1.0, f"{message.protocol}: {text}", subject) for measure, subject, text in found)


def left_unread(blob: Blob) -> tuple[Coverage, ...]:
    """A body in which nobody read anything, when its form or its noise says that there is something to open."""
    title = TITLES.get(blob.container or "", "") if blob.container not in _NO_FORMS else ""
    if not title and is_noise(blob.stream.data):
        title = "encrypted"
    return (Coverage(Measure.BODIES_LEFT, 1.0, f"{blob.carrier}: {title}", title),) if title else ()
