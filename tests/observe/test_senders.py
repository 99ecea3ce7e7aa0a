"""An id that is not in a position's own message: from the capture to the finding, which says where the id stands."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest

from tests import talks

CAR, SERVER = "192.168.1.7", "203.0.113.9"
PLACE = {"latitude": 52.12345, "longitude": 4.56789}
IMEI = "356938035643809"


def text(value: str) -> bytes:
    return len(value).to_bytes(2, "big") + value.encode()


def packet(first: int, body: bytes) -> bytes:
    """OASIS MQTT 3.1.1 section 2.2, up to 127 bytes a length byte."""
    size = bytes([len(body)]) if len(body) < 128 else bytes([len(body) & 127 | 128, len(body) >> 7])
    return bytes([first]) + size + body


def connect(client: str) -> bytes:
    return packet(0x10, text("MQTT") + b"\x04\x02\x00\x3c" + text(client))


def publish(topic: str, payload: bytes) -> bytes:
    return packet(0x30, text(topic) + payload)


def post(path: str, body: bytes, *fields: str) -> bytes:
    head = [f"POST {path} HTTP/1.1", "Host: example.net", f"Content-Length: {len(body)}", *fields, "", ""]
    return "\r\n".join(head).encode() + body


def varint(number: int, payload: bytes) -> bytes:
    return bytes([number << 3 | 2, len(payload)]) + payload


JSON = json.dumps(PLACE).encode()
MESH = {"from": 2130636288, "sender": "!aaaa0001", "type": "position"}
MESH_JSON = {**MESH, "payload": {"latitude_i": 521234500, "longitude_i": 45678900}}
POSITION = b"\x0d" + struct.pack("<i", 521234500) + b"\x15" + struct.pack("<i", 45678900)
MESH_PACKET = (
    b"\x0d" + struct.pack("<I", 2130636288) + b"\x15\xff\xff\xff\xff" + varint(4, b"\x08\x03" + varint(2, POSITION))
)
EVENT = {"event": "location", "data": json.dumps(PLACE), "coreid": "e00fce68a1b2c3d4e5f60718"}


@pytest.mark.parametrize(
    ("sent", "who", "where"),
    [
        ((connect("c1"), publish("devices/car-7/location", JSON)), "car-7", "the topic that it was published to"),
        ((connect("c1"), publish(f"{IMEI}/data", JSON)), IMEI, "the topic that it was published to"),
        ((connect(IMEI), publish("up", JSON)), IMEI, "the client id of the MQTT connection"),
        ((post("/v1/report", JSON, "X-Device-Id: unit-0042"),), "unit-0042", "the head of its request"),
        ((post("/v1/report?deviceId=unit-0042", JSON),), "unit-0042", "the address that was asked"),
        ((post("/vehicles/unit-0042/location", JSON),), "unit-0042", "the address that was asked"),
        (
            (b'{"type":"login","imei":"%s"}\n' % IMEI.encode(), JSON + b"\n"),
            IMEI,
            "another message of the conversation",
        ),
        ((post("/hook", json.dumps(EVENT).encode()),), EVENT["coreid"], "the document that it stands in"),
    ],
)
def test_the_id_around_a_message(tmp_path: Path, sent: tuple[bytes, ...], who: str, where: str) -> None:
    capture = talks.write(tmp_path / "car.pcap", talks.talk(0, CAR, SERVER, 4000, *sent))
    printed = talks.scan(tmp_path / "car.db", capture)
    assert "Position sent to" in printed
    found = talks.finding(tmp_path / "car.db", "location", direction="up")
    assert found["facts"]["device_id"] == who
    told = " ".join(talks.run(tmp_path / "car.db", "show", "finding", found["fingerprint"]).split())
    assert f"the sender's id is not in the message: it is in {where}" in told


@pytest.mark.parametrize(
    "sent",
    [
        publish("msh/EU/2/json/LongFast/!aaaa0001", json.dumps(MESH_JSON).encode()),
        publish(
            "msh/EU/2/e/LongFast/!aaaa0001", varint(1, MESH_PACKET) + varint(2, b"LongFast") + varint(3, b"!aaaa0001")
        ),
    ],
)
def test_a_mesh_position_is_of_the_node_and_not_of_its_gateway(tmp_path: Path, sent: bytes) -> None:
    capture = talks.write(tmp_path / "car.pcap", talks.talk(0, CAR, SERVER, 4000, connect("!aaaa0001"), sent))
    talks.scan(tmp_path / "car.db", capture)
    (row,) = talks.told(tmp_path / "car.db", "position")
    assert (row["latitude"], row["reported_id"], row["dialect"]) == (52.12345, "2130636288", "meshtastic")


def login(number: str) -> bytes:
    return f"$PGID,{number}*0F\r\n".encode()


SENTENCE = b"$GPRMC,094126.000,A,5207.4070,N,00434.0734,E,0.00,0.00,170324,,*08\r\n"


def test_a_login_in_another_datagram(tmp_path: Path) -> None:
    frames = [
        talks.datagram(at, CAR, SERVER, 5005, data) for at, data in ((0, login(IMEI)), (5, SENTENCE), (65, SENTENCE))
    ]
    talks.scan(tmp_path / "car.db", talks.write(tmp_path / "car.pcap", frames))
    rows = talks.told(tmp_path / "car.db", "position")
    assert rows
    assert {row["reported_id"] for row in rows} == {IMEI}


def test_a_conversation_of_two_devices_names_neither(tmp_path: Path) -> None:
    sent = (login(IMEI), login("868020030150025"), SENTENCE)
    frames = [talks.datagram(at, CAR, SERVER, 5005, data) for at, data in enumerate(sent)]
    talks.scan(tmp_path / "car.db", talks.write(tmp_path / "car.pcap", frames))
    assert {row["reported_id"] for row in talks.told(tmp_path / "car.db", "position")} == {""}
