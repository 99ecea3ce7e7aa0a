"""Memory of twenty made head units: what each keeps of where it was, in the forms that such units use, with the truth beside it.

Every unit also knows a paired phone by its owner's name, which is nobody's business.
"""

from __future__ import annotations

import json
import random
import sqlite3
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import reduce
from operator import xor
from pathlib import Path

from tests.tars import make_tar

BYSTANDER = "Ottilie's phone"
HOST = "tcu.maker.invalid"


@dataclass(frozen=True)
class Point:
    latitude: float
    longitude: float
    time: datetime


@dataclass(frozen=True)
class Unit:
    """The files of a unit, the places that they state, and how many of them its own record says to be sent and waiting."""

    name: str
    files: dict[str, bytes]
    places: tuple[Point, ...]
    sent: int = 0
    waiting: int = 0


def drive(draw: random.Random, count: int = 12) -> tuple[Point, ...]:
    latitude, longitude = draw.choice((-1, 1)) * draw.uniform(20, 60), draw.choice((-1, 1)) * draw.uniform(20, 150)
    begun = 1_700_000_000 + draw.randrange(30_000_000)
    return tuple(
        Point(
            round(latitude + 0.0013 * n, 6),
            round(longitude - 0.0017 * n, 6),
            datetime.fromtimestamp(begun + 60 * n, UTC),
        )
        for n in range(count)
    )


def database(tables: dict[str, tuple[str, Sequence[tuple[object, ...]]]], folder: Path, *, log: bool = False) -> bytes:
    """An SQLite file as the library writes it, with the paired phones beside ``tables`` (name: columns and rows)."""
    path = folder / "made.db"
    path.unlink(missing_ok=True)
    store = sqlite3.connect(path)
    if log:
        store.execute("PRAGMA journal_mode = WAL")
    phones = {
        "paired_devices": ("id INTEGER PRIMARY KEY, name TEXT, address TEXT", [(1, BYSTANDER, "02:11:22:33:44:55")])
    }
    for name, (columns, rows) in (tables | phones).items():
        store.execute(f'CREATE TABLE "{name}" ({columns})')
        store.executemany(f'INSERT INTO "{name}" VALUES ({",".join("?" * len(rows[0]))})', rows)
    store.commit()
    store.close()
    return path.read_bytes()


def seconds(one: Point) -> int:
    return int(one.time.timestamp())


def nmea(one: Point) -> str:
    def half(value: float, width: int) -> str:
        whole = int(abs(value))
        return f"{whole:0{width}d}{(abs(value) - whole) * 60:08.5f}"

    sides = "N" if one.latitude > 0 else "S", "E" if one.longitude > 0 else "W"
    place = f"{half(one.latitude, 2)},{sides[0]},{half(one.longitude, 3)},{sides[1]}"
    text = f"GPRMC,{one.time:%H%M%S}.00,A,{place},20.1,90.0,{one.time:%d%m%y},,,A"
    return f"${text}*{reduce(xor, text.encode()):02X}\r\n"


Form = Callable[[tuple[Point, ...], Path], tuple[dict[str, bytes], int, int]]


def real_columns(track: tuple[Point, ...], folder: Path) -> tuple[dict[str, bytes], int, int]:
    rows = [(n, one.latitude, one.longitude, seconds(one)) for n, one in enumerate(track)]
    table = {"track_points": ("id INTEGER PRIMARY KEY, lat REAL, lon REAL, timestamp INTEGER", rows)}
    return {"data/data/com.maker.nav/databases/nav.db": database(table, folder)}, 0, 0


def scaled_columns(track: tuple[Point, ...], folder: Path) -> tuple[dict[str, bytes], int, int]:
    rows = [
        (n, round(one.latitude * 1e7), round(one.longitude * 1e7), 1000 * seconds(one)) for n, one in enumerate(track)
    ]
    table = {"fix": ("id INTEGER PRIMARY KEY, latitude_e7 INTEGER, longitude_e7 INTEGER, utc_ms INTEGER", rows)}
    return {"var/lib/telematics/fixes.sqlite": database(table, folder, log=True)}, 0, 0


def text_columns(track: tuple[Point, ...], folder: Path) -> tuple[dict[str, bytes], int, int]:
    rows = [(f"{one.latitude:.6f}", f"{one.longitude:.6f}", one.time.isoformat()) for one in track]
    table = {"LocationHistory": ("latitude TEXT, longitude TEXT, time TEXT", rows)}
    return {"data/user_de/0/com.maker.hmi/databases/history": database(table, folder)}, 0, 0


_JOURNEY = (("lat", "REAL"), ("lon", "REAL"), ("time", "INTEGER"))


