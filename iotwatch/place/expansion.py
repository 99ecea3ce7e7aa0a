"""Undoing one compression, as far as the data go and a limit lets it: what comes out before either end is kept.

gzip RFC 1952, zlib RFC 1950, deflate RFC 1951; xz file format 1.2 and LZMA_Alone; bzip2; zstd RFC 8878; LZ4 frame format 1.6.
Streams of one form that follow each other (padded with zeros) are one: ``pigz``, ``pbzip2`` and ``cat`` make such files.
"""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable
from typing import NamedTuple, Protocol

from iotwatch.errors import UnpackError
from iotwatch.files.limits import LZMA_MEMORY, ZSTD_WINDOW
from iotwatch.patterns import regex

_ZEROS = regex(rb"\0*")
_FED = 16 << 10
_TAKEN = 1 << 20
_ENDS_INSIDE = "the data end inside"
_LZ4_LEGACY, _LZ4_BLOCK = b"\x02\x21\x4c\x18", 8 << 20
_LZ4_PACKED = _LZ4_BLOCK + _LZ4_BLOCK // 255 + 16
_ZSTD, _SKIPPABLE = b"\x28\xb5\x2f\xfd", b"\x2a\x4d\x18"


class Expansion(NamedTuple):
    """What came out, how many bytes of the input that took, why it broke (empty: it did not), and whether more would come."""

    data: bytes
    used: int
    broken: str = ""
    more: bool = False


class _Engine(Protocol):
    """The interface of ``lzma.LZMADecompressor``, which the others have or are given here."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class _Inflate:
    """zlib's decompressor as an ``_Engine``."""

    def __init__(self, wbits: int) -> None:
        self._engine = zlib.decompressobj(wbits)
        self.needs_input = True

    @property
    def eof(self) -> bool:
        return self._engine.eof

    @property
    def unused_data(self) -> bytes:
        return self._engine.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        given = self._engine.decompress(self._engine.unconsumed_tail or data, max_length)
        # Output of the very length asked for may have more behind it that needs no input.
        self.needs_input = not self._engine.unconsumed_tail and len(given) < max_length
        return given


def _lz4() -> _Engine:
    import lz4.frame

    engine: _Engine = lz4.frame.LZ4FrameDecompressor()
    return engine


class _Form(NamedTuple):
    """``again`` is how a further stream behind the first begins; empty where none can."""

    engine: Callable[[], _Engine]
    again: bytes = b""


_FORMS: dict[str, _Form] = {
    "gzip": _Form(lambda: _Inflate(31), b"\x1f\x8b"),
    "zlib": _Form(lambda: _Inflate(15)),
    "deflate": _Form(lambda: _Inflate(-15)),
    "xz": _Form(lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, LZMA_MEMORY), b"\xfd7zXZ\0"),
    "lzma": _Form(lambda: lzma.LZMADecompressor(lzma.FORMAT_ALONE, LZMA_MEMORY)),
    "bzip2": _Form(bz2.BZ2Decompressor, b"BZh"),
    "lz4": _Form(_lz4, b"\x04\x22\x4d\x18"),
}
EXPANDING = (*_FORMS, "zstd", "lz4-legacy")
"""The steps that undo a compression."""
_BROKEN = (zlib.error, lzma.LZMAError, OSError, EOFError, RuntimeError, ValueError)


def expand(name: str, data: bytes, limit: int) -> Expansion:
    """Undo the compression ``name`` of ``data`` up to ``limit`` bytes; ``UnpackError`` when it breaks before the first byte."""
    other = {"zstd": _expanded_zstd, "lz4-legacy": _expanded_lz4_legacy}.get(name)
    found = other(data, limit) if other else _expanded(_FORMS[name], data, limit)
    if found.broken and not found.data:
        raise UnpackError(f"{name} data are broken: {found.broken}")
    return found


def _expanded(form: _Form, data: bytes, limit: int) -> Expansion:
    out, at, broken = bytearray(), 0, ""
    while not broken and len(out) <= limit:
        engine = form.engine()
        try:
            while not engine.eof and len(out) <= limit:
                piece = data[at : at + _FED] if engine.needs_input else b""
                if engine.needs_input and not piece:
                    broken = _ENDS_INSIDE
                    break
                at += len(piece)
                out += engine.decompress(piece, _TAKEN)
        except _BROKEN as error:
            broken = str(error) or type(error).__name__
        if not engine.eof:
            break
        at -= len(engine.unused_data or b"")
        following = _ZEROS.match(data, at).end()  # type: ignore[union-attr]  # it matches nothing too
        if not form.again or not data.startswith(form.again, following):
            break
        at = following
    return _expansion(out, at, broken, limit)


def _expansion(out: bytearray, used: int, broken: str, limit: int) -> Expansion:
    """What came out, cut to ``limit`` bytes in place: it may be large."""
    more = len(out) > limit
    del out[limit:]
    return Expansion(bytes(out), used, broken, more)


def _expanded_lz4_legacy(data: bytes, limit: int) -> Expansion:
    """LZ4's first form, as kernels and their first file systems have it: a magic, then blocks of 8 MiB with a size each.

    Only the last block gives less (LZ4 frame format 1.6, "Legacy frame"); what stands behind it is no part of it.
    """
    import lz4.block

    out, at, broken, last = bytearray(), 0, "", True
    while len(out) <= limit:
        if data.startswith(_LZ4_LEGACY, at):
            at, last = at + 4, False
        if last:
            break
        size = int.from_bytes(data[at : at + 4], "little")
        if not 0 < size <= _LZ4_PACKED or at + 4 + size > len(data):
            broken = _ENDS_INSIDE
            break
        try:
            piece = lz4.block.decompress(data[at + 4 : at + 4 + size], uncompressed_size=_LZ4_BLOCK)
        except lz4.block.LZ4BlockError as error:
            broken = str(error)
            break
        out += piece
        at += 4 + size
        last = len(piece) < _LZ4_BLOCK or at + 4 > len(data)
    return _expansion(out, at, broken, limit)


def _expanded_zstd(data: bytes, limit: int) -> Expansion:
    import zstandard

    used, broken = _zstd_end(data)
    out = bytearray()
    engine = zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW)
    try:
        with engine.stream_reader(memoryview(data)[:used], read_across_frames=True) as reader:
            while len(out) <= limit and (piece := reader.read(_TAKEN)):
                out += piece
    except zstandard.ZstdError as error:
        broken = str(error)
    return _expansion(out, used, broken, limit)


def _zstd_end(data: bytes) -> tuple[int, str]:
    """Where the frames of ``data`` end, by the sizes in their headers (RFC 8878 section 3.1), and why that is inside one."""
    import zstandard

    at = 0
    while True:
        if data[at + 1 : at + 4] == _SKIPPABLE and data[at] >> 4 == 5:
            at += 8 + int.from_bytes(data[at + 4 : at + 8], "little")
        elif data.startswith(_ZSTD, at):
            try:
                checked = zstandard.get_frame_parameters(data[at : at + 18]).has_checksum
                at += zstandard.frame_header_size(data[at : at + 18])
            except zstandard.ZstdError as error:
                return len(data), str(error)
            last = 0
            while not last and at + 3 <= len(data):
                head = int.from_bytes(data[at : at + 3], "little")
                last, kind, size = head & 1, head >> 1 & 3, head >> 3
                at += 3 + (1 if kind == 1 else size)
            at += 4 if checked and last else 0
            if not last or at > len(data):
                return len(data), _ENDS_INSIDE
        else:
            return min(at, len(data)), "" if 0 < at <= len(data) else _ENDS_INSIDE
