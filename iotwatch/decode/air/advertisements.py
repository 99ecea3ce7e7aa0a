"""Advertisements of Bluetooth Low Energy as columns, whichever layer of Bluetooth the capture was taken at.

On the air: Core Specification vol. 6, part B, sections 2.1 to 2.3, behind the headers of LINKTYPE 256 (tcpdump.org) and of
Nordic's sniffer (Wireshark's ``packet-nordic_ble.c``). Between host and controller: the reports of the event 3E (vol. 4,
part E, 7.7.65.2 and 7.7.65.13), bare or behind H4's packet type, Linux' direction or its monitor's header.
"""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from iotwatch.decode.air.crc24 import crc24_of_each
from iotwatch.read.layers.columns import SLACK, Bools, Bytes, Int64s, indices
from iotwatch.read.layers.typed import Frames

NO_LEVEL = 127
"""What stands for a level that nobody measured (HCI's own value)."""
_ACCESS = 0x8E89BED6
# Bytes before the access address, by link type; all other link types of Bluetooth hold HCI.
_AIR = {"bluetooth-le-ll": 0, "bluetooth-le-ll-rf": 10, "nordic_ble": 17}
# ADV_IND, ADV_NONCONN_IND, SCAN_RSP and ADV_SCAN_IND have an address and data; the extended kinds have a header between.
_LEGACY, _EXTENDED = (0, 2, 4, 6), 7
_REPORT, _EXTENDED_REPORT = 0x02, 0x0D
# Where HCI's event code may stand, and what stands right before it there.
_EVENTS = ((0, None), (1, 0x04), (4, None), (5, 0x04))
_PACKETLOGGER_EVENT = (1, 0x01)
_CHECKED, _CHECK_HELD, _LEVEL_HELD, _NORDIC_GOOD = 0x0400, 0x0800, 0x0002, 0x01


class Advertisements(msgspec.Struct, frozen=True):
    """One row an advertisement, whose bytes stand in ``data``.

    ``frame`` is the packet's row among the frames, ``time`` in microseconds UTC, ``address`` a number of 48 bits as it is
    written, ``start`` and ``end`` bound the advertising data (AD structures), ``level`` is in dBm or ``NO_LEVEL``;
    ``intact`` is false where the link layer's check value is wrong. A controller hands up what it checked.
    """

    data: Bytes
    frame: Int64s
    time: Int64s
    address: Int64s
    start: Int64s
    end: Int64s
    level: Int64s
    intact: Bools

    def __len__(self) -> int:
        return len(self.frame)

    def where(self, rows: Bools | Int64s) -> Advertisements:
        """Those of ``rows``."""
        columns: dict[str, Any] = {
            one.name: getattr(self, one.name)[rows] for one in msgspec.structs.fields(self) if one.name != "data"
        }
        return Advertisements(data=self.data, **columns)


def advertisements(frames: Frames) -> Advertisements:
    """Those among frames of Bluetooth, in the order of the capture; what is cut short is left out."""
    data, start, end, link = frames.data, frames.start, frames.end, frames.link
    if len(end) and int(end.max()) + SLACK > len(data):
        data = np.append(data, np.zeros(SLACK, np.uint8))  # a head that is cut short is read all the same, and left out
    found = _on_air(data, start, end, link) if link in _AIR else _reported(data, start, end, link)
    return Advertisements(data=data, time=frames.time[found["frame"]], **found)


