"""A payload that is spelled out as hex digits or base64 inside a text: from the capture to the sentence."""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import talks
from tests.studies.mutated_frames import RULES

CAR, SERVER = "192.168.1.7", "203.0.113.9"
PLACE = (48.137154, 11.576124)


def gt06() -> bytes:
    """A GT06 location (0x12): date, satellites, degrees x 1,800,000, speed, course (north, east, fixed), cell, serial, CRC-ITU."""
    place = struct.pack(">II", *(round(degrees * 1_800_000) for degrees in PLACE))
    body = bytes((0x12, 24, 3, 17, 9, 41, 26, 0xCC)) + place + b"\x1f\x14\x8f" + bytes(8) + b"\x00\x01"
    checked = bytes([len(body) + 2]) + body
    return b"\x78\x78" + checked + RULES["x25"][1](checked).to_bytes(2, "big") + b"\r\n"


FRAMES = {
    "gt06": gt06(),
    "json": json.dumps(dict(zip(("lat", "lon"), PLACE, strict=True))).encode(),
    "lwm2m": b"".join(b"\xc8" + bytes([number, 8]) + struct.pack(">d", value) for number, value in enumerate(PLACE)),
}


def post(body: bytes, kind: str) -> bytes:
    return (
        f"POST /up HTTP/1.1\r\nHost: a.example\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        + body
    )


FORM, XML, JSON, PLAIN = "application/x-www-form-urlencoded", "text/xml", "application/json", "text/plain"
AROUND: dict[str, Callable[[str, str], bytes]] = {
    "a value of a form": lambda digits, _: post(f"n=1&data={digits}&v=2".encode(), FORM),
    "a value of a query": lambda digits, _: f"GET /up?data={digits} HTTP/1.1\r\nHost: a.example\r\n\r\n".encode(),
    "a list": lambda digits, _: post(json.dumps({"frames": [digits]}).encode(), JSON),
    "digits with spaces": lambda digits, _: post(json.dumps({"q": bytes.fromhex(digits).hex(" ")}).encode(), JSON),
    "digits behind 0x": lambda digits, _: f"0x{digits}\r\n".encode(),
    "a row": lambda digits, _: f"u7,1700000000,{digits},12\r\n".encode(),
    "markup": lambda digits, _: post(f"<m><x>{digits}</x></m>".encode(), XML),
    "letters in a document": lambda _, letters: post(json.dumps({"x": letters}).encode(), JSON),
    "letters alone": lambda _, letters: post(letters.encode(), PLAIN),
}


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("around", AROUND)
def test_what_is_spelled_out_is_sent(tmp_path: Path, frame: str, around: str) -> None:
    inside = FRAMES[frame]
    sent = AROUND[around](inside.hex(), base64.b64encode(inside).decode())
    printed = talks.scan(
        tmp_path / "car.db", talks.write(tmp_path / "car.pcap", talks.talk(0, CAR, SERVER, 4000, sent))
    )
    assert "Position sent to" in printed
    (one,) = talks.told(tmp_path / "car.db", "position")
    assert (one["latitude"], one["longitude"]) == pytest.approx(PLACE, abs=1e-6)
    assert (one["dialect"], one["direction"]) == (frame, "up")
