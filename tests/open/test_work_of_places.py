"""How much a stated place takes on the whole way, from a packet to the judge: counted in calls and rows, on any machine."""

from __future__ import annotations

import struct
from pathlib import Path

import dpkt
import pytest

from iotwatch.decode.trackers.engine.checksums import crc16_x25
from iotwatch.detect.judge import judge
from iotwatch.open.pipeline import Job, analyse
from iotwatch.signatures import load
from iotwatch.store import Store
from tests.calls import calls_while
from tests.talks import talk

CALLS = {"json by mqtt": (575, 38, 90), "gt06": (275, 38, 90)}
"""Of one place: reading and observing, storing, judging. What it takes today, and a tenth."""
PLACES = 1.05
"""Rows of the table ``places``: its evidence, and what the whole capture has beside."""


def published(number: int) -> bytes:
    text = b'{"lat":%.5f,"lng":%.5f,"speed":%d}' % (48 + number * 1e-4, 11 + number * 1e-4, number % 90)
    body = struct.pack(">H", 9) + b"fleet/pos" + text
    return b"\x30" + bytes([len(body)]) + body


def reported(number: int) -> bytes:
    clock = bytes([24, 3, 17, number // 3600 % 24, number // 60 % 60, number % 60])
    place = struct.pack(">II", int((48 + number * 1e-4) * 1_800_000), int((11 + number * 1e-4) * 1_800_000))
    body = b"\x22" + clock + b"\xc9" + place + bytes.fromhex("00140001cc00287d001f7100") + struct.pack(">H", number)
    content = bytes([len(body) + 2]) + body
    return b"\x78\x78" + content + struct.pack(">H", crc16_x25(content)) + b"\r\n"


SAID = {"json by mqtt": published, "gt06": reported}


def capture(path: Path, dialect: str, count: int) -> Path:
    with path.open("wb") as file:
        writer = dpkt.pcap.Writer(file)
        sent = [SAID[dialect](number) for number in range(count)]
        for at, frame in talk(0, "192.168.1.20", "198.51.100.7", 1883 if dialect == "json by mqtt" else 5023, *sent):
            writer.writepkt(frame, at)
    return path


@pytest.mark.parametrize("dialect", SAID)
def test_a_place_takes_as_few_calls_and_rows_as_today(tmp_path: Path, dialect: str) -> None:
    signatures = load()
    calls, rows = [], []
    for count in (100, 100, 400):  # the first one loads and compiles what all need
        path, made = capture(tmp_path / f"{len(calls)}.pcap", dialect, count), []
        reading = calls_while(lambda path=path, made=made: made.append(analyse(Job(str(path), "car"), signatures)))
        assert len(made[0].positions) == count
        with Store(tmp_path / f"{len(calls)}.db") as store:
            run = store.runs.start("test", "", "")
            storing = calls_while(lambda store=store, made=made, run=run: store.sources.write(made[0], run))
            judging = calls_while(lambda store=store: judge(store, "car", signatures))
            rows.append(store.connection.execute("SELECT count(*) FROM places").fetchone()[0])
        calls.append((reading, storing, judging))
    each = tuple((more - less) / 300 for less, more in zip(calls[1], calls[2], strict=True))
    assert all(one <= most for one, most in zip(each, CALLS[dialect], strict=True)), each
    assert (rows[2] - rows[1]) / 300 <= PLACES
