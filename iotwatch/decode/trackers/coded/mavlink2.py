"""MAVLink 1 and 2: telemetry of drones and of the boxes that were made from their autopilots.

Source: mavlink.io, "Serialization" and message set common.xml. ``FD`` (2) or ``FE`` (1), payload length, flags (2),
sequence, system, component, message id (3; in 1 one byte), payload (trailing zeros are cut off in 2), CRC-16/MCRF4XX
of all after the first byte and of one byte that each message's definition gives.
"""

from __future__ import annotations

import struct
from typing import Any

from iotwatch.decode.fields import unix_time
from iotwatch.decode.message import Fix
from iotwatch.decode.trackers.engine.checksums import crc16_mcrf4xx
from iotwatch.decode.trackers.engine.frames import Frame, FramedDialect, Session, checked, fix_at

HEARTBEAT, SYSTEM_TIME, GPS_RAW, POSITION, HIGH_LATENCY2 = 0, 2, 24, 33, 235
EXTRA = {HEARTBEAT: 50, SYSTEM_TIME: 137, GPS_RAW: 24, POSITION: 104, HIGH_LATENCY2: 179}
KINDS = {HEARTBEAT: "heartbeat", SYSTEM_TIME: "time", GPS_RAW: "gps", POSITION: "position", HIGH_LATENCY2: "position"}
FULL = 64
POSITION_SIZE = 28
UNKNOWN = 0xFFFF


def _head(window: bytes) -> tuple[int, int]:
    """Size of the head, and the message's id."""
    if window[:1] == b"\xfd":
        return 10, int.from_bytes(window[7:10], "little")
    return 6, window[5]


def _measure(window: bytes) -> int | None:
    if len(window) < 8:
        return None
    head, message = _head(window)
    signed = 13 if head == 10 and window[2] & 1 else 0
    return head + window[1] + 2 + signed if message in EXTRA else None


def _read(frame: bytes, session: Session) -> Frame | None:
    head, message = _head(frame)
    end = head + frame[1]
    crc = crc16_mcrf4xx(frame[1:end] + bytes([EXTRA[message]]))
    good = crc == int.from_bytes(frame[end : end + 2], "little")
    if not good and (message != POSITION or end - head != POSITION_SIZE):
        return None
    payload = frame[head:end].ljust(FULL, b"\0")
    fixes: tuple[Fix, ...] = ()
    if message == SYSTEM_TIME:
        session.notes["time"] = unix_time(int.from_bytes(payload[:8], "little") / 1e6)
    elif message in {GPS_RAW, POSITION, HIGH_LATENCY2}:
        fixes = (_fix(message, payload, (head, end), session),)
    system: dict[str, Any] = {"system": frame[5] if head == 10 else frame[3]}
    return Frame(
        kind=KINDS[message], fields=system, fixes=fixes, device=str(system["system"]), checksum=checked(good=good)
    )


def _fix(message: int, payload: bytes, span: tuple[int, int], session: Session) -> Fix:
    if message == HIGH_LATENCY2:
        latitude, longitude, altitude = struct.unpack_from("<iih", payload, 4)
        return fix_at(latitude / 1e7, longitude / 1e7, span, None, valid=True, altitude=float(altitude))
    if message == GPS_RAW:
        micros, latitude, longitude, altitude, _, _, speed, course = struct.unpack_from("<Qiii4H", payload)
        return fix_at(
            latitude / 1e7, longitude / 1e7, span, unix_time(micros / 1e6),
            valid=payload[28] >= 2,
            altitude=altitude / 1000,
            speed=None if speed == UNKNOWN else speed * 0.036,
            course=None if course == UNKNOWN else course / 100,
        )  # fmt: skip
    latitude, longitude, altitude = struct.unpack_from("<iii", payload, 4)
    north, east = struct.unpack_from("<hh", payload, 20)
    course = int.from_bytes(payload[26:28], "little")
    return fix_at(
        latitude / 1e7, longitude / 1e7, span, session.notes.get("time"),
        valid=True,
        altitude=altitude / 1000,
        speed=(north**2 + east**2) ** 0.5 * 0.036,
        course=None if course == UNKNOWN else course / 100,
    )  # fmt: skip


DIALECT = FramedDialect(
    name="mavlink2",
    rank=10,
    anchors=(
        rb"\xfd[\x01-\xff][\x00\x01][\x00-\xff]{4}[\x00\x02\x18\x21\xeb]\x00\x00",
        rb"\xfe[\x01-\xff][\x00-\xff]{3}[\x00\x02\x18\x21\xeb]",
    ),
    measure=_measure,
    read=_read,
    limit=300,
)
