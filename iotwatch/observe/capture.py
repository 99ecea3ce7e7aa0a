"""A capture's columns and streams -> flow rows, contact rows and what the decoded messages say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iotwatch.decode import decode
from iotwatch.decode.message import Message
from iotwatch.model import Coverage, Place
from iotwatch.observe.collector import Collector
from iotwatch.observe.messages import observe_message
from iotwatch.observe.scope import Scope
from iotwatch.observe.signalling import Signalling
from iotwatch.read import Capture, ContactTable, FlowTable
from iotwatch.read.contacts import KINDS
from iotwatch.read.stream import Flow, Stream
from iotwatch.store import ContactRow
from iotwatch.store.rows import FlowRow, iso

Push = Callable[[Stream, int], None]
_HEAD = 64
# Wires that end at the device under test: what passes them is its own.
_WIRES = frozenset({"usb", "can", "serial"})
_NAMED_EVENTS = 64


@dataclass
class Names:
    """What messages say of their flows, and which name an address was given by DNS."""

    protocol: dict[int, str] = field(default_factory=dict)
    server: dict[int, str] = field(default_factory=dict)
    ja4: dict[int, str] = field(default_factory=dict)
    address: dict[str, str] = field(default_factory=dict)

    def learn(self, message: Message) -> None:
        flow = message.stream.flow
        for trait in message.traits:
            if trait.kind == "dns.answer":
                for address in trait.facts.get("addresses", ()):
                    self.address.setdefault(str(address), trait.value)
            elif flow is not None and trait.kind in ("tls.sni", "http.host"):
                self.server.setdefault(flow.index, trait.value.partition(":")[0])
            elif flow is not None and trait.kind == "tls.ja4":
                self.ja4.setdefault(flow.index, trait.value)
        if flow is not None:
            self.protocol.setdefault(flow.index, message.protocol)

    def of(self, flow: int, server: str) -> str:
        """The far end's name: what the client asked for in the flow itself, else the name that DNS gave the address."""
        return self.server.get(flow) or self.address.get(server, "")


@dataclass(frozen=True)
class Seen:
    """The rows that one capture gives beside its observations."""

    flows: list[FlowRow]
    contacts: list[ContactRow]
    coverage: list[Coverage]


def observe_capture(
    capture: Capture,
    origin: Place | None,
    path: str,
    collector: Collector,
    push: Push,
    names: Names,
    flows_before: int = 0,
    scope: Scope | None = None,
) -> Seen:
    """Decode every kept stream of ``capture`` and describe its flows; bodies go to ``push`` with depth 1.

    ``names`` learns the far ends' names; ``flows_before`` counts the flows of captures that the same source gave before, so
    that flow numbers stay apart. Of flows out of ``scope`` nothing is kept but their number.
    """
    chosen = scope.chosen(capture) if scope else np.ones(len(capture.flows), bool)
    numbers = np.cumsum(chosen) - 1 + flows_before
    questions = _Questions()
    signalling = Signalling()
    spoke: dict[int, Flow] = {}
    for stream in capture.streams:
        if stream.flow is not None:
            if not chosen[stream.flow.index]:
                continue
            spoke[stream.flow.index] = stream.flow
        # Frames without a flow are a wire's, or were sent by radio: of those each message names its sender, or is nobody's.
        judged = scope if stream.flow is None and stream.kind not in _WIRES else None
        stream = _within(stream, path, numbers)
        _observe_address(stream, collector)
        signalling.note(stream)
        for message in decode(stream, collector.refusals):
            if judged is not None and not judged.holds_device(message.stream.context.get("device", "")):
                continue
            observe_message(message, collector)
            signalling.note_message(message)
            names.learn(message)
            questions.note(message)
            if message.body is not None:
                push(message.body, 1)
    flows = {row: spoke.get(row) or capture.flows.flow(row) for row in np.flatnonzero(chosen).tolist()}
    contacts = [*_contact_rows(capture.contacts, flows, names, origin, numbers), *questions.rows(origin)]
    left = int((~chosen).sum())
    coverage = signalling.finish(collector)
    if left:
        coverage.append(Coverage("flows out of scope", float(left), "counted, nothing of theirs is kept"))
    return Seen(_flow_rows(capture.flows, flows, names, numbers), contacts, coverage)


def _observe_address(stream: Stream, collector: Collector) -> None:
    """The client's hardware address, once: its block names who made the network part. The evidence is its first frame."""
    flow = stream.flow
    if flow is None or not flow.client_mac or not stream.up or not stream.data:
        return
    who = f"ip:{flow.client}"
    if collector.wants("oui", who, flow.client_mac):
        collector.add("oui", who, flow.client_mac, stream.evidence(0, min(len(stream.data), _HEAD)))


def _within(stream: Stream, path: str, numbers: NDArray[np.int64]) -> Stream:
    flow = stream.flow
    if flow is not None and numbers[flow.index] != flow.index:
        flow = replace(flow, index=int(numbers[flow.index]))
    if flow is stream.flow and not path:
        return stream
    return replace(stream, path=path, flow=flow)


