"""``scan`` from the outside: exit codes, one-line errors, nothing lost of what was readable."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
from pathlib import Path

import dpkt
import pytest

from iotwatch.batch.scan import Engine, Plan, exit_code, scan
from iotwatch.errors import MissingExtra
from iotwatch.model import Confidence, Severity
from iotwatch.store import Store
from tests.command import run

CAPTURES = Path(__file__).parent.parent.parent / "captures"


def capture(path: Path, packets: int = 3, linktype: int = 1) -> Path:
    """A small capture of UDP datagrams from one documentation address to another."""
    with path.open("wb") as file:
        writer = dpkt.pcap.Writer(file, linktype=linktype)
        for number in range(packets):
            datagram = dpkt.udp.UDP(sport=4000, dport=5000, data=b"hello %d" % number)
            datagram.ulen = len(datagram)
            packet = dpkt.ip.IP(src=b"\xc0\x00\x02\x01", dst=b"\xc6\x33\x64\x01", p=17, data=datagram)
            packet.len = len(packet)
            frame = dpkt.ethernet.Ethernet(src=b"\x02" * 6, dst=b"\x04" * 6, data=packet)
            writer.writepkt(bytes(frame), ts=1_700_000_000 + number)
    return path


def test_found_is_exit_1_and_exit_zero_is_0(tmp_path: Path) -> None:
    assert run(tmp_path, "scan", CAPTURES / "gt06-tracker").returncode == 1
    assert run(tmp_path, "scan", "--exit-zero", CAPTURES / "gt06-tracker").returncode == 0


def test_nothing_above_the_line_is_exit_0(tmp_path: Path) -> None:
    result = run(tmp_path, "scan", capture(tmp_path / "a.pcap"))
    assert result.returncode == 0, result.stderr
    assert "not-enough-data" in result.stdout


def test_again_adds_nothing_and_says_so(tmp_path: Path) -> None:
    first = run(tmp_path, "scan", CAPTURES)
    with Store(tmp_path / "iotwatch.db") as store:
        tables = [row["name"] for row in store.query("SELECT name FROM sqlite_master WHERE type = 'table'")]
        before = {name: store.query(f"SELECT count(*) AS n FROM {name}")[0]["n"] for name in tables}
    second = run(tmp_path, "scan", CAPTURES)
    with Store(tmp_path / "iotwatch.db") as store:
        after = {name: store.query(f"SELECT count(*) AS n FROM {name}")[0]["n"] for name in tables}

    sources = before["sources"]
    assert f"{sources} source(s): 0 analysed, {sources} skipped as known" in second.stderr
    assert {name: count for name, count in after.items() if name != "runs"} == {
        name: count for name, count in before.items() if name != "runs"
    }
    assert (second.returncode, second.stdout) == (first.returncode, first.stdout)


def test_the_database_in_the_folder_is_no_source(tmp_path: Path) -> None:
    capture(tmp_path / "a.pcap")
    for _ in range(2):
        assert "1 source(s):" in run(tmp_path, "scan", ".").stderr
    with Store(tmp_path / "iotwatch.db") as store:
        assert store.assets.names() == ["a.pcap"]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.pcap", b"", "is empty"),
        ("missing.pcap", None, "there is no such file"),
    ],
)
def test_what_cannot_be_read_at_all_is_exit_4(tmp_path: Path, name: str, content: bytes | None, words: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    result = run(tmp_path, "scan", name)
    assert result.returncode == 4
    assert words in result.stderr
    assert "Traceback" not in result.stderr


def test_a_folder_without_evidence_is_exit_4_and_says_so(tmp_path: Path) -> None:
    sweep = tmp_path / "sweep"
    sweep.mkdir()
    (sweep / "notes.md").write_text("# notes\n\nnothing of evidence here\n" * 20)
    (sweep / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(500))
    for _ in range(2):
        result = run(tmp_path, "scan", sweep)
        assert result.returncode == 4
        assert "not-enough-data: none of what was given could be read as evidence" in result.stdout


def test_a_source_that_was_read_in_part_is_exit_3_on_every_run(tmp_path: Path) -> None:
    (tmp_path / "cut.pcap").write_bytes(capture(tmp_path / "whole.pcap").read_bytes()[:-5])
    first, second = (run(tmp_path, "scan", "cut.pcap") for _ in range(2))
    assert (first.returncode, second.returncode) == (3, 3)
    assert second.stdout == first.stdout
    assert second.stderr.splitlines()[0] == first.stderr.splitlines()[0]
    assert second.stderr.startswith("partial: cut.pcap: ")


def test_a_cut_record_keeps_what_is_whole(tmp_path: Path) -> None:
    whole = capture(tmp_path / "whole.pcap").read_bytes()
    (tmp_path / "cut.pcap").write_bytes(whole[:-5])
    result = run(tmp_path, "scan", "cut.pcap")
    assert result.returncode == 3
    assert "partial: cut.pcap" in result.stderr
    with Store(tmp_path / "iotwatch.db") as store:
        row = store.query("SELECT packets, complete, damage FROM sources")[0]
    assert row["packets"] == 2
    assert not row["complete"]
    assert json.loads(row["damage"])[0]["end"] == len(whole) - 5


def test_a_cut_file_header_is_told(tmp_path: Path) -> None:
    (tmp_path / "head.pcap").write_bytes(struct.pack("<IHH", 0xA1B2C3D4, 2, 4))
    result = run(tmp_path, "scan", "head.pcap")
    assert result.returncode == 4
    assert "unreadable: head.pcap" in result.stderr
    assert "head.pcap" in result.stderr


def test_bad_inputs_do_not_lose_the_good_ones(tmp_path: Path) -> None:
    sweep = tmp_path / "sweep"
    sweep.mkdir()
    capture(sweep / "good.pcap")
    (sweep / "empty.pcap").write_bytes(b"")
    (sweep / "notes.md").write_text("# notes\n\nnothing of evidence here\n" * 20)
    result = run(tmp_path, "scan", sweep)
    assert result.returncode == 3
    assert "3 source(s): 1 analysed, 0 skipped as known, 1 skipped as no evidence, 1 unreadable" in result.stderr
    assert "skipped:" in result.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may list every folder")
def test_a_folder_without_permission_is_listed(tmp_path: Path) -> None:
    sweep = tmp_path / "sweep"
    (sweep / "closed").mkdir(parents=True)
    capture(sweep / "good.pcap")
    (sweep / "closed").chmod(0)
    try:
        result = run(tmp_path, "scan", sweep)
    finally:
        (sweep / "closed").chmod(0o700)
    assert result.returncode == 3
    assert "cannot list the folder" in result.stderr


def test_broken_signatures_are_exit_5(tmp_path: Path) -> None:
    folder = tmp_path / "signatures" / "modules"
    folder.mkdir(parents=True)
    (folder / "bad.toml").write_text('id = "bad"\ntitle = 7\n')
    result = run(tmp_path, "scan", "--signatures", tmp_path / "signatures", capture(tmp_path / "a.pcap"))
    assert result.returncode == 5
    assert "bad.toml" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_wrong_usage_is_exit_2(tmp_path: Path) -> None:
    assert run(tmp_path, "scan").returncode == 2
    assert run(tmp_path, "scan", "--fail-on", "nonsense", "x").returncode == 2
    assert run(tmp_path, "no-such-verb").returncode == 2


def test_options_come_from_the_environment_and_before_the_verb(tmp_path: Path) -> None:
    source = capture(tmp_path / "a.pcap")
    assert run(tmp_path, "scan", source, IOTWATCH_DB="env.db", IOTWATCH_ASSET="car-9").returncode == 0
    assert (tmp_path / "env.db").is_file()
    shown = run(tmp_path, "--db", "env.db", "show", "asset", "--format", "json")
    assert [row["name"] for row in json.loads(shown.stdout)] == ["car-9"]


def test_standard_input_is_a_source(tmp_path: Path) -> None:
    data = capture(tmp_path / "a.pcap", packets=4).read_bytes()
    words = [sys.executable, "-m", "iotwatch", "scan", "-"]
    result = subprocess.run(words, cwd=tmp_path, input=data, capture_output=True, timeout=60, check=False)
    assert result.returncode == 0, result.stderr
    assert b"4 packets" in result.stderr


def test_masked_unless_asked(tmp_path: Path) -> None:
    run(tmp_path, "scan", CAPTURES / "gt06-tracker")
    masked = run(tmp_path, "show", "position", "--format", "json").stdout
    plain = run(tmp_path, "show", "position", "--format", "json", "--unmask").stdout
    hidden, shown = json.loads(masked)[0], json.loads(plain)[0]
    assert shown["reported_id"].isdigit()
    assert shown["reported_id"] not in masked
    assert hidden["latitude"] == round(shown["latitude"], 2)


def test_show_finding_walks_back_to_the_bytes(tmp_path: Path) -> None:
    run(tmp_path, "scan", CAPTURES / "gt06-tracker")
    rows = json.loads(run(tmp_path, "show", "finding", "--format", "json").stdout)
    location = next(row for row in rows if row["kind"] == "location")
    text = run(tmp_path, "show", "finding", location["fingerprint"][:8], "--unmask").stdout
    assert "frame.number ==" in text
    assert "78 78" in text
    command = next(line.strip() for line in text.splitlines() if line.strip().startswith("dd if="))
    shown = subprocess.run(["sh", "-c", command.replace("| xxd", "")], capture_output=True, check=True, cwd=tmp_path)
    assert shown.stdout[:2] in (b"\x78\x78", b"\x79\x79")


def test_a_folder_that_cannot_be_listed_is_an_outcome(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sweep = tmp_path / "sweep"
    (sweep / "closed").mkdir(parents=True)
    capture(sweep / "good.pcap")
    real = os.scandir

    def scandir(path: str | Path) -> object:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    report = scan([sweep], tmp_path / "a.db", Plan(jobs=1))
    assert {outcome.status for outcome in report.outcomes} == {"ok", "unreadable"}
    assert "cannot list the folder: Permission denied" in [outcome.reason for outcome in report.outcomes]
    assert exit_code(report, Severity.HIGH, Confidence.LIKELY) == 3


def test_file_names_of_any_bytes_are_scanned_and_never_obeyed(tmp_path: Path) -> None:
    folder = tmp_path / "sweep"
    folder.mkdir()
    for name in (b"caf\xe9.pcap", b"esc\x1b[31mred.pcap", b"plain.pcap"):
        capture(folder / os.fsdecode(name))
    (folder / "\x1b]0;title\x07.pcap").write_bytes(b"")
    result = run(tmp_path, "scan", "--exit-zero", "--jobs", "2", folder)
    assert result.returncode == 0, result.stderr
    assert "\x1b" not in result.stdout + result.stderr
    assert "caf\\xe9.pcap" in result.stdout
    assert "esc\\x1b[31mred.pcap" in result.stdout
    assert run(tmp_path, "doctor", "--evidence").returncode == 0


def test_a_cluster_that_cannot_be_used_is_wrong_usage_and_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = run(tmp_path, "scan", "--address", "192.0.2.7:6379", capture(tmp_path / "a.pcap"))
    assert result.returncode == 2
    assert "--engine ray" in result.stderr
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingExtra, match=r"iotwatch\[cluster\]"):
        scan([tmp_path / "a.pcap"], tmp_path / "a.db", Plan(engine=Engine.RAY))
