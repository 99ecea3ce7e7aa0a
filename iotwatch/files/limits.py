"""The budgets of a source: what a hostile file may cost. Reaching one is told in coverage and makes the source ``partial``.

What came out before a limit is kept and judged. A decoder that loops bounds its loop in its own file, and what it leaves is
told the same way (``errors.LimitReached``). Bounds on the lists inside one message (cells, records of an answer) are not told.
"""

from __future__ import annotations

import msgspec

OUTPUT_LIMIT = 512 << 20
"""Bytes that one named step may give."""
BODY_LIMIT = 64 << 20
"""Bytes that the body of one HTTP message may give."""
BODIES_FLOOR, BODIES_RATIO = 64 << 20, 20
"""Bytes that compressed bodies of a source's messages may give, all together: so many, or so many times the source's own."""
INSIDE_LIMIT = 16 << 20
"""Bytes that one value inside a payload, or one WebSocket message, may give."""
STREAM_LIMIT = 64 << 30
"""Bytes that a capture may give, which is read as it comes and never held."""
LAYERS = 4
"""Compressions around one capture."""
ZSTD_WINDOW = 128 << 20
LZMA_MEMORY = 256 << 20
MAX_FLOWS = 200_000
"""Flows of one capture whose contents are read and that are told one by one; each takes 0.2 ms and 2.5 kB until it is judged."""
MAX_OBSERVATIONS = 100_000
MAX_POSITIONS = 200_000
"""Positions of one source that are kept; each takes 0.25 ms and 2 kB until it is judged. A second apart they are 55 hours."""
SIGNALLING_PACKETS = 2000
"""Packets of one source that tshark is given, each chunk of SCTP counted as one; pyshark takes a few hundred a second."""
SIGNALLING_CHUNKS = 64
"""Chunks of one SCTP packet that tshark is given: in what a network sends, each takes 16 bytes at least and most take a hundred."""
TLS_CONVERSATIONS, TLS_BATCH_BYTES = 2000, 16 << 20
"""TLS connections of one capture that tshark is given, and bytes of those that it is given together."""
SECRETS_LIMIT = 4 << 20
"""Bytes of decryption secrets that are taken from one capture."""

MAX_DAMAGE = 1000
"""Damaged stretches of one source that are kept with their place."""


class WorkLimits(msgspec.Struct, frozen=True):
    """Budgets for all that is found inside one source: nesting, the source itself in memory, bytes, parts, messages.

    ``held_bytes`` is what may wait to be opened before the order changes, ``seconds`` the wall time after which no more is.
    ``ratio`` bounds what may come out per byte of the source, of all levels together, but never below ``ratio_floor`` bytes.
    """

    depth: int = 12
    image_bytes: int = 2 << 30
    total_bytes: int = 4 << 30
    blobs: int = 200_000
    messages: int = 20_000_000
    held_bytes: int = 256 << 20
    seconds: float = 600.0
    ratio: int = 200
    ratio_floor: int = 1 << 30

    def bodies(self, size: int) -> int:
        """The most bytes that the compressed bodies of messages may give in a source of ``size`` bytes."""
        return min(self.total_bytes, max(BODIES_FLOOR, BODIES_RATIO * size))

    def output(self, size: int) -> int:
        """The most bytes that may be found inside a source of ``size`` bytes."""
        return min(self.total_bytes, max(self.ratio_floor, self.ratio * size))


class UnpackLimits(msgspec.Struct, frozen=True):
    """Budgets of one ``unpack`` call. Reaching one is the status ``limit``; what was found before stays.

    ``ratio`` bounds what may come out per byte that went in, but never below ``ratio_floor`` bytes, so that small files
    may expand. Memory is the child's address space in bytes; ``seconds`` is wall time, ``cpu_seconds`` the child's CPU.
    """

    total_bytes: int = 1 << 30
    file_bytes: int = 256 << 20
    files: int = 100_000
    ratio: int = 200
    ratio_floor: int = 64 << 20
    seconds: float = 120.0
    cpu_seconds: int = 60
    memory: int = 2 << 30

    def output(self, size: int) -> int:
        """The most bytes that may come out of ``size`` bytes."""
        return min(self.total_bytes, max(self.ratio_floor, self.ratio * size))


class ReadLimits(msgspec.Struct, frozen=True):
    """Budgets in bytes of reading one capture; what they cut is told in coverage.

    ``flow_bytes`` per direction of a flow that is followed, ``head_bytes`` of the server's side of an encrypted flow (half
    of it of the client's), ``bulk_bytes`` per direction of a binary transfer, ``frame_bytes`` for frames that are no IP,
    ``total_bytes`` for all that is kept of flows (36 bytes are counted for each segment), ``fragment_bytes`` for IP
    fragments that wait for their rest, ``events`` contacts, ``runs`` what pauses and steps of the clock cut the packets into
    (65,536 pauses of more than five minutes take over 227 days). What is kept counts its bytes in 32 bits, so
    ``total_bytes`` and ``frame_bytes`` are below 4 GiB.
    """

    flow_bytes: int = 4 << 20
    head_bytes: int = 16 << 10
    bulk_bytes: int = 64 << 10
    frame_bytes: int = 48 << 20
    total_bytes: int = 64 << 20
    fragment_bytes: int = 16 << 20
    events: int = 4_000_000
    runs: int = 1 << 16

    def opened(self) -> ReadLimits:
        """The same for a capture whose encrypted flows can be read: their beginnings are not all that is wanted of them."""
        return msgspec.structs.replace(self, head_bytes=2 * self.flow_bytes)

    def __post_init__(self) -> None:
        if max(self.total_bytes, self.frame_bytes) >= 1 << 32:
            raise ValueError("what is kept of a capture must be below 4 GiB")
