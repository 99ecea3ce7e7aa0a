"""One network packet that somebody handed over whole, link header and all: what it carries."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from iotwatch.read import Framed, read_framed
from iotwatch.read.stream import Stream, from_bytes

_LINKS = {1: 14, 101: 0, 113: 16, 276: 20}
"""LINKTYPE_ETHERNET, RAW, LINUX_SLL and LINUX_SLL2, and the bytes of their headers."""
_VLAN = b"\x81\x00"
_VLAN_BYTES = 4
_IPV4_BYTES, _IPV6_BYTES = 20, 40


def carried(data: bytes) -> Iterator[list[Stream]]:
    """The streams in ``data`` by each link type at which an IP packet of fitting length begins in it."""
    for link, skip in _LINKS.items():
        tagged = link == 1 and data[12:14] == _VLAN
        if _begins_ip(data[skip + tagged * _VLAN_BYTES :]):
            streams = [stream for stream in read_framed(_framed(data, link)).streams if stream.flow is not None]
            if streams:
                yield streams


def _begins_ip(data: bytes) -> bool:
    """RFC 791 section 3.1 and RFC 8200 section 3: version and length; what is behind the packet is padding."""
    if len(data) >= _IPV4_BYTES and data[0] >> 4 == 4:
        return data[0] & 15 >= 5 and _IPV4_BYTES < int.from_bytes(data[2:4], "big") <= len(data)
    return len(data) > _IPV6_BYTES and data[0] >> 4 == 6 and int.from_bytes(data[4:6], "big") <= len(data) - _IPV6_BYTES


def _framed(data: bytes, link: int) -> Framed:
    plain = from_bytes(data)
    begin = np.zeros(1, np.int64)
    return Framed(
        data=data,
        starts=plain.starts,
        offsets=plain.offsets,
        frames=plain.frames,
        times=plain.times,
        kind="network",
        begins=begin,
        ends=begin + len(data),
        lengths=begin + len(data),
        links=np.array([link], np.int32),
        outbound=np.ones(1, np.bool_),
    )
