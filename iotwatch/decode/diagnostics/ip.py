"""Log code 0x11EB, protocol services data: the IP packets that passed the modem, as network frames.

Layout: SCAT's ``parse_ip`` (``diagcommonlogparser.py``), QCSuper's ``pcap_dump.py``: instance, protocol, interface, flags (40:
sent), a packet's number and a piece's in 16 bits each, little-endian; the upper bit of the piece's number marks the last one.
"""

from __future__ import annotations

import struct

import numpy as np

from iotwatch.model import Coverage
from iotwatch.read.diagnostics import LogPackets
from iotwatch.read.streams.inner import Framed
from iotwatch.words.measures import Measure

IP = 0x11EB
_HEAD = struct.Struct("<BBBBHH")
_IP_PROTOCOL, _SENT, _LAST = 1, 0x40, 0x8000
_RAW_IP = 101  # LINKTYPE_RAW
_WAITING = 256  # packets whose last piece has not come
_Piece = tuple[int, int]


def frames(packets: LogPackets) -> Framed | None:
    """The packets in the order of their last pieces; ``None`` when there are none."""
    whole: list[tuple[bool, list[_Piece]]] = []
    open_: dict[tuple[int, int, int, int], list[_Piece]] = {}
    left = 0
    for number in packets.of(IP).tolist():
        start, end = packets.span(number)
        if end - start <= _HEAD.size:
            left += 1
            continue
        instance, protocol, interface, flags, packet, piece = _HEAD.unpack_from(packets.data, start)
        if protocol != _IP_PROTOCOL:
            left += 1
            continue
        key = (instance, interface, flags & _SENT, packet)
        if not piece & ~_LAST and open_.pop(key, None) is not None:
            left += 1
        pieces = open_.setdefault(key, [])
        if len(pieces) != piece & ~_LAST:
            del open_[key]
            left += 1
            continue
        pieces.append((start + _HEAD.size, end))
        if piece & _LAST:
            whole.append((bool(flags & _SENT), open_.pop(key)))
        elif len(open_) > _WAITING:
            open_.pop(next(iter(open_)))
            left += 1
    left += len(open_)
    return _framed(packets, whole, left) if whole else None


def _framed(packets: LogPackets, whole: list[tuple[bool, list[_Piece]]], left: int) -> Framed:
    joined = packets.join([piece for _, pieces in whole for piece in pieces])
    sizes = np.array([sum(end - start for start, end in pieces) for _, pieces in whole], np.int64)
    ends = np.cumsum(sizes)
    note = "parts of IP packets (0x11eb) that are not whole or not IP"
    told = (Coverage(Measure.DIAG_LEFT, float(left), note),) if left else ()
    return Framed(
        data=joined.data,
        starts=joined.starts,
        offsets=joined.offsets,
        frames=joined.frames,
        times=joined.times,
        origin=packets.origin,
        kind="network",
        path=packets.path,
        context=packets.context,
        begins=ends - sizes,
        ends=ends,
        lengths=sizes,
        links=np.full(len(whole), _RAW_IP, np.int32),
        outbound=np.array([sent for sent, _ in whole], np.bool_),
        told=told,
        carrier="DIAG 0x11EB",
    )
