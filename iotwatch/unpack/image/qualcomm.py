"""Qualcomm's NAND partition table (MIBIB), secondary boot loader (SBL1) and MBN header.

Source: reference facts, read in the EG25-G update files: the table's magic words 0xAA7D1B9A 0x1F7D48BC, entries of 28
bytes behind 16; SBL1's preamble with an ELF file behind it. The 40-byte MBN header is that of LK ``platform/msm_shared``.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from iotwatch.errors import UnpackError
from iotwatch.unpack.entry import Budget, Entry, Reader, safe_path, span

_TABLE = b"\x9a\x1b\x7d\xaa\xbc\x48\x7d\x1f"
_SBL1 = b"\xd1\xdc\x4b\x84\x34\x10\xd7\x73"
_ENTRY = 28
_MOST = 64
_PREAMBLE = 1 << 16
_MBN_HEADER = 40
_MBN_IMAGES = range(1, 64)


def table_claims(data: bytes) -> bool:
    return data[:8] == _TABLE and len(data) >= 16


def table(data: bytes, budget: Budget) -> Iterator[Entry]:
    """The names of the partitions. Their words are no plain flash offsets in update files, so nothing is cut by them."""
    (count,) = struct.unpack_from("<I", data, 12)
    for index in range(min(count, _MOST)):
        raw = data[16 + index * _ENTRY : 16 + (index + 1) * _ENTRY]
        if len(raw) < _ENTRY or not raw[:16].startswith(b"0:"):
            raise UnpackError(f"partition {index} of the table is broken")
        first, second, attributes = struct.unpack_from("<III", raw, 16)
        name = safe_path(raw[2:16].split(b"\0", 1)[0])
        note = f"words {first:#x} {second:#x}, attributes {attributes:#x}"
        yield Entry(budget.unique(name), type="partition-name", note=note)


def sbl1_claims(data: bytes) -> bool:
    return data[:8] == _SBL1


def sbl1(data: bytes, budget: Budget) -> Iterator[Entry]:  # noqa: ARG001 - the reader contract
    at = data.find(b"\x7fELF", 8, _PREAMBLE)
    if at < 0:
        raise UnpackError("no ELF file follows the SBL1 preamble")
    yield Entry(f"{at:#x}-elf", span(data, at, len(data) - at), kind="carved")


def mbn_claims(data: bytes) -> bool:
    """Image id, version 3, and sizes that add up: code, signature and certificates fill the image and the file."""
    if len(data) < 512:
        return False
    image, version, _, _, size, code, _, signature, _, chain = struct.unpack_from("<10I", data)
    return (
        image in _MBN_IMAGES
        and version == 3
        and 0 < size == code + signature + chain
        and abs(len(data) - size - _MBN_HEADER) < 4096
    )


def mbn(data: bytes, budget: Budget) -> Iterator[Entry]:  # noqa: ARG001 - the reader contract
    code, signature, chain = (struct.unpack_from("<I", data, at)[0] for at in (20, 28, 36))
    at = _MBN_HEADER
    for name, size in (("code", code), ("signature", signature), ("certificates", chain)):
        size = min(size, len(data) - at)
        if size > 0:
            yield Entry(name, span(data, at, size), kind="partition")
        at += size


TABLE = Reader("mibib", table_claims, table)
SBL1 = Reader("sbl1", sbl1_claims, sbl1)
MBN = Reader("mbn", mbn_claims, mbn)
