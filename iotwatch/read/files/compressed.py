"""Captures inside gzip, zstd, xz, bzip2 and lz4: read as they come, bounded, never expanded on disk or in memory."""

from __future__ import annotations

import bz2
import io
import lzma
import zlib
from pathlib import Path
from typing import Any, BinaryIO, cast

from iotwatch.errors import UnreadableSource
from iotwatch.files.limits import LAYERS, STREAM_LIMIT, ZSTD_WINDOW
from iotwatch.files.magics import COMPRESSED
from iotwatch.model import Place, step
from iotwatch.read.files.sniff import sniff

_BROKEN: tuple[type[Exception], ...] = (zlib.error, lzma.LZMAError, OSError, EOFError, RuntimeError)


class Expanded(io.RawIOBase):
    """The bytes inside a compressed file. A break ends the stream where it stands, and ``broken`` says why."""

    def __init__(self, file: BinaryIO, name: str, limit: int = STREAM_LIMIT) -> None:
        self._file = file
        self._inner, self._errors = _opened(name, file)
        self._left = limit
        self.broken = ""

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        """Close the compressed file too."""
        self._file.close()
        super().close()

    def readinto(self, room: Any) -> int:
        wanted = min(len(room), self._left)
        if self.broken or not wanted:
            if not wanted and len(room):
                self.broken = self.broken or "expands beyond the limit"
            return 0
        try:
            piece = self._inner.read(min(wanted, 1 << 20))
        except self._errors as error:
            self.broken = str(error) or type(error).__name__
            return 0
        room[: len(piece)] = piece
        self._left -= len(piece)
        return len(piece)


def _opened(name: str, file: BinaryIO) -> tuple[Any, tuple[type[Exception], ...]]:
    """The bytes that ``file`` holds compressed, as a file, and what reading it raises when it is broken."""
    match name:
        case "gzip":
            import gzip

            return gzip.GzipFile(fileobj=file), _BROKEN
        case "bzip2":
            return bz2.BZ2File(file), _BROKEN
        case "xz":
            return lzma.LZMAFile(file), _BROKEN
        case "zstd":
            import zstandard

            engine = zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW)
            return engine.stream_reader(file, read_across_frames=True), (zstandard.ZstdError, OSError)
        case _:
            import lz4.frame

            return lz4.frame.LZ4FrameFile(file), _BROKEN


def open_capture(source: str | Path | BinaryIO) -> tuple[BinaryIO, Place | None, str | None]:
    """Open a file and undo its compression: the file to read, the place of its bytes, and what ``sniff`` calls them.

    The name is ``None`` when the bytes are no capture; ``zip`` and ``tar`` are left to those who unpack.
    """
    try:
        path = Path(source) if isinstance(source, str) else source
        file = path.open("rb") if isinstance(path, Path) else path  # the caller closes it
    except OSError as error:
        raise UnreadableSource(f"cannot open {source}: {error.strerror or error}") from error
    origin: Place | None = None
    for _ in range(LAYERS):
        reader = cast("BinaryIO", io.BufferedReader(cast("io.RawIOBase", file))) if not hasattr(file, "peek") else file
        head = reader.peek(512)[:512]  # type: ignore[attr-defined]
        name = sniff(head)
        if name not in COMPRESSED:
            return reader, origin, name
        file = cast("BinaryIO", io.BufferedReader(Expanded(reader, name), 1 << 20))
        origin = step(origin, name)
    return file, origin, None
