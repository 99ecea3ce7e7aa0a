"""The ways in which modems pack network frames into bulk transfers, each a walk over a pipe's transfers.

- Ethernet: CDC ECM 1.2 section 3.3.1: a frame a transfer. QMI modems of old speak so too.
- EEM: CDC EEM 1.0 section 5.1: a header of two bytes before each Ethernet frame, several to a transfer.
- NTB: CDC NCM 1.0 section 3: a block with datagram pointers, of 16 or 32 bits; MBIM 1.0 section 7 puts IP (IPS) and device
  service streams (DSS) into the same block.
- RNDIS: [MS-RNDIS] 2.2.14: REMOTE_NDIS_PACKET_MSG around an Ethernet frame, several to a transfer.
- QMAP: Linux Documentation/networking/device_drivers/cellular/qualcomm/rmnet.rst: a header of four bytes before each IP
  packet, several to a transfer; versions 4 and 5 add checksum headers or trailers.
- raw IP: Linux qmi_wwan's raw-ip mode: a packet a transfer.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from iotwatch.decode.usb.network.ip import ethernet_size, ip_size
from iotwatch.decode.usb.network.unit import (
    DEVICE_SERVICE,
    ETHERNET,
    MAX_BLOCK,
    RAW_IP,
    Block,
    Tally,
    Unit,
    Walk,
    blocks,
)
from iotwatch.decode.usb.pipes import Run

_CHECK = 4  # check sequence behind the frame in EEM
_MAX_TABLES = 64  # datagram pointer tables in one block
_RNDIS_PACKET, _RNDIS_HEADER = 1, 44
_QMAP_TRAILER = 8  # version 4, from the modem
_LAST_COMMAND = 2  # none, flow off, flow on
# First three bytes of a datagram pointer table's signature -> what it points to; the fourth is a session in MBIM.
_TABLES = {b"NCM": ETHERNET, b"IPS": RAW_IP, b"DSS": DEVICE_SERVICE}


class Form(NamedTuple):
    """The fields of a block: of its header, of a pointer table, of one pointer."""

    header: struct.Struct
    table: struct.Struct
    pointer: struct.Struct
    lower: bool


_NTB = {
    b"NCMH": Form(struct.Struct("<4sHHHH"), struct.Struct("<4sHH"), struct.Struct("<HH"), lower=False),
    b"ncmh": Form(struct.Struct("<4sHHII"), struct.Struct("<4sHxxI4x"), struct.Struct("<II"), lower=True),
}


def ethernet(run: Run, tally: Tally) -> Iterator[Unit]:
    """A frame a transfer."""
    for block in blocks(run, ethernet_size, tally):
        if block.end - block.start < 14:
            tally.unread += 1
        else:
            yield Unit(*block, ETHERNET)


def raw_ip(run: Run, tally: Tally) -> Iterator[Unit]:
    """A packet a transfer. IPv6 has no checksum of its own, so its length must be the transfer's."""
    for block in blocks(run, ip_size, tally):
        size = ip_size(run.data, block.start, block.end)
        if size and (size == block.size or run.data[block.start] >> 4 == 4):
            yield Unit(*block, RAW_IP)
        else:
            tally.unread += 1


def eem_size(data: bytes, at: int, limit: int) -> int:
    """Bytes of the EEM packet at ``at``: bit 15 of its header tells commands (echoes carry data), the rest is a length."""
    if limit - at < 2:
        return 0
    head = int.from_bytes(data[at : at + 2], "little")
    if head & 0x8000:
        return 2 + (head & 0x7FF if head >> 11 & 7 < 2 else 0)
    return 2 + (head & 0x3FFF)


def _eem_begins(data: bytes, at: int, limit: int) -> int:
    size = ethernet_size(data, at + 2, limit)
    return size if size and eem_size(data, at, limit) == 2 + size + _CHECK else 0


def eem(run: Run, tally: Tally) -> Iterator[Unit]:
    """The frame of each data packet, without its check sequence; an empty one pads."""
    for block in blocks(run, eem_size, tally, several=True, begins=_eem_begins):
        head = int.from_bytes(run.data[block.start : block.start + 2], "little")
        length = block.size - 2 - _CHECK
        if not head & 0x8000 and length >= 14 and block.start + 2 < block.end:
            yield Unit(block.start + 2, min(block.start + 2 + length, block.end), length, ETHERNET)


def ntb_size(data: bytes, at: int, limit: int) -> int:
    """Block length by the header; a block of length 0 ends with its transfer."""
    form = _NTB.get(data[at : at + 4])
    if form is None or limit - at < form.header.size:
        return 0
    _, head, _, size, _ = form.header.unpack_from(data, at)
    return (size or 1) if head == form.header.size else 0


