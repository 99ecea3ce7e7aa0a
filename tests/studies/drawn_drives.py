"""Drives, and what a car's network carries meanwhile, drawn at random: packets as a capture keeps them, tracks as a logger writes.

It knows nothing of what looks at them: people browse, stream, and start and stop their music as they get in and out; devices ask
for the time and keep their connections; some car has a tracker that speaks TLS. Bytes behind the TCP header are random.
"""

from __future__ import annotations

import math
import random
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

START = 1_780_000_000.0
_SNAP = 120


@dataclass
class Trip:
    """``legs`` are (moves, seconds) in turn; ``track`` is (seconds, east, north, speed) once a second, of the true way."""

    legs: list[tuple[bool, float]]
    track: list[tuple[float, float, float, float]] = field(default_factory=list)
    turns: list[float] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        return sum(length for _, length in self.legs)

    @property
    def spans(self) -> list[tuple[bool, float, float]]:
        spans, at = [], 0.0
        for moves, length in self.legs:
            spans.append((moves, at, at + length))
            at += length
        return spans

    def moves(self, second: float) -> bool:
        return any(moves and first <= second < last for moves, first, last in self.spans)


@dataclass
class Packet:
    time: float
    client: int  # last byte of the client's address
    port: int
    server: str
    server_port: int
    down: bool
    size: int


def trip(draw: random.Random, legs: list[tuple[bool, float]]) -> Trip:
    """Along streets that meet at right angles or so, at a speed that changes; lights stop the car for less than a minute."""
    made = Trip(legs)
    east = north = speed = 0.0
    heading, left, target, light = draw.uniform(0, 360), draw.uniform(80, 600), draw.uniform(7, 16), 0.0
    for moves, first, last in made.spans:
        for second in range(int(first), int(last)):
            if not moves:
                speed = 0.0
            elif light > 0:
                light -= 1
                speed = 0.0
            else:
                brakes = last - second < 8
                speed = max(1.0, speed - 3) if brakes else min(target, speed + 1.6) + draw.uniform(-0.4, 0.4)
                left -= max(speed, 0.0)
                if left < 0:
                    heading += draw.choice((-90, 90, -45, 60, 0, 0)) + draw.uniform(-8, 8)
                    left, target = draw.uniform(80, 900), draw.uniform(7, 19)
                    speed *= 0.5
                    light = draw.uniform(5, 40) if draw.random() < 0.3 else 0.0
                speed = max(speed, 0.0)
            east += speed * math.sin(math.radians(heading))
            north += speed * math.cos(math.radians(heading))
            made.track.append((second, east, north, speed))
    return made


def short_trip(draw: random.Random) -> Trip:
    """Twenty minutes of driving with two stops of some minutes between."""
    first, second = sorted(draw.uniform(240, 960) for _ in range(2))
    if second - first < 180:
        first, second = 360.0, 800.0
    stops = [draw.uniform(150, 420) for _ in range(2)]
    return trip(
        draw, [(True, first), (False, stops[0]), (True, second - first), (False, stops[1]), (True, 1200 - second)]
    )


def long_trip(draw: random.Random) -> Trip:
    """Three legs with two stops of twenty minutes."""
    legs = [draw.uniform(420, 1500) for _ in range(3)]
    return trip(draw, [(True, legs[0]), (False, 1200), (True, legs[1]), (False, 1200), (True, legs[2])])


class _Talks:
    """Packets of everybody, drawn talk by talk."""

    def __init__(self, draw: random.Random) -> None:
        self.draw = draw
        self.packets: list[Packet] = []
        self._port = 40_000

    def port(self) -> int:
        self._port += 1
        return self._port

    def exchange(
        self, time: float, client: int, port: int, server: str, up: int, down: int, server_port: int = 443
    ) -> None:
        """A request of ``up`` bytes and an answer of ``down``."""
        self.packets.append(Packet(time, client, port, server, server_port, down=False, size=up))
        at = time + self.draw.uniform(0.02, 0.12)
        while down > 0:
            size = min(down, 1380)
            self.packets.append(Packet(at, client, port, server, server_port, down=True, size=size))
            down -= size
            at += self.draw.uniform(0.0005, 0.004)


