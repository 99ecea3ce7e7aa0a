"""AT2000 trackers: TCP, encrypted with a key that all of them share.

Source: samples of the login, and the public description of the key, the chain and the records; no sample of a track was checked.
Frames of blocks of 16 bytes: type(1) length(3, little endian) zero bytes(12), then what the length says. The first one of a
connection has a byte 01 before it, and is the login: IMEI(15) initialization vector(16) one block. AES-128-CBC with the key 00 01
... 0F, one chain for the connection. Type 89: records, little endian, of number(2) spare(2) Unix time(8) latitude, longitude,
altitude, speed (km/h), course as floats(4 each) and 31 bytes more.
"""

from __future__ import annotations

import struct

from iotwatch.decode.fields import unix_time
from iotwatch.decode.message import Fix
from iotwatch.decode.trackers.engine.frames import Frame, FramedDialect, Session, fix_at
from iotwatch.errors import DecodeError

HEAD, BLOCK, RECORD = 16, 16, 63
LOGIN, TRACK = 0x01, 0x89
LOGIN_SIZE = 64
KEY = bytes(range(16))
CHAIN = "chain"
_ACKNOWLEDGED_AT = 4096  # bytes are sent between acknowledgements, by far


def _measure(window: bytes) -> int | None:
    if window[:2] == b"\x01\x01":
        return LOGIN_SIZE if window[17:32].isdigit() else None
    if len(window) < HEAD:
        return None
    size = int.from_bytes(window[1:4], "little")
    return HEAD + size + -size % BLOCK if 0 < size <= _ACKNOWLEDGED_AT else None


def _read(frame: bytes, session: Session) -> Frame | None:
    if frame[:2] == b"\x01\x01":
        session.notes[CHAIN] = frame[-BLOCK:]  # the block behind the login is the first of the chain
        return Frame(kind="login", device=frame[17:32].decode("ascii"), device_at=(17, 32))
    if CHAIN not in session.notes:
        return None
    before, session.notes[CHAIN] = session.notes[CHAIN], frame[-BLOCK:]
    size = int.from_bytes(frame[1:4], "little")
    if frame[0] != TRACK or size % RECORD:
        return Frame(kind=f"type {frame[0]:02x}")
    plain = _deciphered(frame[HEAD:], before)
    return Frame(kind="track", fixes=tuple(_record(plain, at, len(frame)) for at in range(0, size, RECORD)))


def _deciphered(data: bytes, before: bytes) -> bytes:
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    from cryptography.hazmat.primitives.ciphers.modes import CBC

    decryptor = Cipher(AES(KEY), CBC(before)).decryptor()
    return decryptor.update(data)


def _record(plain: bytes, at: int, size: int) -> Fix:
    seconds, latitude, longitude, altitude, speed, course = struct.unpack_from("<4xqfffff", plain, at)
    time = unix_time(seconds)
    if time is None:
        raise DecodeError("an AT2000 record without a time")
    return fix_at(latitude, longitude, (0, size), time, speed=speed, course=course, altitude=altitude)


DIALECT = FramedDialect(
    name="at2000",
    anchors=(rb"\x01\x01[\x00-\xff]{3}\x00{12}[0-9]{15}", rb"[\x00-\xff]{4}\x00{12}"),
    measure=_measure,
    read=_read,
    limit=HEAD + 2 * _ACKNOWLEDGED_AT,
    samples=1,
    transport="tcp",
    weak=True,
)
