"""Who opens what: one case for each opener, begun at a file, and the order that decides between them."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from click.testing import CliRunner

from iotwatch.batch.scan import Plan, scan
from iotwatch.cli import group
from iotwatch.open.blob import Source
from iotwatch.open.openers import OPENERS
from iotwatch.open.pipeline import Job, analyse
from iotwatch.signatures import load
from iotwatch.store import Store
from tests.open.cases import FILES, GT06, NAMES
from tests.tars import make_tar

# Kind, form, vantage, status and number of positions.
TOLD = {
    "pcap": ("capture", "pcap", "lan", "ok", 12),
    "pcapng": ("capture", "pcapng", "lan", "ok", 10),
    "snoop": ("capture", "snoop", "lan", "ok", 12),
    "btsnoop": ("capture", "btsnoop", "bluetooth", "ok", 1),
    "packetlogger": ("capture", "packetlogger", "bluetooth", "ok", 0),
    "kismet": ("capture", "kismet", "bluetooth", "ok", 0),
    "bug-report": ("capture", "btsnooz", "bluetooth", "ok", 0),
    "compressed": ("capture", "pcap", "lan", "ok", 12),
    "sweep": ("capture", "rtl_power", "rf", "ok", 0),
    "samples": ("capture", "iq-cf32_le", "rf", "ok", 0),
    "sigmf-meta": ("capture", "sigmf-meta", "rf", "ok", 0),
    "unread": ("capture", "blf", "can", "partial", 0),
    "diagnostics": ("capture", "qmdl", "diag", "ok", 3),
    "diagnostic-port": ("capture", "pcap", "usb", "ok", 3),
    "sdm": ("capture", "sdm", "diag", "partial", 0),
    "rayhunter": ("capture", "rayhunter", "diag", "ok", 0),
    "rayhunter-place": ("unknown", "unknown", "other", "skipped", 0),
    "utf-16": ("log", "nmea", "uart", "ok", 30),
    "zeek": ("log", "zeek-conn", "gateway", "ok", 0),
    "text": ("log", "nmea", "uart", "ok", 30),
    "document": ("unknown", "unknown", "other", "skipped", 0),
    "receiver": ("log", "receiver", "uart", "ok", 3),
    "card-file": ("log", "java-card-cap", "sim", "ok", 0),
    "image": ("log", "tar", "uart", "ok", 30),
    "record": ("firmware", "zip", "other", "ok", 9),
    "people": ("firmware", "zip", "other", "ok", 9),
    "blob-table": ("firmware", "tar", "other", "ok", 24),
    "binary-log": ("firmware", "record", "other", "ok", 24),
    "module-sockets": ("log", "at", "uart", "ok", 1),
    "payload": ("capture", "pcap", "lan", "ok", 200),
    "frames": ("capture", "pcap", "usb", "ok", 1),
}


def test_every_opener_has_its_case() -> None:
    assert [opener.name for opener in OPENERS if opener.name not in FILES] == []
    assert TOLD.keys() == FILES.keys()
    assert len({opener.name for opener in OPENERS}) == len(OPENERS)
    assert OPENERS[-1].name == "image", "who claims whatever is left comes last"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    folder = tmp_path_factory.mktemp("openers")
    for name, make in FILES.items():
        (folder / NAMES.get(name, name)).write_bytes(make())
    database = tmp_path_factory.mktemp("database") / "openers.db"
    scan([folder], database, Plan(jobs=1))
    return Store(database)


@pytest.mark.parametrize("name", FILES)
def test_what_a_file_is_told_to_be(store: Store, name: str) -> None:
    (source,) = store.query("SELECT * FROM sources WHERE asset = ?", (NAMES.get(name, name),))
    (count,) = store.query("SELECT count(*) AS n FROM positions WHERE source_id = ?", (source["id"],))
    told = (source["kind"], source["format"], source["vantage"], source["status"], count["n"])
    assert told == TOLD[name]


@pytest.mark.parametrize("name", ["pcap", "pcapng", "snoop", "btsnoop", "compressed", "sweep"])
def test_what_is_read_front_to_back_is_never_held(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Source, "stream", property(lambda _: pytest.fail("the whole file was asked for")))
    (tmp_path / name).write_bytes(FILES[name]())
    assert analyse(Job(str(tmp_path / name), "car"), load()).source.status == "ok"


def test_a_form_that_is_not_read_is_told_and_is_no_absence(store: Store) -> None:
    (row,) = store.query(
        "SELECT c.note, s.reason, a.verdict FROM coverage c JOIN sources s ON s.id = c.source_id "
        "JOIN assets a ON a.name = s.asset WHERE s.asset = 'unread' AND c.measure = 'not read'"
    )
    assert row["note"] == row["reason"] == "a log of Vector's bus tools (BLF), which is not read"
    assert row["verdict"] == "not-enough-data"
    shown = CliRunner().invoke(group, ["--db", str(store.path), "show", "asset", "unread"]).output
    assert "Known by its form and not read here: a log of Vector's bus tools" in " ".join(shown.split())


def test_a_snoop_capture_says_what_its_pcap_says(store: Store) -> None:
    columns = "p.time, p.latitude, p.longitude, p.direction, p.dialect, p.frame, p.server"
    query = f"SELECT {columns} FROM positions p JOIN sources s ON s.id = p.source_id WHERE s.asset = ? ORDER BY p.id"
    said = {name: [tuple(row.values())[1:] for row in store.query(query, (name,))] for name in ("pcap", "snoop")}
    assert said["snoop"] == said["pcap"]
    flows = "SELECT f.server, f.server_port FROM flows f JOIN sources s ON s.id = f.source_id WHERE s.asset = ?"
    assert store.query(flows, ("snoop",)) == store.query(flows, ("pcap",)) != []


@pytest.mark.parametrize(("number", "name", "vantage"), [(212, "lin", "can"), (9999, "linktype-9999", "lan")])
def test_frames_of_a_link_type_without_a_reader_are_told(tmp_path: Path, number: int, name: str, vantage: str) -> None:
    head = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, number)
    path = tmp_path / "bus.pcap"
    path.write_bytes(head + struct.pack("<IIII", 1_700_000_000, 0, 8, 8) + bytes(8))
    result = analyse(Job(str(path), "car"), load())
    assert (result.source.status, result.source.vantage) == ("partial", vantage)
    assert result.source.reason == f"frames of link type {name}, which is not read"


def test_forms_inside_an_archive_are_told_by_their_path(tmp_path: Path) -> None:
    parts = {
        "a/bus.blf": FILES["unread"](),
        "a/app.db": b"SQLite format 3\0" + bytes(600),
        "a/run.pcap": GT06.read_bytes(),
    }
    result = analyse(Job(str(make_tar(tmp_path / "phone.tar", parts)), "car"), load())
    assert [row.note.rpartition("!")[2] for row in result.coverage if row.measure == "not read"] == [
        "a/bus.blf: a log of Vector's bus tools (BLF), which is not read"
    ]
    assert (result.source.kind, result.source.status, len(result.positions)) == ("capture", "partial", 12)
