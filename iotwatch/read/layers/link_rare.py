"""Link layers that are met now and then: FDDI, token ring, ARCNET, ATM, firewalls' logs, Juniper, switch tags, pktap, ERF ...

Facts: tcpdump.org/linktypes.html and the header layouts of libpcap and tcpdump that it names.
"""

from __future__ import annotations

import numpy as np

from iotwatch.read.layers.columns import Int32s, indices, take
from iotwatch.read.layers.contract import Layer, Next, layout, or_cut
from iotwatch.read.layers.link import ethertype_at, skipping
from iotwatch.read.layers.link_serial import FOUR
from iotwatch.read.layers.packets import IP_ANY, LINK, LLC, PPP_ANY, Packets, Rows

_IPV4, _IPV6 = 0x0800, 0x86DD
_ETHERNET = LINK + 1
_NFLOG_PAYLOAD = 9
_MAX_OPTIONS = 32


def fddi(p: Packets, rows: Rows) -> Next:
    """Frame control and two addresses; LLC follows in asynchronous frames."""
    kind = take(p.data, rows.pos, FOUR)["a"]
    pos = rows.pos + 13
    code = np.where(kind & 0xF0 == 0x50, LLC, -1).astype(np.int32)
    return or_cut(code, pos <= rows.end), pos, rows.end


def token_ring(p: Packets, rows: Rows) -> Next:
    """Access and frame control, two addresses, and a source route when the sender's first bit is set."""
    head = take(p.data, rows.pos, layout(access="u1", control="u1", to="V6", source="u1"))
    route = take(p.data, rows.pos + 14, FOUR)["a"] & 0x1F
    pos = rows.pos + 14 + np.where(head["source"] & 0x80, route, 0)
    code = np.where(head["control"] & 0xC0 == 0x40, LLC, -1).astype(np.int32)
    return or_cut(code, pos <= rows.end), pos, rows.end


def arcnet(at: int) -> Layer:
    """RFC 1051 (protocol F0: IP at once) and RFC 1201 (D4: three bytes of sequence before it); ``at`` is where it stands."""

    def layer(p: Packets, rows: Rows) -> Next:
        head = take(p.data, rows.pos + at, FOUR)
        code = np.select([head["a"] == 0xF0, head["a"] == 0xD4], [_IPV4, _IPV4], default=-1).astype(np.int32)
        pos = rows.pos + at + np.where(head["a"] == 0xD4, 4, 1)
        return or_cut(code, pos <= rows.end), np.where(code < 0, rows.pos, pos), rows.end

    return layer


def ip_over_infiniband(p: Packets, rows: Rows) -> Next:
    """A 40-byte global routing header, then RFC 4391's ethertype and two spare bytes."""
    code, pos, end = ethertype_at(p, rows, 40)
    return code, pos + 2, end


def sun_atm(p: Packets, rows: Rows) -> Next:
    """SunATM: the low nibble of the first byte tells LLC (2) from LAN emulation and signalling."""
    head = take(p.data, rows.pos, FOUR)
    code = np.where(head["a"] & 0x0F == 2, LLC, -1).astype(np.int32)
    pos = rows.pos + 4
    return or_cut(code, pos <= rows.end), pos, rows.end


def packet_filter_log(p: Packets, rows: Rows) -> Next:
    """OpenBSD pflog: the header's own length, rounded up to four."""
    head = take(p.data, rows.pos, FOUR)
    pos = rows.pos + (head["a"].astype(np.int64) + 3) // 4 * 4
    return or_cut(IP_ANY, (pos < rows.end) & (head["a"] >= 48)), pos, rows.end