def _on_air(data: Bytes, start: Int64s, end: Int64s, link: str) -> dict[str, Any]:
    at = start + _AIR[link]
    rows = indices((at + 6 < end) & (_number(data, at, 4) == _ACCESS))
    packet, stop = at[rows] + 4, end[rows]
    # On the coded PHY sniffers put a coding indicator between the address and the packet.
    coded = (packet + 5 + data[packet + 1] != stop) & (packet + 6 + data[packet + 2] == stop)
    packet = packet + coded
    last = packet + 2 + data[packet + 1]
    kind = data[packet] & 0x0F
    extended = kind == _EXTENDED
    header = np.where(extended, data[packet + 2] & 0x3F, 0)
    named = np.isin(kind, _LEGACY) | (extended & (header > 6) & ((data[packet + 3] & 1) == 1))
    address = np.where(extended, packet + 4, packet + 2)
    first = np.where(extended, packet + 3 + header, packet + 8)
    whole = indices(named & (first <= last) & (last + 3 <= stop))
    rows, packet, last = rows[whole], packet[whole], last[whole]
    return {
        "frame": rows,
        "address": _number(data, address[whole], 6),
        "start": first[whole],
        "end": last,
        "level": _level_on_air(data, start[rows], link),
        "intact": _intact(data, start[rows], packet, last, link),
    }


def _level_on_air(data: Bytes, start: Int64s, link: str) -> Int64s:
    if link == "bluetooth-le-ll-rf":
        held = (_number(data, start + 8, 2) & _LEVEL_HELD) != 0
        return np.where(held, data[start + 1].astype(np.int8), NO_LEVEL).astype(np.int64)
    if link == "nordic_ble":
        return -data[start + 10].astype(np.int64)
    return np.full(len(start), NO_LEVEL, np.int64)


def _intact(data: Bytes, start: Int64s, packet: Int64s, last: Int64s, link: str) -> Bools:
    """By the check value; where the sniffer left none (three zeros) by what it says of it."""
    told = _number(data, last, 3)
    good: Bools = crc24_of_each(data, packet, last) == told
    if link == "bluetooth-le-ll-rf":
        flags = _number(data, start + 8, 2)
        said = ((flags & _CHECKED) == 0) | ((flags & _CHECK_HELD) != 0)
    elif link == "nordic_ble":
        said = (data[start + 8] & _NORDIC_GOOD) != 0
    else:
        said = np.ones(len(start), np.bool_)
    held: Bools = good | ((told == 0) & said)
    return held


def _reported(data: Bytes, start: Int64s, end: Int64s, link: str) -> dict[str, Any]:
    """A report may hold several advertisements, one behind the other, as Linux and Android read them."""
    event = np.full(len(start), -1, np.int64)
    for offset, before in (_PACKETLOGGER_EVENT,) if link == "packetlogger" else _EVENTS:
        at = start + offset
        fits = (at + 4 < end) & (data[at] == 0x3E) & (at + 2 + data[at + 1] == end)
        if before is not None:
            fits &= data[at - 1] == before
        event = np.where((event < 0) & fits, at, event)
    report = data[event + 2]
    rows = indices((event >= 0) & ((report == _REPORT) | (report == _EXTENDED_REPORT)))
    extended, at, left = report[rows] == _EXTENDED_REPORT, event[rows] + 4, data[event[rows] + 3].astype(np.int64)
    parts: list[tuple[NDArray[np.int64], ...]] = []
    while len(rows):
        stop = end[rows]
        first = at + np.where(extended, 24, 9)
        last = first + data[np.minimum(first - 1, len(data) - 1)]
        behind = last + ~extended
        whole = indices((left > 0) & (behind <= stop))
        rows, extended, at, left = rows[whole], extended[whole], at[whole], left[whole]
        first, last, behind = first[whole], last[whole], behind[whole]
        address = _number(data, at + np.where(extended, 3, 2), 6)
        level = data[np.where(extended, at + 13, last)].astype(np.int8).astype(np.int64)
        parts.append((rows, address, first, last, level))
        at, left = behind, left - 1
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)] if parts else [np.zeros(0, np.int64)] * 5
    order = columns[0].argsort(kind="stable")
    found: dict[str, Any] = {
        name: column[order] for name, column in zip(("frame", "address", "start", "end", "level"), columns, strict=True)
    }
    found["intact"] = np.ones(len(order), np.bool_)
    return found


def _number(data: Bytes, at: Int64s, width: int) -> Int64s:
    """Numbers of ``width`` bytes, least significant first."""
    value = np.zeros(len(at), np.int64)
    for byte in range(width):
        value |= data[at + byte].astype(np.int64) << 8 * byte
    return value
