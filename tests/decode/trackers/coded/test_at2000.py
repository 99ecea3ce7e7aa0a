"""AT2000 logins and tracks made here."""

from __future__ import annotations

import struct

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from iotwatch.decode.message import Message
from iotwatch.decode.trackers.coded.at2000 import DIALECT
from iotwatch.read.stream import from_bytes

IMEI = "490154203237518"
START = bytes(range(16, 32))


def read(data: bytes) -> list[Message]:
    return list(DIALECT.messages(from_bytes(data)))


def head(kind: int, size: int) -> bytes:
    return bytes([kind]) + size.to_bytes(3, "little") + bytes(12)


def record(number: int) -> bytes:
    return struct.pack("<HHqfffff", number, 0, 1_700_000_000 + number, 51.5, -3.5, 120, 66, 270) + bytes(31)


def session() -> bytes:
    chain = Cipher(AES(bytes(range(16))), CBC(START)).encryptor()
    login = b"\1" + head(1, 47) + IMEI.encode() + START + chain.update(b"\1\2\3\4" + bytes(12))
    first = head(0x89, 126) + chain.update((record(1) + record(2)).ljust(128, b"\0"))
    return login + first + head(0x89, 63) + chain.update(record(3).ljust(64, b"\0"))


def test_the_login_names_the_sender() -> None:
    login = session()[:64]
    (message,) = read(login)
    assert message.device_ids == (IMEI,)
    assert DIALECT.claims(login, None)
    assert not DIALECT.claims(login[:40], None)


def test_tracks_are_deciphered_along_the_chain() -> None:
    _, first, second = read(session())
    assert [fix.time for fix in (*first.fixes, *second.fixes)] == [(1_700_000_000 + n) * 1_000_000 for n in (1, 2, 3)]
    assert {(fix.latitude, fix.longitude, fix.speed, fix.course) for fix in second.fixes} == {(51.5, -3.5, 66.0, 270.0)}
    assert second.device_ids == (IMEI,)


def test_a_track_without_its_login_is_not_read() -> None:
    assert read(session()[64:]) == []
