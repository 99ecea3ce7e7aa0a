"""What the location layer finds and does not find: gpsd's logs through a whole scan, and bytes that hold no place at all.

    python -m tests.studies.location_study [--megabytes N] [--write]

prints two tables; ``--write`` puts them into ``docs/location.md``. Bytes without a place are handed to the same code as flows:
random bytes, and ordinary text, HTML, JSON and TLS records of invented content, seeded, so that every run sees the same. A claim
is a position or a list of at least ``likely``.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from msgspec.structs import replace

from iotwatch.decode import decode
from iotwatch.model import Confidence, Position
from iotwatch.observe import Collector, observe_message
from iotwatch.open.pipeline import Job, analyse
from iotwatch.read.stream import Flow, Stream, from_bytes
from iotwatch.signatures import load
from tests.corpus import FOLDER

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs" / "location.md"
BEGIN, END = "<!-- made by tests/studies/location_study.py -->", "<!-- end -->"
NEAR = 0.0005
SHORTEST, LONGEST = 24, 32_768
"""Bytes of a flow, drawn evenly over the powers of two."""
_PROSE = (
    "the of and to in a is that it for on with as was are be this by from at have or not they which one you had but what all"
    " were when there can more if no out do so up about into than them some could time these two may then first any my now such"
    " like other how its our over people man me even most after also did many before must through years where much your way"
    " long latitude longitude position location map route speed road city street number version request answer session key"
)
WORDS = _PROSE.split()


def _sentence(draw: random.Random) -> str:
    return " ".join(draw.choices(WORDS, k=draw.randint(5, 18))).capitalize() + draw.choice((".", ".", "?", ";"))


def _text(draw: random.Random, size: int) -> bytes:
    lines: list[str] = []
    while len(lines) * 40 < size:
        lines.append(_sentence(draw) + f" {draw.randint(1, 99999)} items, {draw.uniform(0, 500):.2f} EUR, {_day(draw)}")
    return "\n".join(lines).encode()[:size]


def _day(draw: random.Random) -> str:
    date = f"20{draw.randint(10, 29)}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}"
    return f"{date} {draw.randint(0, 23):02}:{draw.randint(0, 59):02}"


def _html(draw: random.Random, size: int) -> bytes:
    parts = ["<!DOCTYPE html><html><head><title>", _sentence(draw), "</title></head><body>"]
    while len(parts) * 160 < size:
        parts.append(
            f'<div class="c{draw.randint(1, 99)}" style="left:{draw.uniform(0, 99):.4f}%;top:{draw.uniform(0, 99):.4f}%">'
            f'<a href="/p/{draw.randint(1, 10**6)}?id={draw.getrandbits(48):x}&amp;w={draw.randint(1, 999)}">{_sentence(draw)}</a>'
            f'<svg viewBox="0 0 24 24"><path d="M{draw.uniform(0, 24):.3f} {draw.uniform(0, 24):.3f}l-5.917-5.917"/></svg></div>'
        )
    return "".join(parts).encode()[:size]


def _json(draw: random.Random, size: int) -> bytes:
    rows: list[object] = []
    while len(rows) * 150 < size:
        rows.append(
            {
                "id": draw.getrandbits(40),
                "name": _sentence(draw),
                "price": round(draw.uniform(0, 900), 2),
                "ratio": draw.random(),
                "at": _day(draw),
                "tags": draw.sample(WORDS, 3),
                "size": [draw.randint(1, 4000), draw.randint(1, 4000)],
                "ok": draw.random() < 0.5,
                "latency_ms": round(draw.uniform(1, 300), 3),
                "hash": f"{draw.getrandbits(128):032x}",
            }
        )
    return json.dumps(rows).encode()[:size]


def _tls(draw: random.Random, size: int) -> bytes:
    out = bytearray()
    while len(out) < size:
        length = draw.randint(64, 4000)
        out += b"\x17\x03\x03" + length.to_bytes(2, "big") + draw.randbytes(length)
    return bytes(out[:size])


def _random(draw: random.Random, size: int) -> bytes:
    return draw.randbytes(size)


KINDS: dict[str, Callable[[random.Random, int], bytes]] = {
    "random": _random,
    "text": _text,
    "html": _html,
    "json": _json,
    "tls": _tls,
}


def _in_http(draw: random.Random, kind: str, body: bytes) -> bytes:
    """Every other time a request or an answer around it, as such content travels."""
    if kind not in ("text", "html", "json") or draw.random() < 0.5:
        return body
    head = (
        "POST /upload HTTP/1.1\r\nHost: www.example\r\n" if draw.random() < 0.5 else "HTTP/1.1 200 OK\r\nServer: x\r\n"
    )
    form = {"text": "text/plain", "html": "text/html", "json": "application/json"}[kind]
    return f"{head}Content-Type: {form}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def flow(data: bytes, number: int, size: int) -> Stream:
    """A TCP stream of segments, every third time datagrams of ``size``; from a private client to a public far end."""
    datagram = number % 3 == 2
    size = size if datagram else 1400
    starts = np.arange(0, max(len(data), 1), size, dtype=np.int64)
    ends = Flow(number, "udp" if datagram else "tcp", "192.168.1.20", 40000, "198.51.100.9", 1024 + number % 60000)
    return replace(
        from_bytes(data),
        starts=starts,
        offsets=starts,
        frames=np.arange(1, len(starts) + 1, dtype=np.int64),
        times=starts * 1000,
        kind=ends.transport,
        flow=ends,
        datagram=datagram,
    )


def claims(kind: str, megabytes: float, seed: int = 4711) -> tuple[Counter[str], list[Position]]:
    """Positions by confidence in ``megabytes`` of that kind, and those of at least ``likely``."""
    draw, counts, sure = random.Random(seed), Counter[str](), []
    left, number = megabytes * 1e6, 0
    while left > 0:
        size, number = int(SHORTEST * (LONGEST / SHORTEST) ** draw.random()), number + 1
        left -= size
        collector = Collector()
        todo = [flow(_in_http(draw, kind, KINDS[kind](draw, size)), number, draw.randint(12, 1400))]
        while todo:
            for message in decode(todo.pop()):
                observe_message(message, collector)
                if message.body is not None:
                    todo.append(message.body)
        for position in collector.positions():
            counts[position.confidence.name.lower()] += 1
            if position.confidence >= Confidence.LIKELY:
                sure.append(position)
    return counts, sure


def gpsd_logs() -> Iterator[tuple[str, int, int]]:
    """Each log of gpsd's, how many fixes gpsd states in it, and how many of those a scan of the file finds."""
    folder = FOLDER / "positions"
    signatures = load()
    with (folder / "gpsd-expected.jsonl").open() as lines:
        for row in map(json.loads, lines):
            name = str(row.get("file") or row.get("log") or row.get("name"))
            expected = row.get("fixes") or row.get("expected") or []
            file = next(path for path in (folder / "gpsd-logs" / Path(name).name, folder / name) if path.is_file())
            stated = analyse(Job(str(file), "log", named=True), signatures, "0" * 64).positions
            places = [
                (one.latitude, one.longitude)
                for one in stated
                if one.latitude is not None and one.longitude is not None
            ]
            yield Path(name).name, len(expected), sum(_found(fix, places) for fix in expected)


