"""pcapng (draft-ietf-opsawg-pcapng): sections of either byte order, interfaces and packets.

Blocks are walked as one chain. Runs of packet blocks become columns; section headers, interfaces and the rare rest are
read one by one at the place where they stand, because they change how the packets behind them are read.
"""

from __future__ import annotations

import struct
from functools import cache
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from iotwatch.errors import NotEvidence
from iotwatch.files.limits import SECRETS_LIMIT
from iotwatch.read.files.chainreader import MAX_GUESSES, ChainReader, Next, Taken
from iotwatch.read.files.pcapng_options import Order, options_of
from iotwatch.read.files.records import Records, numbered
from iotwatch.read.files.walk import Chain, Walked
from iotwatch.read.files.window import Window
from iotwatch.read.layers.columns import Bools, Int32s, Int64s, distinct, every, indices, some, take

SECTION, INTERFACE = 0x0A0D0D0A, 1
OLD_PACKET, SIMPLE_PACKET, PACKET = 2, 3, 6
NAMES, STATISTICS, JOURNAL, SECRETS = 4, 5, 9, 10
# Blocks that are no packets and yet count as frames in Wireshark: systemd journal entries, sysdig events.
OTHER_FRAMES = (JOURNAL, 0x204, 0x205, 0x208, 0x209, 0x216, 0x217)
_LANDMARKS = (SECTION, INTERFACE, NAMES, STATISTICS, SECRETS)
_FRAMES = (PACKET, SIMPLE_PACKET, OLD_PACKET, *OTHER_FRAMES)
LINK_JOURNAL = 0xFF09
LINK_SYSDIG = 0xFF04
_ORDER_BIG = b"\x1a\x2b\x3c\x4d"
_ORDER_LITTLE = b"\x4d\x3c\x2b\x1a"
Numbers = NDArray[np.uint32]
MAX_BLOCK = 16 << 20
MAX_INTERFACES = 65_536
_KEY_LOG = 0x544C534B  # section 4.7: secrets of TLS as a key log
_MOST_SECRETS = 1024


class Interface(msgspec.Struct, frozen=True):
    """LINKTYPE, snap length (0: none), ticks per second, and seconds to add to every time stamp."""

    link: int
    snaplen: int
    ticks: int = 1_000_000
    offset: int = 0


