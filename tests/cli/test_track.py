"""``scan --track``: a whole drive is one proof, also where the tracker lags or a clock is off."""

from __future__ import annotations

import math
import random
import struct
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import reduce
from operator import xor
from pathlib import Path

import pytest

from tests.cli.test_known_position import BEGIN, datagrams, scanned
from tests.command import run

SECOND = 10  # between the datagrams of ``datagrams``


def drive(seconds: int) -> Iterator[tuple[int, float, float]]:
    """Each second of a drive of about 50 km/h with bends, from ``BEGIN`` on."""
    latitude, longitude = 47.3769, 8.5417
    for second in range(seconds):
        yield BEGIN + second, latitude, longitude
        heading = 0.8 * math.sin(second / 97) + second / 400
        latitude += 14 / 111_195 * math.cos(heading)
        longitude += 14 / 111_195 / math.cos(math.radians(latitude)) * math.sin(heading)


def gpx(path: Path, shift: int = 0) -> Path:
    points = "".join(
        f'<trkpt lat="{latitude:.6f}" lon="{longitude:.6f}"><time>{_iso(time + shift)}</time></trkpt>'
        for time, latitude, longitude in drive(600)
        if time % 4 == 0
    )
    path.write_text(f'<?xml version="1.0"?><gpx version="1.1"><trk><trkseg>{points}</trkseg></trk></gpx>')
    return path


def _iso(time: int) -> str:
    return datetime.fromtimestamp(time, UTC).isoformat().replace("+00:00", "Z")


def nmea(path: Path) -> Path:
    lines = []
    for time, latitude, longitude in drive(600):
        if time % 4 == 0:
            day = datetime.fromtimestamp(time, UTC)
            said = f"GPRMC,{day:%H%M%S}.00,A,{_dm(latitude, 2)},N,{_dm(longitude, 3)},E,27.0,90.0,{day:%d%m%y},,,A"
            lines.append(f"${said}*{reduce(xor, said.encode()):02X}")
    path.write_text("\r\n".join(lines) + "\r\n")
    return path


def _dm(degrees: float, digits: int) -> str:
    return f"{int(degrees):0{digits}d}{degrees % 1 * 60:08.5f}"


def table(path: Path) -> Path:
    rows = [f"{_iso(time)},{latitude:.6f},{longitude:.6f}" for time, latitude, longitude in drive(600) if time % 5 == 0]
    path.write_text("\n".join(["Time,Lat,Lon", *rows]) + "\n")
    return path


def tracker(lag: int) -> list[bytes]:
    """What a tracker of an unknown protocol says each ten seconds, some seconds late."""
    noise, made = random.Random(2), []
    for time, latitude, longitude in drive(590):
        if (time - BEGIN) % SECOND == 0:
            place = struct.pack(">ii", round(longitude * 1.8e6), round(latitude * 1.8e6))
            made.append(b"\x1d\x02" + noise.randbytes(11) + place + noise.randbytes(7))
    return [b"\x1d\x02" + noise.randbytes(26)] * (lag // SECOND) + made


@pytest.mark.parametrize("write", [gpx, nmea, table])
def test_a_drive_is_one_proof(tmp_path: Path, write: object) -> None:
    file = datagrams(tmp_path / "car.pcap", tracker(lag=40))
    (finding,) = scanned(tmp_path, file, "--track", write(tmp_path / "drive"))  # type: ignore[operator]
    assert finding["confidence"] == "certain"
    assert finding["facts"]["positions"] == 59  # type: ignore[index]
    assert finding["facts"]["extent_m"] > 2000  # type: ignore[index]


def test_clocks_hours_apart_are_a_doubt(tmp_path: Path) -> None:
    file = datagrams(tmp_path / "car.pcap", tracker(lag=0))
    (finding,) = scanned(tmp_path, file, "--track", gpx(tmp_path / "drive.gpx", shift=-7200))
    assert finding["facts"]["positions"] == 59  # type: ignore[index]
    assert any("about +2 h beside" in str(doubt) for doubt in finding["doubts"])  # type: ignore[attr-defined]


def test_the_drive_of_another_day_proves_less(tmp_path: Path) -> None:
    """What was said days before the car came by is not its place of that drive."""
    file = datagrams(tmp_path / "car.pcap", tracker(lag=0))
    assert scanned(tmp_path, file, "--track", gpx(tmp_path / "drive.gpx", shift=3 * 86_400)) == []


def test_the_case_file_names_tracks_beside_it(tmp_path: Path) -> None:
    (tmp_path / "sweep").mkdir()
    gpx(tmp_path / "sweep" / "drive.gpx")
    case = tmp_path / "sweep" / "case.toml"
    case.write_text('tracks = ["drive.gpx"]\n')
    file = datagrams(tmp_path / "car.pcap", tracker(lag=0))
    (finding,) = scanned(tmp_path, file, "--case", case)
    assert finding["confidence"] == "certain"
    case.write_text('tracks = ["gone.gpx"]\n')
    asked = run(tmp_path, "scan", file, "--case", case)
    assert asked.returncode == 2
    assert "cannot read the track" in asked.stderr


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("time,lat,lon\n2026-01-31T10:00:00Z,47.1,8.1\n", "fewer than two points"),
        (
            "2026-01-31T10:00:00Z,47.1,8.1\n2026-01-31T10:00:09,47.1,8.1\n",
            "line 2: 2026-01-31T10:00:09 needs an offset",
        ),
        ("time,lat,lon\n2026-01-31T10:00:00Z,97.1,8.1\n2026-01-31T10:00:09Z,97.1,8.1\n", "not on the globe"),
        ("time,lat,lon\n1,2\n", "line 2: a time, a latitude and a longitude are needed"),
        ("time,lat,lon\n1,inf,2\n2,1,2\n", "the track"),
        ('time,lat,lon\n"' + "a" * 200_000 + '",1,2\n', "is no CSV"),
        ("", "fewer than two points"),
        ("\n".join(f"{n},{n / 500 - 60:.5f},8.0" for n in range(5000)), "a larger --radius has fewer"),
    ],
)
def test_what_is_no_track_is_told(tmp_path: Path, content: str, told: str) -> None:
    (tmp_path / "drive.csv").write_text(content)
    asked = run(tmp_path, "scan", datagrams(tmp_path / "car.pcap", []), "--track", tmp_path / "drive.csv")
    assert asked.returncode == 2
    assert told in asked.stderr


@pytest.mark.parametrize("radius", ["0", "-5", "nan"])
def test_a_radius_of_no_use_is_told(tmp_path: Path, radius: str) -> None:
    file = datagrams(tmp_path / "car.pcap", [])
    asked = run(tmp_path, "scan", file, "--track", table(tmp_path / "drive.csv"), "--radius", radius)
    assert asked.returncode == 2
    assert "of no use" in asked.stderr
