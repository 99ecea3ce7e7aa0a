"""What undoing a compression may take, whoever does it; ``unpack.entry.UnpackLimits`` bounds whole containers beside it."""

from __future__ import annotations

OUTPUT_LIMIT = 512 << 20
"""Bytes that one named step may give."""
BODY_LIMIT = 64 << 20
"""Bytes that the body of one HTTP message may give."""
INSIDE_LIMIT = 16 << 20
"""Bytes that one value inside a payload, or one WebSocket message, may give."""
STREAM_LIMIT = 64 << 30
"""Bytes that a capture may give, which is read as it comes and never held."""
LAYERS = 4
"""Compressions around one capture."""
ZSTD_WINDOW = 128 << 20
LZMA_MEMORY = 256 << 20
