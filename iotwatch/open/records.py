"""Files in which a unit keeps where it was: tracks, journeys, and what it queues to be sent (GPX, KML, CSV, JSON lines, tables).

A file inside an image is such a record when places in it have times of their own: lists of cities and settings have none. What is
stored left nobody: it is told as local. Where a row says whom it is for, whether it was sent is told in the row's own word.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from msgspec.structs import replace

from iotwatch.decode import decode
from iotwatch.decode.message import Message
from iotwatch.observe.texts import is_text
from iotwatch.open.blob import Blob
from iotwatch.open.opened import Facts, Kit, Opened, searched
from iotwatch.open.outgoing import outgoing
from iotwatch.patterns import regex
from iotwatch.read.stream import Stream
from iotwatch.words.vantage import Vantage

# What names a place by keys or elements; a dialect's own lines (NMEA) are known by the log grammars.
_PLACES = regex(rb"(?i)lat(?:itude)?[^a-z][\s\S]{0,400}?l(?:on|ng|ong)(?:itude)?[^a-z]|<coordinates>|<gx:coord>")
_QUERY = regex(rb"://[^\s?#\"']{1,500}\?([^\s#\"']{3,4000})")
_HEAD = 16 << 10
_MOST_ROWS = 20_000
# What rows that are for somebody hold: an address, or the words of a queue.
_LEAVES = regex(rb"://|(?i:\"(?:is_?)?(?:sent|upload|ack|sync|deliver|transmit|pending|queued))")


class RecordFile:
    """A file of an image that states timed places."""

    name = "record"
    kind = "firmware"

    def claims(self, blob: Blob) -> bool:
        listed = blob.depth > 0 and blob.container is None and is_text(blob.stream.data)
        if not listed or _PLACES.search(blob.head[:_HEAD]) is None:
            return False
        from iotwatch.observe.firmware import is_shipped  # heavy, and asked of images alone

        return not is_shipped(blob.path)

    def open(self, blob: Blob, kit: Kit) -> Opened:
        stream = replace(blob.stream, kind="text")
        facts = Facts("firmware", "record", vantage=Vantage.OTHER)
        return Opened(facts, messages=_timed(stream, kit), rest=partial(searched, stream, kit))


def _timed(stream: Stream, kit: Kit) -> Iterator[Message]:
    """The messages whose places have times; where rows name a far end each row is read by itself, and keeps it in its context."""
    for part in _rows(stream):
        for message in decode(part, kit.collector.refusals):
            fixes = tuple(fix for fix in message.fixes if fix.time is not None)
            if fixes or message.body is not None:
                body = message.body and replace(message.body, context={**message.body.context, **part.context})
                yield replace(message, fixes=fixes, body=body)


def _rows(stream: Stream) -> list[Stream]:
    """The lines, where any of them says of leaving the unit, and what is left behind the most of them; else the whole."""
    if _LEAVES.search(stream.data) is None:
        return [stream]
    rows, anywhere, start = list[Stream](), False, 0
    while start < len(stream.data) and len(rows) < _MOST_ROWS:
        end = stream.data.find(b"\n", start)
        end = len(stream.data) if end < 0 else end
        told = outgoing(stream.data[start:end])
        anywhere |= told is not None
        row = stream.part(start, end)
        row = replace(row, context={**row.context, **told.context}) if told else row
        rows.append(row)
        # A query inside a line of a log is one of its own.
        query = _QUERY.search(row.data) if told and not row.data.startswith(b"{") else None
        if query is not None:
            rows.append(row.part(*query.span(1)))
        start = end + 1
    if not anywhere:
        return [stream]
    return [*rows, stream.part(start, len(stream.data))] if start < len(stream.data) else rows
