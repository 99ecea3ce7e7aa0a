"""``scan --known-position``: a place that the people know, found in messages of a protocol that nobody knows."""

from __future__ import annotations

import base64
import json
import random
import struct
from collections.abc import Iterable
from pathlib import Path

import dpkt
import pytest

from iotwatch.decode.trackers.engine.files import read_all as read_files
from iotwatch.decode.trackers.engine.frame_file import load as load_frame
from iotwatch.decode.trackers.engine.text import TextDialect
from iotwatch.decode.trackers.engine.text_pattern import DialectFile
from iotwatch.model import Confidence
from iotwatch.read.stream import from_bytes
from tests.command import run

HERE = (48.858222, 2.2945)
KNOWN = f"{HERE[0]},{HERE[1]}"
AWAY = "52.516275,13.377704"
BEGIN = 1_700_000_000


def datagrams(path: Path, payloads: Iterable[bytes], *, up: bool = True) -> Path:
    """A capture of UDP datagrams, one each ten seconds, from a private client to a far end, or back."""
    with path.open("wb") as file:
        writer = dpkt.pcap.Writer(file)
        ends = (b"\x0a\x00\x00\x05", b"\x2d\x4f\x70\xcb") if up else (b"\x2d\x4f\x70\xcb", b"\x0a\x00\x00\x05")
        ports = (40_000, 9_999) if up else (9_999, 40_000)
        for number, payload in enumerate(payloads):
            datagram = dpkt.udp.UDP(sport=ports[0], dport=ports[1], data=payload)
            datagram.ulen = len(datagram)
            packet = dpkt.ip.IP(src=ends[0], dst=ends[1], p=17, data=datagram)
            packet.len = len(packet)
            frame = dpkt.ethernet.Ethernet(src=b"\x02" * 6, dst=b"\x04" * 6, data=packet)
            writer.writepkt(bytes(frame), ts=BEGIN + 10 * number)
    return path


def messages(number: int) -> list[bytes]:
    """Messages of no protocol: noise, two numbers near ``HERE`` with three bytes between, noise."""
    draw = random.Random(number)
    made = []
    for _ in range(number):
        latitude, longitude = (round((half + draw.uniform(-0.0003, 0.0003)) * 600_000) for half in HERE)
        made.append(
            b"\x9e"
            + draw.randbytes(9)
            + struct.pack("<i3xi", latitude, longitude)
            + draw.randbytes(draw.randrange(9, 20))
        )
    return made


def scanned(folder: Path, *arguments: str | Path) -> list[dict[str, object]]:
    """The findings about locations, as JSON lines give them."""
    asked = run(folder, "scan", *arguments, "--format", "jsonl", "--unmask", "--min-confidence", "possible")
    assert asked.returncode in (0, 1, 3), asked.stderr
    rows = [json.loads(line) for line in asked.stdout.splitlines()]
    return [row for row in rows if row.get("kind") == "location"]


def positions(folder: Path) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = json.loads(run(folder, "show", "position", "--format", "json", "--unmask").stdout)
    return rows


def test_a_known_place_proves_an_unknown_protocol(tmp_path: Path) -> None:
    file = datagrams(tmp_path / "car.pcap", messages(6))
    assert scanned(tmp_path, file, "--db", "without.db") == []
    (finding,) = scanned(tmp_path, file, "--known-position", KNOWN)
    assert finding["confidence"] == Confidence.CERTAIN.name.lower()
    assert finding["severity"] == "high"
    told = " ".join(map(str, finding["reasons"]))  # type: ignore[call-overload]
    assert "6 places, written as int32 6e5 twos-complement little, lie within 100 m" in told
    assert "less than 1 in 1,000,000" in told
    rows = positions(tmp_path)
    assert {row["method"] for row in rows} == {"known-position"}
    assert all(abs(float(row["latitude"]) - HERE[0]) < 0.0009 for row in rows)  # type: ignore[arg-type]


def test_another_place_proves_nothing(tmp_path: Path) -> None:
    file = datagrams(tmp_path / "car.pcap", messages(6))
    assert scanned(tmp_path, file, "--known-position", AWAY) == []


def test_the_evidence_is_the_message_and_replays(tmp_path: Path) -> None:
    sent = messages(2)
    file = datagrams(tmp_path / "car.pcap", sent)
    scanned(tmp_path, file, "--known-position", KNOWN)
    for row, payload in zip(positions(tmp_path), sent, strict=True):
        told = json.loads(run(tmp_path, "show", "position", str(row["id"]), "--format", "json", "--unmask").stdout)
        (evidence,) = told["evidence"]
        assert evidence["excerpt"] == payload.hex()
        facts = json.loads(told["facts"]) if isinstance(told["facts"], str) else told["facts"]
        assert (facts["latitude_at"], facts["longitude_at"]) == (10, 17)


def test_one_message_says_less_than_several(tmp_path: Path) -> None:
    file = datagrams(tmp_path / "car.pcap", messages(1) * 5)
    (finding,) = scanned(tmp_path, file, "--known-position", KNOWN)
    assert finding["confidence"] == "likely", "the same bytes again are no second proof"
    assert any("no second message confirms it" in str(doubt) for doubt in finding["doubts"])  # type: ignore[attr-defined]


