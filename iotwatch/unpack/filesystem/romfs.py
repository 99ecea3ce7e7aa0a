"""romfs: every file is a cut. Source: Linux Documentation/filesystems/romfs.rst."""

from __future__ import annotations

from collections.abc import Iterator

from iotwatch.unpack.entry import Budget, Entry, Reader, behind_all, device, link, path_note, safe_path, span

_FOLDER, _FILE, _LINK, _HARD_LINK = 1, 2, 3, 0
_NAME_LIMIT = 256


def claims(data: bytes) -> bool:
    return data[:8] == b"-rom1fs-" and len(data) >= 32


def _word(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "big")


def _name(data: bytes, at: int) -> tuple[bytes, int]:
    """The name at ``at`` and the offset behind its padding to 16 bytes."""
    end = data.index(b"\0", at, at + _NAME_LIMIT)
    return data[at:end], at + (end - at) // 16 * 16 + 16


def entries(data: bytes, budget: Budget) -> Iterator[Entry]:
    _, first = _name(data, 16)
    pending, seen = [(b"", first)], set[int]()
    while pending:
        prefix, at = pending.pop()
        while at and at not in seen and at + 16 <= len(data):
            seen.add(at)
            following, info, size = _word(data, at), _word(data, at + 4), _word(data, at + 8)
            name, body = _name(data, at + 16)
            kind, at = following & 7, following & ~15
            path = prefix + b"/" + name if prefix else name
            if name in (b".", b".."):
                continue
            if kind == _FOLDER:
                pending.append((path, info & ~15))
            elif kind == _FILE:
                yield Entry(budget.unique(safe_path(path)), span(data, body, size), note=path_note(path))
            elif kind == _LINK:
                yield link(path, data[body : body + min(size, 4096)])
            elif kind == _HARD_LINK:
                yield link(path, f"the file at byte {info & ~15}", kind="hardlink")
            else:
                yield device(path)
    yield from behind_all(data, _word(data, 8))


READER = Reader("romfs", claims, entries, step=True)
