"""Which end of a flow is the device (its client) and which the far end (its server): one ladder, for all flows at once.

The evidence, the weightiest first (``EndsBy``):

- a SYN or SYN-ACK (RFC 9293 section 3.5), an echo request or answer (RFC 792, RFC 4443 section 4);
- a carrier that knows which side a packet came from (USB): the side under test is the client;
- a declared device of the case; then the address that reaches less far: private (RFC 1918, RFC 4193), shared (RFC 6598) and
  link-local against public, everything against a group. An IPv6 link-local address is no evidence against a public one:
  what has it passed no router (RFC 4291 section 2.5.6), so both ends are on one link;
- what the messages say (who decodes them tells ``FlowTable.settle``);
- one against many: the end that talks to several ports of others is a server's, once all flows are known;
- ports: a registered service; then who was heard alone, more than once: he is no server; then a port that not every system
  hands out to clients; then the lower number. Where nothing tells, the lower address stands for the far end, so that the
  answer never hangs on who was heard first.
"""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from iotwatch.read.layers.columns import Bools, Bytes, Int64s, Words, indices, runs, some
from iotwatch.read.layers.packets import Packets
from iotwatch.words.ends import EndsBy

SYN, ACK = 2, 16
_ETHERNET = 1  # LINKTYPE
_ICMP, _ICMP6 = 1, 58
_BUCKETS = 1 << 16
_BUCKET_SHIFT = np.uint64(48)
_MIX = np.uint64(0x9E3779B97F4A7C15)
_NEAR, _NEAR_GROUP, _FAR, _GROUP = 0, 1, 2, 3
# Services (IANA "Service Name and Transport Protocol Port Number Registry"): all below 512 but the client's port of DHCP; from
# there to 1023 those that are met, since clients of NFS and its like take the others; and those of user ports that are met.
_DHCP_CLIENT = 68
_SERVICES = (
    *(port for port in range(1, 512) if port != _DHCP_CLIENT),
    512, 513, 514, 515, 520, 521, 523, 540, 543, 544, 547, 548, 554, 563, 587, 593, 623, 631, 636, 646, 647, 853,
    860, 873, 902, 989, 990, 992, 993, 994, 995,
    1080, 1194, 1433, 1521, 1701, 1723, 1812, 1813, 1883, 1900, 2049, 2123, 2152, 2404, 2427, 2727, 2775, 2947, 3128, 3260, 3306,
    3389, 3478, 3479, 3544, 3702, 3784, 3868, 4433, 4500, 4729, 4789, 4840, 5004, 5005, 5060, 5061, 5222, 5228, 5349, 5353, 5355,
    5432, 5671, 5672, 5683, 5684, 5900, 6379, 6514, 6653, 6667, 7275, 7547, 8000, 8008, 8009, 8080, 8081, 8443, 8554, 8805, 8883,
    9000, 9092, 9418, 9999, 11211, 20000, 20048, 27017, 44818, 47808, 51820, 61613, 61616,
)  # fmt: skip
_MANY = 3
# The smaller the weight, the more a port is a server's.
_WEIGHT = np.arange(1 << 16, dtype=np.int32)
_WEIGHT[[*_SERVICES]] -= 1 << 16
_WEIGHT[49152:61000] += 1 << 16  # handed out to clients by all: RFC 6335 from 49152 on, Linux from 32768 to 60999
_WEIGHT[0] = 1 << 17  # not captured, or a protocol without ports

Codes = NDArray[np.uint8]
Ports = NDArray[np.uint16]


class Devices(msgspec.Struct, frozen=True):
    """The declared devices of the case: networks and hardware addresses (whole ones: a maker's block may be the router's too)."""

    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    macs: tuple[bytes, ...] = ()

    def hold(self, ends: Bytes, wide: Bools, macs: Bytes, has_mac: Bools) -> Bools:
        """Which ends are theirs: (n, 2) of (n, 2, 16) addresses and (n, 2, 6) hardware addresses."""
        held = np.zeros(has_mac.shape, np.bool_)
        for network in self.networks:
            raw, mask = (np.frombuffer(one.packed, np.uint8) for one in (network.network_address, network.netmask))
            inside = (ends[:, :, : len(raw)] & mask == raw).all(axis=2)
            held |= inside & (wide == (network.version == 6))[:, None]
        for mac in self.macs:
            held |= (macs == np.frombuffer(mac, np.uint8)).all(axis=2) & has_mac
        return held


class Heard(msgspec.Struct, frozen=True):
    """The first packets of new flows: addresses, ports and hardware addresses as (source, target) of each."""

    packets: Packets
    rows: Int64s
    ends: Bytes
    wide: Bools
    ports: Ports
    macs: Bytes
    has_mac: Bools


