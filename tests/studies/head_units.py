"""Memory of twenty made head units, packed by the real programs, with the truth beside each.

``python -m tests.studies.head_units`` prints the table of ``docs/head-units.md``.

Ten forms of keeping where a car was, each as an Android unit (ext4) and as a Linux unit (squashfs, UBIFS in UBI, JFFS2, ext4 in
turn). Databases are SQLite's own, and power went while they were open: what was committed last stands in the write-ahead log, or a
change that was not finished stands over the pages with its journal beside it. Every unit knows people, who are nobody's
business. What is made here shares no code with what reads it.
"""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import reduce
from operator import xor
from pathlib import Path

NAME = "Ottilie"
NUMBER = "4917012345"
HOST = "tcu.maker.invalid"
PROGRAMS = ("mke2fs", "mksquashfs", "mkfs.ubifs", "ubinize", "mkfs.jffs2")
_PATH = "/usr/sbin:/sbin:/usr/bin:/bin"
_COUNT = 12


@dataclass(frozen=True)
class Point:
    latitude: float
    longitude: float
    time: int

    @property
    def iso(self) -> str:
        return f"{datetime.fromtimestamp(self.time, UTC):%Y-%m-%dT%H:%M:%SZ}"


@dataclass(frozen=True)
class Stored:
    """One truth: a place, the file and table it stands in, and what its record says of having been sent."""

    point: Point
    path: str
    kept: str = ""
    far_end: str = ""


@dataclass
class Unit:
    name: str
    files: dict[str, bytes] = field(default_factory=dict)
    stored: list[Stored] = field(default_factory=list)


def drive(draw: random.Random) -> list[Point]:
    latitude, longitude = draw.choice((-1, 1)) * draw.uniform(20, 60), draw.choice((-1, 1)) * draw.uniform(20, 150)
    begun = 1_700_000_000 + draw.randrange(30_000_000)
    return [
        Point(round(latitude + 0.0013 * n, 6), round(longitude - 0.0017 * n, 6), begun + 60 * n) for n in range(_COUNT)
    ]


Writing = Callable[[sqlite3.Connection], None]


