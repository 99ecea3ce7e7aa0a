"""Rules fire on the evidence they were made from and on nothing benign, or are not written."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest
import yara_x
from hypothesis import given, settings
from hypothesis import strategies as st

from iotwatch.batch.scan import Plan, scan
from iotwatch.handoff import rules, suricata, yara
from iotwatch.handoff.suricata import suricata_rules
from iotwatch.handoff.yara import yara_rules
from iotwatch.report.reader import EvidenceReader, Reader
from iotwatch.store import Store
from iotwatch.unpack import EVERY_STEP

CAPTURES = Path(__file__).parent.parent.parent / "captures"
IMAGE = CAPTURES / "firmware" / "unit-1-flash.bin"
SQUASHFS = 0x7133
SOURCES = [
    CAPTURES / "gt06-tracker" / "gt06-tracker.pcap",
    CAPTURES / "http-post-position" / "http-post-position.pcap",
    CAPTURES / "dns-and-tls" / "dns-and-tls.pcapng",
    IMAGE,
]
FAKE_SURICATA = """#!{python}
import pathlib, re, sys
value = lambda name: sys.argv[sys.argv.index(name) + 1]
sids = re.findall(r"sid:([0-9]+)", pathlib.Path(value("-S")).read_text())
benign = "phone-benign" in value("-r")
shown = sids[:1] if benign else sids[:3]
with open(pathlib.Path(value("-l")) / "fast.log", "w") as log:
    for sid in shown:
        log.write(f"11/22/2026-01:38:34.0  [**] [1:{{sid}}:1] iotwatch [**] [Priority: 3]\\n")