def background(draw: random.Random, made: Trip, *, streams: str = "people") -> list[Packet]:
    """What a car's network carries without a tracker.

    ``streams`` is ``people`` (a session or two, often begun and ended as somebody gets in and out), ``driving`` (at every leg and
    only then) or ``none``.
    """
    talks = _Talks(draw)
    _time(talks, made)
    _push(talks, made)
    for _ in range(draw.randint(1, 3)):
        _browsing(talks, made)
    _sync(talks, made)
    if streams == "driving":
        for moves, first, last in made.spans:
            if moves:
                _stream(talks, "198.51.100.80", first + draw.uniform(3, 25), last + draw.uniform(-5, 20))
    elif streams == "people":
        _music(talks, made)
    return talks.packets


def _time(talks: _Talks, made: Trip) -> None:
    for client, every in ((30, 64.0), (20, 1024.0), (31, 256.0)):
        at, port = talks.draw.uniform(0, every), talks.port()
        while at < made.seconds:
            talks.exchange(at, client, port, f"192.0.2.{client}", 48, 48, 123)
            at += every + talks.draw.uniform(-0.5, 0.5)


def _push(talks: _Talks, made: Trip) -> None:
    """Connections that are kept, with a message now and then."""
    for client, server, every in ((20, "198.51.100.5", 240.0), (30, "198.51.100.6", 55.0), (31, "198.51.100.7", 28.0)):
        at, port = talks.draw.uniform(0, every), talks.port()
        while at < made.seconds:
            talks.exchange(at, client, port, server, talks.draw.randint(28, 34), 31)
            at += every * talks.draw.uniform(0.97, 1.03)
        for _ in range(int(made.seconds / 400)):
            talks.exchange(talks.draw.uniform(0, made.seconds), client, port, server, talks.draw.randint(60, 900), 600)


def _browsing(talks: _Talks, made: Trip) -> None:
    """Pages as they are read; a page asks several hosts, some of them the same for all pages."""
    draw = talks.draw
    at = draw.expovariate(1 / 200)
    own = [f"203.0.113.{draw.randint(10, 200)}" for _ in range(6)]
    while at < made.seconds:
        until = at + draw.lognormvariate(math.log(240), 0.8)
        while at < min(until, made.seconds):
            for server in {*draw.sample(own, 2), "203.0.113.1", *(["203.0.113.2"] if draw.random() < 0.6 else [])}:
                port, time = talks.port(), at + draw.uniform(0, 1.5)
                for _ in range(draw.randint(1, 5)):
                    talks.exchange(time, 20, port, server, draw.randint(200, 900), draw.randint(500, 20_000))
                    time += draw.expovariate(2)
            at += draw.lognormvariate(math.log(25), 0.9)
        at += draw.expovariate(1 / 300)


def _sync(talks: _Talks, made: Trip) -> None:
    """Uploads of some seconds, sometimes."""
    at, port = talks.draw.expovariate(1 / 600), talks.port()
    while at < made.seconds:
        for _ in range(talks.draw.randint(3, 40)):
            talks.exchange(at, 20, port, "198.51.100.60", 1380, 60)
            at += talks.draw.uniform(0.05, 0.8)
        at += talks.draw.expovariate(1 / 700)


def _music(talks: _Talks, made: Trip) -> None:
    """One or two sessions; of half of them somebody presses the button who just got in, and stops it as he gets out."""
    draw = talks.draw
    for server in ("198.51.100.80", "198.51.100.81")[: draw.randint(1, 2)]:
        if draw.random() < 0.5:
            begin = draw.uniform(0, made.seconds * 0.7)
            _stream(talks, server, begin, begin + draw.lognormvariate(math.log(700), 0.6))
            continue
        begin = None
        for moves, first, last in made.spans:
            if moves and begin is None and draw.random() < 0.8:
                begin = first + draw.uniform(5, 90)
            if moves and begin is not None and draw.random() < 0.5:
                _stream(talks, server, begin, last + draw.uniform(2, 60))
                begin = None
        if begin is not None:
            _stream(talks, server, begin, made.seconds)


def _stream(talks: _Talks, server: str, first: float, last: float) -> None:
    at, port = first, talks.port()
    while at < last:
        talks.exchange(at, 20, port, server, talks.draw.randint(300, 420), talks.draw.randint(12_000, 20_000))
        at += talks.draw.choice((5, 5, 5, 10)) * talks.draw.uniform(0.9, 1.1)


