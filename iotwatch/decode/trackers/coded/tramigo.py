"""Tramigo T22 and T23 series.

Source: read off the samples. ``80 00``, serial (2), kind (2), length of the whole frame (2), two bytes of count, a
check value whose rule we do not know (2), unit id (4, big endian), Unix time (4, little endian like the length), and a
report in words that ends in ``EOF``: ``..., <latitude>, <longitude>, <heading> ..., hh:mm:ss Mon d  EOF``. The words
give no year: it is the head's.
"""

from __future__ import annotations

from datetime import UTC, datetime

from iotwatch.decode.fields import SECOND, Cursor, clock, unix_time
from iotwatch.decode.message import Fix
from iotwatch.decode.trackers.engine.frames import Frame, FramedDialect, Session, fix_at
from iotwatch.patterns import regex

HEAD = 20
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_PLACE = regex(rb"(-?\d{1,2}\.\d{3,6}), ?(-?\d{1,3}\.\d{3,6})(?![\d.])")
_TIME = regex(rb"(\d{1,2}):(\d\d)(?::(\d\d))? ([A-Z][a-z]{2}) (\d{1,2}) *EOF")
_SPEED = regex(rb"speed (\d{1,3}) km/h")


def _measure(window: bytes) -> int | None:
    if len(window) < HEAD:
        return None
    size = int.from_bytes(window[6:8], "little")
    return size if HEAD < size <= 1024 and window[size - 3 : size] in {b"EOF", b""} else None


def _read(frame: bytes, session: Session) -> Frame | None:  # noqa: ARG001
    cursor = Cursor(frame, 12)
    device = str(cursor.u32())
    sent = unix_time(cursor.u32_le())
    words = frame[HEAD:-3]
    if not frame.endswith(b"EOF") or any(byte < 0x20 for byte in words):
        return None
    found = _PLACE.search(frame, HEAD)
    fixes: tuple[Fix, ...] = ()
    if found:
        speed = _SPEED.search(frame, found.end())
        fixes = (
            fix_at(
                float(found[1]), float(found[2]), found.span(), _time(frame, sent),
                valid=True, speed=float(speed[1]) if speed else None,
            ),
        )  # fmt: skip
    fields = {"text": words.decode("latin-1").strip()}
    return Frame(kind="report", fields=fields, fixes=fixes, device=device, device_at=(12, 16), time=sent)


def _time(frame: bytes, sent: int | None) -> int | None:
    found = _TIME.search(frame, HEAD)
    if sent is None or found is None or found[4].decode() not in MONTHS:
        return sent
    year = datetime.fromtimestamp(sent / SECOND, UTC).year
    month = MONTHS.index(found[4].decode()) + 1
    return clock(year, month, int(found[5]), int(found[1]), int(found[2]), int(found[3] or 0))


DIALECT = FramedDialect(
    name="tramigo",
    anchors=(rb"\x80\x00[\x00-\xff]{2}[\xa0-\xcf]\x00[\x00-\xff][\x00-\x04]",),
    measure=_measure,
    read=_read,
)
