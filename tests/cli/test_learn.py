"""``decode --learn``: a protocol that a known place proved in one car is read in the next without one."""

from __future__ import annotations

import json
import random
import struct
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.test_blind_search import captured, drive, reports
from tests.cli.test_known_position import KNOWN, datagrams, positions, scanned
from tests.command import run

NEXT = (-33.456789, -70.648321)
Made = Callable[[tuple[float, float], int, random.Random], bytes]


def frame(place: tuple[float, float], device: int, draw: random.Random) -> bytes:
    """Bytes of no protocol: a head, the device's number, noise, the place as 6e5 with two bytes between, noise of any length."""
    latitude, longitude = (round(half * 600_000) for half in place)
    return b"\x9e\x51" + struct.pack(">Q", device) + struct.pack("<Ii2xi", draw.getrandbits(32), latitude, longitude)


def text(place: tuple[float, float], device: int, draw: random.Random) -> bytes:
    """A text of no protocol: degrees and minutes with letters behind them."""
    halves = []
    for degrees, wide, letters in zip(place, (2, 3), ("NS", "EW"), strict=True):
        whole, part = divmod(abs(degrees), 1)
        halves.append(f"{int(whole):0{wide}d}{part * 60:07.4f}{letters[degrees < 0]}")
    return f"ZQX;{device:x};{draw.randrange(999)};{halves[0]}/{halves[1]};{draw.randrange(9)}\r\n".encode()


def sent(made: Made, place: tuple[float, float], device: int, number: int = 6) -> list[bytes]:
    draw = random.Random(device)
    return [
        made((place[0] + draw.uniform(-0.0003, 0.0003), place[1] + draw.uniform(-0.0003, 0.0003)), device, draw)
        for _ in range(number)
    ]


@pytest.mark.parametrize(("made", "kind"), [(frame, "frame"), (text, "text")])
def test_the_next_car_is_read_without_a_known_place(tmp_path: Path, made: Made, kind: str) -> None:
    here = tuple(map(float, KNOWN.split(",")))
    first = datagrams(tmp_path / "first.pcap", sent(made, (here[0], here[1]), 0x0A1B2C3D4E5F6071))
    scanned(tmp_path, first, "--known-position", KNOWN)
    learned = run(tmp_path, "decode", "--learn", "own")
    assert learned.returncode == 0, learned.stderr
    (file,) = (tmp_path / "own" / "dialects" / kind).iterdir()
    assert learned.stdout.split() == [str(file.relative_to(tmp_path))]
    assert file.stat().st_mode & 0o777 == 0o600
    checked = run(tmp_path, "signatures", "check", "--signatures", "own")
    assert checked.returncode == 0, checked.stderr
    assert "1 dialect(s) your own" in checked.stdout

    other = datagrams(tmp_path / "next.pcap", sent(made, NEXT, 0x7F00112233445566, 3))
    (finding,) = scanned(tmp_path, other, "--db", "next.db", "--signatures", "own", "--scope", "10.0.0.5")
    assert (finding["confidence"], finding["severity"]) == ("likely", "high")
    assert any(f"own/dialects/{kind}" in str(doubt) for doubt in finding["doubts"])  # type: ignore[attr-defined]
    rows = json.loads(run(tmp_path, "show", "position", "--format", "json", "--unmask", "--db", "next.db").stdout)
    assert [(row["latitude"], row["longitude"]) for row in rows] == [pytest.approx(NEXT, abs=0.0004)] * 3
    (asset,) = json.loads(run(tmp_path, "show", "asset", "--format", "json", "--db", "next.db").stdout)
    assert asset["verdict"] == "reports-location"


def test_what_teaches_nothing_is_told(tmp_path: Path) -> None:
    """One message, and messages that do not begin alike."""
    nothing = run(tmp_path, "decode", "--learn", "own")
    assert nothing.returncode != 0
    draw = random.Random(1)
    payloads = [draw.randbytes(2) + one[2:] for one in sent(frame, (48.858222, 2.2945), 5)]
    scanned(tmp_path, datagrams(tmp_path / "car.pcap", payloads), "--known-position", KNOWN)
    asked = run(tmp_path, "decode", "--learn", "own")
    assert asked.returncode == 4
    assert "do not begin alike" in asked.stderr
    assert not (tmp_path / "own").exists()


def test_what_only_moves_is_drafted_with_its_doubt(tmp_path: Path) -> None:
    scanned(tmp_path, captured(tmp_path / "car.pcap", reports(drive(30))))
    row = positions(tmp_path)[0]
    told = json.loads(run(tmp_path, "show", "position", str(row["id"]), "--format", "json", "--unmask").stdout)
    drafted = tomllib.loads("\n".join(told["draft"]))
    assert drafted["confidence"] == "possible"
    assert drafted["doubts"] == ["BY_MOVEMENT"]
    assert "at 10" in drafted["layout"]["frame"]
    assert "not known" in drafted["title"]
    assert run(tmp_path, "decode", "--learn", "own").returncode == 4, "nothing proves it"