def _flow_rows(table: FlowTable, flows: dict[int, Flow], names: Names, numbers: NDArray[np.int64]) -> list[FlowRow]:
    count = len(table)
    first = table.first[:count].tolist()
    last = table.last[:count].max(axis=1).tolist()
    packets, octets = table.packets[:count].tolist(), table.octets[:count].tolist()
    rows = []
    for index, flow in flows.items():
        number = int(numbers[index])
        rows.append(
            (
                flow.transport,
                flow.client,
                flow.client_port,
                flow.server,
                flow.server_port,
                iso(first[index]),
                iso(last[index]),
                *packets[index],
                *octets[index],
                names.protocol.get(number, ""),
                names.of(number, flow.server),
                names.ja4.get(number, ""),
                flow.client_mac,
                flow.server_mac,
                flow.tunnel,
            )
        )
    return rows


def _contact_rows(
    contacts: ContactTable, flows: dict[int, Flow], names: Names, origin: Place | None, numbers: NDArray[np.int64]
) -> list[ContactRow]:
    """One row per pair and kind; a pair is named when its flows agree on one name."""
    bounds = contacts.bounds
    columns = _pack(
        contacts.times, contacts.sizes, contacts.frames, contacts.offsets, contacts.lengths, starts=bounds[:-1]
    )
    owners = numbers[contacts.flow]
    rows = []
    limits = bounds.tolist()
    for row, (kind, representative) in enumerate(zip(contacts.kind.tolist(), contacts.flow_of.tolist(), strict=True)):
        flow = flows.get(representative)
        if flow is None:
            continue
        start, end = limits[row], limits[row + 1]
        ends = (contacts.excerpt(row), contacts.excerpt(row, last=True))
        name = _name_of(owners[start : min(end, start + _NAMED_EVENTS)], flow.server, names)
        packed = [column[8 * start : 8 * end] for column in columns]
        rows.append(_contact(flow, KINDS[kind], packed, ends, name, origin, int(contacts.times[start])))
    return rows


def _name_of(flows: NDArray[np.int64], server: str, names: Names) -> str:
    if not names.server and not names.address:
        return ""
    found = {name for flow in set(flows.tolist()) if (name := names.of(flow, server))}
    return found.pop() if len(found) == 1 else ""


def _pack(times: NDArray[np.int64], *columns: NDArray[Any], starts: NDArray[np.int64]) -> list[bytes]:
    """All rows' events as little-endian int64; times as differences, each row beginning with its first time."""
    deltas = np.empty(len(times), np.int64)
    deltas[1:] = times[1:] - times[:-1]
    deltas[starts] = times[starts]
    return [column.astype("<i8").tobytes() for column in (deltas, *columns)]


def _contact(
    flow: Flow, kind: str, packed: list[bytes], ends: tuple[bytes, bytes], name: str, origin: Place | None, first: int
) -> ContactRow:
    return ContactRow(
        client=flow.client,
        server=flow.server,
        server_port=flow.server_port,
        transport=flow.transport,
        kind=kind,
        events=len(packed[0]) // 8,
        times=packed[0],
        sizes=packed[1],
        frames=packed[2],
        offsets=packed[3],
        lengths=packed[4],
        first_bytes=ends[0],
        last_bytes=ends[1],
        server_name=name,
        client_mac=flow.client_mac,
        origin=origin,
        first_seen=first,
    )


class _Questions:
    """DNS queries as contacts: one pair per client and name asked, whoever the resolver was."""

    def __init__(self) -> None:
        self._events: dict[tuple[str, str], list[tuple[int, int, int, int, int]]] = defaultdict(list)
        self._ends: dict[tuple[str, str], tuple[Flow, bytes, bytes]] = {}

    def note(self, message: Message) -> None:
        flow, stream = message.stream.flow, message.stream
        if flow is None or not stream.up:
            return
        for trait in message.traits:
            time = stream.time_at(message.span[0])
            if trait.kind != "dns.query" or time is None:
                continue
            key = (flow.client, trait.value)
            start, end = message.span
            segment = stream.segment_at(start)
            offset = int(stream.offsets[segment]) + start - int(stream.starts[segment])
            length = min(end - start, _HEAD)
            self._events[key].append((time, end - start, stream.frame_at(start) or 0, offset, length))
            head = stream.data[start : start + length]
            known = self._ends.get(key)
            self._ends[key] = (known[0], known[1], head) if known else (flow, head, head)

    def rows(self, origin: Place | None) -> list[ContactRow]:
        rows = []
        for (client, name), events in self._events.items():
            flow, first, last = self._ends[client, name]
            ordered = np.array(sorted(events), np.int64)
            packed = _pack(*ordered.T, starts=np.zeros(1, np.int64))
            rows.append(_contact(flow, "dns", packed, (first, last), name, origin, int(ordered[0, 0])))
        return rows
