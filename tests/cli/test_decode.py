"""``decode``: one message, or one JSON object a line, in the documented shape and order."""

from __future__ import annotations

import json
import subprocess
import sys

NMEA = b"$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A\r\n"
KEYS = {"id", "dialect", "confidence", "positions", "device_ids", "cells", "wifi", "vin", "checksum"}


def run(*words: str, given: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "iotwatch", "decode", *words]
    return subprocess.run(command, input=given, capture_output=True, text=True, timeout=60, check=False)


def test_lines_in_lines_out_in_order() -> None:
    lines = [
        json.dumps({"payload_hex": NMEA.hex(), "id": "a"}),
        json.dumps({"payload_hex": "00", "id": 2}),
        "no json",
        json.dumps({"payload_hex": "zz"}),
        json.dumps(["payload_hex"]),
        json.dumps({"payload_hex": NMEA.hex(), "id": None}),
    ]
    result = run("--jsonl", given="\n".join(lines) + "\n")
    rows = [json.loads(line) for line in result.stdout.splitlines()]

    assert result.returncode == 0, result.stderr
    assert [row["id"] for row in rows] == ["a", 2, None, None, None, None]
    assert not KEYS.difference(rows[0])
    (position,) = rows[0]["positions"]
    assert (round(position["latitude"], 4), round(position["longitude"], 4)) == (48.1173, 11.5167)
    assert (position["time"], position["valid"]) == ("1994-03-23T12:35:19.000000Z", True)
    assert rows[0]["checksum"] == "ok"
    assert rows[1]["dialect"] is None
    assert all("error" in rows[number] for number in (2, 3, 4))


def test_hex_and_text_and_nothing() -> None:
    spaced = " ".join(f"{byte:02x}" for byte in NMEA)
    for word in (NMEA.hex(), spaced, NMEA.decode().strip()):
        assert json.loads(run(word).stdout)["dialect"] == "nmea"
    result = run("00 01 02")
    assert json.loads(result.stdout)["dialect"] is None
    assert "no dialect" in result.stderr
    assert run().returncode == 2
