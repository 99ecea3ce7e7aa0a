"""snoop (RFC 1761): Solaris' capture format, always in network order."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from iotwatch.errors import NotEvidence
from iotwatch.model import Damage
from iotwatch.read.files.records import Records, numbered
from iotwatch.read.files.walk import Chain, walk
from iotwatch.read.files.window import Window
from iotwatch.read.layers.columns import take
from iotwatch.read.layers.contract import layout

MAGIC = b"snoop\0\0\0"
_HEADER = 16
_RECORD = layout(length=">u4", captured=">u4", size=">u4", drops=">u4", seconds=">u4", micros=">u4")
# Data link types of RFC 1761 section 4 as LINKTYPE numbers; 802.3 and Ethernet are one there.
_LINKS = {0: 1, 2: 6, 4: 1, 8: 10}
_MAX_RECORD = 1 << 20


class SnoopReader:
    """Reads one snoop file through a window; iterate for ``Records``, then look at ``damage``."""

    format = "snoop"

    def __init__(self, window: Window) -> None:
        self.window = window
        self.damage: list[Damage] = []
        window.advance(0)
        head = bytes(window.view[:_HEADER])
        if window.have < _HEADER or not head.startswith(MAGIC):
            raise NotEvidence("not a snoop file: its header is not there")
        self.link = _LINKS.get(int.from_bytes(head[12:16], "big"), -1)

    def __iter__(self) -> Iterator[Records]:
        window = self.window
        chain = Chain(size_at=8, extra=0, head=24, smallest=24, largest=_MAX_RECORD, big=True)
        used, frame = _HEADER, 1
        while True:
            walked = walk(window.buffer, used, window.have, chain)
            if len(walked.starts):
                head = take(window.data, walked.starts, _RECORD)
                room = head["size"].astype(np.int64) - 24
                yield Records(
                    data=window.data,
                    base=window.base,
                    start=walked.starts + 24,
                    captured=np.minimum(head["captured"].astype(np.int64), room),
                    length=head["length"].astype(np.int64),
                    time=head["seconds"].astype(np.int64) * 1_000_000 + head["micros"],
                    link=np.full(len(head), self.link, np.int32),
                    frame=numbered(frame, len(head)),
                )
                frame += len(walked.starts)
            if walked.broken or not window.advance(walked.used, walked.wanted):
                left = walked.used if walked.broken else 0
                if left < window.have:
                    reason = "record size is broken" if walked.broken else "the last record is cut short"
                    self.damage.append(Damage(window.base + left, window.base + window.have, reason))
                return
            used = 0
