"""Named steps that make a capture file of packets which a program keeps in a form of its own, without changing their bytes."""

from __future__ import annotations

import struct
import zlib

import msgspec

from iotwatch.errors import LimitReached, UnpackError
from iotwatch.files.limits import OUTPUT_LIMIT

_YEAR_0 = 0x00DC_DDB3_0F2F_8000  # 1970 in microseconds since the year 0, as btsnoop counts them
_BTSNOOP = b"btsnoop\0" + struct.pack(">II", 1, 1002)
_CUT = bytes(8)  # the head of a record that is cut short: whoever reads the file tells it
_HEAD = struct.Struct("<BQ")
_RECORDS = {1: struct.Struct("<HIB"), 2: struct.Struct("<HHIB")}
# The kinds of packets of ``btsnooz.py`` as H4's packet types and as the direction that btsnoop's flags tell.
_KINDS = {
    0x10: (4, 3),
    0x11: (2, 1),
    0x12: (3, 1),
    0x17: (5, 1),
    0x20: (1, 2),
    0x21: (2, 0),
    0x22: (3, 0),
    0x2D: (5, 0),
}


def btsnooz(data: bytes, argument: str = "", limit: int = OUTPUT_LIMIT) -> bytes:  # noqa: ARG001
    """The btsnoop file of what an Android bug report keeps of Bluetooth's last packets (AOSP ``system/bt``, ``btsnooz.py``).

    Version and the time of the last packet, then zlib: length, delta to the packet before in microseconds, kind, packet.
    """
    if len(data) < _HEAD.size or data[0] not in _RECORDS:
        raise UnpackError("no log of Bluetooth's last packets: its version is not known")
    version, last = _HEAD.unpack_from(data)
    packed = zlib.decompressobj()
    try:
        plain = packed.decompress(data[_HEAD.size :], limit)
    except zlib.error as error:
        raise UnpackError(f"the compressed packets are broken: {error}") from error
    if packed.unconsumed_tail:
        raise LimitReached(f"output is over the limit of {limit} bytes")
    rows, at, record, elapsed = list[tuple[int, int, int, int, int]](), 0, _RECORDS[version], 0
    while at + record.size <= len(plain):
        captured, *sizes, delta, kind = record.unpack_from(plain, at)
        at += record.size
        if captured < 1 or at + captured - 1 > len(plain):
            break
        elapsed += delta
        rows.append((at, captured - 1, sizes[0] if sizes else captured, elapsed, kind))
        at += captured - 1
    first = last - elapsed + _YEAR_0
    if first + elapsed >= 1 << 63:
        raise UnpackError("the time of the last of Bluetooth's packets is none")
    made = [_BTSNOOP]
    for start, captured, size, since, kind in rows:
        if kind in _KINDS:
            packet, flags = _KINDS[kind]
            made.append(struct.pack(">IIIIqB", size, captured + 1, flags, 0, first + since, packet))
            made.append(plain[start : start + captured])
    if at < len(plain) or not packed.eof:
        made.append(_CUT)
    return b"".join(made)


class _Packet(msgspec.Struct):
    """What is asked of a row of Kismet's table ``packets``; the packet is hex."""

    ts_sec: int
    ts_usec: int = 0
    dlt: int = -1
    packet: str | None = None
    packet_full_len: int | None = None


_PACKET = msgspec.json.Decoder(_Packet)
_SECTION = struct.pack("<IIIHHqI", 0x0A0D0D0A, 28, 0x1A2B3C4D, 1, 0, -1, 28)
_LINKS = 1 << 16


def kismet(data: bytes, argument: str = "", limit: int = OUTPUT_LIMIT) -> bytes:  # noqa: ARG001
    """The pcapng file of Kismet's packets, which ``data`` has as JSON lines: its table ``packets`` (Kismet's ``kismetdatabase``
    documentation), an interface for each link type in the order in which they come. A row that is broken is left out, and the file
    then ends as one that is cut short."""
    made, interfaces, size, broken = [_SECTION], dict[int, int](), len(_SECTION), False
    for line in data.splitlines():
        try:
            row = _PACKET.decode(line)
            packet = bytes.fromhex(row.packet or "")
        except (msgspec.DecodeError, ValueError):
            broken = True
            continue
        if not packet or not 0 <= row.dlt < _LINKS or not 0 <= row.ts_sec < 1 << 40:
            continue
        if row.dlt not in interfaces:
            interfaces[row.dlt] = len(interfaces)
            made.append(struct.pack("<IIHHII", 1, 20, row.dlt, 0, 0, 20))
        blocks = packet + bytes(-len(packet) % 4)
        stamp = row.ts_sec * 1_000_000 + min(max(row.ts_usec, 0), 999_999)
        length = max(len(packet), min(row.packet_full_len or 0, (1 << 31) - 1))
        total = 32 + len(blocks)
        head = struct.pack("<IIIII", 6, total, interfaces[row.dlt], stamp >> 32, stamp & 0xFFFFFFFF)
        made.append(head + struct.pack("<II", len(packet), length) + blocks + struct.pack("<I", total))
        size += total
        if size > limit:
            raise LimitReached(f"output is over the limit of {limit} bytes")
    if broken:
        made.append(_CUT)
    return b"".join(made)
