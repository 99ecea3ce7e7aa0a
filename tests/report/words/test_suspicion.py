"""Page one says of a finding what the finding says: a clock where one beats, and nothing where none does."""

from __future__ import annotations

import json
import random
from pathlib import Path

import msgspec

from iotwatch.report.document.model import Finding
from iotwatch.report.words.statements import Suspicion
from iotwatch.report.words.suspicion import suspicion
from iotwatch.words.amounts import odds
from tests.talks import datagram, finding, run, scan, talk, told, write

AGAIN = "gets in touch with the same place again and again"
CLOCK = "as by a clock"
NUMBER = b"imei=490154203237518"


def _beat(folder: Path) -> Path:
    chance = random.Random(1)
    frames = [
        one
        for number in range(60)
        for one in talk(
            number * 61 + chance.uniform(0, 0.5),
            "192.168.1.20",
            "198.51.100.7",
            8443,
            b"imei=490154203237518",
            sport=40000 + number,
        )
    ]
    return write(folder / "beat.pcap", frames)


def _dense(folder: Path) -> Path:
    chance, at = random.Random(3), [0.0]
    while at[-1] < 600:
        at.append(at[-1] + chance.expovariate(4.0))
    frames = [datagram(time, "192.168.1.20", "198.51.100.7", 9000, b"y" * 40) for time in at]
    return write(folder / "dense.pcap", frames)


def _tunnel(folder: Path) -> Path:
    chance = random.Random(9)

    def question(number: int) -> bytes:
        label = "".join(chance.choices("abcdef0123456789", k=40)).encode()
        name = b"".join(bytes([len(one)]) + one for one in (label, b"t", b"example")) + b"\0"
        return number.to_bytes(2) + bytes.fromhex("01000001000000000000") + name + bytes.fromhex("00100001")

    # By the clock, so that the resolver is regular contact too.
    at = [number * 7 + chance.uniform(0, 0.2) for number in range(90)]
    frames = [datagram(time, "192.168.1.20", "8.8.8.8", 53, question(number)) for number, time in enumerate(at)]
    return write(folder / "tunnel.pcap", frames)


def test_data_in_names_is_no_clock_and_the_resolver_no_far_end(tmp_path: Path) -> None:
    database = tmp_path / "d.db"
    printed = scan(database, _tunnel(tmp_path))
    assert "a device asks for names that look like hidden data" in printed
    assert CLOCK not in printed
    assert "8.8.8.8" not in printed
    assert "8.8.8.8" not in json.dumps([row["facts"].get("server") for row in told(database, "finding")])
    for form in ("zeek", "stix", "suricata", "csv"):
        out = tmp_path / f"out.{form}"
        run(database, "export", "--format", form, "-o", str(out))
        text = out.read_text()
        assert "the address behind" not in text
        if form != "csv":
            assert "8.8.8.8" not in text


def test_a_clock_is_said_of_a_beat(tmp_path: Path) -> None:
    printed = scan(tmp_path / "d.db", _beat(tmp_path))
    assert finding(tmp_path / "d.db", "beacon")["facts"]["pattern"] == "clock"
    assert f"a device {AGAIN}, {CLOCK}." in printed


def test_no_clock_is_said_of_dense_contact(tmp_path: Path) -> None:
    scan(tmp_path / "d.db", _dense(tmp_path))
    beacon = finding(tmp_path / "d.db", "beacon")
    assert beacon["facts"]["pattern"] == "dense"
    blank = {field.name: () for field in msgspec.structs.fields(Finding)}
    said = suspicion(Finding(**(blank | {name: value for name, value in beacon.items() if name in blank})))
    assert said is Suspicion.WITHOUT_A_PAUSE
    assert CLOCK not in said(asset="car").text


def test_a_chance_is_told_alike_everywhere(tmp_path: Path) -> None:
    database = tmp_path / "d.db"
    scan(database, _beat(tmp_path))
    beacon = finding(database, "beacon")
    said = odds(beacon["facts"]["chance"])
    assert "1 in" in said
    assert any(said in one for one in beacon["reasons"])
    assert beacon["facts"]["chance"] == told(database, "beacon")[0]["chance"]
    listed = " ".join(run(database, "show", "beacon").split())
    assert said in listed
    assert said in " ".join(run(database, "show", "beacon", "1").split())
    for form in ("html", "md", "json"):
        out = tmp_path / f"report.{form}"
        run(database, "report", "-o", str(out))
        assert "practically never" not in out.read_text()
        assert said in out.read_text()
        assert "1 in 1,000,000" not in out.read_text().replace(said, "")


def test_a_writer_of_gsmtap_is_no_beacon(tmp_path: Path) -> None:
    header = bytes.fromhex("02040101000000000000000000000000")
    frames = [datagram(number * 5.0, "127.0.0.1", "127.0.0.1", 4729, header + bytes(23)) for number in range(200)]
    database = tmp_path / "d.db"
    scan(database, write(tmp_path / "tap.pcap", frames))
    assert not [row for row in told(database, "finding") if row["kind"] == "beacon"]
