"""Data mode: behind ``CONNECT`` every byte belongs to the conversation, until ``+++``, the far end or the line ends it."""

from __future__ import annotations

from iotwatch.decode.at.sockets.conversation import Span, Unit
from iotwatch.decode.at.sockets.wire import Wire
from iotwatch.patterns import regex
from iotwatch.words.sending import Level

_END = regex(
    rb"\+\+\+(?=[\r\n]|$)|(?:^|(?<=[\r\n]))(?:NO CARRIER|CLOSED|DISCONNECT|#XDATAMODE: ?\d+|\+CIPEVENT:[^\r\n]*)(?=[\r\n]|$)"
)
_LINE_END = regex(rb"\r?\r?\n")


def end(wire: Wire, at: int) -> int:
    """Where the data mode ends that begins behind the row's end at ``at``."""
    found = _END.search(wire.stream.data, at)
    return found.start() if found else len(wire.stream.data)


def units(wire: Wire, at: int) -> tuple[list[Unit], int]:
    """What each side said in turn, and where the dialogue goes on.

    The module takes what is sent on an open line; that it did is known when the log shows the line's end. Where the log does not
    tell the sides apart all of it is taken for the host's.
    """
    data = wire.stream.data
    stop = end(wire, at)
    orderly = stop < len(data)
    line = _LINE_END.match(data, at)
    here = line.end() if line else at
    found: list[Unit] = []
    while here < stop:
        piece = wire.piece(here)
        until = min(stop, wire.end_of(piece)) if wire.sided else stop
        trimmed = here + len(data[here:until].rstrip(b"\r\n")) if orderly or wire.sided else until
        if trimmed > here:
            _add(found, (here, trimmed), up=wire.sent[piece] is not False)
        here = until
    for unit in found:
        unit.level = Level.ACCEPTED if orderly else Level.PROMPTED
    return found, stop


def _add(found: list[Unit], span: Span, *, up: bool) -> None:
    if found and found[-1].up is up:
        found[-1].ranges.append(span)
    else:
        found.append(Unit([span], up=up))