def test_what_stands_inside_base64_is_found(tmp_path: Path) -> None:
    payloads = [b'{"k":"v1","x":"' + base64.b64encode(one) + b'"}' for one in messages(4)]
    (finding,) = scanned(tmp_path, datagrams(tmp_path / "car.pcap", payloads), "--known-position", KNOWN)
    assert finding["confidence"] == "certain"
    told = json.loads(
        run(tmp_path, "show", "position", str(positions(tmp_path)[0]["id"]), "--format", "json", "--unmask").stdout
    )
    assert any(one.get("name") == "base64" for one in told["evidence"][0]["place"])


def test_only_while_the_car_was_there(tmp_path: Path) -> None:
    file = datagrams(tmp_path / "car.pcap", messages(6))
    then = "2023-11-14T22:13:00Z/2023-11-14T22:13:35Z"  # of ten seconds each, from 22:13:20 on
    scanned(tmp_path, file, "--known-position", f"{KNOWN}@{then}")
    assert len(positions(tmp_path)) == 2


def test_the_case_file_names_places_too(tmp_path: Path) -> None:
    file = datagrams(tmp_path / "car.pcap", messages(6))
    case = tmp_path / "case.toml"
    case.write_text(f"[[known_positions]]\nlatitude = {HERE[0]}\nlongitude = {HERE[1]}\nradius = 80\n")
    (finding,) = scanned(tmp_path, file, "--case", case)
    assert finding["confidence"] == "certain"


def test_a_known_place_is_analysed_again(tmp_path: Path) -> None:
    file = datagrams(tmp_path / "car.pcap", messages(6))
    assert scanned(tmp_path, file) == []
    assert len(scanned(tmp_path, file, "--known-position", KNOWN)) == 1


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("91.0,2.0", "not on the globe"),
        ("48.8,181", "not on the globe"),
        ("48.8", "a comma"),
        ("north,west", "could not convert"),
        (f"{KNOWN}@2026-01-31T10:00:00/", "needs an offset"),
        (f"{KNOWN}@2026-01-31T10:00:00Z/2026-01-31T09:00:00Z", "ends after it begins"),
        ("nan,2.0", "not on the globe"),
    ],
)
def test_what_is_no_place_is_told(tmp_path: Path, written: str, told: str) -> None:
    asked = run(tmp_path, "scan", datagrams(tmp_path / "car.pcap", messages(1)), "--known-position", written)
    assert asked.returncode == 2
    assert told in asked.stderr


def test_a_radius_of_no_use_is_told(tmp_path: Path) -> None:
    file = datagrams(tmp_path / "car.pcap", messages(1))
    asked = run(tmp_path, "scan", file, "--known-position", KNOWN, "--radius", "50000")
    assert asked.returncode == 2
    assert "1 to 10000" in asked.stderr


def test_the_layout_is_told_as_a_dialect_that_reads_the_messages(tmp_path: Path) -> None:
    file = datagrams(tmp_path / "car.pcap", messages(4))
    scanned(tmp_path, file, "--known-position", KNOWN)
    row = positions(tmp_path)[0]
    told = json.loads(run(tmp_path, "show", "position", str(row["id"]), "--format", "json", "--unmask").stdout)
    (tmp_path / "frame").mkdir()
    (tmp_path / "frame" / "drafted.toml").write_text("\n".join(told["draft"]))
    drafted = load_frame(tmp_path / "frame" / "drafted.toml")
    for number, payload in enumerate(messages(4)):
        (fix,) = next(iter(drafted.messages(from_bytes(payload)))).fixes
        assert (fix.latitude, fix.longitude) == pytest.approx(
            (float(str(positions(tmp_path)[number]["latitude"])), float(str(positions(tmp_path)[number]["longitude"]))),
            abs=1e-6,
        )
    masked = json.loads(run(tmp_path, "show", "position", str(row["id"]), "--format", "json").stdout)
    assert "draft" not in masked
    assert "i32_le lat /600000.0" in run(tmp_path, "show", "position", str(row["id"]), "--unmask").stdout


def test_the_layout_of_a_text_is_told_as_a_dialect_too(tmp_path: Path) -> None:
    payloads = [b"QQ7;%d;W 4851.4%03d,N/00217.6%03d,E;99" % (n, 930 + n, 700 - n) for n in range(4)]
    scanned(tmp_path, datagrams(tmp_path / "car.pcap", payloads), "--known-position", KNOWN, "--radius", "200")
    row = positions(tmp_path)[0]
    told = json.loads(run(tmp_path, "show", "position", str(row["id"]), "--format", "json", "--unmask").stdout)
    (tmp_path / "text").mkdir()
    (tmp_path / "text" / "drafted.toml").write_text("\n".join(told["draft"]))
    drafted = TextDialect(read_files(tmp_path / "text", DialectFile)["drafted"])
    for payload in payloads:
        (fix,) = next(iter(drafted.messages(from_bytes(payload)))).fixes
        assert fix.latitude == pytest.approx(HERE[0], abs=0.001)
        assert fix.longitude == pytest.approx(HERE[1], abs=0.001)
