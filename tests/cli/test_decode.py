"""``decode``: one message, or one JSON object a line, in the documented shape and order."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests import command

NMEA = b"$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A\r\n"
KEYS = {"id", "dialect", "confidence", "positions", "device_ids", "cells", "wifi", "vin", "checksum"}


def run(*words: str, given: str = "") -> subprocess.CompletedProcess[str]:
    return command.run(Path.cwd(), "decode", *words, given=given)


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

    assert result.returncode == 3, result.stderr  # three lines could not be read
    assert [row["id"] for row in rows] == ["a", 2, None, None, None, None]
    assert not KEYS.difference(rows[0])
    (position,) = rows[0]["positions"]
    assert (round(position["latitude"], 4), round(position["longitude"], 4)) == (48.1173, 11.5167)
    assert (position["time"], position["valid"]) == ("1994-03-23T12:35:19.000000Z", True)
    assert rows[0]["checksum"] == "ok"
    assert rows[1]["dialect"] is None
    assert all("error" in rows[number] for number in (2, 3, 4))


def test_a_broken_line_keeps_its_id_whatever_it_is_and_none_readable_is_exit_4() -> None:
    lines = [{"id": {"of": "any"}, "payload_hex": "7"}, {"id": "b"}, {"id": "c", "payload_hex": NMEA.hex()}]
    result = run("--jsonl", given="\n".join(map(json.dumps, lines)))
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == [{"of": "any"}, "b", "c"]
    assert result.returncode == 3
    assert run("--jsonl", given="{}\n").returncode == 4


TOPFLYTECH = (
    "(860748104797710BP00XG00b600000000L00074b54S00000000R0C0F0014000100f0240317094126A3352.0260S15112.4260E041.0187.25"
)


def test_why_tells_anchors_claims_rivals_and_the_reason() -> None:
    given = json.dumps({"payload_hex": TOPFLYTECH.encode().hex(), "id": 1})
    row = json.loads(run("--jsonl", "--why", given=given + "\n").stdout)
    assert (row["dialect"], row["rivals"]) == ("topflytech", ["tk103"])
    (payload,) = row["why"]
    assert (payload["carrier"], payload["bytes"]) == (None, len(TOPFLYTECH))
    winner, rival, *others = payload["decoders"]
    assert all(one["claim"] is None for one in others)  # no more than an anchor that fits
    assert winner == {
        "decoder": "topflytech",
        "claim": "exact",
        "reading": "exact",
        "why": "PROOF",
        "refusals": [],
        "outcome": "believed: its reading is better proven than the next one",
    }
    assert (rival["decoder"], rival["claim"], rival["reading"], rival["why"]) == ("tk103", "head", "shape", None)
    assert "why" not in json.loads(run("--jsonl", given=given + "\n").stdout)


def test_why_is_a_table_on_the_terminal_one_for_each_payload() -> None:
    request = (
        'POST /x HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 29\r\n\r\n{"lat":48.858222,"lon":2.294}'
    )
    lines = run("--why", request.encode().hex()).stdout.splitlines()
    assert lines[0] == f"{len(request)} bytes"
    assert lines[1].split() == ["decoder", "claim", "reading", "outcome"]
    assert lines[2].startswith("http ")
    assert "believed: the envelope" in lines[2]
    assert "29 bytes carried by http" in lines
    assert any(line.startswith("generic") and "nobody knew the bytes" in line for line in lines)


def test_why_names_who_found_the_bytes_broken_and_whose_anchor_alone_fits() -> None:
    table = run("--why", "160301000a01000050000000000000").stdout
    assert "broken: a TLS client hello is cut short" in table
    assert "an anchor fits, no more" in run("--why", "78780d01012345678901234500018cdd0d0a").stdout
    assert "no anchor fits" in run("--why", "00").stdout


def test_hex_and_text_and_nothing() -> None:
    spaced = " ".join(f"{byte:02x}" for byte in NMEA)
    for word in (NMEA.hex(), spaced, NMEA.decode().strip()):
        assert json.loads(run("--json", word).stdout)["dialect"] == "nmea"
    result = run("--json", "00 01 02")
    assert json.loads(result.stdout)["dialect"] is None
    assert "no dialect" in result.stderr
    assert run().returncode == 2
