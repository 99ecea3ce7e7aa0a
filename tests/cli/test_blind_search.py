"""A scan without a known place: numbers of an unknown protocol that move as a car does, and others that do not."""

from __future__ import annotations

import json
import math
import struct
import zlib
from pathlib import Path

import dpkt
import pytest

from tests.cli.test_known_position import BEGIN, HERE, positions, scanned
from tests.command import run


def drive(number: int) -> list[tuple[float, float]]:
    """Places every ten seconds of a drive around a block and out of town, with two stops."""
    latitude, longitude, course, made = *HERE, 0.3, []
    for index in range(number):
        metres = 0 if index % 17 in (5, 6) else 90 + 60 * math.sin(index)
        course += 1.4 if index % 9 == 0 else 0.1 * math.cos(index)
        latitude += metres * math.cos(course) / 111_195
        longitude += metres * math.sin(course) / (111_195 * math.cos(math.radians(HERE[0])))
        made.append((latitude, longitude))
    return made


def reports(places: list[tuple[float, float]]) -> list[bytes]:
    """Messages of no protocol: a head, a counter, a clock, a voltage, the place as 1e6 degrees, a check value."""
    made = []
    for number, (latitude, longitude) in enumerate(places):
        body = b"\x9e\x01" + struct.pack(">HIH", number, BEGIN + 10 * number, 12_400 + zlib.crc32(b"%d" % number) % 9)
        body += struct.pack(">ii", round(latitude * 1e6), round(longitude * 1e6))
        made.append(body + struct.pack(">H", zlib.crc32(body) & 0xFFFF))
    return made


def captured(path: Path, payloads: list[bytes], seconds: float = 10.0, *, apart: bool = False) -> Path:
    """A capture of datagrams from a private client to a far end, all of one flow or each of its own."""
    with path.open("wb") as file:
        writer = dpkt.pcap.Writer(file)
        for number, payload in enumerate(payloads):
            datagram = dpkt.udp.UDP(sport=40_000 + number * apart, dport=9_999, data=payload)
            datagram.ulen = len(datagram)
            packet = dpkt.ip.IP(src=b"\x0a\x00\x00\x05", dst=b"\x2d\x4f\x70\xcb", p=17, data=datagram)
            packet.len = len(packet)
            frame = dpkt.ethernet.Ethernet(src=b"\x02" * 6, dst=b"\x04" * 6, data=packet)
            writer.writepkt(bytes(frame), ts=BEGIN + seconds * number)
    return path


def test_numbers_that_move_as_a_car_does_are_told_and_prove_nothing(tmp_path: Path) -> None:
    places = drive(40)
    (finding,) = scanned(tmp_path, captured(tmp_path / "car.pcap", reports(places)))
    assert (finding["confidence"], finding["severity"]) == ("possible", "medium")
    assert "move as a car does" in " ".join(map(str, finding["reasons"]))  # type: ignore[call-overload]
    assert any("not proven" in str(doubt) for doubt in finding["doubts"])  # type: ignore[attr-defined]
    rows = positions(tmp_path)
    assert [(row["latitude"], row["longitude"]) for row in rows] == [pytest.approx(one, abs=1e-6) for one in places]
    assert {row["method"] for row in rows} == {"blind"}
    (asset,) = json.loads(run(tmp_path, "show", "asset", "--format", "json").stdout)
    assert asset["verdict"] == "suspicious"


def test_the_layout_is_told_with_its_evidence(tmp_path: Path) -> None:
    sent = reports(drive(30))
    scanned(tmp_path, captured(tmp_path / "car.pcap", sent))
    row = positions(tmp_path)[4]
    told = json.loads(run(tmp_path, "show", "position", str(row["id"]), "--format", "json", "--unmask").stdout)
    assert told["evidence"][0]["excerpt"] == sent[4].hex()
    facts = json.loads(told["facts"]) if isinstance(told["facts"], str) else told["facts"]
    assert (facts["latitude_at"], facts["longitude_at"]) == (10, 14)
    assert facts["encoding"] == "int32 1e6 twos-complement big"


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(lambda places: reports([places[0]] * len(places)), id="a car that stands"),
        pytest.param(lambda places: reports(places[:5]), id="five messages"),
        pytest.param(lambda places: reports([places[7 * at % 40] for at in range(40)]), id="jumps"),
        pytest.param(
            lambda places: [
                b"\x9e" + struct.pack(">IIQ", 48_000_000 + 997 * number, BEGIN + 10 * number, 10_000 * number)
                for number in range(len(places))
            ],
            id="counters and clocks",
        ),
    ],
)
def test_what_does_not_move_as_a_car_is_not_told(tmp_path: Path, sent: object) -> None:
    payloads = sent(drive(40))  # type: ignore[operator]
    assert scanned(tmp_path, captured(tmp_path / "car.pcap", payloads)) == []


def test_flows_over_the_limit_are_told(tmp_path: Path) -> None:
    scanned(tmp_path, captured(tmp_path / "car.pcap", [b"\x9e\x01\x02"] * 520, apart=True))
    told = json.loads(run(tmp_path, "show", "source", "1", "--format", "json").stdout)
    assert [(row["subject"], row["value"]) for row in told["coverage"] if "moving places" in row["measure"]] == [
        ("flows", 8.0)
    ]


def test_what_a_dialect_explains_is_not_looked_at(tmp_path: Path) -> None:
    """Sentences of NMEA say the place themselves: nothing is told twice."""

    def sentence(latitude: float, longitude: float) -> bytes:
        halves = [f"{int(one):0{2 + wide}d}{one % 1 * 60:07.4f}" for wide, one in enumerate((latitude, longitude))]
        body = f"GPGLL,{halves[0]},N,{halves[1]},E,221320.00,A,A"
        check = 0
        for byte in body.encode():
            check ^= byte
        return f"${body}*{check:02X}\r\n".encode()

    scanned(tmp_path, captured(tmp_path / "car.pcap", [sentence(*place) for place in drive(20)]))
    assert {row["method"] for row in positions(tmp_path)} == {"decoded"}
