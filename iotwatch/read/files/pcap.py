"""pcap (draft-ietf-opsawg-pcap): all magics, both byte orders, with resynchronisation after damage.

Variants: microsecond and nanosecond files, Kuznetzov's modified records (24-byte headers, magic A1B2CD34), and IXIA's
lcap files (magics 1C0001AC and 1C0001AB: nanoseconds, four more bytes of file header). Versions before 2.3 have the two
lengths the other way round, as libpcap's ``sf-pcap.c`` tells.
"""

from __future__ import annotations

import re
import struct

import msgspec
import numpy as np

from iotwatch.errors import NotEvidence
from iotwatch.read.files.chainreader import MAX_GUESSES, ChainReader, Next, Taken
from iotwatch.read.files.records import Records, numbered
from iotwatch.read.files.walk import Chain, Walked
from iotwatch.read.files.window import Window
from iotwatch.read.layers.columns import Bools, Int64s, indices, take

MAX_PACKET = 262_144
# D-Bus and the USB links carry packets of up to 128 MiB (Wireshark's WTAP_MAX_PACKET_SIZE_DBUS, _USBPCAP).
LARGE_LINKS = {189: 16 << 20, 220: 16 << 20, 231: 16 << 20, 249: 16 << 20}
_PLAUSIBLE_SECONDS = 366 * 86_400


class Variant(msgspec.Struct, frozen=True):
    """A pcap dialect: size of file and record header, and ticks in a second."""

    name: str
    ticks: int
    record: int = 16
    header: int = 24


VARIANTS = {
    0xA1B2C3D4: Variant("pcap", 1_000_000),
    0xA1B23C4D: Variant("pcap nanosecond", 1_000_000_000),
    0xA1B2CD34: Variant("pcap modified", 1_000_000, record=24),
    0x1C0001AC: Variant("pcap IXIA hardware", 1_000_000_000, header=28),
    0x1C0001AB: Variant("pcap IXIA software", 1_000_000_000, header=28),
}


def variant_of(head: bytes) -> tuple[Variant, bool] | None:
    """The variant and whether it is big-endian, or ``None`` when these are no pcap's first bytes."""
    for order in (False, True):
        number = int.from_bytes(head[:4], "big" if order else "little")
        if number in VARIANTS:
            return VARIANTS[number], order
    return None


