"""What a reader yields, the contract it keeps, and the budgets it keeps them within.

A reader works on bytes in memory and writes nothing. It runs only in the limited child process (``sandbox``): a
reader that is tricked, crashes or never ends costs one status, not the scan.
"""

from __future__ import annotations

import lzma
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator

import msgspec

from iotwatch.errors import LimitReached, UnpackError
from iotwatch.files.limits import UnpackLimits
from iotwatch.files.printable import visible
from iotwatch.model import Cut, Operation

PATH_LIMIT = 1024
SMALLEST_PART = 64
"""Bytes of unknown content that are worth a row; less is a header or a check value."""
_PADDING = b"\0\xff"
# What readers, parsers of the standard library and plain struct code raise on broken bytes.
BROKEN: tuple[type[Exception], ...] = (
    UnpackError, struct.error, lzma.LZMAError, zlib.error, ValueError, LookupError, ArithmeticError, EOFError, OSError,
    RuntimeError, TypeError, AttributeError, AssertionError,
)  # fmt: skip


class Entry(msgspec.Struct, frozen=True):
    """One thing inside a container, as its reader sees it.

    ``chain`` leads from the container's bytes to the entry's. A chain of cuts, or of steps that ``iotwatch.place.steps`` has,
    needs no more; one that ends in the reader's own step has ``load``. No chain: there are no bytes to give (a link, a
    device, an encrypted file), and ``status`` and ``note`` say why; ``size`` is how many bytes stay unread with it.
    ``takes`` are the spans of the container that belong to it where a step gives it and they are known.
    """

    path: str
    chain: tuple[Operation, ...] = ()
    load: Callable[[], bytes] | None = None
    type: str = ""
    kind: str = "file"
    status: str = "ok"
    note: str = ""
    size: int = 0
    takes: tuple[tuple[int, int], ...] = ()


class Budget(msgspec.Struct):
    """Counts what came out of one container; raises ``LimitReached`` when a limit is spent."""

    limits: UnpackLimits
    output: int
    files: int = 0
    bytes: int = 0
    _names: dict[str, int] = msgspec.field(default_factory=dict)

    def file(self) -> None:
        """Count one entry."""
        self.files += 1
        if self.files > self.limits.files:
            raise LimitReached(f"more than {self.limits.files} entries")

    def spend(self, count: int) -> None:
        """Count ``count`` bytes that came out."""
        self.bytes += count
        if self.bytes > self.output:
            raise LimitReached(f"more than {self.output} bytes came out")

    def room(self, count: int) -> None:
        """Raise before ``count`` bytes are made of an entry that is not worth starting."""
        if count > self.limits.file_bytes:
            raise LimitReached(f"an entry of {count} bytes is over the limit of {self.limits.file_bytes}")
        if self.bytes + count > self.output:
            raise LimitReached(f"more than {self.output} bytes would come out")

    def left(self) -> int:
        """Bytes that one more entry may give; raise when there are none."""
        left = min(self.limits.file_bytes, self.output - self.bytes)
        if left <= 0:
            raise LimitReached(f"more than {self.output} bytes came out")
        return left

    def unique(self, path: str) -> str:
        """``path``, or ``path~2`` where the container uses a name twice: a step's argument names one entry."""
        count = self._names.get(path, 0) + 1
        self._names[path] = count
        return path if count == 1 else self.unique(f"{path}~{count}")


Sniff = Callable[[bytes], bool]
Entries = Callable[[bytes, Budget], Iterator[Entry]]


class Reader(msgspec.Struct, frozen=True):
    """One format. ``claims`` is cheap and looks at magics only; ``entries`` yields what is inside, one level deep.

    ``broken`` gives the exception families of the library behind it; builtin parse errors are always caught. ``step`` is
    set where entries cannot all be cut out of the container: then ``(name, path)`` is a step that ``replay`` can re-run.
    """

    name: str
    claims: Sniff
    entries: Entries
    broken: Callable[[], tuple[type[Exception], ...]] = tuple
    step: bool = False


