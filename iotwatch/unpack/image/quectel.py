"""Update packages for applications on Quectel's GS2 modules: the application is a cut.

Source: reference facts (``ztp/build`` of OpenCPU_GS2_SDK_V2.3): ``QUECTEL_FOTA_UPGRADE`` at 0, the payload's length at 0x1C, the
payload from 0x50, 16 bytes behind it.
"""

from __future__ import annotations

from collections.abc import Iterator

from iotwatch.unpack.entry import Budget, Entry, Reader, behind, stored

_MAGIC = b"QUECTEL_FOTA_UPGRADE"
_PAYLOAD, _TRAILER = 0x50, 16


def claims(data: bytes) -> bool:
    return data.startswith(_MAGIC) and len(data) > _PAYLOAD


def entries(data: bytes, budget: Budget) -> Iterator[Entry]:  # noqa: ARG001 - the reader contract
    size = int.from_bytes(data[0x1C:0x20], "little")
    yield stored(data, "application", b"application", _PAYLOAD, size)
    yield from behind(data, _PAYLOAD + size + _TRAILER)


READER = Reader("quectel-fota", claims, entries)
