"""The check values of tracker protocols, in one place.

Names and parameters are those of the CRC RevEng catalogue (reveng.sourceforge.io/crc-catalogue); every function takes
bytes and gives an int. The CCITT polynomial 0x1021 runs in C (``binascii.crc_hqx``): its reflected members are the same
division over bit-reversed bytes. 0x8005 and the 8-bit ones are table-driven.
"""

from __future__ import annotations

from binascii import crc32, crc_hqx
from collections.abc import Callable, Mapping
from functools import cache, lru_cache, reduce
from operator import xor
from struct import iter_unpack

import numpy as np

_REVERSED = bytes(int(f"{value:08b}"[::-1], 2) for value in range(256))


def _reversed16(value: int) -> int:
    return _REVERSED[value & 0xFF] << 8 | _REVERSED[value >> 8]


def _table(polynomial: int, width: int, *, reflected: bool) -> tuple[int, ...]:
    """The 256 remainders of a byte; ``polynomial`` is written as the catalogue does, highest power first."""
    top = 1 << (width - 1)
    mask = (1 << width) - 1
    mirrored = int(f"{polynomial:0{width}b}"[::-1], 2)
    table = []
    for byte in range(256):
        value = byte if reflected else byte << (width - 8)
        for _ in range(8):
            if reflected:
                value = value >> 1 ^ (mirrored if value & 1 else 0)
            else:
                value = (value << 1 ^ (polynomial if value & top else 0)) & mask
        table.append(value)
    return tuple(table)


_ARC = _table(0x8005, 16, reflected=True)


@cache
def _pairs_8005() -> list[int]:
    """The remainders of two bytes: all 16 bits of the value go into them, so that one look-up passes over both."""
    table, value = np.array(_ARC), np.arange(1 << 16)
    for _ in range(2):
        value = value >> 8 ^ table[value & 0xFF]
    return [int(remainder) for remainder in value]


def _crc_8005(data: bytes, value: int) -> int:
    pairs = _pairs_8005()
    for (pair,) in iter_unpack("<H", data[: len(data) & ~1]):
        value = pairs[value ^ pair]
    return value >> 8 ^ _ARC[(value ^ data[-1]) & 0xFF] if len(data) & 1 else value


def crc16_xmodem(data: bytes) -> int:
    """CRC-16/XMODEM: 0x1021, init 0."""
    return crc_hqx(data, 0)


def crc16_ccitt_false(data: bytes) -> int:
    """CRC-16/IBM-3740, known as CCITT-FALSE: 0x1021, init 0xFFFF."""
    return crc_hqx(data, 0xFFFF)


def crc16_kermit(data: bytes) -> int:
    """CRC-16/KERMIT: 0x1021 reflected, init 0."""
    return _reversed16(crc_hqx(data.translate(_REVERSED), 0))


def crc16_mcrf4xx(data: bytes) -> int:
    """CRC-16/MCRF4XX: 0x1021 reflected, init 0xFFFF (X-25 without its last inversion)."""
    return _reversed16(crc_hqx(data.translate(_REVERSED), 0xFFFF))


def crc16_x25(data: bytes) -> int:
    """CRC-16/IBM-SDLC, known as X-25: 0x1021 reflected, init and final xor 0xFFFF."""
    return crc16_mcrf4xx(data) ^ 0xFFFF


def crc16_arc(data: bytes) -> int:
    """CRC-16/ARC: 0x8005 reflected, init 0."""
    return _crc_8005(data, 0)


def crc16_modbus(data: bytes) -> int:
    """CRC-16/MODBUS: 0x8005 reflected, init 0xFFFF."""
    return _crc_8005(data, 0xFFFF)


@lru_cache(maxsize=16)
def _table8(polynomial: int, reflected: bool) -> tuple[int, ...]:  # noqa: FBT001
    return _table(polynomial, 8, reflected=reflected)


def crc8(data: bytes, polynomial: int = 0x31, init: int = 0xFF, *, reflected: bool = False) -> int:
    """An 8-bit CRC; the defaults are CRC-8/NRSC-5, which EGTS and NTCB/FLEX use: 0x31, init 0xFF, no final xor."""
    table = _table8(polynomial, reflected)
    value = init
    for byte in data:
        value = table[value ^ byte]
    return value


def sum8(data: bytes) -> int:
    """Sum of the bytes modulo 256."""
    return sum(data) & 0xFF


def sum16(data: bytes) -> int:
    """Sum of the bytes modulo 65536."""
    return sum(data) & 0xFFFF


def sum16_ones(data: bytes) -> int:
    """One's complement sum of big endian words, an odd byte at the end as the high one (RFC 1071, without its inversion)."""
    padded = data + b"\0" * (len(data) % 2)
    value = sum(padded[::2]) * 256 + sum(padded[1::2])
    while value > 0xFFFF:
        value = (value & 0xFFFF) + (value >> 16)
    return value


def xor8(data: bytes) -> int:
    """Exclusive or of the bytes, also called BCC or LRC."""
    return reduce(xor, data, 0)


BY_NAME: Mapping[str, Callable[[bytes], int]] = {
    "xor8": xor8,
    "xor8-hex8": lambda data: xor8(bytes.fromhex(data[:16].decode("ascii")) + data[16:]),
    "sum8": sum8,
    "sum16": sum16,
    "sum16-ones": sum16_ones,
    "sum16-inverted": lambda data: sum16(data) ^ 0xFFFF,
    "sum16-negated": lambda data: -sum16(data) & 0xFFFF,
    "crc8-nrsc5": crc8,
    "crc8-07-ff": lambda data: crc8(data, 0x07),
    "crc16-arc": crc16_arc,
    "crc16-ccitt-false": crc16_ccitt_false,
    "crc16-kermit": crc16_kermit,
    "crc16-modbus": crc16_modbus,
    "crc16-x25": crc16_x25,
    "crc16-xmodem": crc16_xmodem,
    "crc32": crc32,
}
"""What the dialects' files call them."""
