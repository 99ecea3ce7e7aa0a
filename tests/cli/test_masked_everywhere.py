"""Nothing that names a device, a person or a place in full leaves unasked: every output over a database full of it."""

from __future__ import annotations

import base64
import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from iotwatch.cli import demo, group, planted
from iotwatch.cli.export import FORMS
from iotwatch.cli.show import NOUNS
from iotwatch.report.browse.masked_copy import write_masked_copy
from iotwatch.store.queries.named import NOUNS as STORED

IMEI, IMSI, ICCID, PHONE = "490154203237518", "262011234567890", "89490200001234567892", "491701234567"
MAC = "60:60:1f:12:34:56"
LATITUDE, LONGITUDE = 48.137154, 11.575382
NUMBERS = (IMEI, IMSI, ICCID, PHONE)
TEXT = (
    f"IMEI {IMEI}. IMSI={IMSI}; iccid:{ICCID} tel:+{PHONE} mac {MAC} {MAC.upper().replace(':', '-')} at {LATITUDE},{LONGITUDE}"
    f" $GPRMC,013833.000,A,4808.2292,N,01134.5229,E,1 lat={LATITUDE} {IMEI}.track.example 6060.1f12.3456 60601f123456"
    f" fe80::6260:1fff:fe12:3456 hex {IMEI.encode().hex()}"
)
RAW_BYTES = bytes.fromhex(MAC.replace(":", "")) + IMEI.encode() + bytes.fromhex("0" + IMEI)
FACTS = {
    "text": TEXT,
    "number": int(IMEI),
    "senders": {IMEI: 3, MAC: [1, 2]},
    "places": [{"latitude": LATITUDE, "longitude": LONGITUDE}],
    "area": {"south": LATITUDE, "west": LONGITUDE, "north": LATITUDE, "east": LONGITUDE},
    "device_id": IMEI,
    "phone": PHONE,
}
CASE = {
    "operator": "A. Example",
    "sites": [{"name": "depot", "latitude": LATITUDE, "longitude": LONGITUDE}],
    "notes": TEXT,
}


def needles() -> Iterator[bytes]:
    """Every way in which the planted values could still be read."""
    for number in NUMBERS:
        yield number.encode()
        for text in (number.encode(), bytes.fromhex(number if len(number) % 2 == 0 else "0" + number)):
            yield text.hex().encode()
            yield text.hex().upper().encode()
            yield text.hex(" ").encode()
            for shift in range(3):
                encoded = base64.b64encode(b"\0" * shift + text)
                yield encoded[4:-4]
        swapped = "".join(b + a for a, b in zip(number[::2], number[1::2], strict=False))
        yield swapped.encode()
    bare = MAC.replace(":", "")
    for text in (
        MAC,
        MAC.replace(":", "-"),
        bare,
        f"{bare[:4]}.{bare[4:8]}.{bare[8:]}",
        "fe12:3456",
        MAC.replace(":", " "),
    ):
        yield text.encode()
        yield text.upper().encode()
    yield base64.b64encode(bytes.fromhex(bare))
    yield bytes.fromhex(bare)
    for degrees in (LATITUDE, LONGITUDE):
        yield f"{degrees:.3f}".encode()[:6]
    yield from (b"4808.2", b"4808.229", b"01134.5", b"48137154", b"11575382")


# Shorter ones would be found in any file by chance.
NEEDLES = tuple(dict.fromkeys(needle for needle in needles() if len(needle) >= 6))


