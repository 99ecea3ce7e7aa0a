"""What joins a CoAP answer to its request (RFC 7252 section 5.3.2): the token, and the message id where it rides on an ACK.

Requests and answers go opposite ways. Two directions that agree are CoAP on whatever port; an answer says by its request what it
is about, a notification (RFC 7641) too, for as long as the token is not given to another request.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import Any, NamedTuple

from iotwatch.decode.units import units
from iotwatch.errors import DecodeError
from iotwatch.read.stream import Stream

LONGEST = 4096
"""Bytes of a message; RFC 7252 section 4.6 expects 1152 at most, and options cost time."""
MESSAGES = 1 << 14
"""Of one direction, those that are looked at for what they ask."""
_ACK = 2
_PROVING_TOKEN = 2
"""Bytes of a token that nobody repeats by chance."""


class Wire(NamedTuple):
    """One message: its range of the stream, the frame that it came in, and what was read of it."""

    start: int
    end: int
    frame: int
    code: int
    parsed: Any

    @property
    def asks(self) -> bool:
        return 0 < self.code < 32

    @property
    def answers(self) -> bool:
        return self.code >> 5 in (2, 4, 5)


def decoded(wire: bytes) -> Any:
    """The message by aiocoap; ``DecodeError`` when it is none."""
    from aiocoap import error
    from aiocoap import message as coap

    if len(wire) > LONGEST:
        raise DecodeError("longer than any CoAP message")
    try:
        return coap.Message.decode(wire)
    except (error.UnparsableMessage, UnicodeDecodeError, ValueError, IndexError) as reason:
        raise DecodeError(f"a CoAP message is broken: {type(reason).__name__}") from reason


def messages(stream: Stream, errors: list[DecodeError]) -> Iterator[Wire]:
    """The messages that are not empty; the first that is broken goes to ``errors``."""
    for start, end in units(stream):
        head = stream.data[start : start + 4]
        if len(head) < 4 or head[0] >> 6 != 1 or not head[1]:
            continue
        try:
            parsed = decoded(stream.data[start:end])
        except DecodeError as error:
            if not errors:
                errors.append(error)
            continue
        yield Wire(start, end, stream.frame_at(start) or 0, head[1], parsed)


class Side:
    """What one end of a conversation said, as far as it is needed to understand the other."""

    def __init__(self, said: list[Wire]) -> None:
        self._requests: dict[bytes, list[Wire]] = {}
        self._answers = [one for one in said if one.answers]
        for one in said:
            if one.asks:
                self._requests.setdefault(one.parsed.token, []).append(one)

    def asked(self, answer: Wire) -> Wire | None:
        """The request that ``answer`` is to: the last one before it with its token."""
        asked = self._requests.get(answer.parsed.token, [])
        at = bisect_right(asked, answer.frame, key=lambda one: one.frame)
        return asked[at - 1] if at else None

    def agrees(self, other: Side) -> bool:
        """Whether one of them answers the other."""
        return self._is_answered(other) or other._is_answered(self)

    def _is_answered(self, other: Side) -> bool:
        for answer in other._answers:
            request = self.asked(answer)
            if request is None:
                continue
            same = int(answer.parsed.mtype) == _ACK and answer.parsed.mid == request.parsed.mid
            if same or (int(answer.parsed.mtype) != _ACK and len(answer.parsed.token) >= _PROVING_TOKEN):
                return True
        return False
