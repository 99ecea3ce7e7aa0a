"""Where a capture was taken: what most of its packets are."""

from __future__ import annotations

from collections import Counter

from iotwatch.read import Capture, Stream
from iotwatch.words.linktypes import vantage_of
from iotwatch.words.vantage import Vantage

# GSMTAP_TYPE_SIM and GSMTAP_TYPE_QC_DIAG of osmocom's gsmtap.h; the type is the header's third byte.
_GSMTAP = {b"\x04": Vantage.SIM, b"\x11": Vantage.DIAG}


class Tapped:
    """Flows of GSMTAP: what another tap heard, which a network only carried from program to program."""

    def __init__(self) -> None:
        self._sides: dict[tuple[int, int], Vantage] = {}

    def note(self, stream: Stream) -> None:
        """Take the side of a flow that ``stream`` is of; its first packet tells for all."""
        if stream.kind == "gsmtap" and stream.flow is not None:
            heard = _GSMTAP.get(stream.data[2:3], Vantage.CELLULAR)
            self._sides.setdefault((stream.flow.index, int(not stream.up)), heard)

    @property
    def flows(self) -> frozenset[int]:
        """Rows of the flow table: they carry what was heard, and are nobody's contact."""
        return frozenset(flow for flow, _ in self._sides)

    def vantage(self, capture: Capture) -> Vantage:
        """Where most of the packets were heard."""
        counts: Counter[Vantage] = Counter()
        for side, heard in self._sides.items():
            counts[heard] += int(capture.flows.packets[side])
        if 2 * counts.total() <= capture.packets:
            counts = Counter()
            for name, packets in capture.link_types.items():
                counts[vantage_of(name)] += packets
        return counts.most_common(1)[0][0] if counts else Vantage.LAN