def _found(fix: dict[str, float], places: list[tuple[float, float]]) -> bool:
    return any(abs(fix["lat"] - one) < NEAR and abs(fix["lon"] - two) < NEAR for one, two in places)


def report(megabytes: float) -> Iterator[str]:
    """The lines of both tables."""
    rows = list(gpsd_logs())
    expected, found = sum(row[1] for row in rows), sum(row[2] for row in rows)
    yield "| gpsd's logs through a scan | fixes that gpsd states | found within 0.0005 degrees |"
    yield "|---|---|---|"
    yield f"| {len(rows)} logs | {expected} | {found} ({100 * found / max(expected, 1):.1f} %) |"
    yield from (f"| {name} | {wanted} | {had} |" for name, wanted, had in rows if had < wanted)
    yield ""
    yield f"| as flows of {SHORTEST} to {LONGEST} bytes | MB | claims `certain` | `likely` | `possible` |"
    yield "|---|---|---|---|---|"
    for kind in KINDS:
        amount = megabytes if kind == "random" else megabytes / (len(KINDS) - 1)
        counts, sure = claims(kind, amount)
        yield f"| {kind} | {amount:g} | {counts['certain']} | {counts['likely']} | {counts['possible']} |"
        for one in sure[:10]:
            print("   ", one.dialect, one.method, one.confidence.name, one.evidence.excerpt[:80], one.doubts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "--megabytes", type=float, default=8.0, help="random bytes, and as many of the ordinary ones together"
    )
    parser.add_argument("--write", action="store_true")
    wanted = parser.parse_args()
    lines = []
    for line in report(wanted.megabytes):
        print(line, flush=True)
        lines.append(line)
    if wanted.write:
        head, _, rest = PAGE.read_text().partition(BEGIN)
        PAGE.write_text(head + BEGIN + "\n" + "\n".join(lines) + "\n" + END + rest.partition(END)[2])


if __name__ == "__main__":
    main()
