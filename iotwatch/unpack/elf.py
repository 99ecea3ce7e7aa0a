"""What an ELF file says of itself: processor, libraries, imported functions, build id.

Sources: System V ABI (gABI) chapters 4 and 5, GNU ``.note.gnu.build-id``. The program headers are read, not the
sections, since firmware is often stripped of those. pyelftools gives the same facts (the tests compare them) at five
times the cost, and follows a hostile file's counts and unterminated names without a bound; here every table is bounded.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

import msgspec

from iotwatch.files.magics import ELF_MACHINES

_PF_X = 1
_PT_LOAD, _PT_DYNAMIC, _PT_INTERP, _PT_NOTE = 1, 2, 3, 4
_DT_NEEDED, _DT_HASH, _DT_STRTAB, _DT_SYMTAB, _DT_STRSZ, _DT_SONAME, _DT_GNU_HASH = 1, 4, 5, 6, 10, 14, 0x6FFFFEF5
# Tags whose value is a table's address: REL(A), PLTGOT, versions ...
_TABLES = frozenset({_DT_HASH, _DT_STRTAB, 7, 17, 23, _DT_GNU_HASH, 0x6FFFFFF0, 0x6FFFFFFC, 0x6FFFFFFE})
_TYPES = {1: "relocatable", 2: "executable", 3: "shared", 4: "core"}
_NT_GNU_BUILD_ID = 3
_MOST_HEADERS = 256
_MOST_TAGS = 4096
_MOST_SYMBOLS = 200_000
_NAME_BYTES = 1024


class ElfFacts(msgspec.Struct, frozen=True):
    """``imports`` are undefined dynamic symbols, ``exports`` defined ones, each in file order; ``bits`` is 32 or 64."""

    machine: str
    bits: int
    endian: str
    type: str
    interpreter: str = ""
    soname: str = ""
    build_id: str = ""
    needed: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    exports: tuple[str, ...] = ()


class Segment(NamedTuple):
    """A program header: its type, where it stands in the file and in memory, how many bytes of the file, and its flags."""

    kind: int
    offset: int
    address: int
    size: int
    flags: int


class Image(msgspec.Struct, frozen=True):
    """The file with its byte order, word size and program headers."""

    data: bytes
    order: str
    wide: bool
    headers: tuple[Segment, ...]

    def offset(self, address: int) -> int | None:
        """Where in the file the byte loaded at ``address`` stands."""
        for kind, offset, start, size, _ in self.headers:
            if kind == _PT_LOAD and start <= address < start + size:
                return offset + address - start
        return None

    def address(self, offset: int) -> int | None:
        """Where the byte at ``offset`` of the file is loaded."""
        for kind, begin, start, size, _ in self.headers:
            if kind == _PT_LOAD and begin <= offset < begin + size:
                return start + offset - begin
        return None

    def code(self) -> tuple[Segment, ...]:
        """The loaded segments that may run."""
        return tuple(one for one in self.headers if one.kind == _PT_LOAD and one.flags & _PF_X)

    def string(self, offset: int) -> str:
        end = self.data.find(b"\0", offset, offset + _NAME_BYTES)
        return self.data[offset : end if end >= 0 else offset + _NAME_BYTES].decode("utf-8", "replace")

    def segment(self, wanted: int) -> tuple[int, int] | None:
        """``(offset, size)`` of the first segment of that type."""
        return next(((one.offset, one.size) for one in self.headers if one.kind == wanted), None)


def describe(data: bytes) -> ElfFacts | None:
    """The facts of an ELF file, fewer where it is broken; ``None`` when it is none. Never raises."""
    image = opened(data)
    if image is None:
        return None
    kind, machine = struct.unpack_from(f"{image.order}HH", data, 16)
    tags = _dynamic(image)
    names = _symbol_names(image, tags)
    interpreter = image.segment(_PT_INTERP)
    return ElfFacts(
        machine=ELF_MACHINES.get(machine, str(machine)),
        bits=64 if image.wide else 32,
        endian="little" if image.order == "<" else "big",
        type=_TYPES.get(kind, str(kind)),
        interpreter=image.string(interpreter[0]) if interpreter else "",
        soname="".join(_strings(image, tags, _DT_SONAME)[:1]),
        build_id=_build_id(image),
        needed=_strings(image, tags, _DT_NEEDED),
        imports=tuple(name for name, defined in names if not defined),
        exports=tuple(name for name, defined in names if defined),
    )


def opened(data: bytes) -> Image | None:
    """The ELF file by its header; ``None`` when it is none."""
    if len(data) < 52 or data[:4] != b"\x7fELF" or data[4] not in (1, 2) or data[5] not in (1, 2):
        return None
    wide, order = data[4] == 2, "<" if data[5] == 1 else ">"
    return Image(data, order, wide, _program_headers(data, order, wide))


def _program_headers(data: bytes, order: str, wide: bool) -> tuple[Segment, ...]:  # noqa: FBT001
    if wide:
        if len(data) < 64:
            return ()
        (start,) = struct.unpack_from(f"{order}Q", data, 32)
        size, count = struct.unpack_from(f"{order}HH", data, 54)
        form, pick = struct.Struct(f"{order}IIQQQQ"), (0, 2, 3, 5, 1)
    else:
        (start,) = struct.unpack_from(f"{order}I", data, 28)
        size, count = struct.unpack_from(f"{order}HH", data, 42)
        form, pick = struct.Struct(f"{order}IIIIIII"), (0, 1, 2, 4, 6)
    headers = []
    for index in range(min(count, _MOST_HEADERS)):
        at = start + index * size
        if size < form.size or at + form.size > len(data):
            break
        fields = form.unpack_from(data, at)
        headers.append(Segment(*(fields[number] for number in pick)))
    return tuple(headers)


def _dynamic(image: Image) -> list[tuple[int, int]]:
    """The dynamic section as ``(tag, value)``, up to its null tag."""
    segment = image.segment(_PT_DYNAMIC)
    if segment is None:
        return []
    form = struct.Struct(f"{image.order}QQ" if image.wide else f"{image.order}II")
    offset, size = segment
    raw = image.data[offset : offset + min(size, _MOST_TAGS * form.size)]
    tags: list[tuple[int, int]] = []
    for tag, value in form.iter_unpack(raw[: len(raw) // form.size * form.size]):
        if tag == 0:
            break
        tags.append((tag, value))
    return tags


def _value(tags: list[tuple[int, int]], wanted: int) -> int | None:
    return next((value for tag, value in tags if tag == wanted), None)


def _table(image: Image, tags: list[tuple[int, int]], wanted: int) -> int | None:
    address = _value(tags, wanted)
    return None if address is None else image.offset(address)


def _strings(image: Image, tags: list[tuple[int, int]], wanted: int) -> tuple[str, ...]:
    names = _table(image, tags, _DT_STRTAB)
    if names is None:
        return ()
    return tuple(image.string(names + value) for tag, value in tags if tag == wanted)


def _symbol_count(image: Image, tags: list[tuple[int, int]], symbols: int) -> int:
    """From a hash table where it says it; else the symbols end where the next table begins, as linkers lay them out."""
    table = _table(image, tags, _DT_HASH)
    if table is not None and table + 8 <= len(image.data):
        count: int = struct.unpack_from(f"{image.order}I", image.data, table + 4)[0]
        return min(count, _MOST_SYMBOLS)
    table = _table(image, tags, _DT_GNU_HASH)
    if table is not None and table + 16 <= len(image.data):
        count = _gnu_count(image, table)
        if count:
            return count
    behind = [image.offset(value) or 0 for tag, value in tags if tag in _TABLES]
    end = min((offset for offset in behind if offset > symbols), default=symbols)
    return min((end - symbols) // (24 if image.wide else 16), _MOST_SYMBOLS)


def _gnu_count(image: Image, table: int) -> int:
    """Symbols by the GNU hash table: the last one ends the chain of the highest bucket. 0 where it holds none."""
    buckets, first, bloom, _ = struct.unpack_from(f"{image.order}4I", image.data, table)
    start = table + 16 + bloom * (8 if image.wide else 4)
    raw = image.data[start : start + 4 * min(buckets, _MOST_SYMBOLS)]
    heads = struct.unpack(f"{image.order}{len(raw) // 4}I", raw[: len(raw) // 4 * 4])
    last = int(max(heads, default=0))
    chains = start + 4 * buckets
    while first <= last < _MOST_SYMBOLS:
        word = image.data[chains + 4 * (last - first) : chains + 4 * (last - first) + 4]
        last += 1
        if len(word) < 4 or word[0 if image.order == "<" else 3] & 1:
            return last
    return 0


def _symbol_names(image: Image, tags: list[tuple[int, int]]) -> list[tuple[str, bool]]:
    """``(name, defined here)`` of each named dynamic symbol."""
    symbols, names = _table(image, tags, _DT_SYMTAB), _table(image, tags, _DT_STRTAB)
    if symbols is None or names is None:
        return []
    text = image.data[names : names + (_value(tags, _DT_STRSZ) or 0)]
    form = struct.Struct(f"{image.order}IBBHQQ" if image.wide else f"{image.order}IIIBBH")
    section = 3 if image.wide else 5
    raw = image.data[symbols : symbols + form.size * _symbol_count(image, tags, symbols)]
    found = []
    for fields in form.iter_unpack(raw[: len(raw) // form.size * form.size]):
        start = fields[0]
        end = text.find(b"\0", start, start + _NAME_BYTES)
        if start and end > start:
            found.append((text[start:end].decode("utf-8", "replace"), fields[section] != 0))
    return found


def _build_id(image: Image) -> str:
    """The GNU build id as hex, from the note segments."""
    for kind, offset, _, size, _ in image.headers:
        at, end = offset, min(offset + size, len(image.data))
        while kind == _PT_NOTE and at + 12 <= end:
            name_size, length, note = struct.unpack_from(f"{image.order}III", image.data, at)
            body = at + 12 + (name_size + 3) // 4 * 4
            if note == _NT_GNU_BUILD_ID and image.data[at + 12 : at + 16] == b"GNU\0" and length <= 64:
                return image.data[body : min(body + length, end)].hex()
            at = body + (length + 3) // 4 * 4
    return ""
