"""Shannon entropy: how much bytes look like noise, for what no reader can open."""

from __future__ import annotations

_BLOCKS = 8
_COUNTED = 1 << 20
"""Bytes that are counted at a time: ``bincount`` makes eight of each."""


def entropy(data: bytes) -> float:
    """Bits per byte, 0 to 8; 0 for no bytes."""
    if not data:
        return 0.0
    import numpy as np  # the reader process has no use for it

    values, counts = np.frombuffer(data, np.uint8), np.zeros(256, np.int64)
    for at in range(0, len(values), _COUNTED):
        counts += np.bincount(values[at : at + _COUNTED], minlength=256)
    share = counts[counts > 0] / len(data)
    return float(abs(-(share * np.log2(share)).sum()))


def profile(data: bytes) -> str:
    """The entropy of the whole and of eight equal blocks, in words: ``entropy 7.99 (7.9 8.0 ...): noise-like``."""
    whole = entropy(data)
    size = max(1, -(-len(data) // _BLOCKS))
    blocks = " ".join(f"{entropy(data[at : at + size]):.1f}" for at in range(0, len(data), size))
    if whole > 7.95 and len(data) >= 4096:
        word = "encrypted or compressed"
    elif whole > 6.8:
        word = "dense"
    elif whole < 1:
        word = "almost empty"
    else:
        word = "structured"
    return f"entropy {whole:.2f} bits a byte ({blocks}): {word}"
