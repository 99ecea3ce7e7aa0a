"""PPP in a serial log: what passed between ``CONNECT`` and the end of a data call, as network frames."""

from __future__ import annotations

from array import array
from collections.abc import Iterator

from iotwatch.decode.at.sockets.wire import Wire
from iotwatch.decode.message import Message
from iotwatch.decode.usb.network import ppp_frames
from iotwatch.decode.usb.pipes import Pipe
from iotwatch.read.stream import Stream

_HOST, _MODULE = 0x01, 0x81
"""Endpoints as USB numbers them: who spoke."""


def dialled_message(log: Stream, wire: Wire, span: tuple[int, int]) -> Iterator[Message]:
    """The frames in a range of the wire, when it holds any. Where the log does not tell who spoke, the packets do."""
    frames = ppp_frames(wire.stream, list(_pipes(wire, span)), "a serial line")
    if frames is not None:
        yield Message("at", log, wire.in_log(*span), wire.stream.time_at(span[0]), body=frames)


def _pipes(wire: Wire, span: tuple[int, int]) -> Iterator[Pipe]:
    sides: dict[int, list[tuple[int, int]]] = {_HOST: [], _MODULE: []}
    here = span[0]
    while here < span[1]:
        piece = wire.piece(here)
        until = max(here + 1, min(span[1], wire.end_of(piece)))
        sides[_MODULE if wire.sided and wire.sent[piece] is False else _HOST].append((here, until))
        here = until
    for endpoint, ranges in sides.items():
        if ranges:
            starts, ends = zip(*ranges, strict=True)
            yield Pipe(endpoint, array("q", starts), array("q", ends), array("q", [0] * len(ranges)))
