"""Unisoc (Spreadtrum) PAC update files: parts are cuts.

Source: reference facts (public PAC descriptions): version text in UTF-16LE at 0, entry count at 1076, list offset at
1080, magic FA FF FA FF at 2116; each entry has 2580 bytes and begins with that number.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from iotwatch.errors import UnpackError
from iotwatch.unpack.entry import Budget, Entry, Reader, safe_path, span

_ENTRY = 2580
_MOST = 512


def claims(data: bytes) -> bool:
    return len(data) >= 2124 and data[:10] in (f"BP_R{version}".encode("utf-16-le") for version in (1, 2))


def _text(raw: bytes) -> str:
    return raw.decode("utf-16-le", "replace").split("\0", 1)[0]


def entries(data: bytes, budget: Budget) -> Iterator[Entry]:
    count, first = struct.unpack_from("<II", data, 1076)
    yield Entry("product", type="note", note=f"{_text(data[52:564])[:100]}, firmware {_text(data[564:1076])[:100]}")
    for index in range(min(count, _MOST)):
        at = first + index * _ENTRY
        raw = data[at : at + _ENTRY]
        if len(raw) < _ENTRY or int.from_bytes(raw[:4], "little") != _ENTRY:
            raise UnpackError(f"entry {index} of the PAC file is broken")
        # length, id (256 UTF-16), file name (256), version text (252 characters), then size and offset
        identifier, name = _text(raw[4:516]), _text(raw[516:1028])
        size, _, start = struct.unpack_from("<III", raw, 1540)
        if not size or not start:
            continue  # an entry without a file, such as an erase command
        path = budget.unique(safe_path(name or identifier))
        yield Entry(path, span(data, start, size), kind="partition", note=identifier[:100])


READER = Reader("pac", claims, entries)
