"""Files in which a unit keeps where it was: tracks, journeys, and what it queues to be sent (GPX, KML, CSV, JSON lines, tables).

A file inside an image is such a record when places in it have times of their own: lists of cities and settings have none. What is
stored left nobody: it is told as local. Where a row says whom it is for, whether it was sent is told in the row's own word.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

from msgspec.structs import replace

from iotwatch.decode import decode
from iotwatch.decode.message import Message
from iotwatch.observe.texts import is_text
from iotwatch.open.blob import Blob
from iotwatch.open.opened import Facts, Kit, Opened, searched
from iotwatch.patterns import regex
from iotwatch.read.stream import Stream
from iotwatch.words.hosts import is_host, read_host
from iotwatch.words.kept import Kept
from iotwatch.words.vantage import Vantage

# What names a place by keys or elements; a dialect's own lines (NMEA) are known by the log grammars.
_PLACES = regex(rb"(?i)lat(?:itude)?[^a-z][\s\S]{0,400}?l(?:on|ng|ong)(?:itude)?[^a-z]|<coordinates>|<gx:coord>")
_HEAD = 16 << 10
_MOST_ROWS = 20_000
_URL = regex(r"(?:https?|mqtts?|wss?|tcp|udp|tls)://([^\s/?#\"']{3,260})")
_SENT_AT = regex(
    r"(?i)(?:sent|upload(?:ed)?|ack(?:ed)?|sync(?:ed)?|deliver(?:ed)?|transmitted)_?(?:at|time|ts|on|date|utc)"
)
_STATE = regex(
    r"(?i)(?:is_?)?(?:state|status|sent|upload(?:ed)?|ack(?:ed)?|sync(?:ed)?|deliver(?:ed)?|transmitted|pending|queued)"
)
_DONE = frozenset({
    "sent", "done", "uploaded", "delivered", "acked", "ack", "acknowledged", "ok", "success", "synced", "complete",
})  # fmt: skip
_WAITING = frozenset({"pending", "queued", "new", "retry", "waiting", "failed", "ready", "unsent", "error", "created"})
_WAITS_BY_NAME = regex(r"(?i)(?:is_?)?(?:pending|queued)")


class Outgoing(NamedTuple):
    """Whom a stored row is for, by its own words, and what it says of having been sent."""

    host: str
    kept: Kept


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
    """The lines, where any of them is JSON that names a far end, and what is left behind the most of them; else the whole."""
    if b"://" not in stream.data:
        return [stream]
    rows, anywhere, start = list[Stream](), False, 0
    while start < len(stream.data) and len(rows) < _MOST_ROWS:
        end = stream.data.find(b"\n", start)
        end = len(stream.data) if end < 0 else end
        told = _told(stream.data[start:end])
        anywhere |= told is not None
        row = stream.part(start, end)
        rows.append(
            replace(row, context={**row.context, "kept": told.kept.value, "kept_for": told.host}) if told else row
        )
        start = end + 1
    if not anywhere:
        return [stream]
    return [*rows, stream.part(start, len(stream.data))] if start < len(stream.data) else rows


def _told(line: bytes) -> Outgoing | None:
    if not line.startswith(b"{") or b"://" not in line:
        return None
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    hosts = [host for value in row.values() if isinstance(value, str) for host in _hosts(value)]
    return Outgoing(hosts[0], _kept(row)) if hosts else None


def _hosts(value: str) -> Iterator[str]:
    for found in _URL.finditer(value[:4096]):
        name = read_host(found[1].rpartition("@")[2]).name
        if is_host(name):
            yield name


def _kept(row: dict[str, Any]) -> Kept:
    """What the row says of itself; where it says both, that it waits."""
    said = set[Kept]()
    for name, value in row.items():
        if _SENT_AT.fullmatch(name):
            said.add(Kept.SENT if value not in (None, "", 0, "0") else Kept.WAITS)
        elif _STATE.fullmatch(name) and value is not None:
            word = str(value).strip().lower()
            yes = word in ("1", "true")
            if yes or word in ("0", "false"):
                said.add(Kept.WAITS if yes == bool(_WAITS_BY_NAME.fullmatch(name)) else Kept.SENT)
            elif word in _DONE or word in _WAITING:
                said.add(Kept.SENT if word in _DONE else Kept.WAITS)
    return Kept.WAITS if Kept.WAITS in said else Kept.SENT if said else Kept.KEPT
