"""CoAP between a server that asks and a device that answers, on ports that mean nothing: from the capture to the sentence.

Messages are written byte by byte (RFC 7252 section 3), contents as OMA-TS-LightweightM2M-Core 1.2 section 7.4 shows them.
"""

from __future__ import annotations

import json
import struct
from pathlib import Path

import cbor2
import pytest

from tests import talks

DEVICE, SERVER = "192.168.43.17", "203.0.113.20"
NEAR, FAR = 29079, 13223
GET, POST, CREATED, CONTENT = 0x01, 0x02, 0x41, 0x45
ACK, CON, NON = 2, 0, 1
LATITUDE, LONGITUDE = 48.137154, 11.576124


def wire(kind: int, code: int, mid: int, token: bytes, options: bytes = b"", payload: bytes = b"") -> bytes:
    head = bytes([0x40 | kind << 4 | len(token), code]) + mid.to_bytes(2, "big") + token
    return head + options + (b"\xff" + payload if payload else b"")


def path(*parts: str, observe: bool = False) -> bytes:
    """Uri-Path options (11), behind Observe 0 (6) where asked."""
    first = 5 if observe else 11
    heads = [first << 4, *[0] * (len(parts) - 1)]
    options = b"".join(bytes([head | len(part)]) + part.encode() for head, part in zip(heads, parts, strict=True))
    return (b"\x60" if observe else b"") + options


def content(number: int) -> bytes:
    return b"\xc2" + number.to_bytes(2, "big")


def asks(at: float, data: bytes) -> talks.Timed:
    return talks.datagram(at, SERVER, DEVICE, NEAR, data, sport=FAR)


def says(at: float, data: bytes) -> talks.Timed:
    return talks.datagram(at, DEVICE, SERVER, FAR, data, sport=NEAR)


def tlv(ident: int, value: bytes) -> bytes:
    return (bytes([0xC8, ident, len(value)]) if len(value) > 7 else bytes([0xC0 | len(value), ident])) + value


PLACE = tlv(0, struct.pack(">d", LATITUDE)) + tlv(1, struct.pack(">d", LONGITUDE))


def positions(folder: Path, *frames: talks.Timed) -> tuple[str, list[dict]]:
    """What ``scan`` prints of a capture, and its position rows."""
    database = folder / "conversation.db"
    printed = talks.scan(database, talks.write(folder / "conversation.pcap", frames))
    return printed, talks.told(database, "position")


@pytest.mark.parametrize("token", [b"\x0b", b"", b"\x01\x02\x03\x04"])
def test_a_server_asks_for_the_location_and_the_device_sends_it(tmp_path: Path, token: bytes) -> None:
    printed, (one,) = positions(
        tmp_path,
        asks(0, wire(CON, GET, 0x4E, token, path("6", "0"))),
        says(1, wire(ACK, CONTENT, 0x4E, token, content(11542), PLACE)),
    )
    assert (one["latitude"], one["longitude"]) == (LATITUDE, LONGITUDE)
    assert (one["direction"], one["dialect"]) == ("up", "lwm2m")
    assert f"Position sent to {SERVER} (lwm2m)" in printed
    assert "resources 0 and 1 look like object 6" not in json.dumps(one)


def test_who_answers_for_objects_is_the_device_where_addresses_do_not_tell(tmp_path: Path) -> None:
    device, server = "198.51.100.9", "198.51.100.200"
    _, (one,) = positions(
        tmp_path,
        talks.datagram(0, server, device, NEAR, wire(CON, GET, 7, b"\x0b", path("6", "0", "0")), sport=FAR),
        talks.datagram(1, device, server, FAR, wire(ACK, CONTENT, 7, b"\x0b", content(11542), PLACE), sport=NEAR),
    )
    assert (one["direction"], one["client"], one["server"]) == ("up", device, server)


SENML = [{"bn": "/6/0/", "n": "0", "v": LATITUDE}, {"n": "1", "v": LONGITUDE}]


@pytest.mark.parametrize(
    ("number", "payload"),
    [
        (11543, json.dumps({"bn": "/6/0/", "e": [{"n": "0", "v": LATITUDE}, {"n": "1", "v": LONGITUDE}]}).encode()),
        (110, json.dumps(SENML).encode()),
        (112, cbor2.dumps([{-2: "/6/0/", 0: "0", 2: LATITUDE}, {0: "1", 2: LONGITUDE}])),
        (11544, cbor2.dumps({6: {0: {0: LATITUDE, 1: LONGITUDE}}})),
        (11544, cbor2.dumps({(6, 0, 0): LATITUDE, (6, 0): {1: LONGITUDE}})),
        (11542, tlv(0, b"48.137154") + tlv(1, b"11.576124")),
        (1542, PLACE),
        (11542, bytes([0x08, 0, len(PLACE)]) + PLACE),
    ],
)
def test_every_content_format(tmp_path: Path, number: int, payload: bytes) -> None:
    _, rows = positions(
        tmp_path,
        asks(0, wire(CON, GET, 7, b"\x0b", path("6"))),
        says(1, wire(ACK, CONTENT, 7, b"\x0b", content(number), payload)),
    )
    assert [(row["latitude"], row["longitude"], row["direction"]) for row in rows] == [(LATITUDE, LONGITUDE, "up")]


