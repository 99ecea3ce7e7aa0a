"""Sanul trackers: logins.

Source: read off one sample, a login. ``AA``, version (1), body length (2, not counted beyond the sample), kind (2), state,
IMEI as 15 ASCII digits at byte 12, zero bytes to 37 in all.
"""

from __future__ import annotations

from iotwatch.decode.trackers.engine.frames import Frame, FramedDialect, Session
from iotwatch.words.identity import is_imei

SIZE, IMEI_AT = 37, 12


def _measure(window: bytes) -> int | None:
    return SIZE if window[:2] == b"\xaa\0" and not any(window[IMEI_AT + 15 : SIZE]) else None


def _read(frame: bytes, session: Session) -> Frame | None:  # noqa: ARG001
    digits = frame[IMEI_AT : IMEI_AT + 15]
    if not digits.isdigit() or not is_imei(digits.decode()):
        return None
    return Frame(kind="login", device=digits.decode(), device_at=(IMEI_AT, IMEI_AT + 15))


DIALECT = FramedDialect(
    name="sanul", anchors=(rb"\xaa\x00[\x00-\xff]{10}[0-9]{15}",), measure=_measure, read=_read, limit=SIZE
)
