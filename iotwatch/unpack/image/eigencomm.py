"""Packages for Eigencomm's EC616, EC618 and EC718 chips (``.binpkg``): parts are cuts.

Source: reference facts (luatos-cli ``ec718.rs`` and a package for EC618): ``bpkg`` at 8, the number of parts at 0x10; the first
description stands at 0x34, or, where ``pkgmode`` stands at 0x38, at 0x1D8. It has 364 bytes: name, load address, size in flash,
offset, size of the image at 76, hash at 80, type at 336; the image follows it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from iotwatch.errors import UnpackError
from iotwatch.unpack.entry import Budget, Entry, Reader, safe_path, stored

_META = 364
_MOST = 64


def claims(data: bytes) -> bool:
    return data[8:12] == b"bpkg" and len(data) > 0x34 + _META


def entries(data: bytes, budget: Budget) -> Iterator[Entry]:
    (count,) = struct.unpack_from("<I", data, 0x10)
    at = 0x1D8 if data.startswith(b"pkgmode", 0x38) else 0x34
    for index in range(min(count, _MOST)):
        if at + _META > len(data):
            raise UnpackError(f"the package ends before part {index + 1} of {count}")
        name = data[at : at + 64].split(b"\0", 1)[0]
        (size,) = struct.unpack_from("<I", data, at + 76)
        at += _META
        yield stored(data, budget.unique(safe_path(name)), name, at, size)
        at += size


READER = Reader("binpkg", claims, entries)
