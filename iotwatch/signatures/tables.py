"""The tables of facts beside the signatures: ``signatures/tables/*.tsv`` (tab separated, no quoting), ``lists.toml``.

Each row carries its source; ``unverified`` rows never give more than ``possible``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from iotwatch.errors import SignatureError
from iotwatch.signatures.match import Command, Listing

T = TypeVar("T", bound=msgspec.Struct)


def rows(file: Path, columns: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """Yield the rows of a table that has exactly ``columns``; ``SignatureError`` names the line that does not fit."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SignatureError(f"{file}: cannot be read: {error}") from error
    if not lines or tuple(lines[0].split("\t")) != columns:
        raise SignatureError(f"{file}: line 1: expected the columns {', '.join(columns)}")
    for number, line in enumerate(lines[1:], start=2):
        cells = line.split("\t")
        if len(cells) != len(columns):
            raise SignatureError(f"{file}: line {number}: expected {len(columns)} cells, found {len(cells)}")
        yield dict(zip(columns, cells, strict=True))


class Device(msgspec.Struct, frozen=True):
    """A module, stick or vendor id. ``id`` is ``vvvv:pppp`` or ``vvvv:*`` on ``bus`` usb or pci; ``id_owner`` is whose
    vendor id it really is, where that is not the maker."""

    vendor: str
    model: str
    id: str
    bus: str
    country: str
    generation: str
    chipset: str
    confidence: str
    unverified: bool
    id_owner: str
    note: str
    source: str


class Endpoint(msgspec.Struct, frozen=True):
    """A host pattern or address, whose it is and what for. ``sends_location`` is yes (the service exists to take
    positions, or cell and Wi-Fi scans), no, or empty for not known; it does not say that each packet holds one."""

    host: str
    vendor: str
    country: str
    purpose: str
    sends_location: str
    ports: str
    confidence: str
    unverified: bool
    note: str
    source: str


class Tac(msgspec.Struct, frozen=True):
    """A type allocation code (the first 8 digits of an IMEI, 3GPP TS 23.003 section 6.2)."""

    tac: str
    vendor: str
    model: str
    brand: str


class Receiver(msgspec.Struct, frozen=True):
    """Addresses of proprietary NMEA sentences that begin with ``prefix``, whose they are, as ``role`` vendor or chipset."""

    prefix: str
    vendor: str
    role: Literal["vendor", "chipset"]
    country: str
    confidence: Literal["possible", "likely"]
    says: str
    mistaken_for: str
    source: str


class OuiBlock(msgspec.Struct, frozen=True):
    """IEEE blocks of one organisation: ``prefixes`` are 6, 7 or 9 hex digits (MA-L, MA-M, MA-S)."""

    vendor: str
    organisation: str
    category: str
    country: str
    prefixes: str


class _Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    vendor: str
    basis: str
    listed: bool = True
    entry: str = ""
    since: str = ""
    note: str = ""


class _List(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    title: str
    covers: str
    since: str
    source: str
    listed: bool
    entry: tuple[_Entry, ...] = ()
    note: str = ""


class _Lists(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    checked: str
    list: tuple[_List, ...]


_FILES: dict[type[msgspec.Struct], str] = {
    Device: "modules.tsv", Endpoint: "endpoints.tsv", Command: "at-commands.tsv", Tac: "tacs.tsv", OuiBlock: "ouis.tsv",
    Receiver: "nmea.tsv",
}  # fmt: skip


def read(folder: Path, kind: type[T]) -> Iterator[T]:
    """Yield the rows of a kind's table as structs whose fields are the columns; ``unverified`` is ``y`` or empty."""
    return read_file(folder / _FILES[kind], kind)


def read_file(file: Path, kind: type[T]) -> Iterator[T]:
    """Yield the rows of one table; ``SignatureError`` names the line that does not fit."""
    for number, row in enumerate(rows(file, kind.__struct_fields__), start=2):
        try:
            yield msgspec.convert({**row, "unverified": row["unverified"] == "y"} if "unverified" in row else row, kind)
        except msgspec.ValidationError as error:
            raise SignatureError(f"{file}: line {number}: {error}") from error


def listings(folder: Path) -> dict[str, tuple[Listing, ...]]:
    """Read ``lists.toml`` by the vendor's name in lower case, verified entries only."""
    file = folder / "lists.toml"
    try:
        lists = msgspec.toml.decode(file.read_bytes(), type=_Lists)
    except (OSError, UnicodeDecodeError, msgspec.DecodeError) as error:
        raise SignatureError(f"{file}: {error}") from error
    found: dict[str, list[Listing]] = {}
    for one in lists.list:
        for entry in one.entry:
            if one.listed and entry.listed:
                listing = Listing(
                    list=one.title,
                    entry=entry.entry or entry.vendor,
                    date=entry.since or one.since,
                    basis=entry.basis,
                    source=one.source,
                    note=entry.note,
                )
                found.setdefault(entry.vendor.lower(), []).append(listing)
    return {vendor: tuple(entries) for vendor, entries in found.items()}
