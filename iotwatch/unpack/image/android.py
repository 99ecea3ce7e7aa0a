"""Android boot images (header versions 0 to 4, and Qualcomm's device tree after version 0) and sparse images.

Source: AOSP ``system/tools/mkbootimg/include/bootimg/bootimg.h`` and ``system/core/libsparse/sparse_format.h``.
Parts of a boot image are cuts; a sparse image is the step ``android-sparse``.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from iotwatch.errors import LimitReached, UnpackError
from iotwatch.model import Step
from iotwatch.unpack.entry import Budget, Entry, Reader, behind, span

_PAGE_V3 = 4096
_RAW, _FILL, _SKIP, _CRC = 0xCAC1, 0xCAC2, 0xCAC3, 0xCAC4


def boot_claims(data: bytes) -> bool:
    return data[:8] == b"ANDROID!" and len(data) >= 1024


def boot(data: bytes, budget: Budget) -> Iterator[Entry]:  # noqa: ARG001 - the reader contract
    (version,) = struct.unpack_from("<I", data, 40)
    if version in (3, 4):
        kernel, ramdisk = struct.unpack_from("<II", data, 8)
        page, sizes = _PAGE_V3, [("kernel", kernel), ("ramdisk", ramdisk)]
    else:
        kernel, _, ramdisk, _, second, _, _, page = struct.unpack_from("<8I", data, 8)
        sizes = [("kernel", kernel), ("ramdisk", ramdisk), ("second", second)]
        if version > 4:  # before versions existed Qualcomm kept the size of its device trees here
            sizes.append(("dt", version))
    if page not in (2048, 4096, 8192, 16384, 32768, 65536, 131072):
        raise UnpackError(f"the page size {page} of the boot image is not one")
    at = page
    for name, size in sizes:
        if size:
            yield Entry(name, span(data, at, size), kind="partition")
        at += (size + page - 1) // page * page
    yield from behind(data, at)


def sparse_claims(data: bytes) -> bool:
    return data[:4] == b"\x3a\xff\x26\xed" and data[4:6] == b"\x01\0" and len(data) >= 28


def sparse(data: bytes, budget: Budget) -> Iterator[Entry]:
    yield Entry(
        "unsparsed", (Step("android-sparse", "unsparsed"),), load=lambda: unsparse(data, budget), kind="partition"
    )


def unsparse(data: bytes, budget: Budget) -> bytes:
    """The image that a sparse image stands for; what is not stored is zeros."""
    head, chunk_head, block, total, chunks = struct.unpack_from("<HHIII", data, 8)
    if block % 4 or not block or chunk_head < 12:
        raise UnpackError("the sparse header is broken")
    budget.room(block * total)
    out, at = bytearray(), head
    for _ in range(chunks):
        kind, _, blocks, size = struct.unpack_from("<HHII", data, at)
        body = data[at + chunk_head : at + max(size, chunk_head)]
        length = blocks * block
        if len(out) + length > block * total and kind != _CRC:
            raise LimitReached("the chunks are larger than the sparse header says")
        if kind == _RAW and len(body) == length:
            out += body
        elif kind == _FILL and len(body) == 4:
            out += body * (length // 4)
        elif kind == _SKIP:
            out += bytes(length)
        elif kind != _CRC:
            raise UnpackError(f"a sparse chunk at byte {at} is broken")
        at += max(size, chunk_head)
    return bytes(out)


BOOT = Reader("android-boot", boot_claims, boot)
SPARSE = Reader("android-sparse", sparse_claims, sparse, step=True)
