"""What a GNSS receiver wrote to its serial line, kept as a file: binary frames and NMEA sentences in any mixture.

Such a file looks like any other binary. A few frames whose check values hold tell it apart: by chance that takes some 2^32
bytes for each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from iotwatch.decode.generic.layouts import receivers
from iotwatch.decode.gnss.nmea import NMEA
from iotwatch.decode.message import Claim, Message
from iotwatch.read.stream import Stream

_FRAME = re.compile(rb"\xb5\x62[\x00-\xff]{2}|\xa0\xa2[\x00-\x07][\x00-\xff]", re.DOTALL)
_LOOKED_AT = 64 << 10
_LEAST = 3


class ReceiverLog:
    """The fixes of NMEA, then those of UBX, SiRF and RTCM frames."""

    name = "receiver-log"

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        yield from NMEA.messages(stream)
        yield from receivers.read(stream, 0, len(stream.data))


def is_receiver_log(data: bytes) -> bool:
    """Whether the first 64 KiB hold three or more frames of u-blox or SiRF with good check values."""
    head, at, good = data[:_LOOKED_AT], 0, 0
    while good < _LEAST:
        found = _FRAME.search(head, at)
        if found is None:
            return False
        size = _whole(head, found.start())
        good += size > 0
        at = found.start() + (size or 2)
    return True


def _whole(head: bytes, at: int) -> int:
    """Length of the frame at ``at`` when its check value holds, else 0."""
    if head[at] == 0xB5:
        size = int.from_bytes(head[at + 4 : at + 6], "little")
        first = second = 0
        for byte in head[at + 2 : at + 6 + size] if size <= 4096 else b"":
            first = first + byte & 255
            second = second + first & 255
        return size + 8 if size <= 4096 and head[at + 6 + size : at + 8 + size] == bytes((first, second)) else 0
    size = int.from_bytes(head[at + 2 : at + 4], "big")
    body, tail = head[at + 4 : at + 4 + size], head[at + 4 + size : at + 8 + size]
    return size + 8 if tail[2:] == b"\xb0\xb3" and sum(body) & 0x7FFF == int.from_bytes(tail[:2], "big") else 0


RECEIVER_LOG = ReceiverLog()
