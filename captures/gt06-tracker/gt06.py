"""GT06 frames for the two ends of this case: 78 78, length, type, body, serial, CRC-16/X-25, 0D 0A."""

import struct

LOGIN, LOCATION, HEARTBEAT = 0x01, 0x12, 0x13


def crc16_x25(data: bytes) -> int:
    """CRC-16/X-25: polynomial 0x1021 reflected, initial value and final xor 0xFFFF."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x8408 if crc & 1 else 0)
    return crc ^ 0xFFFF


def frame(kind: int, body: bytes, serial: int) -> bytes:
    """One frame; the length counts from the type to the checksum, which covers the length byte to the serial number."""
    inner = struct.pack(">BB", len(body) + 5, kind) + body + struct.pack(">H", serial)
    return b"\x78\x78" + inner + struct.pack(">H", crc16_x25(inner)) + b"\x0d\x0a"
