# ruff: noqa: E501 - facts are easier to compare on one line each
"""Each wire behaviour of a maker in the facts, as a whole capture: the scan names the maker, by its own protocol, name or banner."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from iotwatch.batch.scan import Plan, scan
from iotwatch.store import Store
from tests.studies.false_alarm_traffic import Web, frames, head

Said = list[tuple[bool, bytes]]


class Case(NamedTuple):
    """What is said to whom, and whose it is; ``confidence`` is the least that must come out, ``kind`` where it is told."""

    name: str
    vendor: str
    said: Said
    port: int = 80
    tcp: bool = True
    confidence: str = "likely"


def _asked(path: str, host: str = "203.0.113.9", *fields: str, method: str = "GET", version: str = "HTTP/1.1") -> bytes:
    return "\r\n".join((f"{method} {path} {version}", f"Host: {host}", *fields, "", "")).encode()


def _answered(*fields: str, version: str = "HTTP/1.1", status: str = "200 OK") -> bytes:
    return "\r\n".join((f"{version} {status}", *fields, "Content-Length: 0", "", "")).encode()


def _web(*fields: str, path: str = "/", **options: str) -> Said:
    return [(False, _asked(path)), (True, _answered(*fields, **options))]


def _dhip(text: bytes) -> bytes:
    return b"\x20\x00\x00\x00DHIP" + bytes(8) + struct.pack("<IIII", len(text), 0, len(text), 0) + text


def _name(host: str) -> Said:
    labels = b"".join(bytes([len(label)]) + label.encode() for label in host.split(".")) + b"\0\0\1\0\1"
    return [(False, b"\x12\x34\1\0\0\1\0\0\0\0\0\0" + labels)]


def _tuya(text: bytes) -> bytes:
    from binascii import crc32

    frame = b"\x00\x00\x55\xaa" + struct.pack(">III", 1, 0x13, len(text) + 8) + text
    return frame + struct.pack(">I", crc32(frame)) + b"\x00\x00\xaa\x55"


def _mqtt(client: str, topic: str) -> Said:
    body = b"\0\4MQTT\4\2\0\x3c" + struct.pack(">H", len(client)) + client.encode()
    publish = struct.pack(">H", len(topic)) + topic.encode() + b"{}"
    return [
        (False, b"\x10" + bytes([len(body)]) + body),
        (True, b"\x20\2\0\0"),
        (False, b"\x30" + bytes([len(publish)]) + publish),
    ]


SADP = (
    b'<?xml version="1.0" encoding="utf-8"?><Probe><Uuid>13A888A9-F1B1-4020-AE9F-05607682D23B</Uuid>'
    b"<Types>inquiry</Types></Probe>"
)
SADP_ANSWER = (
    b'<?xml version="1.0" encoding="UTF-8"?>\r\n<ProbeMatch>\r\n<Uuid>13A888A9</Uuid>\r\n<Types>inquiry</Types>\r\n'
    b"<DeviceType>34567</DeviceType>\r\n<DeviceDescription>DS-2CD2042</DeviceDescription>\r\n<DeviceSN>DS-2CD2042-I20260101</DeviceSN>"
)
CASES = (
    Case("SADP inquiry", "Hikvision", [(False, SADP)], 37020, tcp=False),
    Case("SADP answer", "Hikvision", [(False, SADP_ANSWER)], 37020, tcp=False),
    Case("server Hikvision-Webs", "Hikvision", _web("Server: Hikvision-Webs")),
    Case("server DNVRS-Webs", "Hikvision", _web("Server: DNVRS-Webs")),
    Case("server DVRDVS-Webs", "Hikvision", _web("Server: DVRDVS-Webs")),
    Case("server App-webs", "Hikvision", _web("Server: App-webs/"), confidence="possible"),
    Case("realm", "Hikvision", _web('WWW-Authenticate: Digest realm="Hikvision", nonce="1"', status="401 Unauthorized")),
    Case(
        *("RTSP realm", "Hikvision"),
        [
            (False, b"DESCRIBE rtsp://203.0.113.9/Streaming/Channels/101 RTSP/1.0\r\nCSeq: 1\r\n\r\n"),
            (True, b'RTSP/1.0 401 Unauthorized\r\nCSeq: 1\r\nWWW-Authenticate: Basic realm="Hikvision"\r\n\r\n'),
        ],
        554,
    ),
    Case("ISAPI", "Hikvision", [(False, _asked("/ISAPI/System/deviceInfo"))]),
    Case("SDK control", "Hikvision", [(False, b"\0\0\0\x20c"), (True, bytes.fromhex("000000100000001e0000001e") + bytes(4))], 8000),
    Case("agent", "Hikvision", [(False, _asked("/", "dev.hik-connect.com", "User-Agent: Hikvision IPCamera"))], confidence="possible"),
    Case("DHDiscover", "Dahua", [(False, _dhip(b'{"method":"DHDiscover.search","params":{"mac":"","uni":1}}'))], 37810, tcp=False),
    Case("DHIP control", "Dahua", [(False, _dhip(b'{"method":"global.login","params":{}}'))], 5000),
    Case("RTSP server", "Dahua", [(False, b"OPTIONS rtsp://203.0.113.9/ RTSP/1.0\r\nCSeq: 1\r\n\r\n"), (True, b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nServer: Dahua Rtsp Server\r\n\r\n")], 554),
    Case("RTSP path", "Dahua", [(False, b"DESCRIBE rtsp://203.0.113.9:554/cam/realmonitor?channel=1&subtype=0 RTSP/1.0\r\nCSeq: 1\r\n\r\n")], 554),
    Case("P2P probe", "Dahua", [(False, b"DHGET /probe/p2psrv HTTP/1.1\r\nCSeq: 1\r\n\r\n")], 8800, tcp=False),
    Case("P2P channel", "Dahua", [(False, b"DHPOST /device/1A2B3C4D5E6F708/p2p-channel HTTP/1.1\r\nCSeq: 2\r\n\r\n")], 8800, tcp=False),
    Case("P2P relay", "Dahua", [(False, b"DHGET /relay/agent HTTP/1.1\r\nCSeq: 3\r\n\r\n")], 8800, tcp=False),
    Case("PTCP", "Dahua", [(False, b"PTCP" + struct.pack(">IIIII", 0, 0, 1, 2, 3) + b"\x00\x03\x01\x00")], 8800, tcp=False),
    Case("DDNS label", "Dahua", _name("3c:ef:8c:00:00:01".replace(":", "") + ".dahuaddns.com"), 53, tcp=False),
    Case("P2P host", "Dahua", _name("www.easy4ipcloud.com"), 53, tcp=False),
    Case("HRNP", "Hytera", [(False, bytes.fromhex("7e0400fe20100000000c60e1")), (True, bytes.fromhex("7e0400fd10200000000c70e1"))], 3002, tcp=False, confidence="possible"),
    Case("Tuya 3.3", "Tuya", [(False, _tuya(b'{"ip":"192.168.1.7","gwId":"bf0000000000000000aaaa","productKey":"keyabcdefgh12345"}'))], 6666, tcp=False),
    Case("Tuya encrypted", "Tuya", [(False, _tuya(bytes(range(100, 148))))], 6667, tcp=False),
    Case("Tuya 3.5", "Tuya", [(False, b"\x00\x00\x66\x99\x00\x00" + bytes(8) + b"\x00\x00\x00\x20" + bytes(range(32)) + b"\x00\x00\x99\x66")], 7000, tcp=False),
    Case("EZVIZ host", "Hikvision (EZVIZ)", _name("dev.ezvizlife.com"), 53, tcp=False),
    Case("EZVIZ server", "EZVIZ", _web("Server: EZVIZ-Webs"), confidence="possible"),
    Case("ZTE server", "ZTE", _web("Server: Mini web server 1.0 ZTE corp 2005.")),
    Case("Huawei cloud", "Huawei", _name("connectivitycheck.platform.hicloud.com"), 53, tcp=False),
    Case("Huawei cloud, global", "Huawei", _name("grs.dbankcloud.com"), 53, tcp=False),
    Case("Quectel agent", "Quectel", [(False, _asked("/", "203.0.113.9", "User-Agent: QUECTEL_MODULE"))]),
    Case("SIMCom agent", "SIMCom", [(False, _asked("/", "203.0.113.9", "User-Agent: SIMCOM_MODULE"))]),
    Case("older SIMCom agent", "SIMCom", [(False, _asked("/", "203.0.113.9", "User-Agent: SIMCom_MODULE"))]),
    Case("Quectel cloud", "Quectel", _name("iot-south.quectel.com"), 53, tcp=False, confidence="possible"),
    Case("OneNET", "China Mobile IoT (OneNET)", _name("mqtts.heclouds.com"), 53, tcp=False),
    Case("OneNET topic", "China Mobile IoT (OneNET)", _mqtt("dev1", "$sys/abcDEF12/dev1/dp/post/json"), 1883),
    Case("Alibaba host", "Alibaba Link IoT", _name("a1b2c3d4e5f.iot-as-mqtt.cn-shanghai.aliyuncs.com"), 53, tcp=False),
    Case("Alibaba topic", "Alibaba Link IoT", _mqtt("a|securemode=3,signmethod=hmacsha1|", "/sys/a1b2c3/dev1/thing/event/property/post"), 1883, confidence="possible"),
    Case("Tencent host", "Tencent IoT", _name("ABCDEFGHIJ.iotcloud.tencentdevices.com"), 53, tcp=False),
    Case("Tuya topic", "Tuya", _mqtt("vdevo1", "smart/device/in/vdevo1"), 1883),
)  # fmt: skip


def _capture(case: Case) -> Iterator[bytes]:
    yield head()
    for number, frame in enumerate(frames(Web(1), case.said, case.port, tcp=case.tcp)):
        yield struct.pack("<IIII", 1_767_225_600 + number, 0, len(frame), len(frame)) + frame


def _told(path: Path) -> dict[str, str]:
    """Makers of all findings with the confidence of each."""
    scan([path], path.with_suffix(".db"), Plan(jobs=1))
    with Store(path.with_suffix(".db")) as store:
        rows = store.query("SELECT json_extract(facts, '$.vendor') AS vendor, subject, confidence FROM findings")
        ends = store.query("SELECT vendor FROM endpoints WHERE vendor != ''")
    found = {row["vendor"]: row["confidence"] for row in rows if row["vendor"]}
    return {**dict.fromkeys((row["vendor"] for row in ends), "likely"), **found}


LEVELS = ("possible", "likely", "certain")


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_maker_is_named(case: Case, tmp_path: Path) -> None:
    capture = tmp_path / "a.pcap"
    capture.write_bytes(b"".join(_capture(case)))
    told = _told(capture)
    assert case.vendor in told, told
    assert LEVELS.index(told[case.vendor]) >= LEVELS.index(case.confidence)
    assert told[case.vendor] != "certain"


def test_sadp_on_raw_ethernet(tmp_path: Path) -> None:
    """EtherType 0x8033, as the maker's search tool sends it."""
    frame = b"\xff" * 6 + b"\x4c\xbd\x8f\x00\x00\x01" + b"\x80\x33" + bytes.fromhex("21020142") + bytes(60)
    capture = tmp_path / "a.pcap"
    capture.write_bytes(head() + struct.pack("<IIII", 1_767_225_600, 0, len(frame), len(frame)) + frame)
    assert "Hikvision" in _told(capture)


@pytest.mark.parametrize("block", ["263712", "263212"])
def test_drone_id_in_a_beacon(block: str, tmp_path: Path) -> None:
    element = bytes.fromhex(block) + b"\x58\x62\x13\x10\x02\x4d\x06\x33\x1f" + b"K6RE0WENAH9P8QAL"
    element += struct.pack("<ii", 2_268_929, 2_094_396) + bytes(60)
    body = bytes(8) + b"\x64\x00\x11\x04" + b"\x00\x04TEST" + b"\xdd" + bytes([len(element)]) + element
    frame = b"\x80\x00\x00\x00" + b"\xff" * 6 + b"\x60\x60\x1f\x00\x00\x01" * 2 + b"\x00\x00" + body
    capture = tmp_path / "a.pcap"
    capture.write_bytes(head(105) + struct.pack("<IIII", 1_767_225_600, 0, len(frame), len(frame)) + frame)
    assert "DJI" in _told(capture)
