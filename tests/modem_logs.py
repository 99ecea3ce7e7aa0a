"""Logs of a modem's diagnostics, written from their public descriptions and nothing of ``iotwatch``.

Framing: RFC 1662 appendix C.2 (CRC bit by bit); DIAG: SCAT's ``diagcmd.py``; position report: openpilot's ``structs.py``; RRC
header: rayhunter's ``rrc.rs`` and QCSuper's ``log_types.py``. Times are seconds since 1980-01-06.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Iterable

GPS_EPOCH = 315_964_800  # 1980-01-06 in Unix seconds
NOON = 1_767_268_800  # 2026-01-01 12:00:00 UTC


def check(data: bytes) -> bytes:
    value = 0xFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0x8408 if value & 1 else 0)
    return (value ^ 0xFFFF).to_bytes(2, "little")


def framed(data: bytes) -> bytes:
    out = bytearray()
    for byte in data + check(data):
        out += bytes((0x7D, byte ^ 0x20)) if byte in (0x7D, 0x7E) else bytes((byte,))
    return bytes(out) + b"\x7e"


def ticks(seconds: float) -> bytes:
    """Upper 48 bits: 1.25 ms since 1980."""
    return struct.pack("<Q", round(seconds * 800) << 16)


def record(code: int, body: bytes, seconds: float) -> bytes:
    """A packet as a DLF file holds it."""
    return struct.pack("<HH", 12 + len(body), code) + ticks(seconds) + body


def packet(code: int, body: bytes, seconds: float, radio: int = 0) -> bytes:
    """The same as a frame's content; with a radio it is wrapped as on phones with several SIMs."""
    inner = record(code, body, seconds)
    plain = struct.pack("<BBH", 0x10, 0, len(inner)) + inner
    return struct.pack("<BBHI", 0x98, 1, 0, radio) + plain if radio else plain


def qmdl(packets: Iterable[bytes]) -> bytes:
    return b"".join(map(framed, packets))


def position(latitude: float, longitude: float, gps: float, *, source: int = 2, version: int = 1) -> bytes:
    """Position report 0x1476; ``gps`` are GPS seconds since 1980."""
    week, second = divmod(gps, 604_800)
    body = bytearray(293)
    struct.pack_into("<BIB", body, 0, version, 1000, source)
    struct.pack_into("<HI", body, 23, int(week), round(second * 1000))
    struct.pack_into("<dd", body, 40, math.radians(latitude), math.radians(longitude))
    struct.pack_into("<fff", body, 56, 140.0, math.radians(45.0), 0.1)
    struct.pack_into("<fff", body, 68, 3.0, 4.0, 0.0)
    return bytes(body)


def ip_pieces(data: bytes, number: int, *, sent: bool = True, size: int = 1 << 16) -> list[bytes]:
    """Bodies of 0x11EB that carry one IP packet, ``size`` bytes of it each."""
    parts = [data[at : at + size] for at in range(0, len(data), size)]
    last = len(parts) - 1
    return [
        struct.pack("<BBBBHH", 0, 1, 1, 0x40 if sent else 0, number, index | (0x8000 if index == last else 0)) + part
        for index, part in enumerate(parts)
    ]


def rrc(version: int, channel: int, message: bytes) -> bytes:
    """LTE RRC 0xB0C0 with the header of a version."""
    head = struct.pack("<BBB", version, 13, 0x21) + (b"\x0f\x60" if version >= 25 else b"")
    head += struct.pack("<BH", 1, 300) + struct.pack("<I" if version >= 8 else "<H", 5230) + struct.pack("<H", 77)
    head += bytes((channel,)) + (bytes(4) if version >= 5 else b"") + struct.pack("<H", len(message))
    return head + (bytes(3) if version >= 30 else b"") + message


def nas(message: bytes) -> bytes:
    """EMM or ESM in clear: version of the packet, release, then the message."""
    return b"\x01\x09\x05\x00" + message


def lte_cell(mcc: int, mnc: int, tac: int, cell: int) -> bytes:
    """Serving cell 0xB0C2, version 3."""
    return struct.pack("<BHIIBBIHIHBHB", 3, 77, 1825, 19825, 75, 75, cell, tac, 3, mcc, 2, mnc, 0)


def build_id(text: str) -> bytes:
    """The answer 7C."""
    return struct.pack("<BBHII", 0x7C, 1, 0, 0x1234, 0x5678) + text.encode() + b"\0"


def analysis(*events: tuple[str, object]) -> bytes:
    """Rayhunter's analysis: who analysed, then a packet a second with what was said of it."""
    head = {
        "analyzers": [{"name": "IMSI Requested", "description": "", "version": 3}],
        "rayhunter": {"rayhunter_version": "0.5.0", "system_os": "Linux", "arch": "armv7l"},
        "report_version": 2,
    }
    rows = [
        {
            "packet_timestamp": f"2026-01-01T12:00:{n:02d}.250+00:00",
            "skipped_message_reason": None,
            "events": [None, {"event_type": kind, "message": said}],
        }
        for n, (said, kind) in enumerate(events)
    ]
    return b"".join(json.dumps(row).encode() + b"\n" for row in (head, *rows))


def since_1980(unix: float) -> float:
    """Seconds since 1980-01-06 of a Unix time, as the tools count a log's stamps: without leap seconds."""
    return unix - GPS_EPOCH
