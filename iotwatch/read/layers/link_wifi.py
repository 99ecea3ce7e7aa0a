"""IEEE 802.11, bare or behind radiotap, Prism, AVS and PPI headers: clear data frames are read on, the rest are typed frames."""

from __future__ import annotations

from functools import partial

import numpy as np

from iotwatch.read.layers.columns import Bools, Int64s, take
from iotwatch.read.layers.contract import Layer, Next, layout, or_cut
from iotwatch.read.layers.packets import FRAME_WIFI, LINK, LLC, WIFI_PADDED, WIFI_SWAPPED, Packets, Rows

CONTROL = layout(control="<u2")
RADIOTAP = layout(version="u1", pad="u1", length="<u2", present="<u4")
PRISM = layout(code=">u4", length=">u4", little="<u4")
PPI = layout(version="u1", flags="u1", length="<u2", link="<u4")
_TO_DS, _FROM_DS, _PROTECTED, _ORDER = 0x0100, 0x0200, 0x4000, 0x8000
_MAX_PRESENT_WORDS = 8


def wifi(p: Packets, rows: Rows, *, padded: bool = False, swapped: bool = False) -> Next:
    """Data frames in clear (IEEE 802.11 section 9.3.2); encrypted, empty, aggregated and other frames stop here.

    ``padded``: the driver padded the header to a multiple of four. ``swapped``: frame control is in network order, as some
    controllers of access points send it inside CAPWAP.
    """
    control = take(p.data, rows.pos, CONTROL)["control"].astype(np.int64)
    if swapped:
        control = control >> 8 | (control & 0xFF) << 8
    subtype = control >> 4 & 15
    to_ds, from_ds = control & _TO_DS > 0, control & _FROM_DS > 0
    quality = subtype & 8 > 0
    size = 24 + np.where(to_ds & from_ds, 6, 0)
    aggregated = quality & (take(p.data, rows.pos + size, CONTROL)["control"] & 0x80 > 0)
    size = size + np.where(quality, 2 + np.where(control & _ORDER > 0, 4, 0), 0)
    if padded:
        size = (size + 3) // 4 * 4
    data: Bools = (control & 0xF == 0x8) & (subtype & 4 == 0) & (control & _PROTECTED == 0) & ~aggregated
    data &= rows.pos + size < rows.end
    receiver = rows.pos + np.where(to_ds, 16, 4)
    sender = rows.pos + np.where(from_ds, np.where(to_ds, 24, 16), 10)
    p.to_mac[rows.which] = np.where(data, receiver, -1)
    p.from_mac[rows.which] = np.where(data, sender, -1)
    code = np.where(data, LLC, FRAME_WIFI).astype(np.int32)
    return code, np.where(data, rows.pos + size, np.minimum(rows.pos, rows.end)), rows.end


def radiotap(p: Packets, rows: Rows) -> Next:
    """radiotap.org: a header of its own length; of its fields only the flags matter here (FCS at the end, padding)."""
    head = take(p.data, rows.pos, RADIOTAP)
    pos = rows.pos + head["length"].astype(np.int64)
    present = head["present"].astype(np.int64)
    at = _fields(p, rows, present)
    at += np.where(present & 1, (-(at - rows.pos)) % 8 + 8, 0)
    flags = np.where(present & 2 > 0, take(p.data, at, layout(flags="u1"))["flags"], 0)
    end = np.where(flags & 0x10 > 0, np.maximum(rows.end - 4, pos), rows.end)
    code = np.where(flags & 0x20 > 0, WIFI_PADDED, LINK + 105).astype(np.int32)
    return or_cut(code, (pos < rows.end) & (head["length"] >= 8)), pos, end


def _fields(p: Packets, rows: Rows, present: Int64s) -> Int64s:
    """Where the fields begin: behind as many presence words as say that another one follows."""
    at = rows.pos + 8
    more = present & 0x8000_0000 > 0
    for _ in range(_MAX_PRESENT_WORDS):
        if not more.any():
            break
        word = take(p.data, at, layout(word="<u4"))["word"]
        at = at + np.where(more, 4, 0)
        more = more & (word & 0x8000_0000 > 0)
    return at


def prism(p: Packets, rows: Rows) -> Next:
    """Prism monitor headers (length in the host's order) and AVS ones (network order)."""
    head = take(p.data, rows.pos, PRISM)
    little = take(p.data, rows.pos + 4, layout(length="<u4"))["length"]
    avs = head["code"] & 0xFFFFF000 == 0x80211000
    size = np.where(avs, head["length"], np.where(little < 4096, little, head["length"])).astype(np.int64)
    pos = rows.pos + size
    return or_cut(LINK + 105, (pos < rows.end) & (size > 8)), pos, rows.end


def per_packet_information(p: Packets, rows: Rows) -> Next:
    """PPI: a header that names the link type of what it carries."""
    head = take(p.data, rows.pos, PPI)
    pos = rows.pos + head["length"].astype(np.int64)
    code = (head["link"].astype(np.int64) & 0xFFFF) + LINK
    return or_cut(code.astype(np.int32), (pos <= rows.end) & (head["length"] >= 8)), pos, rows.end


WIFI_LAYERS: dict[int, Layer] = {
    LINK + 105: wifi,
    WIFI_PADDED: partial(wifi, padded=True),
    WIFI_SWAPPED: partial(wifi, swapped=True),
    LINK + 127: radiotap,
    LINK + 119: prism,
    LINK + 163: prism,
    LINK + 192: per_packet_information,
}
