"""zip, and so jar and APK: stored files are cuts, deflated ones a cut and the step ``deflate``.

Source: PKWARE APPNOTE 6.3. The central directory is read by the standard library; where it is missing (a truncated
file) the local headers are walked. Nothing is extracted, so names cannot lead anywhere, and overlapping entries cost
no more than the budget.
"""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from collections.abc import Iterator

from iotwatch.errors import UnpackError
from iotwatch.model import Cut, Operation
from iotwatch.unpack.entry import Budget, Entry, Reader, link, path_note, safe_path, span, through

_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_METHODS = {8: "deflate", 12: "bzip2", 93: "zstd", 95: "xz"}
_TARGET_BYTES = 4096


def claims(data: bytes) -> bool:
    return data[:4] in (b"PK\x03\x04", b"PK\x05\x06") and len(data) >= 22


def entries(data: bytes, budget: Budget) -> Iterator[Entry]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            found = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError) as error:
        yield from _local_entries(data, budget)
        raise UnpackError(f"the zip directory cannot be read, local headers were: {error}") from error
    for info in found:
        if info.is_dir():
            continue
        yield _entry(data, info, budget)


def _entry(data: bytes, info: zipfile.ZipInfo, budget: Budget) -> Entry:
    path = budget.unique(safe_path(info.orig_filename))
    if info.flag_bits & 1:
        return Entry(path, type="file", status="encrypted", note=f"{info.compress_size} bytes")
    head = data[info.header_offset : info.header_offset + _LOCAL.size]
    if len(head) < _LOCAL.size or head[:4] != b"PK\x03\x04":
        return Entry(path, type="file", status="damaged", note="its local header is not where the directory says")
    fields = _LOCAL.unpack(head)
    start = info.header_offset + _LOCAL.size + fields[9] + fields[10]
    note = path_note(info.orig_filename)
    if start + info.compress_size > len(data):
        chain: tuple[Operation, ...] = (Cut(((min(start, len(data)), max(0, len(data) - start)),)),)
        note = "the archive ends inside"
    else:
        chain = span(data, start, info.compress_size)
    if stat.S_ISLNK(info.external_attr >> 16) and info.compress_type == 0:
        return link(path, data[start : start + min(info.compress_size, _TARGET_BYTES)])
    return _packed(path, chain, info.compress_type, note)


def _packed(path: str, chain: tuple[Operation, ...], method: int, note: str) -> Entry:
    if method == 0:
        return Entry(path, chain, note=note)
    if method not in _METHODS:
        return Entry(path, type="file", status="no-reader", note=f"zip compression method {method}")
    return Entry(path, through(chain, _METHODS[method]), note=note)


def _local_entries(data: bytes, budget: Budget) -> Iterator[Entry]:
    """Entries by their local headers, for as long as each says how long it is."""
    position = 0
    while data[position : position + 4] == b"PK\x03\x04" and position + _LOCAL.size <= len(data):
        _, _, flags, method, _, _, _, size, _, name_size, extra = _LOCAL.unpack_from(data, position)
        start = position + _LOCAL.size + name_size + extra
        name = data[position + _LOCAL.size : position + _LOCAL.size + name_size]
        if flags & 8 and not size:
            return  # its size follows it, and only the lost directory says where that is
        if not name.endswith(b"/"):
            path = budget.unique(safe_path(name))
            kept = min(size, max(0, len(data) - start))
            if flags & 1:
                yield Entry(path, type="file", status="encrypted", note=f"{size} bytes")
            else:
                note = path_note(name) if kept == size else "the archive ends inside"
                yield _packed(path, (Cut(((min(start, len(data)), kept),)),), method, note)
        position = start + size


READER = Reader("zip", claims, entries)