def leaks(output: bytes) -> list[bytes]:
    return [needle for needle in NEEDLES if needle in output]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The planted car, scanned, and then every column that can hold text, numbers or bytes filled with raw values."""
    folder = tmp_path_factory.mktemp("masked")
    demo.scan_car(folder / "demo.db")
    shutil.copyfile(folder / "demo.db", folder / "plain.db")
    with closing(sqlite3.connect(folder / "demo.db", isolation_level=None)) as connection:
        fill(connection)
    return folder


@pytest.fixture
def database(folder: Path, tmp_path: Path) -> Path:
    shutil.copyfile(folder / "demo.db", tmp_path / "demo.db")
    return tmp_path / "demo.db"


def fill(connection: sqlite3.Connection) -> None:
    facts, texts, excerpt = json.dumps(FACTS), json.dumps([TEXT]), RAW_BYTES.hex()
    # Findings of every kind but those whose evidence is taken again: rules are made of these.
    one = "SELECT max(id) FROM findings GROUP BY kind"
    update = (
        "UPDATE findings SET subject = ?, title = title || ?, reasons = ?, doubts = ?, facts = json_patch(facts, ?)"
    )
    connection.execute(f"{update} WHERE id IN ({one})", (IMEI, f" of {IMEI}", texts, texts, facts))
    connection.execute("UPDATE findings SET aliases = '[]'")
    connection.execute(
        "UPDATE evidence SET excerpt = ?, length = 200, display_filter = ?"
        " WHERE finding_id NOT IN (SELECT finding_id FROM finding_positions)",
        (excerpt, f"wlan.sa == {MAC} && frame contains {IMEI}"),
    )
    connection.execute(
        "UPDATE positions SET latitude = ?, longitude = ?, reported_id = ?, facts = ?, client = ?, server_name = ?, doubts = ?,"
        " evidence = json_set(evidence, '$.excerpt', ?, '$.length', 200)",
        (LATITUDE, LONGITUDE, IMEI, facts, "fe80::6260:1fff:fe12:3456", f"{IMEI}.track.example", texts, excerpt),
    )
    connection.execute(
        "UPDATE modules SET imei = ?, iccid = ?, imsi = ?, firmware_version = ?, model = model || ?",
        (IMEI, ICCID, IMSI, TEXT, f" {IMEI}"),
    )
    connection.execute(
        "UPDATE flows SET client_mac = ?, server_mac = ?, server_name = ?, client = ?",
        (MAC, MAC, f"{IMEI}.track.example", "fe80::6260:1fff:fe12:3456"),
    )
    connection.execute(
        "UPDATE contacts SET client_mac = ?, first_bytes = ?, last_bytes = ?, server_name = ?",
        (MAC, RAW_BYTES, RAW_BYTES, f"{IMEI}.track.example"),
    )
    connection.execute("UPDATE beacons SET client = ?, server_name = ?", (MAC, f"{IMEI}.track.example"))
    connection.execute(
        "UPDATE endpoints SET name = ?, address = ?", (f"{IMEI}.track.example", "fe80::6260:1fff:fe12:3456")
    )
    connection.execute(
        "UPDATE observations SET value = ?, subject = ?, facts = json_patch(facts, ?),"
        " evidence = json_set(evidence, '$.excerpt', ?, '$.length', 200) WHERE id % 2",
        (TEXT, f"mac:{MAC}", facts, excerpt),
    )
    connection.execute("UPDATE observations SET kind = 'imei', value = ? WHERE id % 6 = 2", (IMEI,))
    connection.execute("UPDATE coverage SET note = ?", (TEXT,))
    connection.execute("UPDATE artefacts SET note = ?, path = path || ?", (TEXT, f"/{IMEI}"))
    connection.execute(
        "UPDATE runs SET arguments = ?", (f"--known-position {LATITUDE},{LONGITUDE} --scope {MAC} {IMEI}",)
    )
    scope = json.dumps([MAC, IMEI])
    connection.execute(
        "UPDATE assets SET scope = ?, verdict_reason = ?, case_file = json_patch(coalesce(case_file, '{}'), ?)",
        (scope, TEXT, json.dumps(CASE)),
    )
    connection.execute("UPDATE decisions SET reason = ?, target = json_object('subject', ?)", (TEXT, IMEI))


def run(*words: str) -> bytes:
    result = CliRunner(env={"COLUMNS": "400"}).invoke(group, list(words))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    return result.stdout_bytes + result.stderr_bytes


def test_the_needles_are_found_where_nothing_is_masked(database: Path) -> None:
    output = run("show", "--db", str(database), "module", "--format", "json", "--unmask")
    assert {IMEI.encode(), IMSI.encode(), ICCID.encode()} <= set(leaks(output))
    assert len(leaks(database.read_bytes())) > 15


@pytest.mark.parametrize("form", ["table", "json"])
@pytest.mark.parametrize("noun", NOUNS)
def test_show(noun: str, form: str, database: Path) -> None:
    if noun != "evidence":
        assert leaks(run("show", "--db", str(database), noun, "--format", form)) == []
    if noun not in STORED:
        return
    with closing(sqlite3.connect(database)) as connection:
        found = connection.execute(
            f"SELECT id, {(STORED[noun].names or ('id',))[0]} FROM {STORED[noun].table} LIMIT 12"
        )
        rows = found.fetchall()
    assert rows
    for number, name in rows:
        given = str(name if noun in ("asset", "finding", "detector") else number)
        output = run("show", "--db", str(database), noun, given, "--format", form)
        assert leaks(output) == [], (given, output)


@pytest.mark.parametrize("suffix", [".html", ".md", ".json"])
def test_report(suffix: str, database: Path, tmp_path: Path) -> None:
    said = run("report", "--db", str(database), "-o", str(tmp_path / f"report{suffix}"))
    assert leaks(said) == []
    assert leaks((tmp_path / f"report{suffix}").read_bytes()) == []


@pytest.mark.parametrize("form", [form for form in FORMS if form not in ("pcap", "parquet", "stix")])
def test_export(form: str, database: Path) -> None:
    assert leaks(run("export", "--db", str(database), "--format", form)) == []


def test_export_stix(database: Path) -> None:
    pytest.importorskip("stix2", reason="the extra for stix is not installed")
    assert leaks(run("export", "--db", str(database), "--format", "stix")) == []


def test_export_parquet(database: Path, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="the extra for parquet is not installed")
    run("export", "--db", str(database), "--format", "parquet", "-o", str(tmp_path / "found.parquet"))
    rows = parquet.read_table(tmp_path / "found.parquet").to_pylist()
    assert rows
    assert leaks(json.dumps(rows, default=str).encode()) == []


@pytest.mark.parametrize("form", ["table", "json", "jsonl"])
def test_scan_of_what_is_known(form: str, folder: Path, database: Path) -> None:
    sources = folder / "demo-car" / "sources"
    words = ("scan", "--db", str(database), "--asset", planted.ASSET, "--exit-zero", "--format", form, str(sources))
    assert leaks(run(*words)) == []


@pytest.mark.parametrize("form", ["table", "json"])
def test_decide_list(form: str, database: Path) -> None:
    assert leaks(run("decide", "list", "--db", str(database), "--format", form)) == []


def test_doctor(database: Path) -> None:
    output = run("doctor", "--evidence", "--db", str(database))
    assert b"unit-1-flash.bin" in output
    assert leaks(output) == []


def test_diff(folder: Path, database: Path) -> None:
    for form in ("table", "json"):
        output = run("diff", str(folder / "plain.db"), str(database), "--format", form)
        assert len(output) > 200
        assert leaks(output) == []


def test_rejudge(folder: Path, tmp_path: Path) -> None:
    """Detectors would refuse some of the planted texts, so only what was judged is full of them here."""
    shutil.copyfile(folder / "plain.db", tmp_path / "plain.db")
    with closing(sqlite3.connect(tmp_path / "plain.db", isolation_level=None)) as connection:
        connection.execute("UPDATE findings SET title = title || ?, fingerprint = 'f' || fingerprint", (f" of {TEXT}",))
        connection.execute("UPDATE assets SET verdict = 'capable', verdict_reason = ?", (TEXT,))
    output = run("rejudge", "--db", str(tmp_path / "plain.db"))
    assert b"capable -> reports-location" in output
    assert leaks(output) == []


def test_the_copy_that_browse_serves(database: Path, tmp_path: Path) -> None:
    write_masked_copy(database, tmp_path / "copy.db")
    assert leaks((tmp_path / "copy.db").read_bytes()) == []
    with closing(sqlite3.connect(tmp_path / "copy.db")) as connection:
        assert connection.execute("SELECT count(*) FROM findings").fetchone()[0] > 10
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
