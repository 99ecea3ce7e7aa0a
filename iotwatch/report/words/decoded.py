"""What was read out of an evidence's bytes, each with where it stands in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from iotwatch.model import Cut
from iotwatch.report.reader import Reader, Row
from iotwatch.report.words.standing import Range, degrees_range, number_range, text_range
from iotwatch.store import queries
from iotwatch.words.kinds import Kind

_MOST = 60
# What stands in a message itself; all else of a position is said of it, not by it.
_UNITS = {
    "latitude": "degrees",
    "longitude": "degrees",
    "altitude": "m",
    "speed": "km/h",
    "course": "degrees",
    "time": "UTC",
}
_LISTS = ("cell", "wifi")
# What a decoder tells of bytes, and they do not say.
_TOLD = frozenset({Kind.DIALECT, Kind.VENDOR_PROTOCOL, Kind.TLS_JA4, Kind.DTLS_JA4, Kind.MODEM_CELLULAR})


def decoded(reader: Reader, evidence: Row) -> list[Row]:
    """The fields that stand in the bytes of ``evidence`` (a row of ``Reader.evidence`` in full), by where they begin.

    ``at`` and ``bytes`` say where in the evidence's bytes, ``what`` names the field, ``value`` is what it says, ``unit`` of
    what, where it has one. A field whose own bytes are not found again stands at 0 with the full length.
    """
    last = evidence["chain"][-1] if evidence["chain"] else None
    found = _at_the_place(reader, evidence)
    if isinstance(last, Cut) and last.spans:
        found += _inside(reader, evidence, last)
    unique = {(row["at"], row["what"], str(row["value"])): row for row in reversed(found)}
    return sorted(unique.values(), key=lambda row: (row["at"], -row["bytes"], row["what"]))[:_MOST]


def _at_the_place(reader: Reader, evidence: Row) -> list[Row]:
    """What came from exactly these bytes."""
    keys, data = (evidence["source_id"], evidence["place_id"]), bytes.fromhex(evidence["excerpt"])
    whole = 0, evidence["length"]
    made = []
    for row in reader.ask(queries.positions.at, *keys, _MOST):
        made += [
            _field(what, value, _range(data, what, value) or whole) for what, value in _stated(row, evidence["time"])
        ]
        # The device's name may have been said in an earlier message.
        if stands := text_range(data, row["reported_id"] or ""):
            made += [_field("reported_id", row["reported_id"], stands)]
    for row in reader.ask(queries.observations.at, *keys, _MOST):
        if row["kind"] not in _TOLD:
            made += [_field(row["kind"], row["value"], text_range(data, row["value"]) or whole)]
    return made


def _field(what: str, value: Any, stands: Range) -> Row:
    return {"at": stands[0], "bytes": stands[1], "what": what, "value": value, "unit": _UNITS.get(what, "")}


def _stated(row: Row, heard: str | None) -> Iterator[tuple[str, Any]]:
    """What a position's message says by itself; a time that is the packet's own is the recording's."""
    said = row | (row["facts"] or {})
    for name in (*_UNITS, *_LISTS):
        value = said.get(name)
        if value not in (None, "", []) and not (name == "time" and value == heard):
            yield name, value


def _range(data: bytes, what: str, value: Any) -> Range | None:
    if what in ("latitude", "longitude"):
        return degrees_range(data, value)
    return number_range(data, value) if isinstance(value, int | float) else None


def _inside(reader: Reader, evidence: Row, cut: Cut) -> list[Row]:
    """What was seen in a part of these bytes: cuts of the same parent that lie within them."""
    reach = min(start for start, _ in cut.spans), max(start + length for start, length in cut.spans) - 1
    made = []
    for row in reader.ask(queries.observations.inside, evidence["source_id"], evidence["place_id"], *reach):
        inner = reader.place(row["place"]).operation
        at = _offset(cut, inner) if isinstance(inner, Cut) else None
        if at is not None and row["place"] != evidence["place_id"] and row["kind"] not in _TOLD:
            length = sum(size for _, size in inner.spans) if isinstance(inner, Cut) else 0
            made.append(_field(row["kind"], row["value"], (at, length)))
    return made


def _offset(outer: Cut, inner: Cut) -> int | None:
    """Where ``inner`` begins in what ``outer`` gives; ``None`` when it reaches beyond."""
    first, end = inner.spans[0][0], inner.spans[-1][0] + inner.spans[-1][1]
    before = 0
    begins = None
    for start, length in outer.spans:
        if begins is None and start <= first < start + length:
            begins = before + first - start
        if begins is not None and start < end <= start + length:
            return begins
        before += length
    return None
