"""TRX, the Broadcom update header: parts are cuts. Source: OpenWrt ``package/system/mtd/src/trx.c``."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from iotwatch.errors import UnpackError
from iotwatch.unpack.entry import Budget, Entry, Reader, behind_all, span


def claims(data: bytes) -> bool:
    return data[:4] == b"HDR0" and len(data) > 32 and int.from_bytes(data[14:16], "little") in (1, 2)


def entries(data: bytes, budget: Budget) -> Iterator[Entry]:  # noqa: ARG001 - the reader contract
    (length,) = struct.unpack_from("<I", data, 4)
    version = int.from_bytes(data[14:16], "little")
    starts = [start for start in struct.unpack_from(f"<{2 + version}I", data, 16) if start]
    end = min(length, len(data))
    if not starts or starts != sorted(starts) or starts[-1] >= end:
        raise UnpackError("the offsets of the TRX header are broken")
    for index, (start, stop) in enumerate(zip(starts, [*starts[1:], end], strict=True)):
        yield Entry(f"part-{index}", span(data, start, stop - start), kind="partition")
    yield from behind_all(data, length)


READER = Reader("trx", claims, entries)
