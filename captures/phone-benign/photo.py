"""Print a PNG picture of 64 by 64 pixels of noise, always the same (PNG, W3C recommendation, section 5)."""

import random
import struct
import sys
import zlib

SIDE = 64


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


noise = random.Random(64)
rows = b"".join(b"\0" + noise.randbytes(3 * SIDE) for _ in range(SIDE))
header = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)
sys.stdout.buffer.write(
    b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
)
