"""Robotrack.

Source: read off the samples. Kind (1), body, CRC-8 (0x07, init 0xFF) of all before. Kind 0 is the login: name of the
device (16), IMEI and IMSI in ASCII, versions. Kind 3 is a position: Unix time, latitude, longitude (1e-6 degrees,
little endian), then speed and inputs.
"""

from __future__ import annotations

from iotwatch.decode.fields import Cursor, unix_time
from iotwatch.decode.trackers.engine.checksums import crc8
from iotwatch.decode.trackers.engine.frames import Frame, FramedDialect, Session, fix_at
from iotwatch.model import Confidence

LOGIN, POSITION = 0, 3
SIZES = {LOGIN: 69, POSITION: 24}
IMEI = slice(17, 32)


def _measure(window: bytes) -> int | None:
    return SIZES.get(window[0]) if window else None


def _read(frame: bytes, session: Session) -> Frame | None:
    if crc8(frame[:-1], 0x07, 0xFF) != frame[-1]:
        return None
    if frame[0] == LOGIN:
        device = frame[IMEI]
        if not device.isdigit():
            return None
        return Frame(kind="login", device=device.decode(), device_at=(IMEI.start, IMEI.stop), checksum="ok")
    cursor = Cursor(frame, 1)
    time = unix_time(cursor.u32_le())
    if time is None:
        return None
    latitude, longitude = cursor.i32_le() / 1e6, cursor.i32_le() / 1e6
    fix = fix_at(latitude, longitude, (1, cursor.at), time, valid=True)
    # eight bits of CRC are little proof without a login before
    confidence = Confidence.LIKELY if session.device else Confidence.POSSIBLE
    return Frame(kind="position", fixes=(fix,), checksum="ok", confidence=confidence)


DIALECT = FramedDialect(
    name="robotrack",
    anchors=(rb"\x00[0-9A-Za-z ]{2,16}\x00{0,14}[0-9]{15}", rb"\x03[\x00-\xff]{3}[\x38-\x83]"),
    measure=_measure,
    read=_read,
    limit=128,
    weak=True,
)
