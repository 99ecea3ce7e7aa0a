"""Flows in words: the columns of the flow table as ``Flow`` values, made for all of them at once."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from iotwatch.read.layers.columns import Bools, Bytes
from iotwatch.read.stream import Flow

if TYPE_CHECKING:
    from iotwatch.read.flows.table import FlowTable

PROTOCOLS = {
    1: "icmp", 2: "igmp", 4: "ipip", 6: "tcp", 17: "udp", 33: "dccp", 41: "ipv6", 47: "gre", 50: "esp", 58: "icmp6",
    59: "none", 88: "eigrp", 89: "ospf", 103: "pim", 112: "vrrp", 115: "l2tp", 132: "sctp", 136: "udplite",
}  # fmt: skip


def transport_name(protocol: int) -> str:
    """``tcp``, ``udp``, ``icmp`` ...; protocols without a name here are ``ip-`` and their number."""
    return PROTOCOLS.get(protocol, f"ip-{protocol}")


def in_words(table: FlowTable) -> list[Flow]:
    """Every flow of the table. What many flows share (addresses, names) is one text in all of them."""
    count = len(table)
    transports = {number: transport_name(number) for number in np.unique(table.protocol[:count]).tolist()}
    wide, has_mac = table.wide[:count], table.has_mac[:count]
    ports = table.ports[:count].T.tolist()
    clients, servers = (_texts(wide, table.ends[:count, end], _address) for end in (0, 1))
    client_macs, server_macs = (_texts(has_mac[:, end], table.macs[:count, end], _mac) for end in (0, 1))
    return list(
        map(
            Flow,
            range(count),
            map(transports.__getitem__, table.protocol[:count].tolist()),
            *(clients, ports[0], servers, ports[1], client_macs, server_macs),
            map(table.tunnels.__getitem__, table.tunnel[:count].tolist()),
        )
    )


def _texts(flags: Bools, raw: Bytes, text: Callable[[bytes], str]) -> list[str]:
    """The text of each row of bytes, to which its flag is put in front; each different one is made once."""
    width = raw.shape[1] + 1
    rows: NDArray[np.uint8] = np.empty((len(raw), width), np.uint8)
    rows[:, 0] = flags
    rows[:, 1:] = raw
    joined = rows.tobytes()
    pieces = [joined[at : at + width] for at in range(0, len(joined), width)]
    texts = {piece: text(piece) for piece in set(pieces)}
    return [texts[piece] for piece in pieces]


def _address(piece: bytes) -> str:
    """An address behind a byte that says whether it is one of IPv6."""
    if piece[0]:
        return str(ipaddress.IPv6Address(piece[1:]))
    a, b, c, d = piece[1:5]
    return f"{a}.{b}.{c}.{d}"


def _mac(piece: bytes) -> str:
    """A link address behind a byte that says whether there is one."""
    return piece[1:].hex(":") if piece[0] else ""
