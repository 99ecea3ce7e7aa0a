"""What is told as read out of bytes stands in those very bytes, each field where it stands and in its unit."""

from __future__ import annotations

import re
import struct
from pathlib import Path
from typing import Any

import pytest

from iotwatch.report.words.standing import degrees_range, number_range, text_range
from tests.talks import finding, report, run, scan, talk, told, write

_SAID_OF_IT = {
    "dialect",
    "direction",
    "method",
    "confidence",
    "client",
    "server",
    "server_name",
    "server_port",
    "checksum",
}


def _fields(database: Path) -> tuple[bytes, dict[str, dict[str, Any]]]:
    row = told(database, "finding", finding(database, "location")["fingerprint"])
    evidence = row["evidence"][0]
    return bytes.fromhex(evidence["excerpt"]), {one["what"]: one for one in evidence["decoded"]}


def test_every_field_stands_where_it_is_told_to(tmp_path: Path) -> None:
    sent = report("unit-7", 51.9217, -4.48125, 2)
    scan(tmp_path / "d.db", write(tmp_path / "a.pcap", talk(0, "10.0.0.2", "198.51.100.9", 80, sent)))
    data, fields = _fields(tmp_path / "d.db")

    def stands(name: str) -> bytes:
        return data[fields[name]["at"] : fields[name]["at"] + fields[name]["bytes"]]

    assert stands("latitude") == b"51.9217"
    assert stands("longitude") == b"4.48125"
    assert ("reported_id" in fields) == (b"unit-7" in data)
    assert (fields["latitude"]["unit"], fields["time"]["unit"]) == ("degrees", "UTC")
    assert not _SAID_OF_IT & fields.keys()
    printed = run(
        tmp_path / "d.db", "show", "finding", finding(tmp_path / "d.db", "location")["fingerprint"], "--unmask"
    )
    assert re.search(r"[0-9a-f]{4}-[0-9a-f]{4}  latitude +51\.9217 degrees", printed)


def test_a_time_that_the_message_does_not_say_is_not_read_out_of_it(tmp_path: Path) -> None:
    sent = b"GET /?id=unit-7&lat=51.9217&lon=4.48125&speed=10&batt=80 HTTP/1.1\r\nHost: t.example\r\n\r\n"
    scan(tmp_path / "d.db", write(tmp_path / "a.pcap", talk(0, "10.0.0.2", "198.51.100.9", 80, sent)))
    _, fields = _fields(tmp_path / "d.db")
    assert "time" not in fields
    assert "latitude" in fields


@pytest.mark.parametrize(
    ("written", "degrees"),
    [
        (b"51.9217", 51.9217), (b"5155.302", 51.9217), (struct.pack(">i", 519_217_000), 51.9217),
        (struct.pack("<i", -519_217_000), -51.9217), (struct.pack(">I", 93_459_060), 51.9217),
        (struct.pack("<d", 51.9217), 51.9217),
    ],
)  # fmt: skip
def test_a_coordinate_is_found_as_trackers_write_it(written: bytes, degrees: float) -> None:
    assert degrees_range(b"\x78\x78,," + written + b",,\x0d\x0a", degrees) == (4, len(written))


def test_what_could_be_two_things_is_not_placed() -> None:
    assert degrees_range(b"51.9217,51.9217", 51.9217) is None
    assert degrees_range(bytes(40), 0.0) is None
    assert number_range(b"speed=10&batt=80", 10.0) is None
    assert text_range(b"\x08\x67\x73\x00\x50\x81\x66\x97", "867730050816697") == (0, 8)
    assert text_range(b"a", "") is None