class PcapngReader(ChainReader):
    """Reads one pcapng file through a window; iterate for ``Records``, then look at the rest."""

    format = "pcapng"

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self.dropped = 0
        self.secrets: list[tuple[int, bytes]] = []
        self.secrets_left = 0
        self.interfaces: list[Interface] = []
        self._time = 0
        order = bytes(window.view[8:12])
        known = bytes(window.view[:4]) == b"\x0a\x0d\x0d\x0a" and order in (_ORDER_BIG, _ORDER_LITTLE)
        if not known or window.have < 28:
            raise NotEvidence("not a pcapng: its section header is not there")
        self._set_order(big=order == _ORDER_BIG)

    def _set_order(self, *, big: bool) -> None:
        self.big = big
        order = ">" if big else "<"
        self.chain = Chain(4, 0, 12, 12, MAX_BLOCK, big)
        self._u32s = struct.Struct(order + "II").unpack_from
        self._block, self._packet, self._old = _layouts(order)
        self._packet_mark = PACKET.to_bytes(4, "big" if big else "little")

    def start(self) -> int:
        return 0

    def take(self, walked: Walked, frame: int) -> Taken:
        """Sections split the run of records, because they change how those behind them are read; other blocks do not."""
        batches: list[Records] = []
        kinds = take(self.window.data, walked.starts, self._block)["type"]
        marks = indices(_among(kinds, _LANDMARKS))
        here = 0
        for mark, kind in zip(marks.tolist(), kinds[marks].tolist(), strict=True):
            at = int(walked.starts[mark])
            if kind != SECTION:
                self._read(kind, at)
                continue
            self._collect(batches, walked.starts[here:mark], kinds[here:mark], frame)
            here = mark + 1
            if self._section(at):
                # The byte order turned: what stands behind was walked with the wrong one.
                return Taken(batches, at + self._size_at(at), Next.AGAIN)
        self._collect(batches, walked.starts[here:], kinds[here:], frame)
        if not walked.broken:
            return Taken(batches, walked.used, Next.MORE)
        return Taken(batches, walked.used, Next.AGAIN if self._turns(walked.used) else Next.BROKEN)

    def _collect(self, batches: list[Records], starts: Int64s, kinds: Numbers, frame: int) -> None:
        """Read a run of blocks that no section interrupts."""
        others = ~_among(kinds, _FRAMES)
        if some(others):
            frames = indices(~others)
            starts, kinds = starts[frames], kinds[frames]
        if len(starts):
            last = batches[-1].frame[-1] + 1 if batches else frame
            batches.append(self._records(starts, kinds, int(last)))

    def _size_at(self, at: int) -> int:
        return int(self._u32s(self.window.buffer, at)[1])

    def _section(self, at: int) -> bool:
        """Begin a section; whether its byte order is the other one."""
        self.interfaces = []
        big = bytes(self.window.view[at + 8 : at + 12]) == _ORDER_BIG
        turned = big != self.big
        if turned:
            self._set_order(big=big)
        return turned

    def _read(self, kind: int, at: int) -> None:
        """Read one block that is neither packet nor section."""
        size = self._size_at(at)
        body = bytes(self.window.view[at + 8 : at + max(12, size) - 4])
        if kind == INTERFACE and len(body) >= 8 and len(self.interfaces) < MAX_INTERFACES:
            self.interfaces.append(self._interface(body))
        elif kind == STATISTICS:
            drops = options_of(body[12:], big=self.big).get(5, b"")
            self.dropped += int.from_bytes(drops[:8], "big" if self.big else "little")

        elif kind == SECRETS and int.from_bytes(body[:4], "big" if self.big else "little") == _KEY_LOG:
            text = body[8 : 8 + int.from_bytes(body[4:8], "big" if self.big else "little")]
            if (
                sum(len(one) for _, one in self.secrets) + len(text) <= SECRETS_LIMIT
                and len(self.secrets) < _MOST_SECRETS
            ):
                self.secrets.append((self.window.base + at + 16, text))
            else:
                self.secrets_left += 1

    def _interface(self, body: bytes) -> Interface:
        order: Order = "big" if self.big else "little"
        link = int.from_bytes(body[:2], order)
        snaplen = int.from_bytes(body[4:8], order)
        options = options_of(body[8:], big=self.big)
        ticks = 1_000_000
        resolution = options.get(9, b"")
        if resolution:
            power = resolution[0] & 0x7F
            ticks = 2 ** min(power, 62) if resolution[0] & 0x80 else 10 ** min(power, 18)
        offset = int.from_bytes(options.get(14, b"")[:8], order, signed=True)
        return Interface(link, snaplen, ticks, offset if abs(offset) < 1 << 40 else 0)

    def _turns(self, at: int) -> bool:
        """A section of the other byte order looks like an impossible size: turn round when that is what stands here."""
        mark = bytes(self.window.view[at : at + 12])
        other = _ORDER_LITTLE if self.big else _ORDER_BIG
        if mark[:4] == b"\x0a\x0d\x0d\x0a" and mark[8:12] == other:
            self._set_order(big=not self.big)
            return True
        return False

    def _records(self, starts: Int64s, kinds: Numbers, frame: int) -> Records:
        data = self.window.data
        size = take(data, starts, self._block)["size"].astype(np.int64)
        head = take(data, starts + 8, self._packet)
        interface = head["interface"].astype(np.int64)
        captured = head["captured"].astype(np.int64)
        length = head["length"].astype(np.int64)
        ticks = (head["high"].astype(np.uint64) << np.uint64(32)) | head["low"]
        begin = starts + 28
        if not every(kinds == PACKET):
            old = kinds == OLD_PACKET
            interface[old] = take(data, starts[old] + 8, self._old)["interface"]
            self._untimed(kinds, starts, size, begin, interface, captured, length)
        captured = np.clip(np.minimum(captured, starts + size - 4 - begin), 0, None)
        known = interface < len(self.interfaces)
        time, link = self._times(ticks, interface, known)
        stamped = (kinds == PACKET) | (kinds == OLD_PACKET)
        if not every(stamped):
            self._carry(time, stamped)
            link[kinds == JOURNAL] = LINK_JOURNAL
            link[np.isin(kinds, OTHER_FRAMES[1:])] = LINK_SYSDIG
        self._time = int(time[-1])
        return Records(data, self.window.base, begin, captured, length, time, link, numbered(frame, len(starts)))

    def _untimed(
        self,
        kinds: Numbers,
        starts: Int64s,
        size: Int64s,
        begin: Int64s,
        interface: Int64s,
        captured: Int64s,
        length: Int64s,
    ) -> None:
        """Fill in what simple packets (no time, no interface) and foreign frames say of themselves."""
        simple = kinds == SIMPLE_PACKET
        foreign = np.isin(kinds, OTHER_FRAMES)
        begin[simple] = starts[simple] + 12
        begin[foreign] = starts[foreign] + 8
        interface[simple | foreign] = 0
        room = starts + size - 4 - begin
        words = take(self.window.data, starts + 8, np.dtype([("length", self._block["type"])]))
        length[simple] = words["length"][simple]
        length[foreign] = room[foreign]
        captured[simple | foreign] = np.minimum(room, length)[simple | foreign]
        if self.interfaces and self.interfaces[0].snaplen:
            captured[simple] = np.minimum(captured[simple], self.interfaces[0].snaplen)

    def _times(self, ticks: NDArray[np.uint64], interface: Int64s, known: Bools) -> tuple[Int64s, Int32s]:
        """Microseconds and LINKTYPE of each packet by its interface; -1 is the link of an interface nobody declared."""
        time = np.zeros(len(ticks), np.int64)
        link = np.full(len(ticks), -1, np.int32)
        present = [0] if len(self.interfaces) == 1 else distinct(interface[known]).tolist()
        for number in present:
            which = interface == number
            of = self.interfaces[number]
            link[which] = of.link
            mine = ticks[which]
            if of.ticks <= 1_000_000:
                micros = (mine & np.uint64((1 << 62) - 1)) * np.uint64(1_000_000 // of.ticks)
            else:
                whole, rest = np.divmod(mine, np.uint64(of.ticks))
                scaled = rest.astype(np.float64) * (1e6 / of.ticks)
                exact = rest // np.uint64(max(1, of.ticks // 1_000_000))
                micros = whole * np.uint64(1_000_000) + (
                    exact if of.ticks % 1_000_000 == 0 else scaled.astype(np.uint64)
                )
            time[which] = micros.astype(np.int64) + of.offset * 1_000_000
        return time, link

    def _carry(self, time: Int64s, stamped: Bools) -> None:
        """Packets without a time get that of the last one before them."""
        last = np.maximum.accumulate(np.where(stamped, np.arange(len(time)), -1))
        carried = np.where(last >= 0, time[last], self._time)
        time[~stamped] = carried[~stamped]

    def guess(self, at: int, limit: int) -> int:
        buffer = self.window.buffer
        here = at - 1
        for _ in range(MAX_GUESSES):
            here = buffer.find(self._packet_mark, here + 1, limit)
            if here < 0 or self._closes(here):
                return here
        return -1

    def _closes(self, at: int) -> bool:
        """Whether a block stands here whose trailing size repeats its leading one."""
        if at + 12 > self.window.have:
            return False
        size = self._size_at(at)
        if not 12 <= size <= MAX_BLOCK or size % 4 or at + size > self.window.have:
            return False
        return int(self._u32s(self.window.buffer, at + size - 8)[1]) == size

    def scan(self, here: int, stop: int) -> int:
        at = np.arange(here, stop)
        block = take(self.window.data, at, self._block)
        size = block["size"].astype(np.int64)
        likely = np.isin(block["type"], (PACKET, INTERFACE, SECTION, SIMPLE_PACKET)) & (size >= 12) & (size % 4 == 0)
        likely &= at + size <= self.window.have
        good = at[likely]
        trailer = take(self.window.data, good + size[likely] - 8, self._block)["size"]
        found = indices(trailer == size[likely])
        return int(good[found[0]]) if len(found) else -1


@cache
def _layouts(order: str) -> tuple[np.dtype[Any], np.dtype[Any], np.dtype[Any]]:
    """The head of every block, what follows it in a packet block, and in the obsolete one."""
    kind = order + "u4"
    packet = ("interface", "high", "low", "captured", "length")
    return (
        np.dtype([("type", kind), ("size", kind)]),
        np.dtype([(name, kind) for name in packet]),
        np.dtype([("interface", order + "u2"), ("drops", order + "u2")]),
    )


def _among(kinds: Numbers, wanted: tuple[int, ...]) -> Bools:
    """Which block types are ``wanted``; nearly all of them are packets, so the others are looked at one by one."""
    packets: Bools = kinds == PACKET
    others = indices(~packets)
    if len(others) > 64:
        return np.isin(kinds, wanted)
    if PACKET not in wanted:
        packets = np.zeros(len(kinds), np.bool_)
    for at, kind in zip(others.tolist(), kinds[others].tolist(), strict=True):
        packets[at] = kind in wanted
    return packets
