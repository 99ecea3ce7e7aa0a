"""Parts of the document -> plain tables: what the columns are called, and how their cells stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from iotwatch.report.document import model as part
from iotwatch.report.document.page_one import Part
from iotwatch.report.html.cells import count, time_text, value_text
from iotwatch.words.amounts import duration, odds

_HASH_SHOWN = 12
_TIMES = frozenset({"first_seen", "last_seen", "time"})
_ZERO_IS_NOTHING = frozenset({"port", "server_port", "packets", "positions", "minutes"})
_NUMBERS = frozenset({
    "bytes", "bytes_up", "bytes_down", "cars", "events", "interval_s", "jitter", "minutes", "packets", "positions",
    "second_interval_s", "size", "sources", "times", "value",
})  # fmt: skip
_CODES = frozenset({"sha256"})
_PATHS = frozenset({"path", "part", "device", "name", "server_name"})
_HEADINGS = {
    "as_name": "network", "chance": "by accident", "iccid": "ICCID", "imei": "IMEI", "imsi": "IMSI",
    "cars": "in cars", "interval_s": "every", "second_interval_s": "and every", "sha256": "SHA-256",
}  # fmt: skip


class Table(msgspec.Struct, frozen=True):
    """A table with its caption; ``rows`` are cells of text, ``kinds`` say how a column stands: number, code, path or plain."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    kinds: tuple[str, ...] = ()

    def kind(self, column: int) -> str:
        """How a column stands."""
        return self.kinds[column] if self.kinds else ""


def tables(asset: part.Asset) -> dict[str, Table]:
    """All plain tables of an asset, by name; each column that is empty throughout is left out."""
    return {
        "positions": _positions(asset.positions),
        "modules": _of_parts("Cellular modules, and what speaks of one", part.Module, asset.modules),
        "devices": _devices(asset),
        "beacons": _of_parts(
            "Regular contacts: a clock runs for the whole time listened, sessions are regular only while something is in use",
            part.Beacon,
            asset.beacons,
            without=("first_seen", "last_seen"),
        ),
        "far_ends": _of_parts(
            "Far ends, those that were sent positions first; the country is where the address is registered",
            part.FarEnd,
            asset.far_ends,
        ),
        "sources": _of_parts(
            "Files that were read, with their hashes", part.Source, asset.sources, without=("link_types",)
        ),
        "coverage": _filled(
            "What was and was not looked at", _COVERAGE, [_cells(one, _COVERAGE) for one in asset.coverage]
        ),
        "unopened": _of_parts("Parts of images that were not opened", part.Unopened, asset.unopened),
        "vantages": _of_parts(
            "By vantage: what it cannot see, and what law to ask about", part.VantageNote, asset.vantages
        ),
    }


def _of_parts(caption: str, kind: type[Part], parts: Iterable[Part], *, without: Sequence[str] = ()) -> Table:
    """A table of parts of one kind, a column for each of their fields in the document's own order."""
    names = [name for name in kind.__struct_fields__ if name not in without]
    return _filled(caption, names, [_cells(one, names) for one in parts])


def _cells(one: Part, names: Sequence[str]) -> list[str]:
    return [_cell(name, getattr(one, name)) for name in names]


def _filled(caption: str, names: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    kept = [index for index in range(len(names)) if any(row[index] for row in rows)]
    return Table(
        caption,
        tuple(_HEADINGS.get(names[index], names[index].replace("_", " ")) for index in kept),
        tuple(tuple(row[index] for index in kept) for row in rows),
        tuple(_kind(names[index]) for index in kept),
    )


def _kind(name: str) -> str:
    kinds = (("number", _NUMBERS), ("code", _CODES), ("path", _PATHS))
    return next((kind for kind, names in kinds if name in names), "")


def _cell(name: str, value: Any) -> str:
    if name in _TIMES:
        return time_text(value)
    if value == 0 and name in _ZERO_IS_NOTHING:
        return ""
    if name == "chance":
        return odds(value)
    if name in ("interval_s", "second_interval_s"):
        return duration(value) if value else ""
    if name in _NUMBERS:
        return count(value)
    if name == "damage":
        return "; ".join(f"bytes {one.start} to {one.end}: {one.reason}" for one in value)
    return value_text(value)


def _devices(asset: part.Asset) -> Table:
    rows = [
        (device.subject or "not told", trace.kind, trace.value[:200], str(trace.count))
        for device in asset.devices
        for trace in device.traces
    ]
    return _filled(
        "Devices and their traces: what each said or showed of itself", ("device", "trace", "value", "times"), rows
    )


_POSITION = (
    "time", "latitude", "longitude", "valid", "direction", "dialect", "method", "confidence", "reported_id", "client",
    "server_name", "server", "server_port", "checksum", "frame",
)  # fmt: skip
_COVERAGE = ("path", "measure", "subject", "value", "note")


def _positions(found: Sequence[part.Position]) -> Table:
    rows = [[*_cells(one, _POSITION), one.sha256[:_HASH_SHOWN]] for one in found]
    caption = "Every position that was stated; file is the beginning of its SHA-256"
    return _filled(caption, (*_POSITION, "file"), rows)
