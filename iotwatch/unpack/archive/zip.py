"""zip, and so jar and APK: stored files are cuts, deflated ones a cut and the step ``deflate``.

Source: PKWARE APPNOTE 6.3. The central directory is read by the standard library; where it is missing (a truncated
file) the local headers are walked. Nothing is extracted, so names cannot lead anywhere. Of entries that share bytes one
is opened: no writer makes such, and each byte could come out as often as there are entries.
"""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from bisect import bisect_right
from collections.abc import Iterator

from iotwatch.errors import UnpackError
from iotwatch.model import Cut
from iotwatch.place.cuts import apply_cut
from iotwatch.unpack.compression import remaining, undone
from iotwatch.unpack.entry import Budget, Entry, Reader, behind, link, path_note, safe_path

_DIRECTORY_END = b"PK\x05\x06"
_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_METHODS = {8: "deflate", 12: "bzip2", 93: "zstd", 95: "xz"}
_TARGET_BYTES = 4096
_CUT, _LOCKED = "the archive ends inside", "a password is asked"


def claims(data: bytes) -> bool:
    return data[:4] in (b"PK\x03\x04", b"PK\x05\x06") and len(data) >= 22


def entries(data: bytes, budget: Budget) -> Iterator[Entry]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            found = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError) as error:
        yield from _local_entries(data, budget)
        raise UnpackError(f"the zip directory cannot be read, local headers were: {error}") from error
    starts = sorted(info.header_offset for info in found)
    seen: set[int] = set()
    for info in found:
        after = bisect_right(starts, info.header_offset)
        until = starts[after] if after < len(starts) else len(data)
        if not info.is_dir():
            yield from _entry(data, info, budget, info.header_offset if info.header_offset in seen else until)
        seen.add(info.header_offset)
    # The directory ends with the comment's length and the comment (APPNOTE 4.3.16).
    end = data.rindex(_DIRECTORY_END)
    yield from behind(data, end + 22 + int.from_bytes(data[end + 20 : end + 22], "little"))


def _entry(data: bytes, info: zipfile.ZipInfo, budget: Budget, until: int) -> Iterator[Entry]:
    """One file of the directory; the next one begins at ``until``."""
    path = budget.unique(safe_path(info.orig_filename))
    if info.flag_bits & 1:
        yield Entry(path, type="file", status="encrypted", note=_LOCKED, size=info.compress_size)
        return
    head = data[info.header_offset : info.header_offset + _LOCAL.size]
    if len(head) < _LOCAL.size or head[:4] != b"PK\x03\x04":
        note = "its local header is not where the directory says"
        yield Entry(path, type="file", status="damaged", note=note, size=info.compress_size)
        return
    fields = _LOCAL.unpack(head)
    start = info.header_offset + _LOCAL.size + fields[9] + fields[10]
    if start + info.compress_size > until < len(data):
        note = "its bytes are those of another entry too"
        yield Entry(path, type="file", status="damaged", note=note, size=info.compress_size)
        return
    note = path_note(info.orig_filename)
    length = min(info.compress_size, max(0, len(data) - start))
    if length < info.compress_size:
        note = _CUT
    if stat.S_ISLNK(info.external_attr >> 16) and info.compress_type == 0:
        yield link(path, data[start : start + min(info.compress_size, _TARGET_BYTES)])
        return
    yield from _packed(data, path, Cut(((min(start, len(data)), length),)), info.compress_type, budget, note)


def _packed(data: bytes, path: str, where: Cut, method: int, budget: Budget, note: str) -> Iterator[Entry]:
    """The entry whose ``where`` of the archive is stored or compressed by ``method``; ``note`` says that it is not whole there."""
    status = "damaged" if note == _CUT else "ok"
    if method == 0:
        yield Entry(path, (where,), status=status, note=note)
    elif method not in _METHODS:
        yield Entry(path, type="file", status="no-reader", note=f"zip compression method {method}", size=where.length)
    else:
        packed = apply_cut(data, where)
        entry, end = undone(packed, (where,), _METHODS[method], budget, Entry(path, status=status, note=note))
        yield entry
        if entry.status != "ok" and entry.chain:
            yield from remaining(entry, len(packed) - end)


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
                yield Entry(path, type="file", status="encrypted", note=_LOCKED, size=kept)
            else:
                note = path_note(name) if kept == size else _CUT
                yield from _packed(data, path, Cut(((min(start, len(data)), kept),)), method, budget, note)
        position = start + size


READER = Reader("zip", claims, entries, step=True)
