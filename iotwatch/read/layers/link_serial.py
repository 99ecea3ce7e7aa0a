"""Point-to-point links: PPP (RFC 1661, 1662) and PPPoE (RFC 2516), Cisco HDLC, frame relay (RFC 2427), SLIP, MPLS (RFC 3032)."""

from __future__ import annotations

import numpy as np

from iotwatch.read.layers.columns import Int32s, Int64s, take
from iotwatch.read.layers.contract import Layer, Next, layout, or_cut
from iotwatch.read.layers.link import ethertype_at, skipping
from iotwatch.read.layers.packets import IP_ANY, LINK, LLC, PPP, PPP_ANY, Packets, Rows

FOUR = layout(a="u1", b="u1", c="u1", d="u1")
_PPP_TYPES = {0x0021: 0x0800, 0x0057: 0x86DD, 0x0281: 0x8847, 0x0283: 0x8847}
_MPLS = layout(label=">u4", first="u1")


def ppp(p: Packets, rows: Rows) -> Next:
    """Address and control (FF 03) may be left out, and so may the protocol's first byte when it is zero."""
    head = take(p.data, rows.pos, FOUR)
    skip = np.where((head["a"] == 0xFF) & (head["b"] == 0x03), 2, 0)
    pos = rows.pos + skip
    head = take(p.data, pos, FOUR)
    short = head["a"] & 1 == 1
    wide = head["a"].astype(np.int32) << 8 | head["b"]
    protocol = np.where(short, head["a"], wide).astype(np.int32)
    code = protocol + PPP
    for number, kind in _PPP_TYPES.items():
        code[protocol == number] = kind
    pos = pos + np.where(short, 1, 2)
    return or_cut(code, pos <= rows.end), pos, rows.end


def pppoe(p: Packets, rows: Rows) -> Next:
    """The session stage: six bytes, the last two of them the length."""
    length = take(p.data, rows.pos, layout(kind=">u2", session=">u2", length=">u2"))["length"].astype(np.int64)
    pos = rows.pos + 6
    return or_cut(PPP_ANY, pos <= rows.end), pos, np.minimum(rows.end, pos + length)


def cisco_hdlc(p: Packets, rows: Rows) -> Next:
    """Address, control, ethertype; RFC 1662 PPP stands here too, told by its FF 03."""
    head = take(p.data, rows.pos, FOUR)
    is_ppp = (head["a"] == 0xFF) & (head["b"] == 0x03)
    code, pos, end = ethertype_at(p, rows, 2)
    return np.where(is_ppp, PPP_ANY, code).astype(np.int32), np.where(is_ppp, rows.pos, pos), end


def frame_relay(p: Packets, rows: Rows) -> Next:
    """Q.922 address of two to four bytes; then RFC 2427 (03, NLPID) or Cisco's plain ethertype."""
    head = take(p.data, rows.pos, FOUR)
    size = np.where(head["b"] & 1, 2, np.where(head["c"] & 1, 3, 4))
    pos = rows.pos + size
    inner = take(p.data, pos, FOUR)
    unnumbered = inner["a"] == 3
    padded = unnumbered & (inner["b"] == 0)
    nlpid = np.where(padded, inner["c"], inner["b"])
    behind = pos + np.where(padded, 3, 2)
    code = (inner["a"].astype(np.int32) << 8) | inner["b"]
    code = np.where(unnumbered, -LLC, code).astype(np.int32)
    code[unnumbered & (nlpid == 0xCC)] = 0x0800
    code[unnumbered & (nlpid == 0x8E)] = 0x86DD
    snap = unnumbered & (nlpid == 0x80)
    kind = take(p.data, behind + 3, layout(type=">u2"))["type"]
    code = np.where(snap, kind, code).astype(np.int32)
    behind = np.where(snap, behind + 5, np.where(code == -LLC, pos, behind))
    return or_cut(code, behind <= rows.end), behind, rows.end


def slip(p: Packets, rows: Rows) -> Next:
    """LINKTYPE_SLIP: IP, behind libpcap's 16 bytes of direction and compression header when those are there."""
    first = take(p.data, rows.pos, layout(version="u1"))["version"] >> 4
    behind = take(p.data, rows.pos + 16, layout(version="u1"))["version"] >> 4
    plain = (first == 4) | (first == 6)
    fits = ((behind == 4) | (behind == 6)) & (rows.pos + 16 < rows.end)
    pos: Int64s = np.where(~plain & fits, rows.pos + 16, rows.pos)
    return or_cut(IP_ANY, pos < rows.end), pos, rows.end


def mpls(p: Packets, rows: Rows) -> Next:
    """One label; behind the last, the first nibble tells IP from a pseudowire's Ethernet (RFC 4928)."""
    head = take(p.data, rows.pos, _MPLS)
    last = head["label"] & 0x100 > 0
    nibble = head["first"] >> 4
    code: Int32s = np.where((nibble == 4) | (nibble == 6), IP_ANY, LINK + 1).astype(np.int32)
    code[~last] = 0x8847
    pos = rows.pos + np.where(last & (nibble == 0), 8, 4)
    return or_cut(code, pos <= rows.end), pos, rows.end


SERIAL_LAYERS: dict[int, Layer] = {
    PPP_ANY: ppp,
    LINK + 9: ppp,
    LINK + 50: ppp,
    LINK + 166: skipping(1, PPP_ANY),
    LINK + 204: skipping(1, PPP_ANY),
    LINK + 51: pppoe,
    0x8864: pppoe,
    LINK + 104: cisco_hdlc,
    LINK + 205: skipping(1, LINK + 104),
    LINK + 107: frame_relay,
    LINK + 206: skipping(1, LINK + 107),
    LINK + 8: slip,
    0x8847: mpls,
    0x8848: mpls,
}
