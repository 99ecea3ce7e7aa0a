"""IPv4 (RFC 791) and IPv6 (RFC 8200) with its extension headers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from iotwatch.read.layers.columns import Int64s, some, take
from iotwatch.read.layers.contract import Layer, Next, layout, or_cut
from iotwatch.read.layers.packets import FRAGMENT, PROTOCOL, Packets, Rows

IPV4 = layout(
    version="u1", service="u1", length=">u2", ident=">u2", fragment=">u2", ttl="u1", protocol="u1", checksum=">u2",
    source=">u4", target=">u4",
)  # fmt: skip
IPV6 = layout(version=">u4", length=">u2", next="u1", hops="u1", a="<u8", b="<u8", c="<u8", d="<u8")
OPTION = layout(next="u1", size="u1", offset=">u2", ident=">u4")
_MIX = np.uint64(0x9E3779B97F4A7C15)
_FOLD = np.uint64(0xD6E8FEB86659FD93)


def ipv4(p: Packets, rows: Rows) -> Next:
    """The length field, not the frame, ends the packet: what Ethernet padded is left out (0: offloaded, all of it)."""
    head = take(p.data, rows.pos, IPV4)
    size = (head["version"] & np.uint8(15)).astype(np.int64) * 4
    total = head["length"].astype(np.int64)
    pos = rows.pos + size
    end = np.minimum(rows.end, np.where(total >= size, rows.pos + total, rows.end))
    good = (head["version"] >= 0x45) & (head["version"] < 0x50) & (pos <= rows.end)
    p.source[rows.which] = head["source"]
    p.target[rows.which] = head["target"]
    p.ip[rows.which] = rows.pos
    p.wide[rows.which] = False
    p.protocol[rows.which] = head["protocol"]
    code = head["protocol"].astype(np.int32)
    code += PROTOCOL
    part = (head["fragment"] & 0x3FFF) != 0
    if some(part):
        code[part] = FRAGMENT
    return or_cut(code, good), pos, end


def ipv6(p: Packets, rows: Rows) -> Next:
    """A payload length of 0 is a jumbogram or offloaded: all of it."""
    head = take(p.data, rows.pos, IPV6)
    total = head["length"].astype(np.int64)
    pos = rows.pos + 40
    end = np.minimum(rows.end, np.where(total > 0, pos + total, rows.end))
    good = (head["version"] >> 28 == 6) & (pos <= rows.end)
    p.source[rows.which] = _address_key(head["a"], head["b"])
    p.target[rows.which] = _address_key(head["c"], head["d"])
    p.ip[rows.which] = rows.pos
    p.wide[rows.which] = True
    p.protocol[rows.which] = head["next"]
    return or_cut(head["next"].astype(np.int32) + PROTOCOL, good), pos, end


def _address_key(high: NDArray[np.uint64], low: NDArray[np.uint64]) -> NDArray[np.uint64]:
    mixed = (high * _MIX + low) * _FOLD
    return mixed ^ (mixed >> np.uint64(31))


def _extension(p: Packets, rows: Rows, sizes: Int64s, following: NDArray[np.uint8]) -> Next:
    pos = rows.pos + sizes
    p.protocol[rows.which] = following
    return or_cut(following.astype(np.int32) + PROTOCOL, pos <= rows.end), pos, rows.end


def options(p: Packets, rows: Rows) -> Next:
    """Hop-by-hop and destination options, routing, mobility, HIP, shim6: next header and length in 8-byte units."""
    head = take(p.data, rows.pos, OPTION)
    return _extension(p, rows, (head["size"].astype(np.int64) + 1) * 8, head["next"])


def authentication(p: Packets, rows: Rows) -> Next:
    """AH (RFC 4302): length in 4-byte units, minus two; what it protects is in clear."""
    head = take(p.data, rows.pos, OPTION)
    return _extension(p, rows, (head["size"].astype(np.int64) + 2) * 4, head["next"])


def fragment(p: Packets, rows: Rows) -> Next:
    """The fragment header; an atomic fragment (RFC 6946) is whole and read on."""
    head = take(p.data, rows.pos, OPTION)
    code, pos, end = _extension(p, rows, np.full(len(rows.pos), 8), head["next"])
    part = (head["offset"] & 0xFFF9) != 0
    return np.where(part, FRAGMENT, code).astype(np.int32), np.where(part, rows.pos, pos), end


NETWORK_LAYERS: dict[int, Layer] = {
    0x0800: ipv4,
    0x86DD: ipv6,
    **dict.fromkeys((PROTOCOL + number for number in (0, 43, 60, 135, 139, 140)), options),
    PROTOCOL + 44: fragment,
    PROTOCOL + 51: authentication,
}
