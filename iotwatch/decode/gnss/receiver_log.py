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
from iotwatch.patterns import regex
from iotwatch.read.stream import Stream

_FRAME = regex(rb"\xb5\x62[\x00-\xff]{2}|\xa0\xa2[\x00-\x07][\x00-\xff]", re.DOTALL)
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
        start = found.start()
        is_ubx = head[start] == 0xB5
        stop = (
            receivers.ubx_end(head, start, len(head), most=4096)
            if is_ubx
            else receivers.sirf_end(head, start, len(head))
        )
        good += stop > 0
        at = stop or start + 2
    return True


RECEIVER_LOG = ReceiverLog()
