"""JT/T 808-2013 messages for the two ends of this case: 7E, header, body, XOR, 7E; 7E and 7D inside are escaped."""

import struct
from functools import reduce
from operator import xor

REGISTER, AUTHENTICATE, HEARTBEAT, REPORT, BATCH = 0x0100, 0x0102, 0x0002, 0x0200, 0x0704
REGISTERED, ACKNOWLEDGED = 0x8100, 0x8001


def pack(kind: int, body: bytes, phone: str, serial: int) -> bytes:
    """One message as it goes over the wire."""
    inner = struct.pack(">HH", kind, len(body)) + bytes.fromhex(phone) + struct.pack(">H", serial) + body
    inner += bytes((reduce(xor, inner),))
    return b"\x7e" + inner.replace(b"\x7d", b"\x7d\x01").replace(b"\x7e", b"\x7d\x02") + b"\x7e"


def unpack(message: bytes) -> tuple[int, str, int]:
    """Kind, phone number and serial number of a message from the wire."""
    inner = message.strip(b"\x7e").replace(b"\x7d\x02", b"\x7e").replace(b"\x7d\x01", b"\x7d")
    return int.from_bytes(inner[:2], "big"), inner[4:10].hex(), int.from_bytes(inner[10:12], "big")
