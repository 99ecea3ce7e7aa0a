"""What reading one capture may take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """Budgets in bytes; what they cut is told in coverage.

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

    def __post_init__(self) -> None:
        if max(self.total_bytes, self.frame_bytes) >= 1 << 32:
            raise ValueError("what is kept of a capture must be below 4 GiB")