def cut_off(path: str, before: Writing, after: Writing, *, mode: str) -> dict[str, bytes]:
    """The files of a database in whose use power went: ``before`` was written back, ``after`` was not."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / path.rpartition("/")[2]
        with closing(sqlite3.connect(file, isolation_level=None)) as store:
            before(store)
            store.execute(f"PRAGMA journal_mode = {mode}")
            store.execute("PRAGMA wal_autocheckpoint = 0")
            after(store)
            kept = [one for one in Path(folder).iterdir() if not one.name.endswith("-shm")]
            assert len(kept) == 2, "the library left no log"
            return {f"{path.rpartition('/')[0]}/{one.name}": one.read_bytes() for one in kept}


def filled(store: sqlite3.Connection, table: str, columns: str, rows: Sequence[tuple[object, ...]]) -> None:
    store.execute(f"CREATE TABLE IF NOT EXISTS {table} ({columns})")
    store.executemany(f"INSERT INTO {table} VALUES ({','.join('?' * len(rows[0]))})", rows)


def in_log(path: str, table: str, columns: str, rows: Sequence[tuple[object, ...]]) -> dict[str, bytes]:
    """A third of the rows in the database, the rest in its write-ahead log."""
    third = len(rows) // 3
    return cut_off(
        path,
        lambda store: filled(store, table, columns, rows[:third]),
        lambda store: filled(store, table, columns, rows[third:]),
        mode="WAL",
    )


def points(unit: Unit, track: list[Point]) -> None:
    path = "data/data/com.maker.nav/databases/trips.db"
    rows = [(n, one.latitude, NAME, one.longitude, 1000 * one.time) for n, one in enumerate(track)]
    unit.files |= in_log(
        path, "trip_point", "id INTEGER PRIMARY KEY, lat REAL, driver TEXT, lng REAL, utc INTEGER", rows
    )
    unit.stored += [Stored(one, f"{path}!trip_point.jsonl") for one in track]


def scaled(unit: Unit, track: list[Point]) -> None:
    path = "var/lib/telematics/fix.sqlite"
    rows = [(round(one.latitude * 1e7), round(one.longitude * 1e7), one.iso) for one in track]
    unit.files |= in_log(path, "fixes", "latitude_e7 INTEGER, longitude_e7 INTEGER, time TEXT", rows)
    unit.stored += [Stored(one, f"{path}!fixes.jsonl") for one in track]


def journal(unit: Unit, track: list[Point]) -> None:
    """A change that was not finished moved every place: what stood before it is what counts."""
    path = "opt/trip/history.db"
    rows = [(n, str(one.latitude), str(one.longitude), one.time, "x" * 900) for n, one in enumerate(track)]

    def unfinished(store: sqlite3.Connection) -> None:
        store.execute("PRAGMA cache_size = 1")
        store.execute("BEGIN")
        store.execute("UPDATE LocationHistory SET latitude = '1.5', more = more || 'y'")
        store.executemany(
            "INSERT INTO LocationHistory VALUES (?, '2.5', '2.5', 1, ?)", [(n, "z" * 900) for n in range(100, 160)]
        )

    unit.files |= cut_off(
        path,
        lambda store: filled(
            store,
            "LocationHistory",
            "id INTEGER PRIMARY KEY, latitude TEXT, longitude TEXT, timestamp INTEGER, more TEXT",
            rows,
        ),
        unfinished,
        mode="DELETE",
    )
    unit.stored += [Stored(one, f"{path}!LocationHistory.jsonl") for one in track]


def outbox(unit: Unit, track: list[Point]) -> None:
    """All were queued before; that some of them were sent stands in the log alone."""
    path, sent = "var/spool/tcu/outbox.db", len(track) // 3
    rows = [
        (
            n,
            f"https://{HOST}/v1/positions",
            json.dumps({"lat": one.latitude, "user": f'{NAME} "O"', "lon": one.longitude, "ts": one.time}),
            "pending",
            None,
        )
        for n, one in enumerate(track)
    ]

    def upload(store: sqlite3.Connection) -> None:
        for n, one in enumerate(track[:sent]):
            store.execute("UPDATE outbox SET state = 'sent', sent_at = ? WHERE id = ?", (one.time + 5, n))

    columns = "id INTEGER PRIMARY KEY, url TEXT, body TEXT, state TEXT, sent_at INTEGER"
    unit.files |= cut_off(path, lambda store: filled(store, "outbox", columns, rows), upload, mode="WAL")
    unit.stored += [
        Stored(one, f"{path}!outbox.jsonl", "sent" if n < sent else "waits", HOST) for n, one in enumerate(track)
    ]


def by_host(unit: Unit, track: list[Point]) -> None:
    path = "data/data/com.maker.tcu/databases/upload.db"
    rows = [(one.latitude, one.longitude, one.time, n % 2, HOST, 8883) for n, one in enumerate(track)]
    unit.files |= in_log(
        path,
        "upload_queue",
        "latitude REAL, longitude REAL, time INTEGER, uploaded INTEGER, server TEXT, port INTEGER",
        rows,
    )
    unit.stored += [
        Stored(one, f"{path}!upload_queue.jsonl", "sent" if n % 2 else "waits", HOST) for n, one in enumerate(track)
    ]


def to_nobody(unit: Unit, track: list[Point]) -> None:
    path = "data/tcu/queue.db"
    rows = [(json.dumps({"la": 1, "lat": a.latitude, "lon": a.longitude, "time": a.iso}), 0) for a in track]
    unit.files |= in_log(path, "queue", "payload TEXT, acked INTEGER", rows)
    unit.stored += [Stored(one, f"{path}!queue.jsonl", "waits") for one in track]


def answered(unit: Unit, track: list[Point]) -> None:
    """Lines that wait, and a log of what was sent with its answers."""
    half = len(track) // 2
    lines = [
        {"to": f"mqtts://{HOST}:8883/up", "queued": 1, "latitude": one.latitude, "longitude": one.longitude, "time": one.time}
        for one in track[:half]
    ]  # fmt: skip
    unit.files["data/tcu/queue.jsonl"] = "".join(json.dumps(line) + "\n" for line in lines).encode()
    unit.stored += [Stored(one, "data/tcu/queue.jsonl", "waits", HOST) for one in track[:half]]
    log = "".join(
        f"{one.iso} POST https://{HOST}/v1/p?lat={one.latitude}&lon={one.longitude}&ts={one.time}"
        f" -> {(200, 503)[n % 2]} {('OK', 'Service Unavailable')[n % 2]}\n"
        for n, one in enumerate(track[half:])
    )
    unit.files["var/log/upload.log"] = log.encode()
    unit.stored += [
        Stored(one, "var/log/upload.log", ("sent", "waits")[n % 2], HOST) for n, one in enumerate(track[half:])
    ]


def tracks(unit: Unit, track: list[Point]) -> None:
    half = len(track) // 2
    gpx = "".join(
        f'<trkpt lat="{one.latitude}" lon="{one.longitude}"><time>{one.iso}</time></trkpt>' for one in track[:half]
    )
    head = '<?xml version="1.0"?><gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>'
    unit.files["media/tracks/last.gpx"] = f"{head}{gpx}</trkseg></trk></gpx>".encode()
    times = "".join(f"<when>{one.iso}</when>" for one in track[half:])
    places = "".join(f"<gx:coord>{one.longitude} {one.latitude} 12.0</gx:coord>" for one in track[half:])
    head = '<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><gx:Track>'
    unit.files["media/tracks/last.kml"] = f"{head}{times}{places}</gx:Track></Placemark></kml>".encode()
    unit.stored += [Stored(one, f"media/tracks/last.{('gpx', 'kml')[n >= half]}") for n, one in enumerate(track)]


def sentence(one: Point) -> str:
    def half(value: float, width: int) -> str:
        whole = int(abs(value))
        return f"{whole:0{width}d}{(abs(value) - whole) * 60:08.5f}"

    when = datetime.fromtimestamp(one.time, UTC)
    sides = "N" if one.latitude > 0 else "S", "E" if one.longitude > 0 else "W"
    place = f"{half(one.latitude, 2)},{sides[0]},{half(one.longitude, 3)},{sides[1]}"
    text = f"GPRMC,{when:%H%M%S}.00,A,{place},20.1,90.0,{when:%d%m%y},,,A"
    return f"${text}*{reduce(xor, text.encode()):02X}\r\n"


def logs(unit: Unit, track: list[Point]) -> None:
    half = len(track) // 2
    unit.files["var/log/gnss.nmea"] = "".join(map(sentence, track[:half])).encode()
    rows = "".join(f"{one.iso},{one.latitude},{NAME},{one.longitude},31\n" for one in track[half:])
    unit.files["mnt/log/drive.csv"] = f"time,latitude,driver,longitude,speed\n{rows}".encode()
    unit.stored += [Stored(one, ("var/log/gnss.nmea", "mnt/log/drive.csv")[n >= half]) for n, one in enumerate(track)]


def binary(unit: Unit, track: list[Point]) -> None:
    """Protobuf messages behind their lengths (the form of ``writeDelimitedTo``): doubles and a time in milliseconds."""

    def varint(value: int) -> bytes:
        return bytes((value,)) if value < 128 else bytes((value & 127 | 128,)) + varint(value >> 7)

    messages = [
        b"\x09" + struct.pack("<d", one.latitude) + b"\x11" + struct.pack("<d", one.longitude) + b"\x18" + varint(1000 * one.time)
        for one in track
    ]  # fmt: skip
    unit.files["data/vendor/location/history.pb"] = b"".join(varint(len(one)) + one for one in messages)
    unit.stored += [Stored(one, "data/vendor/location/history.pb") for one in track]


FORMS = (points, scaled, journal, outbox, by_host, to_nobody, answered, tracks, logs, binary)


def people(system: str) -> dict[str, bytes]:
    """Who is nobody's business: contacts, calls and phones, in the form of each system; half of them in a database's log."""
    contacts = "_id INTEGER PRIMARY KEY, display_name TEXT, data1 TEXT, url TEXT"
    rows = [(n, f"{NAME} {n}", f"+{NUMBER}{n:02d}", f"https://{NAME.lower()}.invalid/{n}") for n in range(20)]
    files = in_log("data/data/com.android.providers.contacts/databases/contacts2.db", "contacts", contacts, rows)
    calls = "number TEXT, name TEXT, duration INTEGER, date INTEGER"
    files |= in_log(
        "data/phone/calls.db",
        "calls",
        calls,
        [(f"+{NUMBER}{n:02d}", NAME, n, 1_700_000_000_000 + n) for n in range(20)],
    )
    if system == "android":
        config = f"[Info]\nFileSource = Empty\n\n[02:11:22:33:44:55]\nName = {NAME}'s phone\nDevClass = 5898764\nLinkKey = 00ff\n"
        return files | {"data/misc/bluedroid/bt_config.conf": config.encode()}
    paired = f"[General]\nName={NAME}'s phone\nClass=0x5a020c\n\n[LinkKey]\nKey=00112233445566778899AABBCCDDEEFF\n"
    card = f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{NAME} O.\r\nTEL;TYPE=CELL:+{NUMBER}77\r\nEND:VCARD\r\n"
    return files | {"var/lib/bluetooth/info": paired.encode(), "var/lib/pbap/book.vcf": card.encode() * 3}


# A program, and places that are nobody's way.
_ORDINARY = {
    "opt/hmi/hmi.bin": b"\x7fELF" + random.Random(1).randbytes(1 << 15),
    "etc/cities.json": b'[{"name": "Reading", "lat": 51.4543, "lon": -0.9781}, {"name": "Ulm", "lat": 48.4011, "lon": 9.9876}]',
    "etc/nav.conf": b"home_lat=0\nhome_lon=0\n",
}


def units() -> Iterator[Unit]:
    """Every form for both systems."""
    for form in FORMS:
        for system in ("android", "linux"):
            unit = Unit(f"{form.__name__}-{system}", people(system) | _ORDINARY)
            form(unit, drive(random.Random(f"{form.__name__} {system}")))
            yield unit


def _run(*command: str | Path) -> None:
    program = shutil.which(str(command[0]), path=_PATH)
    assert program is not None, f"{command[0]} is not installed"
    subprocess.run([program, *map(str, command[1:])], check=True, capture_output=True)


def _ext4(tree: Path, made: Path) -> None:
    _run("mke2fs", "-q", "-t", "ext4", "-d", tree, made, "4M")


def _squashfs(tree: Path, made: Path) -> None:
    _run("mksquashfs", tree, made, "-quiet", "-no-progress", "-comp", "xz")


def _ubi(tree: Path, made: Path) -> None:
    volume, settings = made.with_suffix(".ubifs"), made.with_suffix(".ini")
    _run("mkfs.ubifs", "-r", tree, "-m", "2048", "-e", "126976", "-c", "64", "-o", volume)
    settings.write_text(
        f"[a]\nmode=ubi\nimage={volume}\nvol_id=0\nvol_type=dynamic\nvol_name=data\nvol_flags=autoresize\n"
    )
    _run("ubinize", "-o", made, "-m", "2048", "-p", "128KiB", settings)
    volume.unlink()
    settings.unlink()


def _jffs2(tree: Path, made: Path) -> None:
    _run("mkfs.jffs2", "-r", tree, "-e", "64KiB", "-l", "-o", made)


PACKERS = {"ext4": _ext4, "squashfs": _squashfs, "ubi": _ubi, "jffs2": _jffs2}


def packer_of(number: int) -> str:
    """Android's data stand in ext4, Linux' in one after the other."""
    return "ext4" if number % 2 == 0 else list(PACKERS)[number // 2 % len(PACKERS)]


def write(unit: Unit, packer: str, made: Path) -> None:
    """The unit's memory as one image."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in unit.files.items():
            path = Path(folder) / "tree" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        PACKERS[packer](Path(folder) / "tree", made)


if __name__ == "__main__":
    from tests.studies.head_units_told import main

    sys.exit(main())
