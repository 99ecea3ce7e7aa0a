"""tar (POSIX.1-1988 ustar, GNU and pax extensions): every file is a cut.

The walk is our own because the names and offsets are all that is wanted: nothing is extracted, and a broken header
ends the walk with what was found before.
"""

from __future__ import annotations

from collections.abc import Iterator

from iotwatch.errors import UnpackError
from iotwatch.unpack.entry import Budget, Entry, Reader, behind, device, link, safe_path, stored

_BLOCK = 512
_LONG = 1 << 16


def claims(data: bytes) -> bool:
    """The magic of POSIX or GNU, or the zeros that tar had there before 1988; the checksum holds in each."""
    known = data[257:262] in (b"ustar", bytes(5)) and data[:1] != b"\0"
    return len(data) >= _BLOCK and known and _checksum_holds(data[:_BLOCK])


def _checksum_holds(header: bytes) -> bool:
    try:
        stored = int(header[148:156].strip(b" \0") or b"0", 8)
    except ValueError:
        return False
    return stored == sum(header) - sum(header[148:156]) + 8 * 32


def _number(field: bytes) -> int:
    """Octal text, or base 256 where the top bit is set (GNU)."""
    if field[0] & 0x80:
        return int.from_bytes(field[1:], "big")
    text = field.strip(b" \0")
    return int(text, 8) if text else 0


def _pax(body: bytes) -> dict[bytes, bytes]:
    """The records of a pax extended header: ``LENGTH KEY=VALUE\\n``."""
    records: dict[bytes, bytes] = {}
    while body:
        head, separator, _ = body.partition(b" ")
        if not separator or not head.isdigit() or not 0 < int(head) <= len(body):
            break
        key, _, value = body[len(head) + 1 : int(head) - 1].partition(b"=")
        records[key] = value
        body = body[int(head) :]
    return records


def entries(data: bytes, budget: Budget) -> Iterator[Entry]:
    position, extra = 0, dict[bytes, bytes]()
    while position + _BLOCK <= len(data):
        header = data[position : position + _BLOCK]
        if not header.strip(b"\0"):
            yield from behind(data, position)
            return
        if not _checksum_holds(header):
            raise UnpackError(f"the tar header at byte {position} is broken")
        size = int(extra.get(b"size", b"")) if extra.get(b"size", b"").isdigit() else _number(header[124:136])
        kind, body = header[156:157], position + _BLOCK
        position = body + (size + _BLOCK - 1) // _BLOCK * _BLOCK
        if kind in (b"x", b"g", b"L", b"K"):
            text = data[body : body + min(size, _LONG)]
            if kind == b"x":
                extra |= _pax(text)
            elif kind != b"g":
                extra[b"path" if kind == b"L" else b"linkpath"] = text.rstrip(b"\0")
            continue
        entry = _entry(data, header, extra, body, size, budget)
        if entry is not None:
            yield entry
        extra = {}
    if position <= len(data):
        raise UnpackError("the archive has no end mark: it may be cut between two files")


def _entry(data: bytes, header: bytes, extra: dict[bytes, bytes], body: int, size: int, budget: Budget) -> Entry | None:
    """The entry of one header; ``None`` for a folder."""
    prefix = header[345:500].split(b"\0", 1)[0] if header[257:263] == b"ustar\0" else b""
    short = header[:100].split(b"\0", 1)[0]
    name = extra.get(b"path") or (prefix + b"/" + short if prefix else short)
    kind = header[156:157]
    path = budget.unique(safe_path(name))
    if kind in (b"1", b"2"):
        target = extra.get(b"linkpath") or header[157:257].split(b"\0", 1)[0]
        return link(path, target, kind="symlink" if kind == b"2" else "hardlink")
    if kind in (b"3", b"4", b"6"):
        return device(path, {b"3": "character device", b"4": "block device", b"6": "pipe"}[kind])
    if kind == b"5":
        return None
    if kind in (b"S",) or b"GNU.sparse.major" in extra:
        return Entry(path, type="file", status="no-reader", note="sparse file of tar", size=size)
    return stored(data, path, name, body, size)


READER = Reader("tar", claims, entries, step=True)
