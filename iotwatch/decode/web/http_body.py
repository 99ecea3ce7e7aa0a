"""How long a body is, what coding it has (RFC 9112 sections 6 and 7, RFC 9110 section 8.4), and what parts (RFC 2046)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from iotwatch.decode.web.http_head import Head
from iotwatch.errors import UnpackError
from iotwatch.files.limits import BODY_LIMIT
from iotwatch.patterns import regex
from iotwatch.place.expansion import expand
from iotwatch.read.stream import Stream
from iotwatch.words.doubts import ReadingDoubt
from iotwatch.words.said import Said

CHUNKS = 2048
PARTS = 64
_CHUNK_SIZE = regex(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]{0,256})?\r?\n")
_BOUNDARY = regex(r'boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))', re.IGNORECASE)
_PART_TYPE = regex(rb"\r\ncontent-type:[ \t]{0,8}([!-:<-~]{1,128})", re.IGNORECASE)
_CODINGS = {"gzip": "gzip", "x-gzip": "gzip", "zstd": "zstd"}


class Extent:
    """The ranges that make a body, where the next message starts, and what is wrong with it."""

    __slots__ = ("doubts", "next", "ranges")

    def __init__(self, ranges: list[tuple[int, int]], following: int, *doubts: Said) -> None:
        self.ranges = ranges
        self.next = following
        self.doubts = doubts


def extent(head: Head, data: bytes, end: int) -> Extent:
    """Where the body of ``head`` stands in ``data``, whose readable bytes stop at ``end``."""
    at = head.end
    if not head.complete:
        return Extent([], end, ReadingDoubt.HEAD_CUT())
    if head.status in (204, 304) or 100 <= head.status < 200:
        return Extent([], at)
    if "chunked" in head.get("transfer-encoding").lower():
        return _chunked(data, at, end)
    length = head.get("content-length").strip()
    if length.isascii() and length.isdigit() and len(length) < 16:
        stop = at + int(length)
        if head.status and data.startswith(b"HTTP/1.", at):  # the answer to a HEAD names a length and has no body
            return Extent([], at)
        return Extent([(at, min(stop, end))], min(stop, end), *([ReadingDoubt.BODY_CUT()] if stop > end else []))
    if head.status and head.protocol in ("http", "icy"):
        return Extent([(at, end)], end)
    return Extent([], at)


def _chunked(data: bytes, at: int, end: int) -> Extent:
    ranges: list[tuple[int, int]] = []
    while len(ranges) < CHUNKS:
        line = _CHUNK_SIZE.match(data, at, end)
        if not line:
            return Extent(ranges, end if at >= end else at, ReadingDoubt.BODY_CUT())
        size = int(line[1], 16)
        at = line.end()
        if not size:
            blank = data.find(b"\n", at, end)
            return Extent(ranges, end if blank < 0 else blank + 1)
        ranges.append((at, min(at + size, end)))
        at += size
        if at >= end:
            return Extent(ranges, end, ReadingDoubt.BODY_CUT())
        at += 2 if data[at : at + 2] == b"\r\n" else 1
    return Extent(ranges, at, ReadingDoubt.CHUNKS_LEFT(n=CHUNKS))


def decoded(body: Stream, coding: str) -> tuple[Stream, tuple[Said, ...]]:
    """``body`` without its content coding, or as it is with the reason as a doubt."""
    coding = coding.strip().lower()
    if not coding or coding == "identity" or not body.data:
        return body, ()
    name = _CODINGS.get(coding, "")
    if coding == "deflate":  # RFC 9110 section 8.4.1.2: zlib's form; some senders leave its two bytes away
        name = "zlib" if body.data[0] & 15 == 8 and int.from_bytes(body.data[:2], "big") % 31 == 0 else "deflate"
    if not name:
        return body, (ReadingDoubt.CODING_LEFT(coding=coding[:32]),)
    try:
        found = expand(name, body.data, BODY_LIMIT)
    except UnpackError as error:
        return body, (ReadingDoubt.CODING_BROKEN(error=str(error)),)
    doubts: tuple[Said, ...] = (ReadingDoubt.BODY_OVER(n=BODY_LIMIT),) if found.more else ()
    return body.through(name, found.data), doubts or ((ReadingDoubt.BODY_CUT(),) if found.broken else ())


def parts(data: bytes, start: int, end: int, content_type: str) -> Iterator[tuple[str, int, int]]:
    """The parts of a multipart body (RFC 2046 section 5.1.1): their content types and where their contents stand."""
    found = _BOUNDARY.search(content_type)
    if found is None:
        return
    line = b"--" + (found[1] or found[2]).encode()
    at = data.find(line, start, end)
    for _ in range(PARTS):
        stop = data.find(b"\r\n" + line, at + len(line), end) if at >= 0 else -1
        if stop < 0:
            return
        blank = data.find(b"\r\n\r\n", at, stop)
        if blank >= 0:
            kind = _PART_TYPE.search(data[at : blank + 2])
            yield kind[1].decode("latin-1").lower() if kind else "", blank + 4, stop
        at = stop + 2
