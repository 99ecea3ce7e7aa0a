"""HiSilicon Balong modems of Huawei: update files, USB loaders and the partition table; parts are cuts.

Source: reference facts and forth32's balongflash (``ptable.h``) and balong-usbdload (``parts.h``): an update part begins 55 AA
5A A5, the size of its header, and at 24 the size of its data; in ``UPDATE.APP`` 92 zero bytes stand in front and parts begin at
multiples of 4. A loader has from 36 on two descriptions of mode, size, load address and offset. The table has 41 rows of 48
bytes from 48 on.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from iotwatch.errors import UnpackError
from iotwatch.unpack.entry import Budget, Entry, Reader, behind, safe_path, span, stored

_PART, _FRONT, _LEAST = b"\x55\xaa\x5a\xa5", 92, 98
_TABLE = b"pTableHead\0\0\0\0\0\x80"
_LOADER = b"\0\0\x02\0" + bytes(32)
_ROWS, _ROW = 41, 48
_MOST = 256


def update_claims(data: bytes) -> bool:
    return _begin(data) is not None and len(data) > _FRONT + _LEAST


def _begin(data: bytes) -> int | None:
    if data.startswith(_PART):
        return 0
    return _FRONT if data.startswith(bytes(_FRONT) + _PART) else None


def update(data: bytes, budget: Budget) -> Iterator[Entry]:
    at = _begin(data) or 0
    for _ in range(_MOST):
        if not data.startswith(_PART, at) or at + _LEAST > len(data):
            break
        header, _, _, code, size = struct.unpack_from("<II8sII", data, at + 4)
        if header < _LEAST:
            raise UnpackError(f"the header of the part at byte {at} is too short")
        version = data[at + 60 : at + 92].split(b"\0", 1)[0]
        name = b"part-%x" % code
        part = stored(data, budget.unique(safe_path(name)), version, at + header, size)
        yield part
        at = (at + header + size + 3) // 4 * 4
    yield from behind(data, at)


def loader_claims(data: bytes) -> bool:
    return data.startswith(_LOADER) and len(data) > 84 and struct.unpack_from("<I", data, 36)[0] == 1


def loader(data: bytes, budget: Budget) -> Iterator[Entry]:  # noqa: ARG001 - the reader contract
    end = 0
    for name, at in (("ram-start", 36), ("loader", 52)):
        _, size, address, start = struct.unpack_from("<IIII", data, at)
        if not size:
            continue
        yield Entry(f"{name}-{address:#x}", span(data, start, size), kind="partition")
        end = start + size
    yield from behind(data, end)


def table_claims(data: bytes) -> bool:
    return data.startswith(_TABLE)


def table(data: bytes, budget: Budget) -> Iterator[Entry]:  # noqa: ARG001 - the reader contract
    for index in range(_ROWS):
        raw = data[_ROW * (index + 1) : _ROW * (index + 2)]
        name = raw[:16].split(b"\0", 1)[0]
        if len(raw) < _ROW or not name or name == b"T":
            return
        start, _, length = struct.unpack_from("<III", raw, 16)
        yield Entry(safe_path(name), type="partition", note=f"at {start:#x}, {length} bytes of the modem's flash")


UPDATE = Reader("balong-update", update_claims, update)
LOADER = Reader("balong-loader", loader_claims, loader)
TABLE = Reader("balong-table", table_claims, table)
