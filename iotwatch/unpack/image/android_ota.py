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
from iotwatch.files.protobuf import Field, fields
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


def _inside(data: bytes, outer: Field, number: int) -> list[Field]:
    return [one for one in _fields(data, outer.at, outer.end) if one.number == number]


def _fields(data: bytes, start: int, end: int) -> list[Field]:
    found = fields(data, start, end) if end <= len(data) else None
    if found is None:
        raise UnpackError("the manifest is broken")
    return found


def _number(data: bytes, outer: Field, number: int) -> int:
    return next((one.value for one in reversed(_inside(data, outer, number))), 0)


def _bytes(data: bytes, outer: Field, number: int) -> bytes:
    return next((data[one.at : one.end] for one in reversed(_inside(data, outer, number))), b"")


def _payload(data: bytes) -> _Payload:
    manifest, signature = struct.unpack_from(">QI", data, 12)
    top = _fields(data, _HEAD, _HEAD + manifest)
    block = next((one.value for one in top if one.number == _BLOCK_SIZE), 4096)
    if not 512 <= block <= 1 << 20:
        raise UnpackError(f"the block size {block} is none")
    partitions = tuple(_partition(data, one) for one in top if one.number == _PARTITION)
    return _Payload(_HEAD + manifest + signature, block, partitions)


def _partition(data: bytes, outer: Field) -> _Partition:
    new = next(iter(_inside(data, outer, _NEW)), None)
    size, digest = (_number(data, new, _SIZE), _bytes(data, new, _HASH)) if new is not None else (0, b"")
    pieces = tuple(_piece(data, one) for one in _inside(data, outer, _OPERATION))
    return _Partition(_bytes(data, outer, _NAME), size, digest, pieces)


def _piece(data: bytes, outer: Field) -> _Piece:
    kind, offset, length = (_number(data, outer, number) for number in (_TYPE, _OFFSET, _LENGTH))
    target = ((_number(data, one, _FIRST), _number(data, one, _COUNT)) for one in _inside(data, outer, _TARGET))
    return _Piece(kind, offset, length, tuple(target))


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
            out[at : at + length] = made[:length][: max(0, one.size - at)]
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
