"""Lists of far ends that others publish, made into rows of an own folder, each with the list that it is from.

To add a format: a module with ``NAME``, ``claims`` and ``indicators``, and its place in ``FORMATS``. ``claims`` tells the format
by its content alone; ``indicators`` yields an ``Indicator`` for what names a far end, and a ``LeftOut`` for all else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import msgspec

from iotwatch.errors import OptionError
from iotwatch.signatures.importing import misp, plain, stix, suricata, tinycheck, zeek
from iotwatch.signatures.importing.indicator import Indicator, LeftOut, far_end
from iotwatch.signatures.tables import Endpoint

_LARGEST = 256 << 20
_MOST = 1_000_000


class Format(Protocol):
    """A form in which lists are published."""

    NAME: str

    def claims(self, text: str) -> bool: ...

    def indicators(self, text: str) -> Iterator[Indicator | LeftOut]: ...


FORMATS: tuple[Format, ...] = (stix, misp, tinycheck, zeek, suricata, plain)
"""Asked in this order; a plain list claims whatever is left."""


class Imported(msgspec.Struct, frozen=True):
    """The rows that a list gave, its format, and how many of its entries were left out, by the reason."""

    rows: tuple[Endpoint, ...]
    format: str
    left_out: Counter[str]


def read_list(path: Path, source: str, form: str = "") -> Imported:
    """Read a published list; ``source`` names it. Of an entry that stands twice the first counts.

    Raises ``OptionError`` for a file that cannot be read, is larger than 256 MiB, or is none of the format ``form``.
    """
    text = _text(path)
    reader = next(one for one in FORMATS if (form == one.NAME if form else one.claims(text)))
    rows: dict[str, Endpoint] = {}
    left_out: Counter[str] = Counter()
    try:
        for one in reader.indicators(text):
            if isinstance(one, LeftOut):
                left_out[one.why] += 1
            elif not (host := far_end(one.value)):
                left_out["no name or address of the public network"] += 1
            elif host in rows:
                left_out["stands twice"] += 1
            elif len(rows) == _MOST:
                raise OptionError(f"{path}: more than {_MOST:,} far ends")
            else:
                rows[host] = _row(host, one, source)
    except (msgspec.DecodeError, RecursionError) as error:
        raise OptionError(f"{path} is no list of the format {reader.NAME}: {error}") from error
    return Imported(tuple(rows.values()), reader.NAME, left_out)


def write_rows(path: Path, rows: tuple[Endpoint, ...]) -> None:
    """Write rows as a table of far ends, in place of an earlier one. ``OptionError`` when the folder refuses."""
    lines = ["\t".join(Endpoint.__struct_fields__)]
    for row in rows:
        cells = {**msgspec.structs.asdict(row), "unverified": "y" if row.unverified else ""}
        lines.append("\t".join(cells.values()))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    except OSError as error:
        raise OptionError(f"cannot write {path}: {error.strerror}") from error


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _LARGEST:
            raise OptionError(f"{path} is larger than {_LARGEST >> 20} MiB")
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise OptionError(f"cannot read the list {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise OptionError(f"the list {path} is no text in UTF-8: {error.reason}") from error


def _row(host: str, one: Indicator, source: str) -> Endpoint:
    """What a list says is ``possible``: nobody here has looked at it."""
    return Endpoint(
        host=host,
        vendor=_cell(one.name) or _cell(source),
        country="",
        purpose="listed",
        sends_location="",
        ports="",
        confidence="possible",
        unverified=False,
        note="a listed name or address may have changed hands, and others may share an address",
        source=_cell(f"{source}: {one.reference}" if one.reference else source),
    )


def _cell(text: str) -> str:
    """What a table's cell can hold: one line without tabs."""
    return " ".join(text[:200].split())
