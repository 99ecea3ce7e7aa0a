"""IP fragments put together again (RFC 791, RFC 8200 section 4.5).

A datagram that is complete becomes a packet of its own behind the batch's bytes, under the frame number of the fragment
that completed it, as Wireshark counts; ``Splices`` knows where in the file each of its bytes stands. Of an overlap the
bytes that begin earlier are kept. What never completes is counted.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple

import msgspec
import numpy as np

from iotwatch.read.files.records import Records
from iotwatch.read.layers.columns import SLACK, indices
from iotwatch.read.layers.packets import FRAGMENT, Packets, Splices

MAX_PARTS = 8192
MAX_DATAGRAMS = 65_536
MAX_SIZE = 65_535
_IPV4, _IPV6 = 228, 229  # LINKTYPEs of what is rebuilt


class Part(NamedTuple):
    """One fragment: what it belongs to, where in the datagram its bytes begin, and whether it is the last."""

    key: tuple[int, bytes, int]
    link: int
    header: bytes
    offset: int
    last: bool
    start: int
    end: int


class Datagram(msgspec.Struct):
    """Fragments so far: offset in the datagram to (bytes, their file offset, frame)."""

    link: int
    header: bytes
    parts: dict[int, tuple[bytes, int, int]] = msgspec.field(default_factory=dict)
    size: int = 0
    total: int = -1

    def add(self, part: Part, piece: bytes, where: int, frame: int) -> int:
        """Take a fragment; how many bytes it brought."""
        if part.last:
            self.total = part.offset + len(piece)
        if part.offset == 0:
            self.header = part.header
        if part.offset in self.parts or len(self.parts) >= MAX_PARTS:
            return 0
        self.parts[part.offset] = (piece, where, frame)
        self.size += len(piece)
        return len(piece)

    def complete(self) -> bool:
        """Whether there is no hole up to the end of the last fragment."""
        if self.total < 0 or self.size < self.total:
            return False
        reached = 0
        for offset, (piece, _, _) in sorted(self.parts.items()):
            if offset > reached:
                return False
            reached = max(reached, offset + len(piece))
        return reached >= self.total

    def pieces(self) -> list[tuple[bytes, int, int]]:
        """The datagram's bytes in order, each piece with its file offset and frame."""
        out = []
        reached = 0
        for offset, (piece, where, frame) in sorted(self.parts.items()):
            skip = max(0, reached - offset)
            fresh = piece[skip : self.total - offset]
            if fresh:
                out.append((fresh, where + skip, frame))
                reached = offset + skip + len(fresh)
        return out

    def whole_header(self) -> bytes:
        """The first fragment's header as that of the whole: its length, no fragment bits, no options."""
        header = self.header
        if self.link == _IPV6:
            return header[:4] + min(self.total, MAX_SIZE).to_bytes(2, "big") + header[6:]
        total = min(self.total + 20, MAX_SIZE).to_bytes(2, "big")
        return b"\x45" + header[1:2] + total + header[4:6] + b"\0\0" + header[8:]


class Fragments:
    """Waits for the rest of datagrams; bounded in bytes and number, the oldest go first."""

    def __init__(self, budget: int) -> None:
        self._budget = budget
        self._held = 0
        # The first key of a plain dict is looked for among all that were taken away before it.
        self._open: OrderedDict[tuple[int, bytes, int], Datagram] = OrderedDict()
        self._given_up = 0

    @property
    def incomplete(self) -> int:
        """Datagrams that are still waiting, or were given up."""
        return len(self._open) + self._given_up

    def look(self, packets: Packets) -> tuple[Records, Splices, list[int]] | None:
        """Take a batch's fragments.

        Gives the datagrams that they complete as records behind the batch's own bytes, where those bytes stand in the
        file, and for each the row of the fragment that completed it; ``None`` when nothing was completed.
        """
        rows = indices(packets.code == FRAGMENT).tolist()
        done: list[tuple[Datagram, int]] = []
        for row in rows:
            finished = self._take(packets, row)
            if finished is not None:
                done.append((finished, row))
        if not done:
            return None
        records, splices = _rebuilt(packets, done)
        return records, splices, [row for _, row in done]

    def _take(self, packets: Packets, row: int) -> Datagram | None:
        part = _part(packets, row)
        piece = packets.data[part.start : part.end].tobytes()
        if not piece or part.offset + len(piece) > MAX_SIZE:
            return None
        datagram = self._open.get(part.key)
        if datagram is None:
            datagram = self._open[part.key] = Datagram(part.link, part.header)
        records = packets.records
        self._held += datagram.add(part, piece, records.base + part.start, int(records.frame[row]))
        if datagram.complete():
            del self._open[part.key]
            self._held -= datagram.size
            return datagram
        while self._open and (self._held > self._budget or len(self._open) > MAX_DATAGRAMS):
            self._held -= self._open.popitem(last=False)[1].size
            self._given_up += 1
        return None


def _part(packets: Packets, row: int) -> Part:
    """Read one fragment's header: IPv4's own, or IPv6's fragment header, which stands at ``pos``."""
    ip, pos, end = int(packets.ip[row]), int(packets.pos[row]), int(packets.end[row])
    tunnel = int(packets.tunnel[row])
    if packets.wide[row]:
        head = packets.data[pos : pos + 8].tobytes()
        base = packets.data[ip : ip + 40].tobytes()
        bits = int.from_bytes(head[2:4], "big")
        key = (tunnel, base[8:40], int.from_bytes(head[4:8], "big"))
        header = base[:6] + head[:1] + base[7:]
        return Part(key, _IPV6, header, bits & 0xFFF8, not bits & 1, pos + 8, end)
    base = packets.data[ip : ip + 20].tobytes()
    bits = int.from_bytes(base[6:8], "big")
    key = (tunnel, base[9:10] + base[12:20], int.from_bytes(base[4:6], "big"))
    return Part(key, _IPV4, base, (bits & 0x1FFF) * 8, not bits & 0x2000, pos, end)


def _rebuilt(packets: Packets, done: list[tuple[Datagram, int]]) -> tuple[Records, Splices]:
    records = packets.records
    out: list[bytes] = []
    here = packets.data.size
    splices: list[tuple[int, int, int]] = []
    begin: list[int] = []
    size: list[int] = []
    for datagram, _ in done:
        begin.append(here)
        out.append(datagram.whole_header())
        here += len(out[-1])
        for piece, where, number in datagram.pieces():
            splices.append((here, where, number))
            out.append(piece)
            here += len(piece)
        size.append(here - begin[-1])
    rows = np.array([row for _, row in done])
    data = np.concatenate([packets.data, np.frombuffer(b"".join(out) + bytes(SLACK), np.uint8)])
    rebuilt = Records(
        data=data,
        base=records.base,
        start=np.array(begin),
        captured=np.array(size),
        length=records.length[rows],
        time=records.time[rows],
        link=np.array([datagram.link for datagram, _ in done], np.int32),
        frame=records.frame[rows],
    )
    start, offset, frame = np.array(splices, np.int64).T
    return rebuilt, Splices(start, offset, frame, packets.data.size)
