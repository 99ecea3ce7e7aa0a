"""Own dialects: found in a capture, named in what is found, and told when their file is wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import dpkt
import pytest

from iotwatch.decode.trackers.own import load_own
from iotwatch.errors import SignatureError

DIALECT = r"""
name = "acme-beacon"
title = "Acme beacon"
sources = ["messages of our own trackers"]
transport = "tcp"
anchors = ['#ACME,\d{15},']

[[pattern]]
carries = "position"
regex = '''
\#ACME,
(?P<imei>\d{15}),
{deg},
(?P<YmdHMS>\d{14})
'''

[[example]]
text = '#ACME,356133297735671,14.276519,7.651327,20240317094126'
latitude = 14.276519
longitude = 7.651327
ids = ["356133297735671"]
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of an own dialect, in a folder that the environment names."""
    path = tmp_path / "ours" / "dialects" / "text" / "acme.toml"
    path.parent.mkdir(parents=True)
    path.write_text(DIALECT)
    monkeypatch.setenv("IOTWATCH_SIGNATURES", str(tmp_path / "ours"))
    return path


def capture(path: Path, imei: str) -> Path:
    """A tracker opens a connection and tells three places on its way."""
    at = 100
    with path.open("wb") as written:
        writer = dpkt.pcap.Writer(written)
        for number in range(-1, 3):
            text = b"#ACME,%s,51.5%04d,-0.12%04d,2023111422%02d20\r\n" % (
                imei.encode(),
                number * 9,
                number * 7,
                13 + number,
            )
            data = text if number >= 0 else b""
            segment = dpkt.tcp.TCP(sport=40001, dport=7700, seq=at, flags=24 if data else 2, data=data)
            at += len(data) or 1
            packet = dpkt.ip.IP(src=b"\x0a\0\0\x02", dst=b"\xcb\0\x71\x05", p=6, data=segment)
            frame = dpkt.ethernet.Ethernet(src=b"\2" * 6, dst=b"\4" * 6, data=packet)
            writer.writepkt(bytes(frame), ts=1_700_000_000 + 60 * number)
    return path


def test_a_scan_reads_own_dialects_and_the_finding_names_the_file(tmp_path: Path, file: Path) -> None:
    capture(tmp_path / "a.pcap", "356133297735671")
    options = ["scan", "--format", "jsonl", "--signatures", str(file.parents[2]), "a.pcap"]
    done = subprocess.run(
        [sys.executable, "-m", "iotwatch", *options],
        cwd=tmp_path,
        env={key: value for key, value in os.environ.items() if not key.startswith("IOTWATCH_")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    found = [row for row in map(json.loads, done.stdout.splitlines()) if row.get("detector") == "location"]
    assert {row["facts"]["dialect"] for row in found} == {"acme-beacon"}, done.stderr
    assert all("ours/dialects/text/acme.toml" in " ".join(row["doubts"]) for row in found)


def test_an_own_dialect_is_as_tried_as_its_examples(file: Path) -> None:
    (dialect,) = load_own(())
    assert (dialect.name, dialect.samples) == ("acme-beacon", 1)
    assert list(dialect.wrong()) == []
    file.write_text(DIALECT.replace("latitude = 14.27", "latitude = 15.27"))
    (dialect,) = load_own(())
    assert ["place" in told for told in dialect.wrong()] == [True]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("(?P<imei>", "(?P<imei", "acme.toml"),
        ("anchors = ['#ACME,", "anchors = ['(#ACME,", "acme.toml"),
        ('transport = "tcp"', 'transpot = "tcp"', "acme.toml, line 5"),
        ('carries = "position"', "carries = 7", "acme.toml, line 9"),
        ('name = "acme-beacon"', 'name = "gt06"', "already"),
    ],
)
def test_a_wrong_file_is_told(file: Path, old: str, new: str, told: str) -> None:
    file.write_text(DIALECT.replace(old, new, 1))
    with pytest.raises(SignatureError) as caught:
        load_own({"gt06"})
    assert told in str(caught.value)
    assert str(file) in str(caught.value)


def test_a_dialect_beside_the_folders_of_its_kinds_is_told(file: Path) -> None:
    file.rename(file.parents[1] / "acme.toml")
    with pytest.raises(SignatureError, match="dialects/text, dialects/frame or dialects/json"):
        load_own(())


def test_a_wrong_file_ends_a_command_with_one_line_and_exit_5(file: Path) -> None:
    file.write_text(DIALECT.replace('title = "Acme', 'titel = "Acme'))
    words = [sys.executable, "-m", "iotwatch", "decode", "78780d01035841905100000000011f720d0a"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 5
    assert len(done.stderr.strip().splitlines()) == 1
    assert "acme.toml, line 3" in done.stderr
