"""What an image holds and real programs said on the wire: one raised finding with both evidences."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.detect.images import CAPTURES, of, scanned
from tests.tars import make_tar

SCRIPT = b"""#!/bin/sh
printf 'AT+QGPSLOC=2\\r' >/dev/ttyUSB2
curl -sS -A 'fleetbox/2.4' --data-binary @/run/fix http://track.fleet.example:8080/api/v1/position
mosquitto_pub -h broker.fleet.example -i "trk-$(cat /run/imei)" -t fleet/$NAME/position -m "$fix"
"""
TREE = {"opt/report": SCRIPT, "etc/unit.conf": b"imei=860000000000017\n#server=osmand.fleet.example\n"}
WIRE = [CAPTURES / "http-post-position" / "http-post-position.pcap", CAPTURES / "mqtt-position" / "mqtt-position.pcap"]


def test_server_agent_topic_and_identity(tmp_path: Path) -> None:
    found, verdict = scanned([make_tar(tmp_path / "image.tar", TREE), *WIRE], tmp_path)
    ties = {row["facts"]["what"]: row for row in of(found, "tie")}

    assert {what: row["facts"]["value"] for what, row in ties.items()} == {
        "server": "track.fleet.example",
        "agent": "fleetbox/2.4",
        "topic": "fleet/van-17/position",
        "imei": "860000000000017",
    }
    assert ties["server"]["severity"] == "critical"  # positions are sent there: high, and one step more
    assert ties["imei"]["severity"] == "high"
    assert verdict.startswith("suspicious - ")
    for row in ties.values():
        kinds = {one["source_kind"] for one in row["evidence"]}
        assert kinds == {"firmware", "capture"}, row["title"]


@pytest.mark.parametrize(
    "sources",
    [
        [WIRE[0]],
        [],
    ],
)
def test_one_side_alone_ties_nothing(sources: list[Path], tmp_path: Path) -> None:
    image = [] if sources else [make_tar(tmp_path / "image.tar", TREE)]
    found, _ = scanned([*image, *sources], tmp_path)
    assert of(found, "tie") == []


def test_other_names_tie_nothing(tmp_path: Path) -> None:
    tree = {"opt/report": SCRIPT.replace(b"fleet", b"other"), "etc/far.conf": b"server=nmea.collector.example\n"}
    found, _ = scanned([make_tar(tmp_path / "image.tar", tree), *WIRE], tmp_path)
    assert of(found, "tie") == []


def test_a_trackers_frame_and_its_dialect(tmp_path: Path) -> None:
    frame = b"\x7fELF\x01\x01\x01" + bytes(50) + b"\0imei:%s,tracker,%s,,F,%s,A,%s,N,%s,E,%s;\0"
    wire = tmp_path / "gps103.pcap"
    wire.write_bytes(
        _capture(b"imei:352353773718421,tracker,240317124147,,F,094126,A,3625.72975,N,05031.36339,W,0.025,;")
    )
    found, _ = scanned([make_tar(tmp_path / "image.tar", {"bin/agent": frame}), wire], tmp_path)

    (row,) = of(found, "tie")
    assert (row["facts"]["what"], row["facts"]["value"], row["severity"]) == ("dialect", "gps103", "critical")


def _capture(payload: bytes) -> bytes:
    """One UDP datagram in a classic pcap (raw IPv4, link type 101)."""
    import struct

    udp = struct.pack(">HHHH", 40000, 5001, 8 + len(payload), 0) + payload
    ip = struct.pack(
        ">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 1, 0, 64, 17, 0, bytes([10, 0, 0, 2]), bytes([198, 51, 100, 9])
    )
    packet = ip + udp
    head = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101)
    return head + struct.pack("<IIII", 1_700_000_000, 0, len(packet), len(packet)) + packet
