"""Writing pcapng (draft-ietf-opsawg-pcapng) with dpkt's blocks: an interface per link type, packets with a comment each."""

from __future__ import annotations

import struct
from typing import BinaryIO

from dpkt import pcapng

_WIRE_LENGTH_AT = 24  # in an enhanced packet block


class PcapngWriter:
    """Packets in, blocks out. Times are microseconds since 1970; comments are UTF-8."""

    def __init__(self, file: BinaryIO, application: str) -> None:
        self._file = file
        self._interfaces: dict[int, int] = {}
        options = _options(pcapng.PCAPNG_OPT_SHB_USERAPPL, application)
        self._file.write(bytes(pcapng.SectionHeaderBlockLE(opts=options)))

    def packet(self, data: bytes, length: int, time: int, link: int, comment: str) -> None:
        """Write one packet of ``length`` bytes on the wire, of which ``data`` was captured."""
        if link not in self._interfaces:
            self._interfaces[link] = len(self._interfaces)
            self._file.write(bytes(pcapng.InterfaceDescriptionBlockLE(linktype=link, snaplen=0)))
        packet = pcapng.EnhancedPacketBlockLE(
            iface_id=self._interfaces[link],
            ts_high=time >> 32 & 0xFFFFFFFF,
            ts_low=time & 0xFFFFFFFF,
            pkt_data=data,
            opts=_options(pcapng.PCAPNG_OPT_COMMENT, comment),
        )
        block = bytearray(bytes(packet))
        # dpkt writes the captured length as that on the wire too.
        struct.pack_into("<I", block, _WIRE_LENGTH_AT, max(length, len(data)))
        self._file.write(block)


def _options(code: int, text: str) -> list[pcapng.PcapngOptionLE]:
    return [pcapng.PcapngOptionLE(code=code, data=text.encode()[:0xFFFF]), pcapng.PcapngOptionLE()]
