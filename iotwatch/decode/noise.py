"""Do bytes look like nothing at all: ciphertext, compressed media, random? Counted, not parsed.

Pearson's chi-square of the byte values against equal shares (255 degrees of freedom) is 255 with a deviation of 22.6 for
random bytes, whatever their number. Everything that people lay out is far from equal shares: of 64 bytes and more, no
tracker message of the development corpus and no payload of a named format is below 500.
"""

from __future__ import annotations

import numpy as np

from iotwatch.patterns import regex

ENOUGH = 64
SAMPLE = 4096
LIMIT = 345
"""Four deviations over the mean: one random stretch in some thousands is still looked at."""
_COMPRESSED = regex(rb"\x1f\x8b|\x78[\x01\x5e\x9c\xda]|\x28\xb5\x2f\xfd|BZh|\xfd7zXZ")


def is_noise(data: bytes) -> bool:
    """Whether ``data`` has no structure that is worth a search; what is compressed as a whole has, inside."""
    sample = data if len(data) <= SAMPLE else data[: SAMPLE // 2] + data[-SAMPLE // 2 :]
    size = len(sample)
    if size < ENOUGH or _COMPRESSED.match(sample):
        return False
    counts = np.bincount(np.frombuffer(sample, np.uint8), minlength=256)
    return int(counts @ counts) * 256 < (LIMIT + size) * size


def noisy(data: bytes) -> int:
    """How many bytes of ``data`` stand in blocks of ``SAMPLE`` bytes that look like noise; a block that is not full is none."""
    blocks = len(data) // SAMPLE
    shares = np.frombuffer(data, np.uint8, blocks * SAMPLE).reshape(blocks, SAMPLE)
    most = (LIMIT + SAMPLE) * SAMPLE
    counted = (np.bincount(block, minlength=256) for block in shares)
    return SAMPLE * sum(int(counts @ counts) * 256 < most for counts in counted)
