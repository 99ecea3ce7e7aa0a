"""Android's update payloads (``payload.bin``): the partitions of a full update, each the step ``android-ota`` with its name.

Source: AOSP system/update_engine, ``update_metadata.proto`` and ``payload_consumer/payload_constants.h``. The pieces of a partial
update are differences from an image that is not here: such a partition is told and not made.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from iotwatch.errors import UnpackError
from iotwatch.files.protobuf import fields
from iotwatch.model import Step
from iotwatch.place.expansion import expand
from iotwatch.unpack.entry import Budget, Entry, Reader, safe_path

_MAGIC = b"CrAU"
_HEAD = 24
_VERSION = 2
_BLOCK_SIZE, _PARTITION = 3, 13
_NAME, _NEW, _OPERATION = 1, 7, 8
_SIZE, _HASH = 1, 2
_TYPE, _OFFSET, _LENGTH, _TARGET = 1, 2, 3, 6
_FIRST, _COUNT = 1, 2
# How the bytes of a piece are packed; all other types take bytes of the image before.
_PACKED = {0: "", 1: "bzip2", 8: "xz", 14: "zstd"}
_ZEROS = (6, 7)


class _Piece(NamedTuple):
    """One operation: its type, its bytes among the data, and the blocks that it fills as ``(first, count)``."""

    kind: int
    offset: int
    length: int
    target: tuple[tuple[int, int], ...]


class _Partition(NamedTuple):
    name: bytes
    size: int
    sha256: bytes
    pieces: tuple[_Piece, ...]


class _Payload(NamedTuple):
    """Where the data of the pieces begin, how many bytes a block has, and the partitions."""

    start: int
    block: int
    partitions: tuple[_Partition, ...]


def claims(data: bytes) -> bool:
    return data[:4] == _MAGIC and data[4:12] == struct.pack(">Q", _VERSION)


class _Message:
    """The fields of one message, read once."""

    def __init__(self, data: bytes, start: int, end: int) -> None:
        found = fields(data, start, end) if end <= len(data) else None
        if found is None:
            raise UnpackError("the manifest is broken")
        self._data, self._fields = data, found

    def number(self, wanted: int, default: int = 0) -> int:
        return next((one.value for one in reversed(self._fields) if one.number == wanted), default)

    def bytes(self, wanted: int) -> bytes:
        return next((self._data[one.at : one.end] for one in reversed(self._fields) if one.number == wanted), b"")

    def messages(self, wanted: int) -> Iterator[_Message]:
        return (_Message(self._data, one.at, one.end) for one in self._fields if one.number == wanted)


def _payload(data: bytes) -> _Payload:
    manifest, signature = struct.unpack_from(">QI", data, 12)
    top = _Message(data, _HEAD, _HEAD + manifest)
    block = top.number(_BLOCK_SIZE, 4096)
    if not 512 <= block <= 1 << 20:
        raise UnpackError(f"the block size {block} is none")
    return _Payload(_HEAD + manifest + signature, block, tuple(map(_partition, top.messages(_PARTITION))))


def _partition(said: _Message) -> _Partition:
    new = next(said.messages(_NEW), None)
    size, digest = (new.number(_SIZE), new.bytes(_HASH)) if new is not None else (0, b"")
    return _Partition(said.bytes(_NAME), size, digest, tuple(map(_piece, said.messages(_OPERATION))))


def _piece(said: _Message) -> _Piece:
    target = tuple((one.number(_FIRST), one.number(_COUNT)) for one in said.messages(_TARGET))
    return _Piece(said.number(_TYPE), said.number(_OFFSET), said.number(_LENGTH), target)


def entries(data: bytes, budget: Budget) -> Iterator[Entry]:
    payload = _payload(data)
    for one in payload.partitions:
        path = budget.unique(safe_path(one.name))
        needing = sum(piece.kind not in _PACKED and piece.kind not in _ZEROS for piece in one.pieces)
        if needing:
            note = f"{needing} of its {len(one.pieces)} pieces are differences from an image that is not here"
            yield Entry(path, type="partition", status="no-reader", note=note, size=one.size)
            continue
        load = partial(_content, data, payload, one, budget)
        yield Entry(path, (Step("android-ota", path),), load=load, kind="partition")


def _content(data: bytes, payload: _Payload, one: _Partition, budget: Budget) -> bytes:
    """The partition's bytes; ``UnpackError`` where a piece breaks or the whole has another hash than the manifest says."""
    budget.room(one.size)
    out = bytearray(one.size)
    for piece in one.pieces:
        start = payload.start + piece.offset
        made = _unpacked(data[start : start + piece.length], piece, payload.block, one.size)
        for first, count in piece.target if made else ():
            at, length = first * payload.block, count * payload.block
            part = made[:length][: max(0, one.size - at)]
            out[at : at + len(part)] = part  # a piece that is shorter than its blocks leaves zeros, and moves nothing
            made = made[length:]
    if one.sha256 and hashlib.sha256(out).digest() != one.sha256:
        raise UnpackError("its hash is not the one that the manifest says")
    return bytes(out)


def _unpacked(raw: bytes, piece: _Piece, block: int, most: int) -> bytes:
    if piece.kind in _ZEROS:
        return b""
    if len(raw) < piece.length:
        raise UnpackError("the payload ends inside a piece")
    name = _PACKED[piece.kind]
    if not name:
        return raw
    found = expand(name, raw, min(most, sum(count for _, count in piece.target) * block) or 1)
    if found.broken:
        raise UnpackError(f"a piece is broken: {found.broken}")
    return found.data


READER = Reader("android-ota", claims, entries, step=True)
