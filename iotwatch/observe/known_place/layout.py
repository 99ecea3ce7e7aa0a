"""Where a place stands in a message whose form is not known, in words from which a dialect file can be begun."""

from __future__ import annotations

from iotwatch.observe.known_place.codes import Code
from iotwatch.observe.known_place.keys import Axis, Encoding, Reading


def layout(encoding: Encoding | Code, latitude: Reading, longitude: Reading, start: int) -> dict[str, object]:
    """The facts of a place whose message begins at ``start``: encoding, offsets, lengths and fields."""
    return {
        "encoding": encoding.name,
        **_half("latitude", encoding.field(Axis.LATITUDE), latitude, start),
        **_half("longitude", encoding.field(Axis.LONGITUDE), longitude, start),
    }


def _half(name: str, field: str, half: Reading, start: int) -> dict[str, object]:
    told: dict[str, object] = {f"{name}_at": half.start - start, f"{name}_bytes": half.end - half.start}
    if field:
        told[f"{name}_field"] = field
    if not half.signed:
        told[f"{name}_sign"] = "elsewhere"
    return told