class PcapReader(ChainReader):
    """Reads one pcap file through a window; iterate for ``Records``, then look at ``damage``."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        found = variant_of(bytes(window.view[:4]))
        if found is None or window.have < found[0].header:
            raise NotEvidence("not a pcap: its header is not there")
        self.variant, self.big = found
        order = ">" if self.big else "<"
        _, minor, _, _, snaplen, network = struct.unpack_from(order + "HHiIII", window.buffer, 4)
        self.format = self.variant.name
        self.swapped = minor < 3  # libpcap: lengths stand the other way round before 2.3
        self.link = network & 0xFFFF
        largest = LARGE_LINKS.get(self.link, MAX_PACKET)
        if MAX_PACKET < snaplen <= 16 << 20:
            largest = max(largest, snaplen)
        size_at = 12 if self.swapped else 8
        self.chain = Chain(size_at, self.variant.record, self.variant.record, 0, largest, self.big)
        kind = order + "u4"
        self._layout = np.dtype([("seconds", kind), ("fraction", kind), ("captured", kind), ("length", kind)])
        self._words = struct.Struct(order + "IIII").unpack_from
        self._patterns: dict[bytes, re.Pattern[bytes]] = {}

    def start(self) -> int:
        return self.variant.header

    def take(self, walked: Walked, frame: int) -> Taken:
        batches = [self._records(walked.starts, frame)] if len(walked.starts) else []
        return Taken(batches, walked.used, Next.BROKEN if walked.broken else Next.MORE)

    def _records(self, starts: Int64s, frame: int) -> Records:
        window = self.window
        head = take(window.data, starts, self._layout)
        captured, length = ("length", "captured") if self.swapped else ("captured", "length")
        time = head["seconds"].astype(np.int64) * 1_000_000
        fraction = head["fraction"].astype(np.int64)
        time += fraction // 1000 if self.variant.ticks > 1_000_000 else fraction
        return Records(
            data=window.data,
            base=window.base,
            start=starts + self.variant.record,
            captured=head[captured].astype(np.int64),
            length=head[length].astype(np.int64),
            time=time,
            link=np.full(len(starts), self.link, np.int32),
            frame=numbered(frame, len(starts)),
        )

    def guess(self, at: int, limit: int) -> int:
        """A likely record start behind ``at``: the upper half of the seconds rarely changes, and two records must stand there."""
        lead = 0 if self.big else 2
        search = self._header_pattern().search
        for _ in range(MAX_GUESSES):
            found = search(self.window.buffer, at, limit)
            if found is None:
                break
            here = found.start() - lead
            if self._follows(here, 2):
                return here
            at = found.start() + 1
        return -1

    def _header_pattern(self) -> re.Pattern[bytes]:
        """What the bytes of a record header look like from the upper half of the seconds on, as far as bytes alone tell."""
        window = self.window
        first = (self.variant.header if window.base == 0 else 0) + (0 if self.big else 2)
        half = bytes(window.view[first : first + 2])
        if half not in self._patterns:
            ticks, largest = self.variant.ticks - 1, self.chain.largest
            numbers = (ticks, (1 << 24) - 1, largest) if self.swapped else (ticks, largest, (1 << 24) - 1)
            tail = b"".join(_at_most(number, big=self.big) for number in numbers)
            self._patterns = {half: re.compile(re.escape(half) + (b".." if self.big else b"") + tail, re.DOTALL)}
        return self._patterns[half]

    def _follows(self, here: int, count: int) -> bool:
        for _ in range(count):
            if here + 16 > self.window.have:
                return False
            _, fraction, captured, length = self._words(self.window.buffer, here)
            if self.swapped:
                captured, length = length, captured
            if fraction >= self.variant.ticks or captured > length or captured > self.chain.largest:
                return False
            here += self.variant.record + captured
        return True

    def scan(self, here: int, stop: int) -> int:
        """First position where three believable records of about one time stand, or fewer up to the end of the file."""
        first = np.arange(here, stop)
        believed, size, seconds = self._header(first)
        first = first[believed]
        at, seconds = first + self.variant.record + size[believed], seconds[believed]
        good = np.ones(len(first), np.bool_)
        for follower in (1, 2):
            believed, size, then = self._header(at)
            known = at + self.variant.record <= self.window.have
            # What lies behind the window cannot be asked; behind the end of the file, only the second may.
            unknown = ~known & ((at == self.window.have) | (follower == 2) | (not self.window.ended))
            good &= unknown | (known & believed & (np.abs(then - seconds) < _PLAUSIBLE_SECONDS))
            at = np.where(known, at + self.variant.record + size, at)
        found = indices(good)
        return int(first[found[0]]) if len(found) else -1

    def _header(self, at: Int64s) -> tuple[Bools, Int64s, Int64s]:
        """Whether a record header at each position is believable, its captured bytes, and its seconds."""
        head = take(self.window.data, at, self._layout)
        captured, length = (head["length"], head["captured"]) if self.swapped else (head["captured"], head["length"])
        sized = (captured > 0) & (captured <= self.chain.largest) & (captured <= length) & (length <= 1 << 24)
        believed: Bools = sized & (head["fraction"] < self.variant.ticks)
        return believed, captured.astype(np.int64), head["seconds"].astype(np.int64)


def _at_most(number: int, *, big: bool) -> bytes:
    """A pattern for the four bytes of numbers up to about ``number``: its two upper bytes bound theirs."""
    top, second = number >> 24, number >> 16 & 0xFF if number < 1 << 24 else 0xFF
    upper = [b"[\\x00-\\x%02x]" % top, b"[\\x00-\\x%02x]" % second]
    return b"".join(upper) + b".." if big else b".." + b"".join(reversed(upper))
