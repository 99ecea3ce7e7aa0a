"""Syslog over the network (RFC 5424, and the older BSD form of RFC 3164): who logs, and what as a body."""

from __future__ import annotations

import re
from collections.abc import Iterator

from iotwatch.decode.message import Claim, Message, Trait, by_head
from iotwatch.decode.units import units
from iotwatch.model import Confidence
from iotwatch.patterns import regex
from iotwatch.read.stream import Flow, Stream
from iotwatch.words.kinds import Kind

_LINE = regex(
    rb"<(?P<priority>\d{1,3})>"
    rb"(?:1 [!-~]{1,48} (?P<host>[!-~]{1,255}) (?P<app>[!-~]{1,48}) [!-~]{1,128} [!-~]{1,32} "
    rb"|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d (?:(?P<old_host>[\w.:-]{1,255}) )?(?P<old_app>[\w./-]{1,48})(?:\[\d{1,10}\])?: )"
)
_HIGHEST = 191


class Syslog:
    """``syslog.host`` and ``syslog.app``; the text goes on as a body."""

    name = "syslog"
    anchors = (rb"<\d{1,3}>(?:1 |[A-Z][a-z]{2} [ \d]\d )",)

    def claims(self, head: bytes, flow: Flow | None) -> Claim | None:
        found = _LINE.match(head)
        return by_head(self, found and int(found["priority"]) <= _HIGHEST)

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        for start, end in units(stream):
            while start < end:
                stop = stream.data.find(b"\n", start, end) if not stream.datagram else -1
                stop = end if stop < 0 else stop
                found = _LINE.match(stream.data, start, stop)
                if found and int(found["priority"]) <= _HIGHEST:
                    yield _message(stream, found, stop)
                start = stop + 1


def _message(stream: Stream, found: re.Match[bytes], end: int) -> Message:
    traits: list[Trait] = []
    for kind, names in ((Kind.SYSLOG_HOST, ("host", "old_host")), (Kind.SYSLOG_APP, ("app", "old_app"))):
        told = (name for name in names if found[name] not in (None, b"", b"-"))
        traits += [Trait(kind, found[name].decode("latin-1"), found.span(name)) for name in told]
    return Message(
        protocol="syslog",
        stream=stream,
        span=(found.start(), end),
        time=stream.time_at(found.start()),
        fields={"priority": int(found["priority"])},
        traits=tuple(traits),
        confidence=Confidence.CERTAIN,
        body=stream.part(found.end(), end).tagged(kind="syslog") if found.end() < end else None,
    )


SYSLOG = Syslog()