def _text(raw: bytes | str) -> str:
    return raw.decode("utf-8", "backslashreplace") if isinstance(raw, bytes) else raw


def safe_path(raw: bytes | str) -> str:
    """A printable relative path: no leading slash, no empty, ``.`` or ``..`` part, control and odd bytes as ``\\xNN``."""
    text = visible(_text(raw).rstrip("\0"))
    parts = ["\\x2e\\x2e" if part == ".." else part for part in text.split("/") if part not in ("", ".")]
    path = "/".join(parts)[:PATH_LIMIT].rstrip("/")
    return path or "unnamed"


def path_note(raw: bytes | str) -> str:
    """What is wrong with a stored name, empty when nothing is. It is only ever told: nothing is written anywhere."""
    text = _text(raw)
    notes = []
    if text.startswith("/"):
        notes.append("absolute name")
    if ".." in text.split("/"):
        notes.append("name with parent folders")
    return ", ".join(notes)


def link(path: bytes | str, target: bytes | str, *, kind: str = "symlink") -> Entry:
    """The entry of a link: recorded, never followed."""
    return Entry(safe_path(path), type=kind, note=f"-> {visible(_text(target)[:PATH_LIMIT])}")


def device(path: bytes | str, what: str = "device") -> Entry:
    """The entry of a device node, pipe or socket: recorded, never made."""
    return Entry(safe_path(path), type="device", status="skipped", note=what)


def span(data: bytes, offset: int, length: int) -> tuple[Operation, ...]:
    """The chain of one cut of ``data``; ``UnpackError`` when it stands outside."""
    if offset < 0 or length < 0 or offset + length > len(data):
        raise UnpackError(f"{length} bytes at {offset} are outside the {len(data)} bytes there are")
    return (Cut(((offset, length),)),)


def behind(data: bytes, end: int) -> Iterator[Entry]:
    """What stands behind the ``end`` of a format in its file, padding apart: another part, which its format does not name."""
    start = len(data) - len(data[end:].lstrip(_PADDING))
    if len(data) - start >= SMALLEST_PART:
        yield Entry(f"{start:#x}-behind", span(data, start, len(data) - start), kind="carved")


def behind_all(data: bytes, size: int) -> Iterator[Entry]:
    """What stands behind a format that says it has ``size`` bytes; ``UnpackError`` where its file ends inside it."""
    if size > len(data):
        raise UnpackError(f"it ends inside: {len(data)} of {size} bytes are there")
    yield from behind(data, size)


def stored(data: bytes, path: str, name: bytes, start: int, size: int) -> Entry:
    """The entry of a file that stands in its archive as it is; what is there of it when the archive ends inside."""
    if start + size > len(data):
        rest = span(data, start, max(0, len(data) - start))
        return Entry(path, rest, status="damaged", note="the archive ends inside")
    return Entry(path, span(data, start, size), note=path_note(name))


def walk(
    root: int, folder: Callable[[int], Iterable[tuple[bytes, int]]], is_folder: Callable[[int], bool]
) -> Iterator[tuple[bytes, int]]:
    """Path and inode of all that stands below ``root`` and is no folder; each folder is entered once, so cycles end.

    ``folder`` gives names and inodes of one folder's entries.
    """
    pending, seen = [(b"", root)], set[int]()
    while pending:
        prefix, number = pending.pop()
        if number in seen:
            continue
        seen.add(number)
        for name, child in folder(number):
            name = name.replace(b"/", b"\\x2f")
            path = prefix + b"/" + name if prefix else name
            if is_folder(child):
                pending.append((path, child))
            else:
                yield path, child


def codec_errors() -> tuple[type[Exception], ...]:
    """What the libraries behind LZO, LZ4 and zstd raise beside the builtin families."""
    import lz4.block
    import zstandard
    from lzallright import LZOError

    return (lz4.block.LZ4BlockError, zstandard.ZstdError, LZOError)
