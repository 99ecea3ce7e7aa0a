"""Parts of the document -> plain tables: what the columns are called, and how their cells stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from iotwatch.report.document.model import Asset, Position
from iotwatch.report.html.cells import count, time_text, value_text

_HASH_SHOWN = 12
_TIMES = frozenset({"first_seen", "last_seen", "time"})
_ZERO_IS_NOTHING = frozenset({"port", "server_port", "packets", "positions", "minutes"})
_NUMBERS = frozenset(
    {
        "bytes",
        "bytes_up",
        "bytes_down",
        "events",
        "interval_s",
        "jitter",
        "packets",
        "positions",
        "sources",
        "size",
        "value",
        "minutes",
        "times",
    }
)
_CODES = frozenset({"sha256"})
_PATHS = frozenset({"path", "part", "device", "name", "server_name"})
_HEADINGS = {
    "as_name": "network",
    "chance": "by accident",
    "iccid": "ICCID",
    "imei": "IMEI",
    "imsi": "IMSI",
    "interval_s": "every, s",
    "sha256": "SHA-256",
}


class Table(msgspec.Struct, frozen=True):
    """A table with its caption; ``rows`` are cells of text, ``kinds`` say how a column stands: number, code, path or plain."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    kinds: tuple[str, ...] = ()

    def kind(self, column: int) -> str:
        """How a column stands."""
        return self.kinds[column] if self.kinds else ""


def tables(asset: Asset) -> dict[str, Table]:
    """All plain tables of an asset, by name; each column that is empty throughout is left out."""
    return {
        "positions": _positions(asset.positions),
        "modules": _of_parts(
            "Cellular modules, and what speaks of one",
            asset.modules,
            ("vendor", "model", "firmware_version", "role", "seen_in", "imei", "iccid", "imsi", "confidence"),
        ),
        "devices": _devices(asset),
        "beacons": _of_parts(
            "Regular contacts; the last column tells how likely such regularity is by accident",
            asset.beacons,
            (
                "client",
                "server",
                "server_name",
                "port",
                "transport",
                "kind",
                "events",
                "interval_s",
                "jitter",
                "chance",
            ),
        ),
        "far_ends": _of_parts(
            "Far ends, those that were sent positions first; the country is where the address is registered",
            asset.far_ends,
            (
                *("address", "name", "port", "protocol", "country", "as_name", "vendor", "purpose", "positions"),
                *("bytes_up", "bytes_down", "first_seen", "last_seen"),
            ),
        ),
        "sources": _of_parts(
            "Files that were read, with their hashes",
            asset.sources,
            (
                *("path", "sha256", "vantage", "kind", "format", "bytes", "packets", "first_seen", "last_seen"),
                *("complete", "status", "reason", "damage"),
            ),
        ),
        "coverage": _of_parts(
            "What was and was not looked at", asset.coverage, ("path", "measure", "subject", "value", "note")
        ),
        "unopened": _of_parts(
            "Parts of images that were not opened", asset.unopened, ("path", "part", "type", "status", "size", "note")
        ),
        "vantages": _of_parts(
            "By vantage: what it cannot see, and what law to ask about",
            asset.vantages,
            ("vantage", "sources", "minutes", "cannot_see", "ask_about"),
        ),
    }


def _of_parts(caption: str, parts: Iterable[msgspec.Struct], names: Sequence[str]) -> Table:
    rows = [[_cell(name, getattr(one, name)) for name in names] for one in parts]
    return _filled(caption, names, rows)


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
        return f"1 in {count(float(f'{1 / value:.2g}'))}" if 0 < value < 1 else value_text(value)
    if name in _NUMBERS:
        return count(value)
    if name == "damage":
        return "; ".join(f"bytes {one.start} to {one.end}: {one.reason}" for one in value)
    return value_text(value)


def _devices(asset: Asset) -> Table:
    rows = [
        (device.subject or "not told", trace.kind, trace.value[:200], str(trace.count))
        for device in asset.devices
        for trace in device.traces
    ]
    return _filled(
        "Devices and their traces: what each said or showed of itself", ("device", "trace", "value", "times"), rows
    )


_POSITION = (
    *(
        "time",
        "latitude",
        "longitude",
        "valid",
        "direction",
        "dialect",
        "method",
        "confidence",
        "reported_id",
        "client",
    ),
    *("server_name", "server", "server_port", "checksum", "frame"),
)


def _positions(found: Sequence[Position]) -> Table:
    rows = [[*(_cell(name, getattr(one, name)) for name in _POSITION), one.sha256[:_HASH_SHOWN]] for one in found]
    caption = "Every position that was stated; file is the beginning of its SHA-256"
    return _filled(caption, (*_POSITION, "file"), rows)