def first_word(heard: Heard, devices: Devices | None) -> tuple[Bools, Codes]:
    """Whether each first packet came from its flow's server, and by what that is told (values of ``EndsBy``)."""
    packets, rows = heard.packets, heard.rows
    opening = packets.flags[rows] & (SYN | ACK)  # flags are TCP's alone, 0 elsewhere
    by_server: Bools = opening == (SYN | ACK)
    by = np.full(len(rows), EndsBy.HANDSHAKE.value, np.uint8)
    outbound = packets.records.outbound
    shaken = opening & SYN > 0
    if outbound is not None:
        # An Ethernet may have stations on both sides of the carrier, so there a SYN still decides.
        carried = indices(~shaken | (packets.records.link[rows] != _ETHERNET))
        by_server[carried], by[carried] = ~outbound[rows[carried]], EndsBy.CARRIER.value
        return by_server, by
    rest = indices(~shaken)
    if len(rest):
        by_server[rest], by[rest] = _without_handshake(heard, rest, devices)
    return by_server, by


def _without_handshake(heard: Heard, at: Int64s, devices: Devices | None) -> tuple[Bools, Codes]:
    """The rungs below a handshake for the flows at ``at``; each rung is asked only for what those above left open."""
    ends, wide = heard.ends[at], heard.wide[at]
    by_server, by = by_ports(ends, heard.ports[at])
    reach = _reach(ends, wide)
    _take(by_server, by, _further(reach, ends, wide), EndsBy.SCOPE)
    if devices is not None:
        own = devices.hold(ends, wide, heard.macs[at], heard.has_mac[at])
        _take(by_server, by, own[:, 1].astype(np.int8) - own[:, 0], EndsBy.DECLARED)
    echo = _echo(heard.packets, heard.rows[at])
    if echo is not None:
        _take(by_server, by, echo, EndsBy.ECHO)
    return by_server, by


def _take(by_server: Bools, by: Codes, sign: NDArray[np.integer[Any]], word: EndsBy) -> None:
    """Let a rung decide where it says something: above 0 the first packet's sender is the server, below 0 the client."""
    says = sign != 0
    np.copyto(by_server, sign > 0, where=says)
    by[says] = word.value


def by_ports(ends: Bytes, ports: Ports) -> tuple[Bools, Codes]:
    """Whether the first of each two ends is the server by its port, else (equal ports) by its lower address."""
    weight = _WEIGHT[ports]
    by_server: Bools = weight[:, 0] < weight[:, 1]
    by = np.where(weight.min(axis=1) < 0, EndsBy.SERVICE.value, EndsBy.PORTS.value).astype(np.uint8)
    same = indices(weight[:, 0] == weight[:, 1])
    if len(same):
        words = np.ascontiguousarray(ends[same]).view(">u8").reshape(-1, 2, 2)
        high, low = words[:, :, 0], words[:, :, 1]
        by_server[same] = (high[:, 0] < high[:, 1]) | ((high[:, 0] == high[:, 1]) & (low[:, 0] < low[:, 1]))
        by[same] = EndsBy.NOTHING.value
    return by_server, by


def _further(reach: NDArray[np.int8], ends: Bytes, wide: Bools) -> NDArray[np.int8]:
    """Above 0 where the first end reaches further than the second, below 0 where less far."""
    sign = reach[:, 0] - reach[:, 1]
    six = indices(wide & (sign != 0) & (reach.max(axis=1) == _FAR))
    if len(six):
        linked = (ends[six, :, 0] == 0xFE) & (ends[six, :, 1] & 0xC0 == 0x80)
        sign[six[linked.any(axis=1)]] = 0
    return sign


def _reach(ends: Bytes, wide: Bools) -> NDArray[np.int8]:
    """How far addresses reach: near, a group of the near network, far, a group of anybody."""
    first, second = ends[:, :, 0], ends[:, :, 1]
    private = (first == 10) | ((first == 172) & (second & 0xF0 == 16)) | ((first == 192) & (second == 168))
    shared = (first == 100) & (second & 0xC0 == 64)
    own = (first == 0) | (first == 127) | ((first == 169) & (second == 254))
    reach = np.where(private | shared | own, _NEAR, _FAR).astype(np.int8)
    # Without a netmask the last byte alone tells; only on private networks, where /24 is the rule.
    reach[private & (ends[:, :, 3] == 255)] = _NEAR_GROUP
    reach[(first & 0xF0 == 0xE0) | (ends[:, :, :4] == 255).all(axis=2)] = _GROUP
    six = indices(wide)
    if len(six):
        reach[six] = _reach_of_six(ends[six])
    return reach


