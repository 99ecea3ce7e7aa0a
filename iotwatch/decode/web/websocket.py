"""WebSocket frames (RFC 6455 section 5) after the HTTP upgrade that opened them."""

from __future__ import annotations

from collections.abc import Iterator

from iotwatch.decode.message import Message
from iotwatch.errors import LimitReached, UnpackError
from iotwatch.files.limits import INSIDE_LIMIT
from iotwatch.place import steps
from iotwatch.place.expansion import expand
from iotwatch.read.stream import Stream
from iotwatch.words.doubts import ReadingDoubt

FRAMES = 20_000
_DATA = {0: "continuation", 1: "text", 2: "binary"}
_RESERVED_BITS, _COMPRESSED = 0x30, 0x40


def frames(stream: Stream, start: int, context: dict[str, str]) -> Iterator[Message]:
    """Yield a message for each data frame from byte ``start`` on; its body is unmasked and inflated.

    A masked frame's body is a step from the wire (``xor-mask`` with the frame's key), so pieces of a fragmented message
    stay apart: no single cut holds them.
    """
    data = stream.data
    for _ in range(FRAMES):
        if start + 2 > len(data):
            return
        first, second = data[start], data[start + 1]
        at, size = start + 2, second & 0x7F
        if first & _RESERVED_BITS or first & 0x0F not in (0, 1, 2, 8, 9, 10):
            return
        if size > 125:
            width = 2 if size == 126 else 8
            size = int.from_bytes(data[at : at + width], "big")
            at += width
        key = b""
        if second & 0x80:
            key = data[at : at + 4]
            at += 4
        end = min(at + size, len(data))
        if first & 0x0F in _DATA and end > at:
            yield _message(stream, (start, at, end), first, key, context, cut_short=at + size > len(data))
        start = at + size
    raise LimitReached(f"more than {FRAMES} frames")


def _message(
    stream: Stream, where: tuple[int, int, int], first: int, key: bytes, context: dict[str, str], *, cut_short: bool
) -> Message:
    start, at, end = where
    doubts = [ReadingDoubt.FRAME_CUT()] if cut_short else []
    body = stream.part(at, end)
    if key:
        body = body.through("xor-mask", steps.apply("xor-mask", body.data, key.hex()), key.hex())
    if first & _COMPRESSED:  # permessage-deflate, RFC 7692 section 7.2.2
        try:
            # It never comes to its end: each message lacks its last four bytes.
            found = expand("deflate", body.data, INSIDE_LIMIT)
        except UnpackError as error:
            doubts.append(ReadingDoubt.COMPRESSED_LEFT(error=str(error)))
        else:
            body = body.through("deflate", found.data)
            doubts += [ReadingDoubt.BODY_OVER(n=INSIDE_LIMIT)] if found.more else []
    fields = {"opcode": _DATA[first & 0x0F], "final": bool(first & 0x80), "masked": bool(key)}
    return Message(
        protocol="websocket",
        stream=stream,
        span=(start, end),
        time=stream.time_at(start),
        fields=fields,
        doubts=tuple(doubts),
        body=body.tagged(**{**context, "kind": "websocket", "content-type": ""}),
    )
