"""Link layers of the common kinds: Ethernet with VLAN tags, Linux cooked, loopback, raw IP, LLC and SNAP."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from iotwatch.read.layers.columns import Bools, some, take
from iotwatch.read.layers.contract import Layer, Next, layout, or_cut
from iotwatch.read.layers.packets import FRAME_CAN, IP_ANY, LINK, LLC, Packets, Rows

ETHERNET = layout(to="V6", source="V6", type=">u2")
ETHERTYPE = layout(type=">u2")
SLL = layout(kind=">u2", hardware=">u2", size=">u2", address="V8", type=">u2")
SLL2 = layout(type=">u2", zero=">u2", interface=">u4", hardware=">u2", kind="u1", size="u1", address="V8")
SNAP = layout(sap=">u2", control="u1", oui_high="u1", oui=">u2", type=">u2")
_IPV4, _IPV6 = 0x0800, 0x86DD
# Address families of BSD loopback headers: AF_INET; AF_INET6 of Linux, NetBSD, FreeBSD and Darwin.
_FAMILIES = {2: _IPV4, 10: _IPV6, 24: _IPV6, 28: _IPV6, 30: _IPV6}


def ethernet(p: Packets, rows: Rows) -> Next:
    """IEEE 802.3 and Ethernet II; a type below 1536 is a length, and LLC follows."""
    p.to_mac[rows.which] = rows.pos
    p.from_mac[rows.which] = rows.pos + 6
    kind = take(p.data, rows.pos, ETHERNET)["type"].astype(np.int32)
    pos = rows.pos + 14
    end = rows.end
    sized = kind < 0x0600
    if some(sized):
        end = np.where(sized, np.minimum(end, pos + kind), end)
        kind = np.where(sized, LLC, kind).astype(np.int32)
    return or_cut(kind, pos <= rows.end), pos, end


def ethertype_at(p: Packets, rows: Rows, skip: int) -> Next:
    """The ethertype ``skip`` bytes on, and what it announces right behind it."""
    kind = take(p.data, rows.pos + skip, ETHERTYPE)["type"].astype(np.int32)
    pos = rows.pos + skip + 2
    code = np.where(kind < 0x0600, LLC, kind).astype(np.int32)
    return or_cut(code, pos <= rows.end), pos, rows.end


def linux_cooked(header: np.dtype[Any], sender: int) -> Layer:
    """LINKTYPE_LINUX_SLL (``sender``'s address, protocol last) and LINKTYPE_LINUX_SLL2 (protocol first).

    Protocols below 1536 are Linux's own: 1 and 4 are 802.2, 0x0C and 0x0D CAN (ARPHRD_CAN is 280).
    """

    def layer(p: Packets, rows: Rows) -> Next:
        head = take(p.data, rows.pos, header)
        p.from_mac[rows.which] = np.where(head["size"] == 6, rows.pos + sender, -1)
        kind = head["type"].astype(np.int32)
        can = (head["hardware"] == 280) | (kind == 0x0C) | (kind == 0x0D)
        code = np.where(can, FRAME_CAN, np.where(kind == 4, LLC, kind)).astype(np.int32)
        pos = rows.pos + header.itemsize
        return or_cut(code, pos <= rows.end), pos, rows.end

    return layer


def loopback(p: Packets, rows: Rows) -> Next:
    """LINKTYPE_NULL (the capturing host's byte order) and LINKTYPE_LOOP (network order)."""
    little = take(p.data, rows.pos, layout(family="<u4"))["family"]
    family = np.where(little > 0xFFFF, little.byteswap(), little)
    code = np.full(len(family), -1, np.int32)
    for number, kind in _FAMILIES.items():
        code[family == number] = kind
    pos = rows.pos + 4
    return or_cut(code, pos <= rows.end), pos, rows.end


def raw_ip(p: Packets, rows: Rows) -> Next:
    """IP with nothing before it: the version decides."""
    version = take(p.data, rows.pos, layout(version="u1"))["version"] >> 4
    code = np.where(version == 4, _IPV4, np.where(version == 6, _IPV6, -1)).astype(np.int32)
    return or_cut(code, rows.pos < rows.end), rows.pos, rows.end


def skipping(count: int, then: int) -> Layer:
    """A layer of ``count`` bytes that say nothing, before layer ``then``."""

    def skip(_: Packets, rows: Rows) -> Next:
        pos = rows.pos + count
        return or_cut(then, pos <= rows.end), pos, rows.end

    return skip


def llc(p: Packets, rows: Rows) -> Next:
    """IEEE 802.2: SNAP carries an ethertype, SAP 06 is IP; other SAPs stay a typed frame."""
    head = take(p.data, rows.pos, SNAP)
    snap = (head["sap"] == 0xAAAA) & (head["control"] == 3)
    encapsulated: Bools = (head["oui_high"] == 0) & ((head["oui"] == 0) | (head["oui"] == 0xF8))
    code = np.where(snap & encapsulated, head["type"].astype(np.int32), -LLC).astype(np.int32)
    code[(head["sap"] == 0x0606) & ~snap] = IP_ANY
    pos = rows.pos + np.where(code == IP_ANY, 3, np.where(code == -LLC, 0, 8))
    return or_cut(code, pos < rows.end), pos, rows.end


LINK_LAYERS: dict[int, Layer] = {
    LINK + 1: ethernet,
    # IEEE 802.1Q and 802.1ad tags, stacked as they come.
    **dict.fromkeys((0x8100, 0x88A8, 0x9100, 0x9200), partial(ethertype_at, skip=2)),
    LINK + 113: linux_cooked(SLL, 6),
    LINK + 276: linux_cooked(SLL2, 12),
    LINK + 0: loopback,
    LINK + 108: loopback,
    LINK + 12: raw_ip,
    LINK + 14: raw_ip,
    LINK + 101: raw_ip,
    LINK + 228: skipping(0, _IPV4),
    LINK + 229: skipping(0, _IPV6),
    LLC: llc,
    IP_ANY: raw_ip,
}
