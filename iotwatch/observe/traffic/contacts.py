"""A capture's flows and contacts as rows of the store; of contacts, the many, each is built when it is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from iotwatch.decode.message import Message
from iotwatch.files import contact_events
from iotwatch.model import Evidence, Place, cut
from iotwatch.observe.traffic.names import Names
from iotwatch.read import Capture, ContactTable, FlowTable
from iotwatch.read.flows.contacts import KINDS
from iotwatch.read.listening import Listened
from iotwatch.read.stream import Flow
from iotwatch.store.packing import isos
from iotwatch.store.rows import ContactRow, FlowRow
from iotwatch.words.kinds import Kind

_HEAD = 64
_NAMED_EVENTS = 64


def flow_rows(
    table: FlowTable, flows: Mapping[int, Flow], names: Names, numbers: NDArray[np.int64], listened: Listened
) -> list[FlowRow]:
    """One row per chosen flow; ``numbers`` are the flows' numbers in the source, by their index in the table.

    A time outside of what was ``listened`` is that of a wrong clock, and no time.
    """
    chosen = list(flows)
    times = [_believed(column, listened) for column in (table.first[chosen], table.last[chosen].max(axis=1, initial=0))]
    counted = zip(table.packets[chosen].tolist(), table.octets[chosen].tolist(), strict=True)
    return [
        FlowRow(
            transport=flow.transport,
            client=flow.client,
            client_port=flow.client_port,
            server=flow.server,
            server_port=flow.server_port,
            first_seen=first,
            last_seen=last,
            packets_up=packets[0],
            packets_down=packets[1],
            bytes_up=octets[0],
            bytes_down=octets[1],
            protocol=names.protocol.get(number, ""),
            server_name=names.of(number, flow.server),
            ja4=names.ja4.get(number, ""),
            client_mac=flow.client_mac,
            server_mac=flow.server_mac,
            tunnel=flow.tunnel,
        )
        for flow, number, first, last, (packets, octets) in zip(
            flows.values(), numbers[chosen].tolist(), *times, counted, strict=True
        )
    ]


def _believed(times: NDArray[np.int64], listened: Listened) -> list[str | None]:
    texts = isos(times)
    first, last = listened.first or 0, listened.last or 0
    for row in np.flatnonzero((times < first) | (times > last)).tolist():
        texts[row] = None
    return texts


@dataclass(frozen=True, slots=True)
class ContactRows(Collection[ContactRow]):
    """The rows of a contact table whose ends are in ``flows``; their events are packed while they are handed out."""

    table: ContactTable
    flows: Mapping[int, Flow]
    names: Mapping[int, str]
    origin: Place | None
    chosen: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.chosen)

    def __contains__(self, row: object) -> bool:
        return any(row == one for one in self)

    def __iter__(self) -> Iterator[ContactRow]:
        table, chosen = self.table, frozenset(self.chosen)
        counts = np.diff(table.bounds).tolist()
        rows = zip(table.kind.tolist(), table.flow_of.tolist(), counts, table.packed(), table.excerpts(), strict=True)
        for row, (kind, owner, count, packed, ends) in enumerate(rows):
            if row in chosen:
                yield _contact(
                    self.flows[owner], KINDS[kind], count, packed, ends, self.names.get(row, ""), self.origin
                )


def contact_rows(
    table: ContactTable, flows: Mapping[int, Flow], names: Names, origin: Place | None, numbers: NDArray[np.int64]
) -> ContactRows:
    """One row per pair and kind; a pair is named when its flows agree on one name."""
    owners = table.flow_of.tolist()
    chosen = tuple(row for row, owner in enumerate(owners) if owner in flows)
    told: dict[int, str] = {}
    if names.server or names.address:
        bounds, number = table.bounds.tolist(), numbers[table.flow]
        for row in chosen:
            some = number[bounds[row] : min(bounds[row + 1], bounds[row] + _NAMED_EVENTS)].tolist()
            found = {name for flow in set(some) if (name := names.of(flow, flows[owners[row]].server))}
            if len(found) == 1:
                told[row] = found.pop()
    return ContactRows(table, flows, told, origin, chosen)


def link_addresses(
    capture: Capture, chosen: NDArray[np.bool_], origin: Place | None, path: str
) -> dict[tuple[str, str], Evidence]:
    """(client, hardware address) -> the address in the link header of the client's first contact that has it there."""
    table, found = capture.contacts, dict[tuple[str, str], Evidence]()
    for row in np.flatnonzero(chosen[table.flow_of]).tolist():
        flow = capture.flows.flow(int(table.flow_of[row]))
        who = flow.client, flow.client_mac
        if who in found or not flow.client_mac:
            continue
        address = bytes.fromhex(flow.client_mac.replace(":", ""))
        at = table.excerpt(row).find(address)
        if at >= 0:
            first = int(table.bounds[row])
            frame = int(table.frames[first])
            place = cut(origin, [(int(table.offsets[first]) + at, len(address))], [frame])
            found[who] = Evidence(place, address, len(address), frame, int(table.times[first]), path)
    return found


def _contact(
    flow: Flow,
    kind: str,
    count: int,
    packed: Sequence[bytes],
    ends: tuple[bytes, bytes],
    name: str,
    origin: Place | None,
) -> ContactRow:
    return ContactRow(
        client=flow.client,
        server=flow.server,
        server_port=flow.server_port,
        transport=flow.transport,
        kind=kind,
        events=count,
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
    )


class Questions:
    """DNS queries as contacts: one pair per client and name asked, whoever the resolver was."""

    def __init__(self) -> None:
        self._events: dict[tuple[str, str], list[tuple[int, int, int, int, int]]] = defaultdict(list)
        self._ends: dict[tuple[str, str], tuple[Flow, bytes, bytes]] = {}

    def note(self, message: Message) -> None:
        """Take the questions of one message of a client."""
        flow, stream = message.stream.flow, message.stream
        if flow is None or not stream.up:
            return
        for trait in message.traits:
            if trait.kind != Kind.DNS_QUERY or (time := stream.time_at(message.span[0])) is None:
                continue
            key = (flow.client, trait.value)
            start, end = message.span
            segment = stream.segment_at(start)
            offset = int(stream.offsets[segment]) + start - int(stream.starts[segment])
            # The first bytes that stand in one piece: a datagram that came in parts has more of them.
            until = int(stream.starts[segment + 1]) if segment + 1 < len(stream.starts) else end
            length = min(end - start, until - start, _HEAD)
            self._events[key].append((time, end - start, stream.frame_at(start) or 0, offset, length))
            head = stream.data[start : start + length]
            known = self._ends.get(key)
            self._ends[key] = (known[0], known[1], head) if known else (flow, head, head)

    def rows(self, origin: Place | None) -> list[ContactRow]:
        """One row per client and name."""
        events = [sorted(each) for each in self._events.values()]
        if not events:
            return []
        columns = np.array(list(chain.from_iterable(events)), np.int64).T
        packed = contact_events.packed(list(columns), np.append(0, np.cumsum(list(map(len, events)))))
        return [
            _contact(flow, "dns", len(each), columns, (first, last), name, origin)
            for (_, name), (flow, first, last), each, columns in zip(
                self._events, self._ends.values(), events, packed, strict=True
            )
        ]
