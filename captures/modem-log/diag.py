"""What a modem's diagnostics would have held, had the unit of ``gt06-tracker`` reached its network through that modem.

    diag.py TRAFFIC.pcap OUT.qmdl OUT.ndjson

The IP packets are those of the real programs in TRAFFIC, with their times, as log packets 0x11EB. Around them stand what the modem
says of itself, written from the public descriptions (SCAT's ``diagcmd.py``, openpilot's ``structs.py``, 3GPP TS 24.301): its build,
the serving cell, an identity request and its answer, and each second where its receiver knows it is. Frames are HDLC (RFC 1662).
OUT.ndjson is what Rayhunter would say of the request (``analyzer.rs``).
"""

from __future__ import annotations

import json
import math
import struct
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

EPOCH, LEAP_SECONDS = 315_964_800, 18
CAR = bytes([192, 0, 2, 10])
BUILD = "RM500QGLABR11A06M4G"
PLACE, STEP = (-46.83127, -68.91945), (0.0000825, -0.0000825)
REQUEST, RESPONSE = bytes.fromhex("075501"), bytes.fromhex("0756080910101032547698")


def framed(data: bytes) -> bytes:
    value = 0xFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0x8408 if value & 1 else 0)
    out = bytearray()
    for byte in data + (value ^ 0xFFFF).to_bytes(2, "little"):
        out += bytes((0x7D, byte ^ 0x20)) if byte in (0x7D, 0x7E) else bytes((byte,))
    return bytes(out) + b"\x7e"


def log(code: int, body: bytes, micros: int) -> bytes:
    ticks = (micros - EPOCH * 1_000_000) // 1250 << 16
    packet = struct.pack("<HHQ", 12 + len(body), code, ticks) + body
    return framed(struct.pack("<BBH", 0x10, 0, len(packet)) + packet)


def position(micros: int, number: int) -> bytes:
    week, second = divmod(micros / 1e6 - EPOCH + LEAP_SECONDS, 604_800)
    latitude, longitude = (place + step * number for place, step in zip(PLACE, STEP, strict=True))
    body = bytearray(291)
    struct.pack_into("<BIB", body, 0, 1, number, 2)
    struct.pack_into("<HI", body, 23, int(week), round(second * 1000))
    struct.pack_into("<dd", body, 40, math.radians(latitude), math.radians(longitude))
    struct.pack_into("<f", body, 56, 180.0)
    return bytes(body)


def packets(path: Path) -> Iterator[tuple[int, bytes]]:
    """Time and IPv4 packet of each frame of a little-endian Ethernet pcap."""
    data, here = path.read_bytes(), 24
    while here < len(data):
        seconds, fraction, size, _ = struct.unpack_from("<IIII", data, here)
        frame = data[here + 16 : here + 16 + size]
        here += 16 + size
        if frame[12:14] == b"\x08\0":
            yield seconds * 1_000_000 + fraction, frame[14 : 14 + int.from_bytes(frame[16:18], "big")]


def main(traffic: str, out: str, analysis: str) -> None:
    sent = list(packets(Path(traffic)))
    first, last = sent[0][0], sent[-1][0]
    rows = [
        (
            first - 3_000_000,
            0xB0C2,
            struct.pack("<BHIIBBIHIHBHB", 3, 77, 1825, 19825, 75, 75, 19_088_641, 4660, 3, 1, 2, 1, 0),
        ),
        (first - 2_500_000, 0xB0EC, b"\x01\x0f\x05\0" + REQUEST),
        (first - 2_400_000, 0xB0ED, b"\x01\x0f\x05\0" + RESPONSE),
    ]
    for number, (time, packet) in enumerate(sent):
        flags = 0x40 if packet[12:16] == CAR else 0
        rows.append((time, 0x11EB, struct.pack("<BBBBHH", 0, 1, 1, flags, number & 0xFFFF, 0x8000) + packet))
    rows += [(time, 0x1476, position(time, n)) for n, time in enumerate(range(first, last, 1_000_000))]
    frames = [log(code, body, time) for time, code, body in sorted(rows)]
    build = framed(struct.pack("<BBHII", 0x7C, 1, 0, 0, 0) + BUILD.encode() + b"\0")
    Path(out).write_bytes(build + b"".join(frames))
    head = {
        "analyzers": [
            {"name": "Identity (IMSI or IMEI) requested in suspicious manner", "description": "", "version": 3}
        ],
        "rayhunter": {"rayhunter_version": "0.5.0", "system_os": "Linux", "arch": "armv7l"},
        "report_version": 2,
    }
    stamp = datetime.fromtimestamp((first - 2_500_000) // 1000 / 1000, UTC).isoformat(timespec="milliseconds")
    event = {"event_type": "Informational", "message": "NAS IMSI identity request detected"}
    row = {"packet_timestamp": stamp, "skipped_message_reason": None, "events": [event]}
    Path(analysis).write_text("".join(json.dumps(one) + "\n" for one in (head, row)))


main(*sys.argv[1:])
