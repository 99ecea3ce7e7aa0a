"""Where a unit was, in the binary logs that it keeps: records behind their lengths, frames of one length, BLOBs of a table.

No schema is at hand: what is told is possible or likely, and only where columns move as a car does (``decode/generic/frames``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from itertools import chain

from iotwatch.decode.generic.times import names_time, parse_time
from iotwatch.decode.message import Message
from iotwatch.observe.texts import is_text
from iotwatch.open.blob import FILE, Blob
from iotwatch.open.opened import Facts, Kit, Opened, searched
from iotwatch.patterns import regex
from iotwatch.read.stream import Stream
from iotwatch.words.vantage import Vantage

_SHORTEST = 64
_MOST_ROWS = 20_000
_LONGEST_ROW = 1 << 16
_HEAD = 4096
_HEX = regex(r"(?:[0-9a-f]{2}){8,}")
_ROW = regex(rb'\A\{[\x00-\xff]*?"(?:[0-9a-f]{2}){8}')


class BinaryLog:
    """A binary file whose records are timed places."""

    name = "binary-log"
    kind = "firmware"

    def claims(self, blob: Blob) -> bool:
        if blob.kind != FILE or not blob.head or blob.container not in (None, "raw") or blob.size < _SHORTEST:
            return False
        return not is_text(blob.head) and next(_framed(blob.stream), None) is not None

    def open(self, blob: Blob, kit: Kit) -> Opened:
        return _told(blob, kit, _framed(blob.stream))


class BlobTable:
    """A table of a database that keeps protocol buffers in one of its columns, as ``unpack`` wrote it: a JSON line a row."""

    name = "blob-table"
    kind = "firmware"

    def claims(self, blob: Blob) -> bool:
        listed = blob.depth > 0 and blob.kind == FILE and blob.path.endswith(".jsonl")
        return listed and _ROW.match(blob.head[:_HEAD]) is not None and bool(_kept(blob.stream))

    def open(self, blob: Blob, kit: Kit) -> Opened:
        return _told(blob, kit, _kept(blob.stream))


def _told(blob: Blob, kit: Kit, messages: Iterator[Message] | list[Message]) -> Opened:
    facts = Facts("firmware", "record", vantage=Vantage.OTHER)
    return Opened(facts, messages=messages, rest=partial(searched, blob.stream, kit))


def _framed(stream: Stream) -> Iterator[Message]:
    """What the first form says that says anything."""
    from iotwatch.decode.generic.frames import delimited, fixed  # asked of binary files alone

    for read in (delimited.read, fixed.read):
        messages = read(stream)
        first = next(messages, None)
        if first is not None:
            return chain((first,), messages)
    return iter(())


def _kept(stream: Stream) -> list[Message]:
    """The places of the first column whose BLOBs make a track, each with its row as evidence."""
    from iotwatch.decode.generic.frames.delimited import Record, leaves, track_of  # asked of tables alone

    columns = dict[str, list[Record]]()
    start = 0
    for line in stream.data.split(b"\n", _MOST_ROWS)[:_MOST_ROWS]:
        end = start + len(line)
        for name, data, time in _blobs(line):
            found = leaves(data, 0, len(data))
            if found:
                columns.setdefault(name, []).append(Record(found, data, (start, end), time))
        start = end + 1
    return next(filter(None, (track_of(stream, records) for records in columns.values())), [])


def _blobs(line: bytes) -> Iterator[tuple[str, bytes, int | None]]:
    """The BLOBs of a row by the names of their columns, with the time that the row tells."""
    if len(line) > _LONGEST_ROW:
        return
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return
    if not isinstance(row, dict):
        return
    times = (
        parse_time(value) for name, value in row.items() if names_time(name) and isinstance(value, int | float | str)
    )
    time = next((one for one in times if one is not None), None)
    for name, value in row.items():
        if isinstance(value, str) and _HEX.fullmatch(value):
            yield name, bytes.fromhex(value), time
