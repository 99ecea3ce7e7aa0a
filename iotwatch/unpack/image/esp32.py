"""ESP32 application images and whole-flash dumps with Espressif's partition table: parts are cuts.

Source: ESP-IDF ``esp_app_format.h`` (24-byte header, segments of load address and length) and
``esp_flash_partitions.h`` (entries of 32 bytes, magic 0x50AA, table at 0x8000).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from iotwatch.unpack.entry import Budget, Entry, Reader, behind, safe_path, span

_IMAGE = 0xE9
_HEADER = 24
_TABLE = 0x8000
_TABLE_ENTRY = 32
_MOST = 95
_CHIPS = frozenset({0, 2, 5, 9, 12, 13, 16, 18, 20, 23})


def image_claims(data: bytes) -> bool:
    if len(data) < 64 or data[0] != _IMAGE or not 1 <= data[1] <= 16:
        return False
    chip = int.from_bytes(data[12:14], "little")
    return chip in _CHIPS and data[2] <= 5 and _ends(data) is not None


def _ends(data: bytes) -> list[tuple[int, int, int]] | None:
    """``(offset, length, load address)`` of each segment; ``None`` when one leaves the image."""
    at, segments = _HEADER, []
    for _ in range(data[1]):
        if at + 8 > len(data):
            return None
        address, length = struct.unpack_from("<II", data, at)
        if not length or at + 8 + length > len(data):
            return None
        segments.append((at + 8, length, address))
        at += 8 + length
    return segments


def image(data: bytes, budget: Budget) -> Iterator[Entry]:  # noqa: ARG001 - the reader contract
    end = _HEADER
    for index, (start, length, address) in enumerate(_ends(data) or ()):
        yield Entry(f"segment-{index}-{address:#x}", span(data, start, length), kind="partition")
        end = start + length
    # A checksum fills up to 16 bytes, and a SHA-256 may follow.
    yield from behind(data, (end + 16) // 16 * 16 + (32 if data[23] == 1 else 0))


def flash_claims(data: bytes) -> bool:
    mark = b"\xaa\x50"
    return len(data) > _TABLE + 64 and data[_TABLE : _TABLE + 2] == mark == data[_TABLE + 32 : _TABLE + 34]


def flash(data: bytes, budget: Budget) -> Iterator[Entry]:
    yield Entry("bootloader", span(data, 0, _TABLE), kind="partition")
    for index in range(_MOST):
        raw = data[_TABLE + index * _TABLE_ENTRY : _TABLE + (index + 1) * _TABLE_ENTRY]
        if raw[:2] != b"\xaa\x50":
            return
        kind, subtype, start, size = struct.unpack_from("<BBII", raw, 2)
        path = budget.unique(safe_path(raw[12:28].split(b"\0", 1)[0]))
        length = min(size, max(0, len(data) - start))
        if length:
            note = f"type {kind}, subtype {subtype}" + ("" if length == size else ", the dump ends inside")
            yield Entry(path, span(data, start, length), kind="partition", note=note)


IMAGE = Reader("esp32", image_claims, image)
FLASH = Reader("esp32-flash", flash_claims, flash)