def single(at: float, mid: int, *parts: str, answer: bytes) -> list[talks.Timed]:
    token = bytes([mid & 255])
    return [
        asks(at, wire(CON, GET, mid, token, path(*parts))),
        says(at + 1, wire(ACK, CONTENT, mid, token, b"\xc0", answer)),
    ]


def test_answers_to_questions_for_single_resources_are_put_together(tmp_path: Path) -> None:
    printed, (one,) = positions(
        tmp_path,
        *single(0, 80, "6", "0", "0", answer=b"48.137154"),
        *single(2, 81, "6", "0", "1", answer=b"11.576124"),
    )
    assert (one["latitude"], one["longitude"], one["direction"]) == (LATITUDE, LONGITUDE, "up")
    assert f"Position sent to {SERVER} (lwm2m)" in printed
    told = talks.run(tmp_path / "conversation.db", "show", "position", str(one["id"]))
    assert "put together from 2 messages" in " ".join(told.split())


def test_halves_of_two_rounds_are_no_place(tmp_path: Path) -> None:
    _, rows = positions(
        tmp_path,
        *single(0, 80, "6", "0", "0", answer=b"48.137154"),
        *single(900, 81, "6", "0", "1", answer=b"11.576124"),
    )
    assert rows == []


def test_notifications_have_only_the_token(tmp_path: Path) -> None:
    moved = tlv(0, struct.pack(">d", 48.2)) + tlv(1, struct.pack(">d", LONGITUDE))
    _, rows = positions(
        tmp_path,
        asks(0, wire(CON, GET, 7, b"\xa1\xb2", path("6", "0", observe=True))),
        says(1, wire(ACK, CONTENT, 7, b"\xa1\xb2", b"\x61\x01\x62\x2d\x16", PLACE)),
        says(60, wire(NON, CONTENT, 900, b"\xa1\xb2", b"\x61\x02\x62\x2d\x16", moved)),
    )
    assert [row["latitude"] for row in rows] == [LATITUDE, 48.2]
    assert all("look like object 6" not in json.dumps(row) for row in rows)


def test_cells_of_object_4(tmp_path: Path) -> None:
    whole = tlv(8, struct.pack(">i", 27447297)) + tlv(9, b"\x01") + tlv(10, struct.pack(">h", 262))
    printed, (row,) = positions(
        tmp_path,
        asks(0, wire(CON, GET, 7, b"\x0b", path("4", "0"))),
        says(1, wire(ACK, CONTENT, 7, b"\x0b", content(11542), whole)),
    )
    assert row["method"] == "cell"
    assert f"Cell list sent to {SERVER} (lwm2m)" in printed


def test_other_objects_state_no_place(tmp_path: Path) -> None:
    _, rows = positions(
        tmp_path,
        asks(0, wire(CON, GET, 7, b"\x0b", path("3303", "0"))),
        says(1, wire(ACK, CONTENT, 7, b"\x0b", content(11542), PLACE)),
    )
    assert rows == []


def test_what_answers_nothing_is_no_coap(tmp_path: Path) -> None:
    _, rows = positions(
        tmp_path, *(says(at, wire(ACK, CONTENT, at, b"\x0b", b"\xc0", b"48.137154")) for at in (1, 2, 3))
    )
    assert rows == []


def test_what_a_device_asks_for_is_received(tmp_path: Path) -> None:
    answer = json.dumps({"station": "pier", "latitude": LATITUDE, "longitude": LONGITUDE}).encode()
    _, (one,) = positions(
        tmp_path,
        says(0, wire(CON, GET, 7, b"\x0b", path("weather"))),
        asks(1, wire(ACK, CONTENT, 7, b"\x0b", b"\xc1\x32", answer)),
    )
    assert (one["latitude"], one["direction"]) == (LATITUDE, "down")


def test_a_registration_names_the_sender_of_all_answers(tmp_path: Path) -> None:
    register = path("rd") + b"\x49ep=car-42"
    _, (one,) = positions(
        tmp_path,
        says(0, wire(CON, POST, 1, b"\x01\x02", register, b"</6/0>")),
        asks(1, wire(ACK, CREATED, 1, b"\x01\x02", b"\x82rd\x03abc")),
        asks(2, wire(CON, GET, 7, b"\x0b", path("6", "0"))),
        says(3, wire(ACK, CONTENT, 7, b"\x0b", content(11542), PLACE)),
    )
    assert one["reported_id"] == "car-42"
    told = talks.run(tmp_path / "conversation.db", "show", "position", str(one["id"]), "--unmask")
    assert "the sender's id is not in the message: it is in the LwM2M registration" in " ".join(told.split())


def test_a_path_names_the_sender(tmp_path: Path) -> None:
    place = json.dumps({"latitude": LATITUDE, "longitude": LONGITUDE}).encode()
    report = wire(CON, POST, 1, b"\x01\x02", path("devices", "unit-7", "location") + b"\x11\x32", place)
    _, (one,) = positions(tmp_path, says(0, report), asks(1, wire(ACK, CREATED, 1, b"\x01\x02")))
    assert (one["direction"], one["reported_id"]) == ("up", "unit-7")
