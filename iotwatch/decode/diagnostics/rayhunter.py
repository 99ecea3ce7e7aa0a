"""What Rayhunter, a detector of false base stations, wrote beside the log of its hotspot: its own analysis, line by line.

Structure: rayhunter's ``lib/src/analysis/analyzer.rs``. The first line names the analyzers and the program; each line behind it
has the time of a packet and what the analyzers said of it, in report version 1 as a list of lists. It is another program's word:
quoted, not judged.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from iotwatch.decode.generic.times import parse_time
from iotwatch.decode.message import Claim, Message, Trait
from iotwatch.errors import LimitReached
from iotwatch.patterns import regex
from iotwatch.read.stream import Stream
from iotwatch.words.kinds import Kind

KIND = "rayhunter"
_FIRST = regex(rb'\s*\{[^\r\n]{0,65536}?"(?:rayhunter|report_version)"\s*:')
_ANALYZERS = b'"analyzers"'
_HEAD = 64 << 10
_MOST_ROWS = 200_000
_LONGEST = 64 << 10
_TEXT = 240
_PLACE_KEYS = frozenset({"latest_packet_timestamp", "system_time", "lat", "lon"})


def is_analysis(head: bytes) -> bool:
    """Whether the first line is that of an analysis file."""
    first = head[:_HEAD].partition(b"\n")[0]
    return _ANALYZERS in first and _FIRST.match(first) is not None


def is_own_place(data: bytes) -> bool:
    """Whether it is the side file in which Rayhunter keeps where itself stood (``gps.rs``): never a place of the car's."""
    if len(data) > _LONGEST or not data.lstrip().startswith(b"{"):
        return False
    try:
        value = msgspec.json.decode(data)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and value.keys() >= _PLACE_KEYS


class RayhunterAnalysis:
    """A message for each packet that was analysed."""

    name = KIND

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        start = count = 0
        while start < len(stream.data) and count < _MOST_ROWS:
            end = stream.data.find(b"\n", start)
            end = len(stream.data) if end < 0 else end
            row = _row(stream.data[start : min(end, start + _LONGEST)])
            if row is not None:
                yield from _said(row, stream, (start, end))
            start, count = end + 1, count + 1
        if start < len(stream.data):
            raise LimitReached(f"more than {_MOST_ROWS} lines of one analysis")


def _row(line: bytes) -> dict[str, Any] | None:
    try:
        value = msgspec.json.decode(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) and "analyzers" not in value else None


def _said(row: dict[str, Any], stream: Stream, span: tuple[int, int]) -> Iterator[Message]:
    groups = row.get("analysis") if isinstance(row.get("analysis"), list) else [row]
    for group in groups or []:
        if not isinstance(group, dict):
            continue
        stamp = group.get("packet_timestamp") or group.get("timestamp") or row.get("timestamp")
        events = group.get("events")
        traits = [
            Trait(Kind.ANALYSIS, str(event["message"])[:_TEXT], span, {"program": "Rayhunter", "level": _level(event)})
            for event in (events if isinstance(events, list) else [])
            if isinstance(event, dict) and event.get("message")
        ]
        time = parse_time(stamp) if isinstance(stamp, str) else None
        yield Message(KIND, stream, span, time, traits=tuple(traits))


def _level(event: dict[str, Any]) -> str:
    """``informational``, or how bad the program holds it: ``low``, ``medium``, ``high``."""
    kind = event.get("event_type")
    if isinstance(kind, dict):
        inner = kind.get("severity") or next((one for one in kind.values() if isinstance(one, str | dict)), "")
        kind = inner.get("severity", "") if isinstance(inner, dict) else inner
    return str(kind or "").lower()[:40]


RAYHUNTER = RayhunterAnalysis()
