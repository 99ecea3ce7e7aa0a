"""TLV trackers: logins.

Source: read off two samples, both logins. ``0B`` or ``0C`` in ASCII, then texts of length (1) and characters with ``FF`` between:
IMEI, IMSI, version, address.
"""

from __future__ import annotations

import re

from iotwatch.decode.message import Trait
from iotwatch.decode.trackers.engine.frames import Frame, FramedDialect, Session
from iotwatch.model import Confidence

_LOGIN = re.compile(rb"0[BC]\x0f(\d{15})(?:\xff[\x0f\x10]9?(\d{15}))?[\x01-\x20\x2d-\x7e\xff]*")


def _measure(window: bytes) -> int | None:
    found = _LOGIN.match(window)
    return found.end() if found else None


def _read(frame: bytes, session: Session) -> Frame | None:  # noqa: ARG001
    found = _LOGIN.match(frame)
    if found is None:
        return None
    subscriber = found[2].decode() if found[2] else ""
    return Frame(
        kind="login",
        device=found[1].decode(),
        device_at=found.span(1),
        traits=(Trait("imsi", subscriber, found.span(2)),) if subscriber else (),
        confidence=Confidence.LIKELY if subscriber else Confidence.POSSIBLE,
    )


DIALECT = FramedDialect(name="tlv", anchors=(rb"0[BC]\x0f[0-9]{15}",), measure=_measure, read=_read, limit=256)
