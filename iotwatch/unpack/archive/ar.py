"""ar, the shell of Debian packages (``.deb``), of old ``.ipk`` files and of static libraries. Every file is a cut.

Source: deb(5), ar(5): ``!<arch>``, then headers of 60 bytes; GNU long names stand in the member ``//``.
"""

from __future__ import annotations

from collections.abc import Iterator

from iotwatch.errors import UnpackError
from iotwatch.unpack.entry import Budget, Entry, Reader, path_note, safe_path, span

_HEAD = 60


def claims(data: bytes) -> bool:
    return data[:8] == b"!<arch>\n"


def entries(data: bytes, budget: Budget) -> Iterator[Entry]:
    position, names = 8, b""
    while position + _HEAD <= len(data):
        head = data[position : position + _HEAD]
        if head[58:] != b"`\n":
            raise UnpackError(f"no ar header at byte {position}")
        size, body = int(head[48:58]), position + _HEAD
        position = body + size + size % 2
        name = head[:16].rstrip(b" ")
        if name == b"//":
            names = data[body : body + size]
        elif name not in (b"/", b"/SYM64/"):
            if name[:1] == b"/" and name[1:].isdigit():
                start = int(name[1:])
                name = names[start : names.find(b"\n", start)]
            stored = name.rstrip(b"/")
            yield Entry(budget.unique(safe_path(stored)), span(data, body, size), note=path_note(stored))


READER = Reader("ar", claims, entries, step=True)
