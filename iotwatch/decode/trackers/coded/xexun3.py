"""Xexun's third protocol.

Source: frame and CRC read off one sample, a login. ``FC``, length of what follows up to the CRC (2), elements of
kind (1) and value, CRC-16/CCITT-FALSE of them (2), ``CF``. The login's element ``01 08`` is the IMEI in packed digits.
"""

from __future__ import annotations

from iotwatch.decode.trackers.engine.checksums import crc16_ccitt_false
from iotwatch.decode.trackers.engine.frames import Frame, FramedDialect, Session
from iotwatch.words.identity import imei_of_bcd

HEAD, TAIL = 3, 3
IMEI_AT = 5
END = 0xCF


def _measure(window: bytes) -> int | None:
    size = HEAD + int.from_bytes(window[1:3], "big") + TAIL
    return size if window[size - 1 : size] in {bytes([END]), b""} and size >= HEAD + TAIL + 3 else None


def _read(frame: bytes, session: Session) -> Frame | None:  # noqa: ARG001
    if crc16_ccitt_false(frame[HEAD:-TAIL]) != int.from_bytes(frame[-TAIL:-1], "big"):
        return None
    digits = frame[IMEI_AT + 1 : IMEI_AT + 9].hex()
    if len(frame) == IMEI_AT + 12 and digits.isdecimal():
        return Frame(kind="login", device=imei_of_bcd(digits), device_at=(IMEI_AT + 1, IMEI_AT + 9), checksum="ok")
    return Frame(kind=f"message {frame[HEAD]:02x}", checksum="ok")


DIALECT = FramedDialect(
    name="xexun3", rank=10, anchors=(rb"\xfc[\x00-\x07][\x00-\xff]{2}",), measure=_measure, read=_read
)
