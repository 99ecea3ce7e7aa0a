"""Captures that other programs keep in a form of their own: a named step makes a capture file of them, which is read like any."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import msgspec

from iotwatch.errors import NotEvidence, UnpackError
from iotwatch.model import Coverage
from iotwatch.observe.texts import is_text
from iotwatch.observe.traffic.track import observe_track
from iotwatch.open.blob import FILE, Blob
from iotwatch.open.captures import read_blob
from iotwatch.open.opened import Kit, Opened, searched
from iotwatch.open.texts import TextLog
from iotwatch.patterns import regex
from iotwatch.place.capture_steps import btsnooz, kismet
from iotwatch.place.steps import apply
from iotwatch.words.measures import Measure

_PACKETS = "packets.jsonl"
_MARK = b"--- BEGIN:BTSNOOP_LOG_SUMMARY"
_KEPT = regex(
    rb"BEGIN:BTSNOOP_LOG_SUMMARY \([0-9]{1,12} bytes in\) ---\s{1,4}([A-Za-z0-9+/=\s]+)--- END:BTSNOOP_LOG_SUMMARY"
)


class KismetFile:
    """A database of Kismet: the packets that it logged, and where the sweeper was meanwhile.

    The reader of SQLite opens it: in memory, in the limited child, rows and nothing else.
    """

    name = "kismet"
    kind = "capture"

    def claims(self, blob: Blob) -> bool:
        return blob.named is not None and blob.named.name == self.name

    def open(self, blob: Blob, kit: Kit) -> Opened:
        from iotwatch.unpack import EVERY_STEP  # heavy, and rarely needed

        rows = EVERY_STEP["sqlite"](blob.stream.data, _PACKETS)
        table = blob.stream.through("sqlite", rows, _PACKETS)
        observe_track(table, kit.collector)
        return read_blob(Blob(table.through("kismet", kismet(rows), kind=FILE), blob.depth), kit, self.name)


class BugReport:
    """An Android bug report that keeps Bluetooth's last packets; its other lines are a log."""

    name = "bug-report"
    kind = "capture"

    def claims(self, blob: Blob) -> bool:
        return blob.kind == FILE and _MARK in blob.stream.data and is_text(blob.stream.data)

    def open(self, blob: Blob, kit: Kit) -> Opened:
        log = partial(_log, blob, kit)
        found = _KEPT.search(blob.stream.data)
        if found is None:
            return _cut("the packets of Bluetooth in the bug report are cut short", log)
        packed = blob.stream.part(*found.span(1))
        try:
            plain = packed.through("base64", apply("base64", packed.data))
            kept = btsnooz(plain.data)
        except UnpackError as error:  # the lines around them are no less a log
            return _cut(f"the packets of Bluetooth in the bug report: {error}", log)
        inner = Blob(plain.through("btsnooz", kept, kind=FILE), blob.depth)
        opened = read_blob(inner, kit, "btsnooz")
        return msgspec.structs.replace(opened, rest=partial(_then, opened.rest, log))


def _cut(note: str, rest: Callable[[], Opened]) -> Opened:
    return Opened(coverage=(Coverage(Measure.SOURCE_CUT, 1.0, note),), complete=False, rest=rest)


def _then(first: Callable[[], Opened] | None, log: Callable[[], Opened]) -> Opened:
    return msgspec.structs.replace(first(), rest=log) if first is not None else log()


def _log(blob: Blob, kit: Kit) -> Opened:
    try:
        return msgspec.structs.replace(TextLog().open(blob, kit), facts=None)
    except NotEvidence:
        return searched(blob.stream, kit)
