"""squashfs 4.0, all six compressors, through PySquashfsImage. A file is the step ``squashfs`` with its path.

The library walks the tree by recursion, decompresses without a bound and reads extended attributes nobody asked for;
``_Image`` walks with a worklist, bounds every block by what the superblock allows, and skips the attributes.
"""

from __future__ import annotations

import io
import lzma
import stat
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from iotwatch.errors import UnpackError
from iotwatch.model import Step
from iotwatch.unpack.entry import (
    BROKEN,
    Budget,
    Entry,
    Reader,
    behind_all,
    codec_errors,
    device,
    link,
    path_note,
    safe_path,
)

_BLOCK_LIMIT = 1 << 20  # the format's own largest block
_METADATA = 8192
_DEPTH = 100
Decompress = Callable[[bytes, int], bytes]


def claims(data: bytes) -> bool:
    return data[:4] == b"hsqs" and data[28:30] == b"\x04\0" and len(data) >= 96


def _zlib(block: bytes, size: int) -> bytes:
    engine = zlib.decompressobj()
    return _bounded(engine.decompress(block, size + 1), size)


def _lzma(block: bytes, size: int) -> bytes:
    return _bounded(lzma.LZMADecompressor(memlimit=64 << 20).decompress(block, size + 1), size)


def _lzo(block: bytes, size: int) -> bytes:
    from lzallright import LZOCompressor

    return _bounded(LZOCompressor.decompress(block, size), size)


def _lz4(block: bytes, size: int) -> bytes:
    import lz4.block

    return _bounded(lz4.block.decompress(block, uncompressed_size=size), size)


def _zstd(block: bytes, size: int) -> bytes:
    import zstandard

    return _bounded(zstandard.ZstdDecompressor().decompress(block, max_output_size=size), size)


def _bounded(block: bytes, size: int) -> bytes:
    if len(block) > size:
        raise UnpackError("a squashfs block is larger than the superblock allows")
    return block


_DECOMPRESS: dict[int, Decompress] = {1: _zlib, 2: _lzma, 3: _lzo, 4: _lzma, 5: _lz4, 6: _zstd}


class _Compressor:
    """The library's compressor interface over a bounded function."""

    def __init__(self, decompress: Decompress) -> None:
        self._decompress = decompress

    def uncompress(self, source: bytes, size: int, output: int) -> bytes:  # noqa: ARG002 - the library's interface
        # The library passes 0 for a last metadata block that is full.
        return self._decompress(source, output or _METADATA)


def _open(data: bytes) -> Any:
    from PySquashfsImage import SquashFsImage

    class _Image(SquashFsImage):  # type: ignore[misc]  # the library has no types
        def _get_compressor(self, identifier: int) -> _Compressor:
            block, log = self._sblk.block_size, self._sblk.block_log
            if not 4096 <= block <= _BLOCK_LIMIT or block != 1 << log:
                raise UnpackError(f"the squashfs block size {block} is not one")
            if identifier not in _DECOMPRESS:
                raise UnpackError(f"the squashfs compression {identifier} is unknown")
            return _Compressor(_DECOMPRESS[identifier])

        def _read_xattrs_from_disk(self) -> None:
            """Extended attributes are not read: nothing of ours is in them."""

        def _dir_scan(self, block: int, offset: int) -> tuple[int, int]:
            """The root's address instead of a tree built by recursion."""
            return block, offset

        def folder(self, block: int, offset: int) -> list[dict[str, Any]]:
            found: list[dict[str, Any]] = self._opendir(block, offset).entries
            return found

        def node(self, block: int, offset: int) -> Any:
            return self._read_inode(block, offset)

    return _Image(io.BytesIO(data))


def entries(data: bytes, budget: Budget) -> Iterator[Entry]:
    image = _open(data)
    pending: list[tuple[bytes, int, tuple[int, int]]] = [(b"", 0, image.root)]
    folders = 0
    while pending:
        prefix, depth, address = pending.pop()
        folders += 1
        if depth > _DEPTH or folders > budget.limits.files:
            raise UnpackError("the squashfs folders are nested without an end")
        for item in image.folder(*address):
            name = bytes(item["name"]).replace(b"/", b"\\x2f")
            path = prefix + b"/" + name if prefix else name
            where = (item["start_block"], item["offset"])
            if item["type"] == 1:
                pending.append((path, depth + 1, where))
            else:
                yield _entry(image, where, path, budget)
    yield from behind_all(data, int.from_bytes(data[40:48], "little"))


def _entry(image: Any, where: tuple[int, int], name: bytes, budget: Budget) -> Entry:
    path = budget.unique(safe_path(name))
    try:
        node = image.node(*where)
        kind = stat.S_IFMT(node.mode)
        if kind == stat.S_IFLNK:
            return link(path, node.symlink)
    except BROKEN as error:  # one broken inode does not lose the files after it
        return Entry(path, type="file", status="damaged", note=f"its inode cannot be read: {error}", size=1)
    if kind != stat.S_IFREG:
        return device(path)
    load = partial(_content, image, node, budget)
    return Entry(path, (Step("squashfs", path),), load=load, note=path_note(name), size=int(node.file_size))


def _content(image: Any, node: Any, budget: Budget) -> bytes:
    budget.room(node.file_size)
    content = b"".join(image.iter_file(node))
    if len(content) != node.file_size:
        raise UnpackError(f"{len(content)} of {node.file_size} bytes can be read")
    return content


READER = Reader("squashfs", claims, entries, broken=codec_errors, step=True)
