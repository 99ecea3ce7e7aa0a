"""Applying a cut: the one place where spans of bytes are joined."""

from __future__ import annotations

from iotwatch.errors import UnpackError
from iotwatch.model import Cut


def apply_cut(data: bytes, operation: Cut) -> bytes:
    """The join of the cut's spans of ``data``; ``UnpackError`` when one of them reaches over its end."""
    if any(offset + length > len(data) for offset, length in operation.spans):
        raise UnpackError("a cut reaches over the end of the bytes that it is of")
    pieces = [data[offset : offset + length] for offset, length in operation.spans]
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)
