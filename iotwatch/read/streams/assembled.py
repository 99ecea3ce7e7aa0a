"""The kept streams of a capture, made one at a time from what was kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from iotwatch.model import Place
from iotwatch.read.flows.table import NO_ISN, FlowTable
from iotwatch.read.layers.columns import Bools, indices, limits, runs
from iotwatch.read.layers.transport import TCP
from iotwatch.read.stream import Flow, Stream
from iotwatch.read.streams.reassembly import Pieces, reassemble, untouched
from iotwatch.read.streams.segments import Segments, SegmentStore

Columns = dict[str, Any]
_ICMP = {"icmp6": "icmp"}
GSMTAP_PORT = 4729  # osmocom gsmtap.h; version 2, header of four words


class Streams:
    """Iterable, as often as wanted: each flow's two directions in order of flows, then typed frames by kind.

    A UDP datagram that came in IP fragments is a stream of its own, not a ``datagram`` stream: its segments are its parts.
    """

    def __init__(
        self,
        flows: FlowTable,
        segments: SegmentStore,
        frames: SegmentStore,
        spliced: tuple[SegmentStore, list[int]],
        kinds: list[tuple[str, str]],
        origin: Place | None,
    ) -> None:
        self._flows = flows
        self._segments = segments
        self._frames = frames
        self._spliced, self._spliced_sides = spliced
        self._kinds = kinds
        self._origin = origin

    def __len__(self) -> int:
        return len(self._segments) + len(self._frames) + len(self._spliced)

    def __iter__(self) -> Iterator[Stream]:
        return self.among(None)

    def among(self, flows: Bools | None) -> Iterator[Stream]:
        """Those of some flows, by their rows, and those that have no flow."""
        yield from self.of(flows)
        for block in self._spliced.blocks():
            for number, columns in _cut(self._spliced, block, untouched(block)):
                side = self._spliced_sides[number]
                if flows is not None and not flows[side >> 1]:
                    continue
                yield self._stream(side, self._flows.flow(side >> 1), columns, datagram=False)
        for block in self._frames.blocks():
            for number, columns in _cut(self._frames, block, untouched(block)):
                kind, link = self._kinds[number]
                yield Stream(**columns, origin=self._origin, kind=kind, datagram=True, context={"linktype": link})

    def of(self, flows: Bools | None = None) -> Iterator[Stream]:
        """Those of some flows alone, by their rows; without datagrams that came in fragments."""
        flow = None
        for number, columns in self._flow_streams(flows):
            if flow is None or flow.index != number >> 1:
                flow = self._flows.flow(number >> 1)
            yield self._stream(number, flow, columns, datagram=flow.transport != "tcp")

    def _stream(self, side: int, flow: Flow, columns: Columns, *, datagram: bool) -> Stream:
        up = bool(side & 1) == bool(self._flows.is_turned[side >> 1])
        kind = _ICMP.get(flow.transport, flow.transport)
        if kind == "udp" and GSMTAP_PORT in (flow.client_port, flow.server_port) and columns["data"][:2] == b"\x02\x04":
            kind = "gsmtap"
        return Stream(**columns, origin=self._origin, kind=kind, flow=flow, up=up, datagram=datagram)

    def _flow_streams(self, chosen: Bools | None) -> Iterator[tuple[int, Columns]]:
        flows = self._flows
        for block in self._segments.blocks():
            if chosen is not None:
                mine = indices(chosen[block.stream >> 1])
                if not len(mine):
                    continue
                block = block.where(mine)
            tcp = flows.protocol[block.stream >> 1] == TCP
            isn = flows.isn.reshape(-1)[block.stream ^ flows.is_turned[block.stream >> 1]]
            # The first byte's number is one behind that of the SYN.
            first = np.where(isn == NO_ISN, -1, (isn + 1) & 0xFFFFFFFF)
            yield from _cut(self._segments, block, reassemble(block, tcp, first))


def _cut(store: SegmentStore, segments: Segments, pieces: Pieces) -> Iterator[tuple[int, Columns]]:
    """Number and columns of each stream. All arithmetic is done for the block; a stream is slices of it."""
    order, skip, hole = pieces
    stream = segments.stream[order]
    bounds = limits(runs(stream), len(stream))
    length = segments.length[order] - skip
    at = segments.at[order] + skip
    offsets = segments.offset[order] + skip
    frames, times = segments.frame[order], segments.time[order]
    starts = length.cumsum() - length
    starts -= starts[bounds[:-1]].repeat(bounds[1:] - bounds[:-1])
    # Bytes of a stream that stand together in the store are taken in one go.
    end = at + length
    apart = np.ones(len(stream), np.bool_)
    np.not_equal(at[1:], end[:-1], out=apart[1:])
    apart[bounds[:-1]] = True
    heads = indices(apart)
    tails = limits(heads, len(stream))[1:] - 1
    texts = store.texts(at[heads], end[tails])
    text_bounds = np.searchsorted(heads, bounds).tolist()
    holes = indices(hole > 0)
    rows = bounds.tolist()
    for row, number in enumerate(stream[bounds[:-1]].tolist()):
        first, last = rows[row], rows[row + 1]
        gaps = holes[np.searchsorted(holes, first) : np.searchsorted(holes, last)] if len(holes) else holes
        yield (
            number,
            {
                "data": b"".join(texts[text_bounds[row] : text_bounds[row + 1]]),
                "starts": starts[first:last],
                "offsets": offsets[first:last],
                "frames": frames[first:last],
                "times": times[first:last],
                "gaps": tuple(zip(starts[gaps].tolist(), hole[gaps].tolist(), strict=True)) if len(gaps) else (),
            },
        )
