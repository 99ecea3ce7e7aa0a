"""Tunnels: IP in IP, GRE, EtherIP, and over UDP VXLAN, Geneve, GTP-U, L2TP, Teredo, TZSP, CAPWAP.

What is inside becomes the packet's flow, and the tunnel around it is noted (kind, number, outer ends). A port alone never
makes a tunnel: the header must be sound and what it carries must look like what it announces, else the packet stays the
UDP datagram that it is.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from iotwatch.read.layers.columns import Bools, Int32s, Int64s, indices, take
from iotwatch.read.layers.contract import Layer, Next, layout, or_cut
from iotwatch.read.layers.link_serial import FOUR
from iotwatch.read.layers.packets import IP_ANY, LINK, PPP_ANY, PROTOCOL, WIFI_SWAPPED, Packets, Rows, Tunnel

_ETHERNET = LINK + 1
_GRE_HEADER = layout(flags=">u2", type=">u2")
_WORD = layout(word=">u4")
_HALF = layout(half=">u2")
Inner = tuple[Bools, Int32s | int, Int64s, Int64s]
"""Which rows are this tunnel, what they carry, where it stands, and the tunnel's number."""


def note(p: Packets, rows: Rows, kind: Tunnel, number: Int64s | int = 0) -> None:
    """Remember the tunnel that the innermost addresses so far are the ends of."""
    p.tunnelled = True
    p.tunnel[rows.which] = kind
    p.tunnel_id[rows.which] = number
    p.outer[rows.which] = p.addresses_at(rows.which)
    p.outer_wide[rows.which] = p.wide[rows.which]


def inside_ip(kind: Tunnel, code: int) -> Layer:
    """A layer that begins right behind an IP header: IPv4 (RFC 2003), IPv6 (RFC 4213) or MPLS (RFC 4023)."""

    def layer(p: Packets, rows: Rows) -> Next:
        note(p, rows, kind)
        return or_cut(code, rows.pos < rows.end), rows.pos, rows.end

    return layer


def ether_ip(p: Packets, rows: Rows) -> Next:
    """RFC 3378: two bytes, then Ethernet."""
    note(p, rows, Tunnel.ETHER_IP)
    pos = rows.pos + 2
    return or_cut(_ETHERNET, pos <= rows.end), pos, rows.end


def gre(p: Packets, rows: Rows) -> Next:
    """RFC 2784 and 2890; PPTP's version 1 (RFC 2637); ERSPAN types I, II and III (draft-foschiano-erspan)."""
    head = take(p.data, rows.pos, _GRE_HEADER)
    flags = head["flags"].astype(np.int64)
    kind = head["type"].astype(np.int32)
    checksum, keyed, numbered = flags & 0xC000 > 0, flags & 0x2000 > 0, flags & 0x1000 > 0
    pptp = flags & 7 == 1
    key_at = rows.pos + 4 + np.where(checksum, 4, 0)
    number = np.where(keyed, take(p.data, key_at, _WORD)["word"], 0)
    pos = key_at + np.where(keyed, 4, 0) + np.where(numbered, 4, 0) + np.where(pptp & (flags & 0x80 > 0), 4, 0)
    erspan = (kind == 0x88BE) | (kind == 0x22EB)
    pos = pos + np.where(erspan & numbered, np.where(kind == 0x22EB, 12, 8), 0)
    code = np.where(erspan | (kind == 0x6558), _ETHERNET, np.where(kind == 0x880B, PPP_ANY, kind)).astype(np.int32)
    note(p, rows, Tunnel.GRE, number)
    if erspan.any():
        p.tunnel[rows.which] = np.where(erspan, Tunnel.ERSPAN, Tunnel.GRE)
    return or_cut(code, pos <= rows.end), pos, rows.end


def _ip_like(p: Packets, pos: Int64s, end: Int64s) -> Bools:
    """Whether an IP header stands here whose length fits what is left, as far as that was captured."""
    first = take(p.data, pos, FOUR)["a"]
    length = take(p.data, pos + 2, _HALF)["half"].astype(np.int64)
    six = take(p.data, pos + 4, _HALF)["half"].astype(np.int64) + 40
    four_fits = (first >= 0x45) & (first < 0x50) & (length >= 20) & (pos + 20 <= end)
    six_fits = (first >> 4 == 6) & (six >= 40) & (pos + 40 <= end)
    answer: Bools = four_fits | six_fits
    return answer