def tracker(draw: random.Random, made: Trip, kind: str) -> list[Packet]:
    """What a tracker says that reports by ``kind``: time, distance, angle, edges or size. It notices some seconds late."""
    talks, lag = _Talks(draw), draw.uniform(0, 12)
    for at, size in _REPORTS[kind](draw, made, lag):
        talks.exchange(at + draw.uniform(0, 1), 40, 39_999, "203.0.113.250", size or draw.randint(170, 200), 45)
    return talks.packets


_Reports = Iterator[tuple[float, int]]


def _by_time(draw: random.Random, made: Trip, lag: float) -> _Reports:
    for moves, first, last in made.spans:
        at = first + lag + draw.uniform(0, 30)
        while moves and at < last + lag:
            yield at, 0
            at += 30


def _by_distance(_: random.Random, made: Trip, lag: float) -> _Reports:
    gone = 0.0
    for second, _, _, speed in made.track:
        gone += speed
        if gone >= 300:
            yield second + lag / 4, 0
            gone = 0.0


def _by_angle(_: random.Random, made: Trip, lag: float) -> _Reports:
    held = None
    for (second, east, north, speed), (_, east_now, north_now, _) in zip(made.track, made.track[3:], strict=False):
        if speed < 2:
            continue
        heading = math.degrees(math.atan2(east_now - east, north_now - north))
        if held is None or abs((heading - held + 180) % 360 - 180) >= 35:
            yield second + 3 + lag / 4, 0
            held = heading


def _by_edges(_: random.Random, made: Trip, lag: float) -> _Reports:
    for _, first, _ in made.spans[1:]:
        yield first + lag + 2, 0
        yield first + lag + 20, 0


def _by_size(draw: random.Random, made: Trip, lag: float) -> _Reports:
    at = draw.uniform(0, 20)
    while at < made.seconds:
        yield at, draw.randint(280, 330) if made.moves(at - lag) else draw.randint(60, 75)
        at += 20


_REPORTS: dict[str, Callable[[random.Random, Trip, float], _Reports]] = {
    "time": _by_time,
    "distance": _by_distance,
    "angle": _by_angle,
    "edges": _by_edges,
    "size": _by_size,
}


def capture(draw: random.Random, packets: list[Packet], path: Path) -> None:
    """Write the packets as pcap of bare IPv4, cut as a sniffer with a snap length cuts them."""
    sequence: dict[tuple[int, int, str, bool], int] = {}
    with path.open("wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, _SNAP, 101))
        for one in sorted(packets, key=lambda one: one.time):
            here = bytes((10, 0, 0, one.client))
            there = bytes(int(part) for part in one.server.split("."))
            ends = (there, here) if one.down else (here, there)
            ports = (one.server_port, one.port) if one.down else (one.port, one.server_port)
            if one.server_port == 123:
                above, protocol = struct.pack(">HHHH", *ports, 8 + one.size, 0), 17
            else:
                key = (one.client, one.port, one.server, one.down)
                number = sequence.get(key, 1)
                sequence[key] = number + one.size
                answered = sequence.get((one.client, one.port, one.server, not one.down), 1)
                above = struct.pack(">HHIIBBHHH", *ports, number, answered, 0x50, 0x18, 4096, 0, 0)
                protocol = 6
            record = struct.pack(">BBH", 0x17, 3, 3) + struct.pack(">H", max(one.size - 5, 0))
            body = record if protocol == 6 else b""
            body = (body + draw.randbytes(min(one.size, _SNAP)))[: one.size]
            total = 20 + len(above) + one.size
            packet = struct.pack(">BBHHHBBH4s4s", 0x45, 0, total, 0, 0, 64, protocol, 0, *ends) + above + body
            packet = packet[: min(_SNAP, total)]
            time = START + one.time
            file.write(struct.pack("<IIII", int(time), int(time % 1 * 1e6), len(packet), total) + packet)


def track_file(draw: random.Random, made: Trip, path: Path) -> None:
    """Write what a logger in the car writes once a second, some metres off."""
    lines = ["time,lat,lon"]
    for second, east, north, _ in made.track:
        latitude = 50 + (north + draw.gauss(0, 1.5)) / 111_320
        longitude = 8 + (east + draw.gauss(0, 1.5)) / (111_320 * math.cos(math.radians(50)))
        lines.append(f"{START + second:.0f},{latitude:.7f},{longitude:.7f}")
    path.write_text("\n".join(lines) + "\n")