def ntb(run: Run, tally: Tally) -> Iterator[Unit]:
    """The datagrams of each block that its pointer tables name."""
    for block in blocks(run, ntb_size, tally):
        if ntb_size(run.data, block.start, block.end):
            yield from _datagrams(run.data, block, tally)
        else:
            tally.unread += 1


def _datagrams(data: bytes, block: Block, tally: Tally) -> Iterator[Unit]:
    """Datagrams do not overlap, so together they are at most the block: that bounds what a forged table can ask for."""
    form = _NTB[data[block.start : block.start + 4]]
    _, _, _, size, index = form.header.unpack_from(data, block.start)
    size = size or block.size
    left = size
    for _ in range(_MAX_TABLES):
        at = block.start + index
        if not index or at + form.table.size > block.end:
            tally.unread += index > 0
            return
        signature, length, index = form.table.unpack_from(data, at)
        link = _TABLES.get(signature[:3].upper() if form.lower else signature[:3])
        if link is None:
            tally.unread += 1
            return
        session = 0 if link == ETHERNET else signature[3]
        stop = min(at + length, block.end)
        for where in range(at + form.table.size, stop - form.pointer.size + 1, form.pointer.size):
            first, count = form.pointer.unpack_from(data, where)
            left -= count
            if not first or not count or first + count > size or left < 0:
                break
            start = block.start + first
            if start < block.end:
                yield Unit(start, min(start + count, block.end), count, link, session)


def rndis_size(data: bytes, at: int, limit: int) -> int:
    """Length of the packet message at ``at``."""
    if limit - at < 16:
        return 0
    kind, size, offset, length = struct.unpack_from("<IIII", data, at)
    sound = (
        kind == _RNDIS_PACKET and _RNDIS_HEADER <= size <= MAX_BLOCK and offset >= 36 and 8 + offset + length <= size
    )
    return size if sound else 0


def rndis(run: Run, tally: Tally) -> Iterator[Unit]:
    """The data of each packet message; its offset counts from its own field."""
    for block in blocks(run, rndis_size, tally, several=True):
        offset, length = struct.unpack_from("<II", run.data, block.start + 8)
        start = block.start + 8 + offset
        if start < block.end and length:
            yield Unit(start, min(start + length, block.end), length, ETHERNET)


def qmap_size(data: bytes, at: int, limit: int) -> int:
    """Bytes of the MAP packet at ``at`` with its checksum header and trailer; 0 unless it carries a command or its IP packet."""
    size = _map_size(data, at, limit)
    behind = at + size
    if size and not _map_size(data, behind, limit) and _map_size(data, behind + _QMAP_TRAILER, limit):
        size += _QMAP_TRAILER
    return size


def _map_size(data: bytes, at: int, limit: int) -> int:
    if limit - at < 8:
        return 0
    flags, _, length, name, _, reserved = struct.unpack_from(">BBHBBH", data, at)
    if flags & 0x80:
        return 4 + length if flags == 0x80 and 8 <= length <= 64 and name <= _LAST_COMMAND and not reserved else 0
    skip = _map_skip(data, at, limit)
    return skip + length if skip else 0


def _map_skip(data: bytes, at: int, limit: int) -> int:
    """Where the IP packet stands: behind the header, or behind the checksum header that follows it; 0 when there is none."""
    flags, _, length = struct.unpack_from(">BBH", data, at)
    for skip in (4, 8):
        if ip_size(data, at + skip, limit) == length - (flags & 0x3F) > 0:
            return skip
    return 0


def qmap(run: Run, tally: Tally) -> Iterator[Unit]:
    """The IP packet of each MAP data packet; commands (flow control) carry none."""
    for block in blocks(run, qmap_size, tally, several=True):
        flags, session, length = struct.unpack_from(">BBH", run.data, block.start)
        skip = 0 if flags & 0x80 else _map_skip(run.data, block.start, block.end)
        if skip:
            start, size = block.start + skip, length - (flags & 0x3F)
            yield Unit(start, min(start + size, block.end), size, RAW_IP, session)


class Packing(NamedTuple):
    """A way of packing; ``need`` is how many proven IP packets a guess asks for, fewer where headers say something too."""

    name: str
    walk: Walk
    need: int


EEM = Packing("EEM", eem, 3)
NTB = Packing("NCM or MBIM", ntb, 1)
RNDIS = Packing("RNDIS", rndis, 1)
QMAP = Packing("QMAP", qmap, 2)
ETHERNET_FRAMES = Packing("Ethernet", ethernet, 3)
RAW_PACKETS = Packing("raw IP", raw_ip, 3)
# EEM's header proves nothing, so that is believed to descriptors alone.
EVERY = (NTB, RNDIS, QMAP, ETHERNET_FRAMES, RAW_PACKETS)
