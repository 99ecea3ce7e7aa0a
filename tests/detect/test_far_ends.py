"""``show endpoint`` lists whom a car reached, asked for, was made to reach, or is made to name in its software."""

from __future__ import annotations

from pathlib import Path

from tests.talks import datagram, run, scan, talk, told, write
from tests.tars import make_tar

_NAME = b"\x07unknown\x06vendor\x07example\x00"
_QUESTION = bytes.fromhex("000101000001000000000000") + _NAME + bytes.fromhex("00010001")


def _capture(folder: Path) -> Path:
    page = b"GET / HTTP/1.1\r\nHost: Plain.example\r\n\r\n"
    frames = [
        *talk(0, "10.0.0.2", "198.51.100.9", 80, page),
        *talk(9, "10.0.0.2", "198.51.100.9", 80, page, sport=40001),
        *talk(20, "10.0.0.2", "203.0.113.4", 9021, b"\x01\x02\x03"),
        datagram(30, "10.0.0.2", "8.8.8.8", 53, _QUESTION),
    ]
    return write(folder / "a.pcap", frames)


def test_every_far_end_of_traffic_is_listed(tmp_path: Path) -> None:
    database = tmp_path / "d.db"
    scan(database, _capture(tmp_path))
    rows = told(database, "endpoint")
    assert [(row["name"], row["address"], row["port"]) for row in rows] == [
        ("", "203.0.113.4", 9021),
        ("", "8.8.8.8", 53),
        ("plain.example", "198.51.100.9", 80),
        ("unknown.vendor.example", "", None),
    ]
    listed = run(database, "show", "endpoint")
    for name in ("203.0.113.4:9021", "plain.example", "unknown.vendor.example"):
        assert name in listed
    assert told(database, "endpoint", "plain.example")["address"] == "198.51.100.9"
    assert len(told(database, "endpoint")) == 4
    run(database, "rejudge")
    assert len(told(database, "endpoint")) == 4


def test_far_ends_of_modems_and_programs_are_listed(tmp_path: Path) -> None:
    log = tmp_path / "at.log"
    log.write_bytes(b'AT+QIOPEN=1,0,"TCP","ingest.modem.example",7018,0,1\r\nOK\r\n')
    script = b'#!/bin/sh\nimei=$(cat /run/imei)\nwget -q --post-data "$imei" http://ingest.fleet.example/v1\n'
    database = tmp_path / "d.db"
    scan(database, "--asset", "car", "--vantage", "uart", log, make_tar(tmp_path / "image.tar", {"opt/up": script}))
    assert {"ingest.modem.example", "ingest.fleet.example"} <= {row["name"] for row in told(database, "endpoint")}
