"""A stored source without the devices out of scope: what scanning it with that scope would have kept.

Only what passed a network or the air is anybody's: images, serial lines and USB belong to the device under test. A device
named by IMEI is whoever sent that number; all of its flows stay, since its bytes are no longer there to be read again.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from iotwatch.model import Coverage, Observation, Position
from iotwatch.observe.traffic.scope import Scope
from iotwatch.observe.traffic.tags import stays
from iotwatch.store.rows import Analysis, FlowRow
from iotwatch.words.kinds import Kind
from iotwatch.words.measures import QUOTING, Measure
from iotwatch.words.tags import OwnerState
from iotwatch.words.vantage import WIRES

_NUMBERS = frozenset({Kind.IMEI, Kind.DEVICE_ID, Kind.TERMINAL_PHONE})


def without_bystanders(analysis: Analysis, scope: Scope) -> Analysis:
    """``analysis`` without the flows of which no end is in ``scope``, and all that hangs on them; itself if none is."""
    source = analysis.source
    if source.kind == "firmware" or source.vantage in WIRES:
        return analysis
    kept = _Kept(analysis, scope)
    contacts = tuple(
        tuple(row for row in batch if kept.contact(row.client, row.server, row.client_mac))
        for batch in analysis.contacts
    )
    positions = tuple(kept.renumbered(row) for row in analysis.positions if kept.position(row))
    observations = tuple(row for row in analysis.observations if kept.observation(row))
    lengths = [len(kept.flows), sum(map(len, contacts)), len(positions), len(observations)]
    all_of = [kept.seen, sum(map(len, analysis.contacts)), len(analysis.positions), len(analysis.observations)]
    if lengths == all_of:
        return analysis
    left = float(kept.seen - len(kept.flows))
    return msgspec.structs.replace(
        analysis,
        flows=[flow for _, flow in kept.flows],
        contacts=contacts,
        positions=positions,
        observations=observations,
        coverage=(
            *map(_wordless, analysis.coverage),
            Coverage(Measure.FLOWS_OUT_OF_SCOPE, left, "removed, nothing of theirs is kept"),
        ),
    )


def _wordless(row: Coverage) -> Coverage:
    """What a decoder said of a broken message may quote it."""
    return msgspec.structs.replace(row, note="") if row.measure in QUOTING else row


class _Kept:
    """Which rows of one analysis are of devices in scope."""

    def __init__(self, analysis: Analysis, scope: Scope) -> None:
        self._scope = scope
        self._capture = analysis.source.kind == "capture"
        self._listened = (analysis.source.last or 0) - (analysis.source.first or 0)
        flows = list(analysis.flows)
        self.seen = len(flows)
        # The addresses of devices under test, and their hardware addresses as far as an IMEI names them.
        self._own = _senders(analysis, scope.imeis)
        self._own_macs = {flow.client_mac for flow in flows if flow.client in self._own} - {"", None}
        self.flows = [(number, flow) for number, flow in enumerate(flows) if self._flow(flow)]
        self._numbers = {number: index for index, (number, _) in enumerate(self.flows)}
        self._pairs = {(flow.client, flow.server) for _, flow in self.flows}
        self._ends = {end for _, flow in self.flows for end in _ends(flow)}
        self._macs = {mac for _, mac in self._ends} - {""}
        self._own |= {address for address, mac in self._ends if self._is_own("", mac)}

    def _flow(self, flow: FlowRow) -> bool:
        return any(self._is_own(address, mac) for address, mac in _ends(flow))

    def _is_own(self, address: str, mac: str) -> bool:
        if address in self._own or mac in self._own_macs:
            return True
        return self._scope.holds_ends([address] if address else [], [mac])

    def contact(self, client: str, server: str, mac: str) -> bool:
        """Whether a contact is of a kept flow; a look-up in a log names the client alone."""
        return (client, server) in self._pairs or self._is_own(client, mac) or self._is_own(server, "")

    def position(self, row: Position) -> bool:
        """Whether a position is of a kept flow, or was sent by radio by a device in scope."""
        if row.client:
            return self.contact(row.client, row.server, "")
        device = str(row.facts.get("device", ""))
        return self._scope.holds_device(device) if device else not self._capture

    def renumbered(self, row: Position) -> Position:
        """The position with its flow's number among those kept."""
        return row if row.flow is None else msgspec.structs.replace(row, flow=self._numbers.get(row.flow))

    def observation(self, row: Observation) -> bool:
        """Whether an observation is about a device in scope, or of a flow with one."""
        if row.kind == Kind.SWEEP_TRACK:  # the sweeper's own
            return True
        if row.kind in (Kind.TAG, Kind.TAG_LAST) and self._stays(row):
            return True
        kind, _, name = row.subject.partition(":")
        if kind == "mac":
            return self._scope.holds_device(row.subject) or name.partition("@")[0] in self._own_macs
        if kind != "ip":
            return bool(kind) or not self._capture
        if row.kind == "oui":
            return (name, row.value) in self._ends
        mac = str(row.facts.get("client_mac", ""))
        if mac and self._macs and mac not in self._macs:
            return False
        return self.contact(name, str(row.facts.get("server", "")), mac)

    def _stays(self, row: Observation) -> bool:
        heard = row.facts["heard"]
        span = max(last for _, last, _ in heard) - min(first for first, _, _ in heard)
        return stays(span, OwnerState(row.facts["state"]), self._listened)


def _ends(flow: FlowRow) -> tuple[tuple[str, str], tuple[str, str]]:
    """The two ends of a flow: address and hardware address, empty where it is not known."""
    return (flow.client, flow.client_mac or ""), (flow.server, flow.server_mac or "")


def _senders(analysis: Analysis, numbers: Iterable[str]) -> set[str]:
    """The addresses that sent one of ``numbers`` (IMEI)."""
    wanted = frozenset(numbers)
    said = {row.subject[3:] for row in analysis.observations if row.kind in _NUMBERS and row.value in wanted}
    return (said | {row.client for row in analysis.positions if row.reported_id in wanted}) - {""}
