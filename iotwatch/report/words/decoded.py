"""What was read out of an evidence's bytes, each with where it stands in them."""

from __future__ import annotations

from typing import Any

from iotwatch.model import Cut
from iotwatch.report.reader import Reader, Row
from iotwatch.store import queries

_MOST = 60


def decoded(reader: Reader, evidence: Row) -> list[Row]:
    """The fields that stand in the bytes of ``evidence`` (a row of ``Reader.evidence``), by where they begin.

    ``at`` and ``bytes`` say where in the evidence's bytes, ``what`` names the field, ``value`` is what it says. What was read
    from the same bytes as a whole, such as a position, stands at 0 with their full length.
    """
    last = evidence["chain"][-1] if evidence["chain"] else None
    found = _at_the_place(reader, evidence)
    if isinstance(last, Cut) and last.spans:
        found += _inside(reader, evidence, last)
    unique = {(row["at"], row["what"], str(row["value"])): row for row in reversed(found)}
    return sorted(unique.values(), key=lambda row: (row["at"], -row["bytes"], row["what"]))[:_MOST]


def _at_the_place(reader: Reader, evidence: Row) -> list[Row]:
    """What came from exactly these bytes."""
    keys = (evidence["source_id"], evidence["place_id"])
    fields = [field for row in reader.ask(queries.positions.at, *keys, _MOST) for field in _fields(row)]
    fields += [(row["kind"], row["value"]) for row in reader.ask(queries.observations.at, *keys, _MOST)]
    return [{"at": 0, "bytes": evidence["length"], "what": what, "value": value} for what, value in fields]


def _fields(row: Row) -> list[tuple[str, Any]]:
    """A stated position's columns that say something, and its small extras."""
    facts = row.pop("facts") or {}
    return [(name, value) for name, value in (row | facts).items() if value not in (None, "", [], {})]


def _inside(reader: Reader, evidence: Row, cut: Cut) -> list[Row]:
    """What was seen in a part of these bytes: cuts of the same parent that lie within them."""
    reach = min(start for start, _ in cut.spans), max(start + length for start, length in cut.spans) - 1
    made = []
    for row in reader.ask(queries.observations.inside, evidence["source_id"], evidence["place_id"], *reach):
        inner = reader.place(row["place"]).operation
        at = _offset(cut, inner) if isinstance(inner, Cut) else None
        if at is not None and row["place"] != evidence["place_id"]:
            length = sum(size for _, size in inner.spans) if isinstance(inner, Cut) else 0
            made.append({"at": at, "bytes": length, "what": row["kind"], "value": row["value"]})
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