def netfilter_log(p: Packets, rows: Rows) -> Next:
    """NFLOG: address family, then options in the host's order; option 9 holds the packet."""
    family = take(p.data, rows.pos, FOUR)["a"]
    at = rows.pos + 4
    found = np.full(len(at), -1, np.int64)
    end = rows.end.copy()
    for _ in range(_MAX_OPTIONS):
        open_ = indices((found < 0) & (at + 4 <= rows.end))
        if not len(open_):
            break
        option = take(p.data, at[open_], layout(size="<u2", kind="<u2"))
        swapped = option["size"] > 0x2000
        size = np.where(swapped, option["size"].byteswap(), option["size"]).astype(np.int64)
        kind = np.where(swapped, option["kind"].byteswap(), option["kind"])
        here = kind == _NFLOG_PAYLOAD
        found[open_[here]] = at[open_[here]] + 4
        end[open_[here]] = np.minimum(end[open_[here]], at[open_[here]] + size[here])
        at[open_] += np.maximum((size + 3) // 4 * 4, 4)
    code: Int32s = np.select([family == 2, family == 10], [_IPV4, _IPV6], default=IP_ANY).astype(np.int32)
    code[found < 0] = -1
    return code, np.where(found < 0, rows.pos, found), end


def packet_tap(p: Packets, rows: Rows) -> Next:
    """Apple's pktap: header length and the link type of what follows."""
    head = take(p.data, rows.pos, layout(length="<u4", kind="<u4", link="<u4"))
    size = np.where(head["length"] < 4096, head["length"], 0).astype(np.int64)
    pos = rows.pos + size
    code = ((head["link"].astype(np.int64) & 0xFFFF) + LINK).astype(np.int32)
    return or_cut(code, (pos <= rows.end) & (size >= 12)), pos, rows.end


def ipnet(p: Packets, rows: Rows) -> Next:
    """Solaris ipnet: version, family (2: IPv4, 26: IPv6), 24 bytes in all."""
    family = take(p.data, rows.pos, FOUR)["b"]
    code = np.select([family == 2, family == 26], [_IPV4, _IPV6], default=-1).astype(np.int32)
    pos = rows.pos + 24
    return or_cut(code, pos <= rows.end), pos, rows.end


def juniper(then: int, cookie: int = 0) -> Layer:
    """Juniper's capture header (4D 47 43, flags, perhaps extensions), a cookie, then the real link layer."""

    def layer(p: Packets, rows: Rows) -> Next:
        head = take(p.data, rows.pos, layout(magic="V3", flags="u1", extensions=">u2"))
        extended = head["flags"] & 0x80 > 0
        pos = rows.pos + 4 + np.where(extended, 2 + head["extensions"].astype(np.int64), 0)
        bare = head["flags"] & 0x02 > 0
        pos = pos + np.where(bare, 4, cookie)
        first = take(p.data, pos, FOUR)
        nibble = first["a"] >> 4
        code = np.where(bare, IP_ANY, then).astype(np.int32)
        if cookie:
            code[~bare & ((nibble == 4) | (nibble == 6)) & (first["a"] != first["b"])] = IP_ANY
        return or_cut(code, pos <= rows.end), pos, rows.end

    return layer


def switch_tag(size: int) -> Layer:
    """Ethernet whose switch put a tag of ``size`` bytes behind the addresses (Broadcom, Marvell DSA)."""

    def layer(p: Packets, rows: Rows) -> Next:
        p.to_mac[rows.which] = rows.pos
        p.from_mac[rows.which] = rows.pos + 6
        return ethertype_at(p, rows, 12 + size)

    return layer


def erf(p: Packets, rows: Rows) -> Next:
    """Endace records of Ethernet (types 2, 11, 16, 20): 16 bytes, extension headers of 8, two bytes of padding."""
    kind = take(p.data, rows.pos + 8, FOUR)["a"]
    pos = rows.pos + 16
    more = kind & 0x80 > 0
    for _ in range(8):
        if not more.any():
            break
        following = take(p.data, pos, FOUR)["a"]
        pos = pos + np.where(more, 8, 0)
        more = more & (following & 0x80 > 0)
    ethernet = np.isin(kind & 0x7F, (2, 11, 16, 20))
    code = np.where(ethernet, _ETHERNET, -1).astype(np.int32)
    pos = pos + 2
    return or_cut(code, pos <= rows.end), pos, rows.end


RARE_LAYERS: dict[int, Layer] = {
    LINK + 6: token_ring,
    LINK + 7: arcnet(2),
    LINK + 129: arcnet(4),  # two bytes of offset before the protocol
    LINK + 10: fddi,
    LINK + 100: skipping(0, LLC),
    LINK + 106: skipping(0, IP_ANY),
    LINK + 109: skipping(12, IP_ANY),
    LINK + 117: packet_filter_log,
    LINK + 122: skipping(16, LLC),
    LINK + 123: sun_atm,
    LINK + 137: juniper(LLC, cookie=4),
    LINK + 135: juniper(LLC, cookie=4),
    LINK + 167: juniper(LINK + 51),
    LINK + 178: juniper(_ETHERNET),
    LINK + 179: juniper(PPP_ANY),
    LINK + 180: juniper(LINK + 107),
    LINK + 181: juniper(LINK + 104),
    LINK + 197: erf,
    LINK + 226: ipnet,
    LINK + 239: netfilter_log,
    LINK + 240: skipping(4, _ETHERNET),
    LINK + 241: skipping(12, _ETHERNET),
    LINK + 242: ip_over_infiniband,
    LINK + 258: packet_tap,
    LINK + 274: skipping(8, _ETHERNET),
    LINK + 281: switch_tag(4),
    LINK + 282: skipping(4, _ETHERNET),
    LINK + 284: switch_tag(4),
    LINK + 285: switch_tag(8),
}
