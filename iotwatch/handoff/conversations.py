"""Which packets belong to those of an evidence: the rest of a TCP conversation, and all that a USB device says.

One frame of a conversation is seldom enough to read it again, and what a module is, it says in many transfers.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator

import numpy as np

from iotwatch.decode.usb.transfers import CONTROL, transfer
from iotwatch.read.files.records import Records
from iotwatch.read.layers.dissect import dissect
from iotwatch.read.layers.packets import FLOW
from iotwatch.words.linktypes import link_type

_TCP = 6
_PORTS = struct.Struct(">HH")
# Bytes that the packets of one conversation hold: its two addresses, and the ports in either order.
_Conversation = tuple[bytes, bytes, bytes, bytes]


class Conversations:
    """What the evidence's frames belong to; built from one reading of the capture, asked in another."""

    def __init__(self, batches: Iterable[Records], frames: set[int]) -> None:
        self._devices: set[tuple[int, int]] = set()
        self._conversations: set[_Conversation] = set()
        wanted = np.array(sorted(frames), np.int64)
        for records in batches:
            if len(wanted) and records.frame[0] > wanted[-1]:
                break
            rows = np.flatnonzero(np.isin(records.frame, wanted))
            if len(rows):
                picked = records.picked(rows, records.data)
                self._devices.update(_devices(picked))
                self._conversations.update(_conversations(picked))

    def has(self, data: bytes, link: int) -> bool:
        """Whether a packet is of one of the conversations, or of one of the devices."""
        for one, other, ports, turned in self._conversations:
            if one in data and other in data and (ports in data or turned in data):
                return True
        return bool(self._devices) and self._is_of_device(data, link)

    def _is_of_device(self, data: bytes, link: int) -> bool:
        """A transfer of one of the devices, or one that gave a device of its bus an address (USB 2.0 section 9.2.6.3)."""
        one = transfer(data, 0, len(data), link_type(link).name)
        if one is None:
            return False
        unnamed = one.device == 0 and one.kind == CONTROL and any(bus == one.bus for bus, _ in self._devices)
        return unnamed or (one.bus, one.device) in self._devices


def _devices(records: Records) -> Iterator[tuple[int, int]]:
    """Bus and device of the USB frames."""
    columns = (records.start.tolist(), records.captured.tolist(), records.link.tolist())
    for start, captured, link in zip(*columns, strict=True):
        data = records.data[start : start + captured].tobytes()
        if one := transfer(data, 0, len(data), link_type(link).name):
            yield one.bus, one.device


def _conversations(records: Records) -> Iterator[_Conversation]:
    packets = dissect(records)
    rows = np.flatnonzero((packets.code == FLOW) & (packets.protocol == _TCP))
    for row, at in zip(rows.tolist(), packets.addresses_at(rows).tolist(), strict=True):
        size = 16 if packets.wide[row] else 4
        ends = packets.data[at : at + 2 * size].tobytes()
        ports = int(packets.source_port[row]), int(packets.target_port[row])
        yield ends[:size], ends[size:], _PORTS.pack(*ports), _PORTS.pack(*reversed(ports))