def _ethernet_like(p: Packets, pos: Int64s, end: Int64s) -> Bools:
    """Whether an Ethernet header stands here with a type that somebody uses."""
    kind = take(p.data, pos + 12, _HALF)["half"]
    known = np.isin(kind, (0x0800, 0x86DD, 0x0806, 0x8100, 0x88A8, 0x8847, 0x88CC, 0x8035, 0x888E))
    return (known | (kind < 0x0600)) & (pos + 14 <= end)


def _vxlan(p: Packets, rows: Rows) -> Inner:
    """RFC 7348: flags 08, VNI, Ethernet."""
    head = take(p.data, rows.pos, layout(flags=">u4", vni=">u4"))
    pos = rows.pos + 8
    good = (head["flags"] == 0x0800_0000) & (head["vni"] & 0xFF == 0) & _ethernet_like(p, pos, rows.end)
    return good, _ETHERNET, pos, head["vni"].astype(np.int64) >> 8


def _geneve(p: Packets, rows: Rows) -> Inner:
    """RFC 8926: version 0, options, an ethertype, VNI."""
    head = take(p.data, rows.pos, layout(options="u1", flags="u1", type=">u2", vni=">u4"))
    pos = rows.pos + 8 + (head["options"] & np.uint8(0x3F)).astype(np.int64) * 4
    ethernet = (head["type"] == 0x6558) & _ethernet_like(p, pos, rows.end)
    ip = np.isin(head["type"], (0x0800, 0x86DD)) & _ip_like(p, pos, rows.end)
    code = np.where(ethernet, _ETHERNET, head["type"].astype(np.int32)).astype(np.int32)
    good = (head["options"] < 0x40) & (head["flags"] & 0x3F == 0) & (ethernet | ip)
    return good, code, pos, head["vni"].astype(np.int64) >> 8


def _gtp_user(p: Packets, rows: Rows) -> Inner:
    """3GPP TS 29.281: version 1, G-PDU (255), TEID, and extension headers whose length counts four bytes."""
    head = take(p.data, rows.pos, layout(flags="u1", kind="u1", length=">u2", teid=">u4"))
    optional = head["flags"] & 7 > 0
    pos = rows.pos + np.where(optional, 12, 8)
    following = np.where(head["flags"] & 4 > 0, take(p.data, rows.pos + 11, FOUR)["a"], 0)
    for _ in range(8):
        more = (following > 0) & (pos < rows.end)
        if not more.any():
            break
        size = take(p.data, pos, FOUR)["a"].astype(np.int64) * 4
        pos = pos + np.where(more, size, 0)
        following = np.where(more & (size > 0), take(p.data, pos - 1, FOUR)["a"], 0)
    good = (head["flags"] & 0xF0 == 0x30) & (head["kind"] == 255) & _ip_like(p, pos, rows.end)
    return good, IP_ANY, pos, head["teid"].astype(np.int64)


def _l2tp(p: Packets, rows: Rows) -> Inner:
    """RFC 2661 data messages: version 2, optional length, sequence and offset, then PPP."""
    head = take(p.data, rows.pos, _HALF)["half"].astype(np.int64)
    ids = rows.pos + 2 + np.where(head & 0x4000 > 0, 2, 0)
    session = take(p.data, ids + 2, _HALF)["half"].astype(np.int64)
    pos = ids + 4 + np.where(head & 0x0800 > 0, 4, 0)
    offset = take(p.data, pos, _HALF)["half"].astype(np.int64)
    pos = pos + np.where(head & 0x0200 > 0, 2 + offset, 0)
    inner = take(p.data, pos, FOUR)
    bare = np.isin(take(p.data, pos, _HALF)["half"], (0x0021, 0x0057))
    ppp = ((inner["a"] == 0xFF) & (inner["b"] == 3)) | np.isin(inner["a"], (0x21, 0x57)) | bare
    good = (head & 0x800F == 2) & ppp & (pos + 4 <= rows.end)
    return good, PPP_ANY, pos, session


def _teredo(p: Packets, rows: Rows) -> Inner:
    """RFC 4380, data packets without authentication: bare IPv6."""
    first = take(p.data, rows.pos, FOUR)["a"]
    good = (first >> 4 == 6) & _ip_like(p, rows.pos, rows.end)
    return good, 0x86DD, rows.pos, np.zeros(len(rows.pos), np.int64)


