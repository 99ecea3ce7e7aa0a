"""Streams of a capture made with dpkt alone, so that decoders are tested apart from our own reader."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from iotwatch.read.stream import Flow, Stream

Key = tuple[str, str, int, str, int]
OFFSET = 24


def _captured(path: Path):
    import dpkt

    with path.open("rb") as file:
        magic = file.read(4)
        file.seek(0)
        reader = (dpkt.pcapng if magic == b"\x0a\x0d\x0d\x0a" else dpkt.pcap).Reader(file)
        link = reader.datalink()
        for number, (when, raw) in enumerate(reader, 1):
            yield number, int(when * 1e6), link, raw


def _transport(link: int, raw: bytes):
    import dpkt

    readers = {1: dpkt.ethernet.Ethernet, 101: dpkt.ip.IP, 113: dpkt.sll.SLL, 0: dpkt.loopback.Loopback}
    try:
        packet = readers[link](raw) if link in readers else None
        packet = packet if isinstance(packet, dpkt.ip.IP | dpkt.ip6.IP6) else getattr(packet, "data", None)
        if not isinstance(packet, dpkt.ip.IP | dpkt.ip6.IP6):
            return None
        inner = packet.data
        if isinstance(inner, dpkt.tcp.TCP | dpkt.udp.UDP):
            name = "tcp" if isinstance(inner, dpkt.tcp.TCP) else "udp"
            return (
                name,
                packet.src.hex(),
                inner.sport,
                packet.dst.hex(),
                inner.dport,
                getattr(inner, "seq", 0),
                bytes(inner.data),
            )
    except (dpkt.UnpackError, IndexError, ValueError):
        return None
    return None


def _ordered(pieces: list[tuple[int, int, int, bytes]]) -> list[tuple[int, int, bytes, bool]]:
    """TCP pieces in order without overlaps: ``(frame, time, bytes, whether a gap stands before)``."""
    if not pieces:
        return []
    base = pieces[0][2]
    pieces = sorted(pieces, key=lambda piece: (((piece[2] - base + 2**31) % 2**32), piece[0]))
    following, out = pieces[0][2], []
    for frame, when, seq, data in pieces:
        behind = (following - seq + 2**31) % 2**32 - 2**31
        if behind >= len(data):
            continue
        out.append((frame, when, data[max(behind, 0) :], behind < 0))
        following = (seq + len(data)) % 2**32
    return out


def _stream(key: Key, pieces: list[tuple[int, int, bytes, bool]], index: int) -> Stream:
    name, source, sport, target, dport = key
    up = dport <= sport
    ends = (source, sport, target, dport) if up else (target, dport, source, sport)
    starts = np.cumsum([0, *(len(piece[2]) for piece in pieces)])[:-1].astype(np.int64)
    gaps = tuple((int(at), 1) for at, piece in zip(starts, pieces, strict=True) if piece[3])
    return Stream(
        data=b"".join(piece[2] for piece in pieces),
        starts=starts,
        offsets=starts + OFFSET,
        frames=np.array([piece[0] for piece in pieces], np.int64),
        times=np.array([piece[1] for piece in pieces], np.int64),
        kind=name,
        flow=Flow(index, name, *ends),
        up=up,
        datagram=name == "udp",
        gaps=gaps,
    )


@pytest.fixture(scope="session")
def streams_of() -> Callable[[Path], list[Stream]]:
    """A function that gives both directions of every TCP and UDP conversation of a capture."""

    def read(path: Path) -> list[Stream]:
        found: dict[Key, list[tuple[int, int, int, bytes]]] = {}
        for number, when, link, raw in _captured(path):
            got = _transport(link, raw)
            if got and got[-1]:
                *key, seq, data = got
                found.setdefault(tuple(key), []).append((number, when, seq, data))
        streams = []
        for index, (key, pieces) in enumerate(found.items()):
            unordered = [(frame, when, data, False) for frame, when, _, data in pieces]
            ordered = _ordered(pieces) if key[0] == "tcp" else unordered
            if ordered:
                streams.append(_stream(key, ordered, index))
        return streams

    return read


@pytest.fixture(scope="session")
def datagrams() -> Callable[..., Stream]:
    """A function that makes a UDP stream of datagrams, with the server's port when one is given."""

    def make(*payloads: bytes, port: int = 0, up: bool = True) -> Stream:
        starts = np.cumsum([0, *(len(payload) for payload in payloads)])[:-1].astype(np.int64)
        return Stream(
            data=b"".join(payloads),
            starts=starts,
            offsets=starts + OFFSET,
            frames=np.arange(1, len(payloads) + 1, dtype=np.int64),
            times=np.arange(len(payloads), dtype=np.int64) * 1_000_000,
            kind="udp",
            flow=Flow(0, "udp", "192.0.2.7", 50000, "198.51.100.1", port) if port else None,
            up=up,
            datagram=True,
        )

    return make


@pytest.fixture(scope="session")
def traits_of() -> Callable[..., list[tuple[str, str, bytes]]]:
    """A function that gives ``(kind, value, the very bytes)`` of every trait, in order; of one kind when it is named."""

    def give(messages, kind: str = "") -> list[tuple[str, str, bytes]]:
        return [
            (trait.kind, trait.value, message.stream.data[slice(*trait.span)])
            for message in messages
            for trait in message.traits
            if kind in ("", trait.kind)
        ]

    return give
