"""Packets as a plan: columns of times, flows, flags and payload ranges, filled conversation by conversation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

DAY_US = 86_400_000_000
EPOCH_US = 1_767_225_600_000_000  # 2026-01-01
SYN, ACK, PSH, FIN = 2, 16, 8, 1
NOISE = 1 << 20

PACKET = np.dtype(
    [("time", "i8"), ("flow", "i4"), ("down", "?"), ("flags", "u1"), ("at", "i8"), ("size", "i4"), ("seq", "u4")]
)
FLOW = np.dtype(
    [("tcp", "?"), ("six", "?"), ("vlan", "?"), ("client", "u4"), ("server", "u4"), ("port", "u2"), ("service", "u2")]
)


@dataclass
class Traffic:
    """Packets as columns; payloads are ranges of ``pool``, which begins with noise."""

    rng: np.random.Generator
    pool: bytearray = field(default_factory=bytearray)
    flows: list[tuple[Any, ...]] = field(default_factory=list)
    parts: list[NDArray[Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.pool += self.rng.bytes(NOISE)

    def text(self, payload: bytes) -> tuple[int, int]:
        self.pool += payload
        return len(self.pool) - len(payload), len(payload)

    def noise(self, size: int) -> tuple[int, int]:
        return int(self.rng.integers(0, NOISE - size)), size

    def flow(self, service: int, *, tcp: bool = True, six: bool | None = None) -> int:
        rng = self.rng
        wide = bool(rng.random() < 0.1) if six is None else six
        client, server = 0xC0A80100 + int(rng.integers(0, 250)), 0xC6120000 + int(rng.integers(1, 8000))
        port = int(rng.integers(20000, 65000))
        self.flows.append((tcp, wide, bool(rng.random() < 0.05), client, server, port, service))
        return len(self.flows) - 1

    def add(self, flow: int, time: Any, down: Any, flags: Any, at: Any, size: Any) -> None:
        """Packets of one flow, in order; sequence numbers are counted up from the sizes."""
        part = np.zeros(len(time), PACKET)
        for name, values in (("time", time), ("down", down), ("flags", flags), ("at", at), ("size", size)):
            part[name] = values
        part["flow"] = flow
        part["time"] += EPOCH_US
        grows = part["size"] + ((part["flags"] & (SYN | FIN)) > 0)
        for side in (False, True):
            mine = part["down"] == side
            part["seq"][mine] = 1000 + np.cumsum(grows[mine]) - grows[mine]
        self.parts.append(part)

    def talk(
        self, service: int, start: int, turns: list[tuple[int, bool, tuple[int, int]]], *, tcp: bool = True
    ) -> None:
        """A conversation: (microseconds later, down, payload) in turn, with TCP's opening and closing around it."""
        rows = [(0, False, SYN, 0, 0), (20_000, True, SYN | ACK, 0, 0), (21_000, False, ACK, 0, 0)] if tcp else []
        time = rows[-1][0] if rows else 0
        for later, down, (at, size) in turns:
            time += later
            rows.append((time, down, ACK | PSH if tcp else 0, at, size))
        if tcp:
            rows += [(time + 10_000, False, FIN | ACK, 0, 0), (time + 20_000, True, FIN | ACK, 0, 0)]
        table = np.array(rows, np.int64).T
        self.add(self.flow(service, tcp=tcp), table[0] + start, table[1], table[2], table[3], table[4])

    def packets(self) -> NDArray[Any]:
        return np.concatenate(self.parts)
