"""Columns of addresses and protocols in words. What many flows share is one text in all of them."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from iotwatch.read.layers.columns import Bools, Bytes

PROTOCOLS = {
    1: "icmp", 2: "igmp", 4: "ipip", 6: "tcp", 17: "udp", 33: "dccp", 41: "ipv6", 47: "gre", 50: "esp", 58: "icmp6",
    59: "none", 88: "eigrp", 89: "ospf", 103: "pim", 112: "vrrp", 115: "l2tp", 132: "sctp", 136: "udplite",
}  # fmt: skip


def transport_name(protocol: int) -> str:
    """``tcp``, ``udp``, ``icmp`` ...; protocols without a name here are ``ip-`` and their number."""
    return PROTOCOLS.get(protocol, f"ip-{protocol}")


def addresses(wide: Bools, ends: Bytes) -> list[str]:
    """The address of each row of (n, 16) bytes, IPv6 where ``wide`` says so, else IPv4 in the first four."""
    return _texts(wide, ends, _address)


def link_addresses(known: Bools, macs: Bytes) -> list[str]:
    """The link address of each row of (n, 6) bytes; empty where none is known."""
    return _texts(known, macs, _link_address)


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


def _link_address(piece: bytes) -> str:
    """A link address behind a byte that says whether there is one."""
    return piece[1:].hex(":") if piece[0] else ""