def _tzsp(p: Packets, rows: Rows) -> Inner:
    """TaZmen sniffer protocol: version 1, protocol, tags up to the end tag; 1 is Ethernet, 18 is 802.11."""
    head = take(p.data, rows.pos, layout(version="u1", kind="u1", protocol=">u2"))
    pos = rows.pos + 4
    open_ = np.ones(len(pos), np.bool_)
    for _ in range(16):
        if not open_.any():
            break
        tag = take(p.data, pos, FOUR)
        size = np.where(tag["a"] < 2, 1, 2 + tag["b"].astype(np.int64))
        pos = pos + np.where(open_, size, 0)
        open_ &= (tag["a"] != 1) & (pos < rows.end)
    code = np.where(head["protocol"] == 18, LINK + 105, _ETHERNET).astype(np.int32)
    good = (head["version"] == 1) & (head["kind"] <= 1) & np.isin(head["protocol"], (1, 18)) & (pos + 14 <= rows.end)
    return good & ~open_, code, pos, np.zeros(len(pos), np.int64)


def _capwap(p: Packets, rows: Rows) -> Inner:
    """RFC 5415 section 4.3, data channel without DTLS: whole frames of Ethernet (RFC 5416: or 802.11 data frames)."""
    word = take(p.data, rows.pos, _WORD)["word"].astype(np.int64)
    size = (word >> 19 & 31) * 4
    pos = rows.pos + size
    whole = (word >> 24 == 0) & (word & 0x88 == 0) & (size >= 8)  # neither a fragment nor a keep-alive
    native = (word & 0x100 > 0) & (word >> 9 & 31 == 1)
    control = take(p.data, pos, FOUR)
    straight, turned = control["a"] & 0x0F == 8, control["b"] & 0x0F == 8  # version 0, type 2
    wifi = native & (straight | turned) & (pos + 24 <= rows.end)
    ethernet = (word & 0x100 == 0) & _ethernet_like(p, pos, rows.end)
    code = np.where(ethernet, _ETHERNET, np.where(straight, LINK + 105, WIFI_SWAPPED)).astype(np.int32)
    return whole & (wifi | ethernet), code, pos, np.zeros(len(pos), np.int64)


UDP_TUNNELS: dict[int, tuple[Tunnel, Callable[[Packets, Rows], Inner]]] = {
    4789: (Tunnel.VXLAN, _vxlan),
    8472: (Tunnel.VXLAN, _vxlan),
    6081: (Tunnel.GENEVE, _geneve),
    2152: (Tunnel.GTP_U, _gtp_user),
    1701: (Tunnel.L2TP, _l2tp),
    3544: (Tunnel.TEREDO, _teredo),
    37008: (Tunnel.TZSP, _tzsp),
    5247: (Tunnel.CAPWAP, _capwap),
}
_PORTS = np.zeros(65536, np.bool_)
_PORTS[list(UDP_TUNNELS)] = True

TUNNEL_LAYERS: dict[int, Layer] = {
    PROTOCOL + 4: inside_ip(Tunnel.IP_IN_IP, 0x0800),
    PROTOCOL + 41: inside_ip(Tunnel.SIX_IN_FOUR, 0x86DD),
    PROTOCOL + 47: gre,
    PROTOCOL + 97: ether_ip,
    PROTOCOL + 137: inside_ip(Tunnel.IP_IN_IP, 0x8847),
}


def over_udp(p: Packets, rows: Rows, ports: tuple[NDArray[np.uint16], NDArray[np.uint16]], result: Next) -> Next:
    """Turn the rows that are tunnels into what they carry. ``result`` is what they are as plain datagrams."""
    source, target = ports
    maybe = indices(_PORTS[source] | _PORTS[target])
    if not len(maybe):
        return result
    code, pos, end = result
    codes = np.full(len(pos), code, np.int32)
    pos = pos.copy()
    for port, (kind, inner) in UDP_TUNNELS.items():
        chosen = maybe[(target[maybe] == port) | (source[maybe] == port)]
        if not len(chosen):
            continue
        candidates = Rows(rows.which, pos, end).where(chosen)
        good, carried, where, number = inner(p, candidates)
        mine = indices(good)
        if len(mine):
            note(p, candidates.where(mine), kind, number[mine])
            codes[chosen[mine]] = carried if isinstance(carried, int) else carried[mine]
            pos[chosen[mine]] = where[mine]
    return codes, pos, end
