"""TCP (RFC 9293), UDP (RFC 768), SCTP ports, ICMP and every other IP protocol: the leaves that make flows."""

from __future__ import annotations

import numpy as np

from iotwatch.read.layers.columns import Bools, every, take
from iotwatch.read.layers.contract import Layer, Next, layout
from iotwatch.read.layers.packets import FLOW, PROTOCOL, Packets, Rows
from iotwatch.read.layers.tunnels import over_udp

TCP_HEADER = layout(
    source=">u2", target=">u2", sequence=">u4", ack=">u4", size="u1", flags="u1", window=">u2", checksum=">u2", urgent=">u2"
)  # fmt: skip
UDP_HEADER = layout(source=">u2", target=">u2", length=">u2", checksum=">u2")
TCP, UDP, SCTP, UDP_LITE, DCCP = 6, 17, 132, 136, 33


def tcp(p: Packets, rows: Rows) -> Next:
    """Ports, flags, sequence number; a header that is cut short still counts for its flow, without payload."""
    head = take(p.data, rows.pos, TCP_HEADER)
    size = (head["size"] >> np.uint8(4)).astype(np.int64) * 4
    pos = rows.pos + np.maximum(size, 20)
    p.source_port[rows.which] = head["source"]
    p.target_port[rows.which] = head["target"]
    p.sequence[rows.which] = head["sequence"]
    p.ack[rows.which] = head["ack"]
    p.flags[rows.which] = head["flags"]
    whole = rows.pos + 20 <= rows.end
    if not every(whole):
        _forget(p, rows, rows.pos + 4 <= rows.end)
        p.flags[rows.which] = np.where(rows.pos + 14 <= rows.end, head["flags"], 0)
    return FLOW, np.minimum(pos, rows.end), rows.end


def udp(p: Packets, rows: Rows) -> Next:
    """The datagram ends where its own length says, when that is inside the packet."""
    head = take(p.data, rows.pos, UDP_HEADER)
    length = head["length"].astype(np.int64)
    p.source_port[rows.which] = head["source"]
    p.target_port[rows.which] = head["target"]
    end = np.where(length >= 8, np.minimum(rows.end, rows.pos + length), rows.end)
    whole = rows.pos + 8 <= rows.end
    if not every(whole):
        _forget(p, rows, rows.pos + 4 <= rows.end)
    plain_datagram = FLOW, np.minimum(rows.pos + 8, end), end
    return over_udp(p, rows, (head["source"], head["target"]), plain_datagram)


def ports(p: Packets, rows: Rows) -> Next:
    """Protocols that begin with two ports, kept whole from there."""
    head = take(p.data, rows.pos, UDP_HEADER)
    p.source_port[rows.which] = head["source"]
    p.target_port[rows.which] = head["target"]
    _forget(p, rows, rows.pos + 4 <= rows.end)
    return FLOW, np.minimum(rows.pos, rows.end), rows.end


def plain(p: Packets, rows: Rows) -> Next:
    """Protocols without ports: a conversation of two addresses."""
    p.source_port[rows.which] = 0
    p.target_port[rows.which] = 0
    return FLOW, np.minimum(rows.pos, rows.end), rows.end


def _forget(p: Packets, rows: Rows, known: Bools) -> None:
    """Ports that were not captured are 0."""
    p.source_port[rows.which] = np.where(known, p.source_port[rows.which], 0)
    p.target_port[rows.which] = np.where(known, p.target_port[rows.which], 0)


_SPECIAL: dict[int, Layer] = {TCP: tcp, UDP: udp, UDP_LITE: udp, SCTP: ports, DCCP: ports}
TRANSPORT_LAYERS: dict[int, Layer] = {PROTOCOL + number: _SPECIAL.get(number, plain) for number in range(256)}
