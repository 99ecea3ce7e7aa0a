"""Which payload is kept: a flow is judged by its first bytes, in bulk, and followed or left after its head.

Clear text and small messages of any dialect are followed for as long as the budget lasts; TLS, SSH, QUIC and other
encrypted flows and bulk transfers are left after a head that holds their handshake. When the budget for all fills up,
what one flow may take shrinks step by step, so that late flows still get their beginnings.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from iotwatch.files.limits import ReadLimits
from iotwatch.read.flows.batch import Payloads
from iotwatch.read.flows.ends import SYN
from iotwatch.read.flows.table import FlowTable
from iotwatch.read.layers.columns import Bools, Bytes, Int64s, every, grown, heads, indices, limits, runs
from iotwatch.read.layers.packets import Packets, Splices
from iotwatch.read.layers.transport import TCP, UDP
from iotwatch.read.streams.segments import SEGMENT_COST, SegmentStore

UNKNOWN, TEXT, BINARY, ENCRYPTED = 0, 1, 2, 3
BULK_SEGMENT = 1000  # bytes: a binary flow whose mean segment is longer is a transfer, not a conversation
# Up to which share of the whole budget a direction of a flow may still take how much, in bytes.
_SHARES = (
    (0.5, 1 << 62), (0.75, 1 << 20), (0.85, 256 << 10), (0.92, 64 << 10), (0.96, 16 << 10), (0.98, 2 << 10), (1.0, 256)
)  # fmt: skip
_PRINTABLE = np.zeros(256, np.bool_)
_PRINTABLE[[9, 10, 13, *range(32, 127)]] = True
_HEAD = 16
_POSITIONS = np.arange(_HEAD)
_SSH = np.frombuffer(b"SSH-", np.uint8)


class Keeper:
    """Per flow direction: what kind of bytes it has, how much was kept, how much was left."""

    def __init__(self, flows: FlowTable, store: SegmentStore, budgets: ReadLimits) -> None:
        self._flows = flows
        self._store = store
        self._budgets = budgets
        self.follows = budgets.head_bytes >= budgets.flow_bytes
        self.spliced = SegmentStore()
        self.spliced_sides: list[int] = []
        self.verdict = np.zeros(64, np.uint8)
        self.kept = np.zeros(64, np.int64)
        self.seen = np.zeros(64, np.int64)
        self.count = np.zeros(64, np.int64)

    def follow_encrypted(self) -> None:
        """Keep of encrypted flows what is kept of others: the secrets of some are known."""
        if not self.follows:
            self._budgets, self.follows = self._budgets.opened(), True

    def look(self, packets: Packets, payloads: Payloads) -> None:
        """Keep what is wanted of a batch's payloads."""
        if not len(payloads.rows):
            return
        sides = 2 * len(self._flows)
        self.verdict, self.kept = grown(self.verdict, sides), grown(self.kept, sides)
        self.seen, self.count = grown(self.seen, sides), grown(self.count, sides)
        rows, side, start, length = payloads
        starts = runs(side)
        each = side[starts]
        self._judge(packets, rows[starts], start[starts], length[starts], each)
        total = length.cumsum()
        bounds = limits(starts, len(side))
        sizes = bounds[1:] - starts
        before = total - length
        begun = before[starts]
        self.seen[each] += np.add.reduceat(length, starts)
        self.count[each] += sizes
        # What each packet finds kept of its direction already: that must be below the limit.
        ahead = before - (begun - self.kept[each]).repeat(sizes)
        within = self._within(each, sizes, ahead, length)
        if within is None:
            return
        self.kept[each] += np.add.reduceat(length * within, starts)
        if not every(within):
            payloads = payloads.where(indices(within))
            rows, side, start, length = payloads
        if packets.splices is not None:
            rebuilt = start >= packets.splices.border
            ours = indices(~rebuilt)
            for at in indices(rebuilt).tolist():
                where = (int(start[at]), int(length[at]))
                self._keep_spliced(packets, packets.splices, int(rows[at]), int(side[at]), *where)
            rows, side, start, length = rows[ours], side[ours], start[ours], length[ours]
        self._store.add(
            packets.data,
            side,
            start,
            length,
            packets.sequence[rows] + (packets.flags[rows] & np.uint8(SYN) > 0),
            packets.records.frame[rows],
            start + packets.records.base,
            packets.records.time[rows],
        )

    def _keep_spliced(self, packets: Packets, splices: Splices, row: int, side: int, start: int, length: int) -> None:
        """Keep the payload of a rebuilt datagram: TCP as segments of its stream, others as a stream of their own."""
        first = int(np.searchsorted(splices.start, start, "right")) - 1
        last = int(np.searchsorted(splices.start, start + length, "left"))
        begin = np.maximum(splices.start[first:last], start)
        sizes = np.diff(np.append(begin, start + length))
        tcp = packets.protocol[row] == TCP
        number = side
        if not tcp:
            number = len(self.spliced_sides)
            self.spliced_sides.append(side)
        (self._store if tcp else self.spliced).add(
            packets.data,
            np.full(len(begin), number),
            begin,
            sizes,
            packets.sequence[row] + (begin - start).astype(np.uint32),
            splices.frame[first:last],
            splices.offset[first:last] + begin - splices.start[first:last],
            np.full(len(begin), packets.records.time[row]),
        )

    def _judge(self, packets: Packets, rows: Int64s, start: Int64s, length: Int64s, sides: Int64s) -> None:
        """Classify the directions that speak for the first time."""
        fresh = indices(self.verdict[sides] == UNKNOWN)
        if len(fresh):
            head = heads(packets.data, start[fresh], _HEAD)
            self.verdict[sides[fresh]] = classify(head, length[fresh], packets.protocol[rows[fresh]])

    def _within(self, each: Int64s, sizes: Int64s, ahead: Int64s, length: Int64s) -> Bools | None:
        """Which packets may be kept: as much of each direction as leaves the whole inside its budget."""
        used = self._store.size + self.spliced.size
        limit = self._limit(each)
        for share, most in _SHARES:
            left = int(share * self._budgets.total_bytes) - used
            if left < SEGMENT_COST:
                continue
            within: Bools = ahead < np.minimum(limit, most).repeat(sizes)
            count = np.count_nonzero(within)
            if not count:
                return None
            if SEGMENT_COST * count <= left and int(length.sum(where=within)) + SEGMENT_COST * count <= left:
                return within
        return None

    def _limit(self, sides: Int64s) -> Int64s:
        budgets = self._budgets
        verdict = self.verdict[sides]
        head = np.where(sides & 1, budgets.head_bytes, budgets.head_bytes // 2)
        bulk = (verdict == BINARY) & (self.seen[sides] > BULK_SEGMENT * self.count[sides])
        return np.where(verdict == ENCRYPTED, head, np.where(bulk, budgets.bulk_bytes, budgets.flow_bytes))


def classify(head: Bytes, length: Int64s, protocol: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """What the first 16 payload bytes of each direction announce: text, binary or encrypted.

    ``head`` is theirs to change: bytes behind ``length`` are made 0.
    """
    beyond = length[:, None] <= _POSITIONS
    head[beyond] = 0
    first, second, third = head[:, 0], head[:, 1], head[:, 2]
    text = (_PRINTABLE[head] | beyond).all(axis=1)
    tls = (first >= 0x14) & (first <= 0x18) & (second == 3) & (third <= 4)
    ssh = (head[:, :4] == _SSH).all(axis=1)
    verdict = np.where((protocol == TCP) & (tls | ssh), ENCRYPTED, np.where(text, TEXT, BINARY)).astype(np.uint8)
    datagrams = indices((protocol == UDP) & ~text)
    if len(datagrams):
        verdict[datagrams[_encrypted_datagram(head[datagrams], length[datagrams])]] = ENCRYPTED
    return verdict


def _encrypted_datagram(head: Bytes, length: Int64s) -> Bools:
    """DTLS (RFC 9147), QUIC long headers (RFC 9000 section 17.2) and WireGuard initiations and answers."""
    words = head.view(">u4")
    first, version = head[:, 0], (words[:, 0].astype(np.int64) & 0xFFFFFF) << 8 | head[:, 4]
    dtls = (first >= 0x14) & (first <= 0x19) & (version >= 0xFEFC0000)
    drafts = np.isin(version >> 8, (0xFF0000, 0xFACEB0, 0x543035))  # the IETF's, mvfst's, Google's T05x
    quic = (first >= 0xC0) & ((version == 1) | (version == 0x6B3343CF) | drafts)
    initiation, response = (words[:, 0] == 0x01000000) & (length == 148), (words[:, 0] == 0x02000000) & (length == 92)
    answer: Bools = dtls | quic | initiation | response
    return answer