"""


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("rules") / "car.db"
    scan(SOURCES, path, Plan(asset="car", jobs=1))
    return path


@pytest.fixture
def no_suricata(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))


def file_in_image(path: str) -> bytes:
    return EVERY_STEP["squashfs"](IMAGE.read_bytes()[SQUASHFS:], path)


def test_yara_rules_fire_on_the_files_they_name_and_on_nothing_benign(database: Path) -> None:
    with Store(database) as store:
        made = yara_rules(EvidenceReader(store, masked=True))
    assert made.count == len(re.findall(r"^rule ", made.text, re.MULTILINE)) == 3
    compiled = yara_x.compile(made.text)
    hits = {rule.identifier for rule in yara_x.Scanner(compiled).scan(file_in_image("etc/report.conf")).matching_rules}
    assert any(name.startswith("iotwatch_program_") for name in hits)
    for sample in (rules.benign_capture().read_bytes(), b"wget -q http://pool.ntp.org latitude longitude connect"):
        assert not yara_x.Scanner(compiled).scan(sample).matching_rules


def test_software_of_the_hosts_side_and_open_source_give_no_yara_rule(database: Path) -> None:
    with Store(database) as store:
        made = yara_rules(EvidenceReader(store, masked=True))
        titles = {row["fingerprint"]: row["title"] for row in Reader(store, masked=False).findings()}
    ruled = {titles[name] for name in re.findall(r'finding = "(\w+)"', made.text)}
    assert any("gpsd" in title for title in titles.values())
    assert not any("gpsd" in title or "ModemManager" in title for title in ruled)


def test_yara_of_one_finding(database: Path) -> None:
    with Store(database) as store:
        row = next(one for one in Reader(store, masked=False).findings() if "S90report" in one["title"])
        made = yara_rules(EvidenceReader(store, masked=True), finding=row["id"])
    assert made.count == 2
    assert set(re.findall(r'finding = "(\w+)"', made.text)) == {row["fingerprint"]}


def test_yara_of_a_changed_image_is_not_written(tmp_path: Path) -> None:
    image = tmp_path / "unit.bin"
    shutil.copyfile(IMAGE, image)
    scan([image], tmp_path / "a.db", Plan(asset="car", jobs=1))
    image.write_bytes(b"\0" * 2_000_000)
    with Store(tmp_path / "a.db") as store:
        made = yara_rules(EvidenceReader(store, masked=True))
    assert made.count == 0
    assert any("not tried" in line for line in made.left_out)
    assert made.text.count("// left out: ") == len(made.left_out)


def test_text_is_quoted_for_yara() -> None:
    text = b'a"b\\c } rule x { condition: true }'
    rule = f'rule q {{ strings: $a = "{yara._quoted(text)}" condition: $a }}'
    assert len(list(yara_x.Scanner(yara_x.compile(rule)).scan(b"--" + text + b"--").matching_rules)) == 1


@pytest.mark.usefixtures("no_suricata")
def test_suricata_rules_name_buffers_and_frames(database: Path) -> None:
    with Store(database) as store:
        made = suricata_rules(EvidenceReader(store, masked=True))
    assert "# not tried: suricata absent" in made.text
    lines = [line for line in made.text.splitlines() if line.startswith("alert ")]
    assert len(lines) == made.count
    assert any('dns.query; content:"gps.tracker-cloud.example"; startswith; endswith; nocase;' in one for one in lines)
    assert any('http.host; content:"track.fleet.example"; startswith; endswith; metadata' in one for one in lines)
    assert any('tls.sni; content:"iot-south.quectel.com"' in one for one in lines)
    assert any('http.user_agent; content:"fleetbox/2.4"' in one for one in lines)
    assert any(one.startswith("alert tcp any any -> any 7018") and 'content:"xx|1f 12|"' in one for one in lines)
    ids = [int(number) for number in re.findall(r"sid:(\d+)", made.text)]
    assert len(ids) == len(set(ids))
    assert all(1_000_000 <= number <= 1_999_999 for number in ids)
    assert "news.example" not in made.text
    assert "telemetry.fleet.example" not in made.text, "it stands in the image only, so it was not tried"
    assert "860000000000033" not in made.text


@pytest.mark.usefixtures("no_suricata")
def test_suricata_rules_are_the_same_every_time(database: Path) -> None:
    with Store(database) as store:
        assert suricata_rules(EvidenceReader(store, masked=True)) == suricata_rules(EvidenceReader(store, masked=True))


def test_only_rules_that_fire_in_suricata_are_written(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "suricata"
    program.write_text(FAKE_SURICATA.format(python=shutil.which("python3")))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with Store(database) as store:
        made = suricata_rules(EvidenceReader(store, masked=True))
    assert "# tried: each rule fires in suricata on its own evidence" in made.text
    assert made.count == 2
    assert sum("fires on the benign capture" in line for line in made.left_out) == 1
    assert any("does not fire on its evidence" in line for line in made.left_out)


def test_a_suricata_that_fails_is_told(database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "suricata"
    program.write_text("#!/bin/sh\necho 'no configuration' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with Store(database) as store:
        made = suricata_rules(EvidenceReader(store, masked=True))
    assert "# not tried: suricata failed: no configuration" in made.text
    assert made.count > 3


@pytest.mark.programs
def test_real_suricata_takes_the_rules(database: Path, program) -> None:
    program("suricata")
    with Store(database) as store:
        made = suricata_rules(EvidenceReader(store, masked=True))
    assert "# tried" in made.text
    assert 'content:"gps.tracker-cloud.example"' in made.text


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"fleetbox/2.4", "fleetbox/2.4"),
        (b'a";b', "a|22 3b|b"),
        (b"\x78\x78\x1f\x12", "xx|1f 12|"),
        (b"|x", "|7c|x"),
    ],
)
def test_content_is_quoted_for_suricata(data: bytes, expected: str) -> None:
    assert suricata._content(data) == expected


@pytest.mark.parametrize(
    ("frames", "expected"),
    [
        ([b"\x78\x78\x1f\x12\x01", b"\x78\x78\x1f\x12\x02"], b"\x78\x78\x1f\x12"),
        ([b"\x78\x78\x1f", b"\x78\x78\x22"], b""),
        ([b"*HQ,8600001,V1", b"*HQ,8600002,V1"], b"*HQ,"),
        ([b"imei:860000000000017,"], b"imei:"),
        ([b"123456789012345"], b"1234"),
    ],
)
def test_how_frames_begin(frames: list[bytes], expected: bytes) -> None:
    assert suricata._start(frames) == expected


@settings(max_examples=50, deadline=None)
@given(st.binary(min_size=1, max_size=60))
def test_any_bytes_stay_inside_their_quotes(data: bytes) -> None:
    rule = f'rule q {{ strings: $a = "{yara._quoted(data)}" condition: $a }}'
    assert len(list(yara_x.Scanner(yara_x.compile(rule)).scan(b"--" + data + b"--").matching_rules)) == 1
    assert re.fullmatch(r"(?:[A-Za-z0-9 ._/+-]|\|[0-9a-f]{2}(?: [0-9a-f]{2})*\|)+", suricata._content(data))
