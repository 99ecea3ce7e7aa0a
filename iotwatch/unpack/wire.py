"""The language of parent and reader process: length-prefixed msgpack frames with a bound on every length.

Nothing that comes from the child is trusted: a frame that is too long or no frame at all ends the child.
"""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterator
from typing import Any

import msgspec

from iotwatch.errors import UnpackError
from iotwatch.files.limits import UnpackLimits
from iotwatch.model import Cut, Step

FRAME_BYTES = 8 << 20
"""The longest frame; the bytes of a file stand behind it and are no part of it."""
PIECE = 1 << 20


class Request(msgspec.Struct, frozen=True):
    """Read the ``size`` bytes that follow (0: those of the last request); ``pick`` asks for one path only."""

    reader: str
    size: int
    limits: UnpackLimits
    pick: str | None = None


class Found(msgspec.Struct, frozen=True, tag="found", tag_field="frame"):
    """One entry, whose ``follow`` bytes stand behind the frame as they are.

    ``cut`` is set where the parent can slice its own bytes and none follow; ``size`` bytes stay unread.
    ``takes`` are spans of the container that belong to an entry which a step gives.
    """

    path: str
    chain: tuple[Cut | Step, ...]
    follow: int
    cut: bool
    type: str
    kind: str
    status: str
    note: str
    size: int = 0
    takes: tuple[tuple[int, int], ...] = ()


class Ended(msgspec.Struct, frozen=True, tag="ended", tag_field="frame"):
    """The request is done: ``status`` is ok, damaged, encrypted, no-reader or limit."""

    status: str
    note: str = ""


class SandboxState(msgspec.Struct, frozen=True, tag="state", tag_field="frame"):
    """What confines the reader process: ``landlock`` is the kernel's ABI (0: none), ``missing`` what it lacks."""

    limits: tuple[str, ...]
    landlock: int
    network: str
    missing: tuple[str, ...] = ()


Frame = Found | Ended | SandboxState
_ENCODER = msgspec.msgpack.Encoder()
_FRAME: msgspec.msgpack.Decoder[Frame] = msgspec.msgpack.Decoder(Frame)
REQUEST = msgspec.msgpack.Decoder(Request)  # of the parent, which is trusted: its errors pass
_LENGTH = struct.Struct("<I")


def send(channel: socket.socket, value: Any) -> None:
    """Send one frame; ``OSError`` (``TimeoutError`` too) when the other end is gone or stuck."""
    body = _ENCODER.encode(value)
    channel.sendall(_LENGTH.pack(len(body)) + body)


def receive_exactly(channel: socket.socket, count: int, deadline: float | None = None) -> bytearray:
    """Receive ``count`` bytes; ``EOFError`` when the other end closes, ``TimeoutError`` after ``deadline``."""
    buffer = bytearray(count)
    view = memoryview(buffer)
    filled = 0
    while filled < count:
        if deadline is not None:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            channel.settimeout(left)
        got = channel.recv_into(view[filled:])
        if not got:
            raise EOFError
        filled += got
    return buffer


def pieces(channel: socket.socket, count: int, deadline: float | None = None) -> Iterator[bytearray]:
    """Receive ``count`` bytes piece by piece; errors as in ``receive_exactly``."""
    while count:
        piece = receive_exactly(channel, min(count, PIECE), deadline)
        count -= len(piece)
        yield piece


def receive(channel: socket.socket, bound: int, deadline: float | None = None) -> bytearray:
    """Receive one frame's body of at most ``bound`` bytes; ``UnpackError`` when it says it is longer."""
    (length,) = _LENGTH.unpack(receive_exactly(channel, _LENGTH.size, deadline))
    if length > bound:
        raise UnpackError(f"the reader process sent a frame of {length} bytes")
    return receive_exactly(channel, length, deadline)


def decode_frame(body: bytearray) -> Frame:
    """The frame in ``body``; ``UnpackError`` when it is none."""
    try:
        return _FRAME.decode(body)
    except (msgspec.DecodeError, ValueError, UnicodeDecodeError) as error:
        raise UnpackError(f"the reader process sent something else than a frame: {error}") from error
