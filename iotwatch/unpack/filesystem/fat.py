"""FAT12, FAT16 and FAT32 with long names, used or new: every file is a cut of its clusters.

Source: Microsoft FAT specification (fatgen103), ECMA-107. A removed file leaves its entry, without the first letter of its short
name, and its clusters, without their chain: where all that would follow each other are free it stands below ``removed-files``.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import msgspec

from iotwatch.errors import UnpackError
from iotwatch.model import Cut
from iotwatch.unpack.entry import Budget, Entry, Reader, behind_all, safe_path

_FOLDER, _VOLUME, _LONG_NAME = 0x10, 0x08, 0x0F
_DELETED, _END = 0xE5, 0x00


def claims(data: bytes) -> bool:
    if len(data) < 512 or data[510:512] != b"\x55\xaa" or data[:1] not in (b"\xeb", b"\xe9"):
        return False
    sector, cluster = int.from_bytes(data[11:13], "little"), data[13]
    power = cluster and cluster & (cluster - 1) == 0
    return sector in (512, 1024, 2048, 4096) and bool(power) and data[16] in (1, 2) and data[21] >= 0xF0


class _Volume(msgspec.Struct, frozen=True):
    data: bytes
    bits: int
    table: int
    root: tuple[int, int]
    root_cluster: int
    first: int
    cluster: int
    clusters: int
    size: int

    def next(self, number: int) -> int:
        """The cluster after ``number``; 0 at the end of its chain."""
        following = self.entry(number)
        return following if 2 <= following < self.clusters + 2 else 0

    def entry(self, number: int) -> int:
        """What the table says of a cluster; 0 of one that is free."""
        if self.bits == 12:
            pair = int.from_bytes(self.data[self.table + number * 3 // 2 : self.table + number * 3 // 2 + 2], "little")
            return pair >> 4 if number & 1 else pair & 0xFFF
        width = self.bits // 8
        at = self.table + number * width
        return int.from_bytes(self.data[at : at + width], "little") & 0x0FFFFFFF

    def freed(self, number: int, size: int) -> tuple[int, int] | None:
        """The span of ``size`` bytes from cluster ``number`` on; ``None`` where one of its clusters is somebody's or not there."""
        last = number + (size + self.cluster - 1) // self.cluster
        start = self.first + (number - 2) * self.cluster
        if number < 2 or last > self.clusters + 2 or start + size > len(self.data):
            return None
        return (start, size) if size and not any(map(self.entry, range(number, last))) else None

    def spans(self, number: int, size: int) -> tuple[tuple[int, int], ...]:
        """The spans of ``size`` bytes from cluster ``number``; fewer when the chain ends, loops or leaves the image."""
        spans: list[tuple[int, int]] = []
        steps = 0
        while number >= 2 and size > 0 and steps <= self.clusters:
            steps += 1
            start = self.first + (number - 2) * self.cluster
            length = min(self.cluster, size, max(0, len(self.data) - start))
            if spans and sum(spans[-1]) == start:
                spans[-1] = (spans[-1][0], spans[-1][1] + length)
            elif length:
                spans.append((start, length))
            size -= self.cluster
            number = self.next(number)
        return tuple(spans)


def _open(data: bytes) -> _Volume:
    sector, cluster, reserved, tables, roots, small = struct.unpack_from("<HBHBHH", data, 11)
    (table_size,) = struct.unpack_from("<H", data, 22)
    (large,) = struct.unpack_from("<I", data, 32)
    if not table_size:
        (table_size,) = struct.unpack_from("<I", data, 36)
    root = (reserved + tables * table_size) * sector
    first = root + (roots * 32 + sector - 1) // sector * sector
    clusters = ((small or large) * sector - first) // (cluster * sector)
    if clusters <= 0 or not table_size:
        raise UnpackError("the FAT boot sector is broken")
    bits = 12 if clusters < 4085 else 16 if clusters < 65525 else 32
    return _Volume(
        data=data,
        bits=bits,
        table=reserved * sector,
        root=(root, roots * 32),
        root_cluster=int.from_bytes(data[44:48], "little") if bits == 32 else 0,
        first=first,
        cluster=cluster * sector,
        clusters=min(clusters, len(data) // (cluster * sector) + 1),
        size=(small or large) * sector,
    )


def entries(data: bytes, budget: Budget) -> Iterator[Entry]:
    volume = _open(data)
    for path, number, size in _files(volume, removed=False):
        spans = volume.spans(number, size)
        whole = sum(length for _, length in spans) == size
        yield Entry(
            budget.unique(safe_path(path)),
            (Cut(spans),),
            status="ok" if whole else "damaged",
            note="" if whole else "its chain of clusters ends early",
        )
    # Last, so that the room that they take costs nothing that is there.
    for path, number, size in _files(volume, removed=True):
        span = volume.freed(number, size)
        if span is not None:
            note = "removed: its clusters are free; that they stood in one piece is assumed"
            yield Entry(budget.unique(safe_path(f"removed-files/{path}")), (Cut((span,)),), note=note)
    yield from behind_all(data, volume.size)


def _files(volume: _Volume, *, removed: bool) -> Iterator[tuple[str, int, int]]:
    """``(path, first cluster, size)`` of all files that are there, or of those that were removed; a folder is entered once."""
    most = len(volume.data)
    root = volume.spans(volume.root_cluster, most) if volume.root_cluster else (volume.root,)
    pending, seen = [("", root)], set[int]()
    while pending:
        prefix, spans = pending.pop()
        listing = b"".join(volume.data[start : start + length] for start, length in spans)
        for name, attributes, number, size, gone in _folder(listing):
            path = f"{prefix}/{name}" if prefix else name
            if not attributes & _FOLDER:
                if gone is removed:
                    yield path, number, size
            elif not gone and number not in seen:
                seen.add(number)
                pending.append((path, volume.spans(number, most)))


def _folder(listing: bytes) -> Iterator[tuple[str, int, int, int, bool]]:
    """``(name, attributes, first cluster, size, removed)`` of a folder's entries but ``.`` and ``..``."""
    long, removed = "", False
    for at in range(0, len(listing) - 31, 32):
        raw = listing[at : at + 32]
        if raw[0] == _END:
            return
        # A removed file's parts are marked as such each, and stand before its entry as before.
        long = long if (raw[0] == _DELETED) == removed else ""
        removed = raw[0] == _DELETED
        if raw[11] & _LONG_NAME == _LONG_NAME:
            part = (raw[1:11] + raw[14:26] + raw[28:32]).decode("utf-16-le", "replace")
            long = part.split("\0", 1)[0].rstrip("\uffff") + long
        else:
            stem, suffix = _short_name(raw)
            name, long = long or (f"{stem}.{suffix}" if suffix else stem), ""
            if raw[11] & _VOLUME or stem in (".", ".."):
                continue
            number = int.from_bytes(raw[26:28], "little") | int.from_bytes(raw[20:22], "little") << 16
            yield name.replace("/", "\\x2f"), raw[11], number, int.from_bytes(raw[28:32], "little"), removed


def _short_name(raw: bytes) -> tuple[str, str]:
    """Name and suffix of an 8.3 entry; byte 12 says which of them Windows NT and later show in lower case."""
    first = b"_" if raw[0] == _DELETED else raw[:1]
    stem, suffix = (first + raw[1:8]).decode("latin-1").rstrip(), raw[8:11].decode("latin-1").rstrip()
    return (stem.lower() if raw[12] & 8 else stem), (suffix.lower() if raw[12] & 16 else suffix)


READER = Reader("fat", claims, entries, step=True)
