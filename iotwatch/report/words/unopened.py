"""What page one says of what could not be opened: an image needs its keys or another dump, and no drive."""

from __future__ import annotations

from iotwatch.report.document.model import Asset
from iotwatch.report.document.uncovered import listing
from iotwatch.words.measures import Measure

_WHY = {
    Measure.UNPACK_ENCRYPTED: "{} (encrypted)",
    Measure.UNPACK_NO_READER: "{} (not read here)",
    Measure.UNPACK_UNKNOWN: "{}",
    Measure.UNPACK_DAMAGED: "{} (damaged)",
    Measure.UNPACK_LIMIT: "{} (more than this program takes)",
    Measure.NOT_READ: "{}, which is not read",
}
HEADLINE = "It was not opened whole, so nothing can be said"
NEXT_IMAGE = "Next: ask the maker or supplier for the keys or for a plain copy, or have the memory read out again"
NEXT_RECORDING = "Next: have the recording saved again in a form that is read"
STEPS_IMAGE = (
    "Do not take this as proof of anything: what was not opened may hold whatever it likes.",
    "Ask the maker or supplier for the keys, or for a copy that is not encrypted.",
    "Have the memory read out again, from the chip itself where that can be done, and compare the two.",
)
STEPS_RECORDING = ("Have the recording saved again in a form that is read, with the program that made it.",)


def unopened(asset: Asset) -> str:
    """The sentence that names what was not opened of ``asset``; empty when all of it was, or only listening was too short."""
    names = [_WHY[Measure(row.measure)].format(row.subject) for row in asset.coverage if row.measure in _WHY]
    if not names:
        return ""
    return f"{asset.name} was not read whole, and what was read says nothing of the rest. Not opened: {listing(names, 'more')}."


def is_image(asset: Asset) -> bool:
    """Whether a memory image is among the sources that were not read whole."""
    return any(source.kind == "firmware" and not source.complete for source in asset.sources)
