"""The check values of the CRC catalogue over ``123456789``."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iotwatch.decode.trackers.engine import checksums

CHECK = b"123456789"


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (checksums.crc16_x25, 0x906E),
        (checksums.crc16_arc, 0xBB3D),
        (checksums.crc16_modbus, 0x4B37),
        (checksums.crc16_kermit, 0x2189),
        (checksums.crc16_mcrf4xx, 0x6F91),
        (checksums.crc16_ccitt_false, 0x29B1),
        (checksums.crc16_xmodem, 0x31C3),
        (checksums.crc8, 0xF7),
        (checksums.sum8, 0xDD),
        (checksums.sum16, 0x01DD),
        (checksums.sum16_ones, 0x09D5),  # by hand: 3132 + 3334 + 3536 + 3738 + 3900, and the carry
        (checksums.xor8, 0x31),
    ],
)
def test_the_catalogues_check_value(function: Callable[[bytes], int], expected: int) -> None:
    assert function(CHECK) == expected


@pytest.mark.parametrize(
    ("polynomial", "init", "reflected", "expected"),
    [
        (0x07, 0x00, False, 0xF4),  # CRC-8/SMBUS
        (0x31, 0x00, True, 0xA1),  # CRC-8/MAXIM-DOW
        (0x31, 0x00, False, 0xA2),
        (0x9B, 0x00, True, 0x25),  # CRC-8/WCDMA
    ],
)
def test_other_eight_bit_crcs(polynomial: int, init: int, reflected: bool, expected: int) -> None:
    assert checksums.crc8(CHECK, polynomial, init, reflected=reflected) == expected


@given(st.binary(max_size=200))
def test_a_crc_over_data_and_itself_leaves_its_residue(data: bytes) -> None:
    assert checksums.crc16_xmodem(data + checksums.crc16_xmodem(data).to_bytes(2, "big")) == 0
    assert checksums.crc16_modbus(data + checksums.crc16_modbus(data).to_bytes(2, "little")) == 0
    assert checksums.crc16_kermit(data + checksums.crc16_kermit(data).to_bytes(2, "little")) == 0
    assert checksums.xor8(data + bytes([checksums.xor8(data)])) == 0
