"""Every form in which a card's content comes says the same last places, and none gives away what it should keep."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from iotwatch.batch.scan import Plan, scan
from iotwatch.cli import group
from iotwatch.report.reader import Reader
from iotwatch.store import Store
from tests.decode.sim import files
from tests.decode.sim.scenes import CELLS, Scene, lai, submit, swapped
from tests.place.test_replay import replay_everything

DUMPS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "pySim export": ("export.script", files.export_script),
    "pySim export, decoded": ("decoded.script", files.decoded_script),
    "pySim trace": ("trace.txt", files.trace),
    "pySim fsdump": ("dump.json", files.fsdump),
    "AT+CRSM": ("crsm.log", files.crsm),
    "AT+CSIM": ("csim.log", files.csim),
    "a reader's APDUs": ("apdu.pcap", files.ccid),
    "a reader's T=1": ("blocks.pcap", partial(files.ccid, blocks=True)),
    "a reader, plugged in before": ("late.pcap", partial(files.ccid, descriptors=False)),
}
OTHERS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "a card application": ("menu.cap", files.cap_bytes),
    "a profile": ("profile.der", files.profile_package),
    "a profile in text": ("profile.txt", files.profile_text),
}


def _found(database: Path, kind: str) -> list[dict[str, Any]]:
    with Store(database) as store:
        return [row for row in Reader(store, masked=False).findings() if row["kind"] == kind]


@pytest.mark.parametrize("name", DUMPS)
def test_last_places(name: str, tmp_path: Path) -> None:
    file, make = DUMPS[name]
    (tmp_path / file).write_bytes(make())
    scan([tmp_path / file], tmp_path / "card.db", Plan(jobs=1))
    told = {row["facts"]["file"]: row["facts"] for row in _found(tmp_path / "card.db", "sim-place")}
    assert {name: (one["plmn"], one["area"]) for name, one in told.items() if one["area"]} == files.PLACES
    assert told["FPLMN"]["plmns"] == ["26203", "310410"]
    assert not _found(tmp_path / "card.db", "sim-report")
    assert replay_everything(tmp_path / "card.db")[1] == []


def test_a_dump_is_told_by_its_form_and_never_as_absence(tmp_path: Path) -> None:
    for file, make in (*DUMPS.values(), *OTHERS.values()):
        (tmp_path / file).write_bytes(make())
    scan([tmp_path], tmp_path / "all.db", Plan(jobs=1))
    with Store(tmp_path / "all.db") as store:
        rows = store.query("SELECT path, kind, format, status, verdict FROM sources JOIN assets ON assets.name = asset")
    told = {Path(row["path"]).name: (row["format"], row["verdict"]) for row in rows}
    told_forms = {form for form, _ in told.values()}
    named = {
        "pysim-export",
        "pysim-trace",
        "pysim-fsdump",
        "java-card-cap",
        "esim-profile",
        "esim-profile-text",
        "at",
        "pcap",
    }
    assert told_forms == named
    assert [name for name, (_, verdict) in told.items() if verdict == "nothing-seen"] == []


def test_eight_bit_numbers_of_a_message_on_the_card(tmp_path: Path) -> None:
    """EF_SMS, read record by record: a deleted message keeps its sender."""
    scene = Scene()
    scene.boot()
    scene.file("6f3c")
    service = bytes((7, 0x91)) + swapped("491710760000")
    message = (
        b"\x04" + bytes((13, 0x91)) + swapped("4915550123456") + b"\0\x04" + swapped("26010203040500") + b"\x04LOC?"
    )
    for status in (0, 1):
        scene.take("00b20104", answer=(bytes((status,)) + service + message).ljust(176, b"\xff"))
    scan([scene.pcap(tmp_path / "sms.pcap")], tmp_path / "sms.db", Plan(jobs=1))
    (one,) = [row["facts"] for row in _found(tmp_path / "sms.db", "sim-place")]
    assert (one["from"], one["text"], one["sent_at"]) == ("+4915550123456", "LOC?", "2026-01-02T03:04:05")


def _secrets() -> list[bytes]:
    """Every secret of the files above as it could stand anywhere: digits, bytes, and either as hex of an excerpt."""
    found = []
    for secret in (files.KI, files.OPC, files.CK, files.ADM):
        for text in (secret.encode(), secret.upper().encode()):
            found += [text, text.hex().encode()]
        found.append(bytes.fromhex(secret))
    pin = files.PIN.encode()
    for text in (b'"' + pin + b'"', pin.hex().encode() + b"ffffffff", pin.hex().upper().encode() + b"FFFFFFFF"):
        found += [text, text.hex().encode()]
    return [*found, pin + b"\xff" * 4]


def _tapped() -> Scene:
    """A tap's GSMTAP of PIN, ADM and AUTHENTICATE, with a report beside them."""
    scene = Scene()
    scene.boot()
    scene.take("00200001", files.PIN.encode() + b"\xff" * 4)
    scene.take("0020000a", bytes.fromhex(files.ADM))
    scene.take("00880081", b"\x10" + bytes(16) + b"\x10" + bytes(16), status="6135")
    scene.take("00c00000", answer=b"\xdb\x08" + bytes(8) + b"\x10" + bytes.fromhex(files.CK))
    scene.file("6f08")
    scene.take("00b00000", answer=b"\x07" + bytes.fromhex(files.CK) + bytes(16))
    scene.ask_cell(lai(*CELLS[0]))
    scene.sms("+4915550123456", submit("+4915550123456", lai(*CELLS[0])))
    return scene


def test_keys_are_neither_stored_nor_shown(tmp_path: Path) -> None:
    folder = tmp_path / "evidence"
    folder.mkdir()
    for file, make in (*DUMPS.values(), *OTHERS.values()):
        (folder / file).write_bytes(make())
    _tapped().pcap(folder / "tap.pcap")
    secrets = _secrets()
    assert any(secret in path.read_bytes() for path in folder.iterdir() for secret in secrets), "the search finds them"
    database = tmp_path / "card.db"
    scan(sorted(folder.iterdir()), database, Plan(jobs=1))
    outputs = [database]
    for form in ("html", "md", "json"):
        out = tmp_path / f"report.{form}"
        assert CliRunner().invoke(group, ["--db", str(database), "report", "--unmask", "-o", str(out)]).exit_code == 0
        outputs.append(out)
    for form in ("jsonl", "csv", "stix"):
        out = tmp_path / f"export.{form}"
        CliRunner().invoke(group, ["--db", str(database), "export", "--format", form, "--unmask", "-o", str(out)])
        outputs += [out] if out.is_file() else list(out.rglob("*"))
    for path in outputs:
        if path.is_file():
            held = path.read_bytes()
            assert [secret for secret in secrets if secret in held] == [], path


@pytest.mark.parametrize("asks", [True, False])
def test_an_application_that_can_report(tmp_path: Path, *, asks: bool) -> None:
    scan([files.cap_file(tmp_path / "menu.cap", asks=asks)], tmp_path / "cap.db", Plan(jobs=1))
    (one,) = _found(tmp_path / "cap.db", "sim-report")
    assert (one["severity"], one["facts"]["sent"]) == ("medium" if asks else "info", False)
    assert one["facts"]["package"] == files.PACKAGE.hex()
    assert one["facts"]["tars"] == ["0042c0"]