def journeys(track: tuple[Point, ...], folder: Path) -> tuple[dict[str, bytes], int, int]:
    pairs = list(zip(track[::2], track[1::2], strict=True))
    rows = [
        (n, a.latitude, a.longitude, seconds(a), b.latitude, b.longitude, seconds(b)) for n, (a, b) in enumerate(pairs)
    ]
    ends = [f"{end}_{half} {kind}" for end in ("start", "end") for half, kind in _JOURNEY]
    columns = ", ".join(["id INTEGER PRIMARY KEY", *ends])
    return {"opt/trip/trips.db": database({"trip": (columns, rows)}, folder)}, 0, 0


def outbox(track: tuple[Point, ...], folder: Path) -> tuple[dict[str, bytes], int, int]:
    url, split = f"https://{HOST}/v1/positions", len(track) // 3
    rows = [
        (
            n,
            url,
            json.dumps({"lat": one.latitude, "lon": one.longitude, "ts": seconds(one)}),
            "sent" if n < split else "pending",
            seconds(one) + 5 if n < split else None,
        )
        for n, one in enumerate(track)
    ]
    columns = "id INTEGER PRIMARY KEY, url TEXT, body TEXT, state TEXT, sent_at INTEGER"
    return {"var/spool/tcu/outbox.db": database({"outbox": (columns, rows)}, folder)}, split, len(track) - split


def queue_lines(track: tuple[Point, ...], folder: Path) -> tuple[dict[str, bytes], int, int]:
    lines = [
        {
            "to": f"mqtts://{HOST}:8883/up",
            "uploaded": n % 2,
            "latitude": one.latitude,
            "longitude": one.longitude,
            "time": seconds(one),
        }
        for n, one in enumerate(track)
    ]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    return {"data/tcu/queue.jsonl": text.encode()}, len(track) // 2, len(track) - len(track) // 2


def gpx(track: tuple[Point, ...], folder: Path) -> tuple[dict[str, bytes], int, int]:
    points = "".join(
        f'<trkpt lat="{one.latitude}" lon="{one.longitude}"><time>{one.time:%Y-%m-%dT%H:%M:%SZ}</time></trkpt>'
        for one in track
    )
    head = '<?xml version="1.0"?><gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>'
    return {"media/tracks/last.gpx": f"{head}{points}</trkseg></trk></gpx>".encode()}, 0, 0


def kml(track: tuple[Point, ...], folder: Path) -> tuple[dict[str, bytes], int, int]:
    times = "".join(f"<when>{one.time:%Y-%m-%dT%H:%M:%SZ}</when>" for one in track)
    places = "".join(f"<gx:coord>{one.longitude} {one.latitude} 12.0</gx:coord>" for one in track)
    head = '<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><gx:Track>'
    return {"home/user/trace.kml": f"{head}{times}{places}</gx:Track></Placemark></kml>".encode()}, 0, 0


def csv(track: tuple[Point, ...], folder: Path) -> tuple[dict[str, bytes], int, int]:
    rows = "".join(f"{one.time:%Y-%m-%d %H:%M:%S},{one.latitude},{one.longitude},31\n" for one in track)
    return {"mnt/log/gnss.csv": f"time,latitude,longitude,speed\n{rows}".encode()}, 0, 0


def sentences(track: tuple[Point, ...], folder: Path) -> tuple[dict[str, bytes], int, int]:
    return {"var/log/gps.log": "".join(map(nmea, track)).encode()}, 0, 0


FORMS: tuple[Form, ...] = (
    real_columns, scaled_columns, text_columns, journeys, outbox, queue_lines, gpx, kml, csv, sentences,
)  # fmt: skip
# What every unit has beside: a program, and places that are nobody's way.
_ORDINARY = {
    "opt/hmi/hmi.bin": b"\x7fELF" + random.Random(1).randbytes(1 << 16),
    "etc/cities.json": b'[{"name": "Reading", "lat": 51.4543, "lon": -0.9781}, {"name": "Ulm", "lat": 48.4011, "lon": 9.9876}]',
    "etc/nav.conf": b"home_lat=0\nhome_lon=0\n",
}


def units(folder: Path) -> list[Unit]:
    """Every form twice, in an archive of Android's and one of Linux's kind."""
    made = []
    for number, form in enumerate(form for form in FORMS for _ in range(2)):
        track = drive(random.Random(f"unit {number}"))
        files, sent, waiting = form(track, folder)
        made.append(Unit(f"{form.__name__}-{number % 2}", files | _ORDINARY, track, sent, waiting))
    return made


def write_image(unit: Unit, path: Path) -> None:
    """The unit's memory: a tar, or a zip."""
    if unit.name.endswith("0"):
        make_tar(path, unit.files)
        return
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in unit.files.items():
            archive.writestr(name, data)
