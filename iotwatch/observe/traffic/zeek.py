"""A Zeek log -> contacts, flows and names, each with the line that says so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import numpy as np

from iotwatch.files import contact_events
from iotwatch.model import Coverage, iso
from iotwatch.observe.collector import Collector
from iotwatch.observe.traffic.scope import Scope
from iotwatch.read.files.zeek import Entry, ZeekLog
from iotwatch.read.listening import Listened, heard
from iotwatch.read.stream import Flow, Stream
from iotwatch.store import ContactRow
from iotwatch.store.rows import FlowRow
from iotwatch.words.kinds import Kind
from iotwatch.words.measures import Measure

_OBSERVED = {"dns": Kind.DNS_QUERY, "ssl": Kind.TLS_SNI, "http": Kind.HTTP_HOST}
_EXCERPT = 64
PROXIED = "http-proxy"


class SeenLog(msgspec.Struct, frozen=True):
    """The rows that one log gives beside its observations."""

    flows: list[FlowRow]
    contacts: list[ContactRow]
    coverage: list[Coverage]
    first: int | None
    last: int | None


def observe_zeek(log: ZeekLog, stream: Stream, collector: Collector, scope: Scope | None = None) -> SeenLog:
    """Describe who reached whom; ``stream`` gives the log's bytes, in one piece from its first one.

    Of entries out of ``scope`` nothing is kept but their number.
    """
    chosen = [entry for entry in log.entries if scope is None or scope.holds(_ends(entry))]
    groups: dict[tuple[str, str, str, int, str, str], list[Entry]] = defaultdict(list)
    for entry in chosen:
        transport = PROXIED if entry.proxied else entry.transport
        # A question is for a name, whoever was asked.
        asks = entry.log == "dns"
        end = ("", 0) if asks else (entry.server, entry.server_port)
        if entry.name or not asks:
            groups["dns" if asks else "connection", entry.client, *end, transport, entry.name].append(entry)
        _observe(entry, stream, collector)
    contacts = [_contact(entries, key[0], key[4], stream) for key, entries in groups.items()]
    flows = [_flow(entries) for entries in _connections(chosen)]
    coverage = [Coverage(Measure.LINES_READ, float(len(log.entries)), f"Zeek's {log.name}.log")]
    if log.broken:
        coverage.append(Coverage(Measure.LINES_BROKEN, float(log.broken), f"Zeek's {log.name}.log"))
    if len(chosen) < len(log.entries):
        left = float(len(log.entries) - len(chosen))
        coverage.append(Coverage(Measure.FLOWS_OUT_OF_SCOPE, left, "counted, nothing of theirs is kept"))
    listened = _listened(chosen)
    return SeenLog(flows, contacts, [*coverage, *listened.coverage], listened.first, listened.last)


def _listened(entries: Sequence[Entry]) -> Listened:
    """When the entries began; they stand in the order in which they ended, so that none of them jumps back."""
    return heard(np.sort(np.array([entry.time for entry in entries], np.int64)))


def _ends(entry: Entry) -> Flow:
    return Flow(0, entry.transport, entry.client, entry.client_port, entry.server, entry.server_port)


def _connections(entries: Iterable[Entry]) -> Iterable[list[Entry]]:
    """The lines of each connection: by its uid, without one by its ends; each line of ``conn.log`` is one."""
    found: dict[object, list[Entry]] = defaultdict(list)
    for entry in entries:
        key = entry.number if entry.log == "conn" else entry.uid or _ends(entry)
        found[key].append(entry)
    return found.values()


def _observe(entry: Entry, stream: Stream, collector: Collector) -> None:
    for kind, value in ((_OBSERVED.get(entry.log), entry.name), (Kind.HTTP_AGENT, entry.agent)):
        if kind and value and collector.wants(kind, f"ip:{entry.client}", value, "up"):
            far_end = {"server": entry.server, "server_port": entry.server_port}
            facts: dict[str, Any] = {"protocol": f"zeek {entry.log}.log", "direction": "up", **far_end}
            evidence = stream.evidence(entry.start, entry.end)
            said = msgspec.structs.replace(evidence, path=f"line {entry.number}", time=entry.time)
            collector.add(kind, f"ip:{entry.client}", value, said, facts)


def _contact(entries: Sequence[Entry], kind: str, transport: str, stream: Stream) -> ContactRow:
    entries = sorted(entries, key=lambda entry: (entry.time, entry.number))
    first, last = entries[0], entries[-1]
    told = [(one.time, one.size, one.number, one.start, one.end - one.start) for one in entries]
    times, sizes, frames, offsets, lengths = contact_events.packed_alone(told)
    return ContactRow(
        client=first.client,
        server=first.server,
        server_port=first.server_port,
        transport=transport,
        kind="icmp" if transport == "icmp" else kind,
        events=len(entries),
        times=times,
        sizes=sizes,
        frames=frames,
        offsets=offsets,
        lengths=lengths,
        first_bytes=stream.data[first.start : min(first.end, first.start + _EXCERPT)],
        last_bytes=stream.data[last.start : min(last.end, last.start + _EXCERPT)],
        server_name=first.name,
        origin=stream.origin,
    )


def _flow(entries: Sequence[Entry]) -> FlowRow:
    """One connection of one or several lines; only ``conn.log`` counts packets."""
    entry = entries[0]
    (packets_up, packets_down), (bytes_up, bytes_down) = entry.packets, entry.octets
    return FlowRow(
        transport=entry.transport,
        client=entry.client,
        client_port=entry.client_port,
        server=entry.server,
        server_port=entry.server_port,
        first_seen=iso(min(one.time for one in entries)),
        last_seen=iso(max(one.time + one.duration for one in entries)),
        packets_up=packets_up,
        packets_down=packets_down,
        bytes_up=bytes_up,
        bytes_down=bytes_down,
        protocol=entry.protocol,
        server_name=entry.name if entry.log in ("ssl", "http") else "",
    )
