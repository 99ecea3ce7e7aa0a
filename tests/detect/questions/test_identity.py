"""How sure an identity number is: who says it, and how many of these are independent."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from iotwatch.batch.scan import Plan, scan
from iotwatch.store import Store
from tests.studies.false_alarm_traffic import Web, frames, head

IMEI = "869710030002905"
MQTT = b"\x10\x1b\0\4MQTT\4\2\0\x3c\0\x0f" + IMEI.encode()
POST = (
    b"POST /up HTTP/1.1\r\nHost: a.example\r\nContent-Type: application/json\r\nContent-Length: 26\r\n\r\n"
    b'{"imei":"869710030002905"}'
)
DIALOGUE = b"AT+CGSN\r\n" + IMEI.encode() + b"\r\n\r\nOK\r\nAT+CPIN?\r\n+CPIN: READY\r\n\r\nOK\r\n"


def capture(*talks: tuple[bytes, int]) -> bytes:
    out, number = head(), 0
    for said, port in talks:
        for frame in frames(Web(port), [(False, said)], port, tcp=True):
            out += struct.pack("<IIII", 1_767_225_600 + number, 0, len(frame), len(frame)) + frame
            number += 1
    return out


def confidence(folder: Path, **files: bytes) -> str:
    for name, data in files.items():
        (folder / name).write_bytes(data)
    scan([folder / name for name in files], folder / "case.db", Plan(jobs=1, asset="car"))
    with Store(folder / "case.db") as store:
        (row,) = store.query("SELECT confidence FROM findings WHERE kind = 'identity'")
    return str(row["confidence"])


@pytest.mark.parametrize("talks", [((POST, 80),), ((MQTT, 1883),), ((MQTT, 1883), (POST, 80))])
def test_a_device_that_says_its_number_in_many_protocols_is_one_witness(
    talks: tuple[tuple[bytes, int], ...], tmp_path: Path
) -> None:
    assert confidence(tmp_path, a=capture(*talks)) == "likely"


def test_modem_and_traffic_are_two(tmp_path: Path) -> None:
    assert confidence(tmp_path, log=DIALOGUE) == "likely"
    assert confidence(tmp_path, log=DIALOGUE, a=capture((MQTT, 1883))) == "certain"


def test_a_number_in_the_path_of_a_url_is_possible(tmp_path: Path) -> None:
    asked = b"GET /things/869710030002905/up HTTP/1.1\r\nHost: a.example\r\n\r\n"
    assert confidence(tmp_path, a=capture((asked, 80))) == "possible"