def _reach_of_six(ends: Bytes) -> NDArray[np.int8]:
    first, second = ends[:, :, 0], ends[:, :, 1]
    near = (first & 0xFE == 0xFC) | ((first == 0xFE) & (second & 0x80 == 0x80))
    reach = np.where(near | ~ends[:, :, :15].any(axis=2), _NEAR, _FAR).astype(np.int8)
    reach[first == 0xFF] = _GROUP
    mapped = ~ends[:, :, :10].any(axis=2) & (ends[:, :, 10:12] == 255).all(axis=2)
    if some(mapped):
        four = np.zeros(ends.shape, np.uint8)
        four[:, :, :4] = ends[:, :, 12:]
        reach = np.where(mapped, _reach(four, np.zeros(len(ends), np.bool_)), reach)
    return reach


def _echo(packets: Packets, rows: Int64s) -> NDArray[np.int8] | None:
    """Below 0 for echo requests, above 0 for their answers; ``None`` when none of the packets is ICMP."""
    protocol = packets.protocol[rows]
    icmp, icmp6 = protocol == _ICMP, protocol == _ICMP6
    if not some(icmp | icmp6):
        return None
    kind = np.where(packets.pos[rows] < packets.end[rows], packets.data[packets.pos[rows]], 255)
    asked, answered = (icmp & (kind == 8)) | (icmp6 & (kind == 128)), (icmp & (kind == 0)) | (icmp6 & (kind == 129))
    answer: NDArray[np.int8] = answered.astype(np.int8) - asked
    return answer


class Known(msgspec.Struct, frozen=True):
    """All flows of a capture: columns of the flow table."""

    protocol: Codes
    ends: Bytes
    ports: Ports
    packets: Int64s


def last_word(known: Known, rows: Int64s, by: Codes) -> tuple[Bools, Codes]:
    """Whether the flows ``rows``, which their first packets left open, are to be turned, and by what that is told.

    An end is an address and a port. Of a server's the others have many ports; a client that keeps its own port sees one
    port, however many servers it asks. Who never got an answer is no server. Where ports do not tell either, the end that
    more addresses reach is the server.
    """
    words = np.ascontiguousarray(known.ends).reshape(-1, 16).view(np.uint64)
    address = (words[:, 0] * _MIX) ^ (words[:, 1] + (words[:, 0] >> np.uint64(31))) * _MIX
    port = known.ports.reshape(-1).astype(np.uint64)
    own = (address ^ (port << np.uint64(8) | known.protocol.repeat(2).astype(np.uint64))) * _MIX
    other = np.arange(len(own)) ^ 1
    turned, by = np.zeros(len(rows), np.bool_), by.copy()
    client_port = np.where(
        _WEIGHT[known.ports.reshape(-1)] < 0, np.uint64(0), port
    )  # services are one: clients ask them
    _take(turned, by, _peers(own, client_port[other], rows), EndsBy.MANY)
    silent = indices(by > EndsBy.SERVICE.value)
    if len(silent):
        up, down = known.packets[rows[silent]].T
        alone = np.where((up > 1) & (down == 0), -1, np.where((down > 1) & (up == 0), 1, 0))
        _take_at(silent, turned, by, alone, EndsBy.ALONE)
    even = indices(by >= EndsBy.PORTS.value)
    if len(even):
        _take_at(even, turned, by, _peers(own, address[other], rows[even]), EndsBy.MANY)
    return turned, by


def _take_at(at: Int64s, turned: Bools, by: Codes, sign: Int64s, word: EndsBy) -> None:
    """``_take`` for some of the flows."""
    some_turned, some_by = turned[at], by[at]
    _take(some_turned, some_by, sign, word)
    turned[at], by[at] = some_turned, some_by


def _peers(own: Words, other: Words, chosen: Int64s) -> Int64s:
    """Of the flows ``chosen``: how many different values stand opposite the client's end, less how many opposite the server's.

    0 where neither end has many of them.
    """
    wanted = own.reshape(-1, 2)[chosen]
    asked = np.zeros(_BUCKETS, np.bool_)
    asked[wanted >> _BUCKET_SHIFT] = True
    near = indices(asked[own >> _BUCKET_SHIFT])  # the others need no sorting
    own, other = own[near], other[near]
    order = np.lexsort((other, own))
    ends, values = own[order], other[order]
    begins = runs(ends)
    different = np.ones(len(ends), np.int64)
    different[1:] = (values[1:] != values[:-1]) | (ends[1:] != ends[:-1])
    counts = np.add.reduceat(different, begins)
    found = np.searchsorted(ends[begins], wanted)
    client, server = counts[found[:, 0]], counts[found[:, 1]]
    answer: Int64s = np.where(np.maximum(client, server) < _MANY, 0, client - server)
    return answer
