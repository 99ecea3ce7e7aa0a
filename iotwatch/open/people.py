"""Files of an image that are about other people: contacts, calls, messages, paired phones, and names beside a place."""

from __future__ import annotations

from iotwatch.model import Coverage, Step
from iotwatch.observe.texts import is_text
from iotwatch.open.blob import FILE, Blob
from iotwatch.open.opened import Kit, Opened
from iotwatch.place.people import STEP, blanked
from iotwatch.words.measures import Measure


class PeopleFile:
    """A text in which people are blanked before anybody reads it: they are counted, and no name or number of theirs is kept."""

    name = "people"
    kind = "firmware"

    def claims(self, blob: Blob) -> bool:
        if not blob.depth or blob.kind != FILE or blob.container is not None or not is_text(blob.stream.data):
            return False
        if blob.stream.origin is not None and blob.stream.origin.operation == Step(STEP):
            return False
        from iotwatch.observe.firmware import is_shipped  # heavy, and asked of images alone

        return not is_shipped(blob.path) and blanked(blob.stream.data)[1] > 0

    def open(self, blob: Blob, kit: Kit) -> Opened:  # noqa: ARG002
        data, count = blanked(blob.stream.data)
        left = Blob(blob.stream.through(STEP, data, kind=FILE), blob.depth, listed=blob.listed)
        note = f"{blob.path}: contacts, calls, messages, paired phones, names beside a place: counted, not kept"
        return Opened(blobs=(left,), coverage=(Coverage(Measure.PEOPLE, float(count), note),))
