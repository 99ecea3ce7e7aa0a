"""cpio: the portable formats ``newc`` (070701, 070702) and ``odc`` (070707). Every file is a cut.

Source: Linux Documentation/driver-api/early-userspace/buffer-format.rst for newc, POSIX.1-1988 for odc.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator

from iotwatch.errors import UnpackError
from iotwatch.unpack.entry import Budget, Entry, Reader, behind, device, link, safe_path, stored

_NAME_LIMIT = 4096
_END = b"TRAILER!!!"


def claims(data: bytes) -> bool:
    return data[:6] in (b"070701", b"070702", b"070707") and len(data) >= 76


def entries(data: bytes, budget: Budget) -> Iterator[Entry]:
    position, ended = 0, False
    while True:
        # Several archives may follow each other, padded with zeros (initramfs with early microcode).
        while data[position : position + 4] == b"\0\0\0\0":
            position += 4
        magic = data[position : position + 6]
        if not magic and ended:
            return
        if magic in (b"070701", b"070702"):
            fields = [int(data[position + 6 + 8 * i : position + 14 + 8 * i], 16) for i in range(12)]
            mode, size, name_size, head, align = fields[1], fields[6], fields[11], 110, 4
        elif magic == b"070707":
            octal = data[position : position + 76]
            mode, name_size, size, head, align = int(octal[18:24], 8), int(octal[59:65], 8), int(octal[65:76], 8), 76, 1
        elif ended:
            yield from behind(data, position)
            return
        else:
            raise UnpackError(f"no cpio header at byte {position}")
        if not 0 < name_size <= _NAME_LIMIT:
            raise UnpackError(f"a cpio name of {name_size} bytes at byte {position}")
        name = data[position + head : position + head + name_size - 1]
        body = _up(position + head + name_size, align)
        position = _up(body + size, align)
        ended = name == _END
        if ended:
            continue
        entry = _entry(data, name, mode, body, size, budget)
        if entry is not None:
            yield entry


def _up(number: int, align: int) -> int:
    return (number + align - 1) // align * align


def _entry(data: bytes, name: bytes, mode: int, body: int, size: int, budget: Budget) -> Entry | None:
    path = budget.unique(safe_path(name))
    kind = stat.S_IFMT(mode)
    if kind == stat.S_IFDIR:
        return None
    if kind == stat.S_IFLNK:
        return link(path, data[body : body + min(size, _NAME_LIMIT)])
    if kind not in (stat.S_IFREG, 0):
        return device(path)
    return stored(data, path, name, body, size)


READER = Reader("cpio", claims, entries, step=True)
