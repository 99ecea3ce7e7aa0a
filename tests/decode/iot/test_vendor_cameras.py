from __future__ import annotations

from iotwatch.decode import decode
from iotwatch.read.stream import from_bytes

MATCH = (
    b'<?xml version="1.0" encoding="utf-8"?>\r\n<ProbeMatch><Uuid>13A888A9-F1B1-4020-AE9F-05607682D23B</Uuid>'
    b"<Types>inquiry</Types><DeviceDescription>DS-2CD2042</DeviceDescription><DeviceSN>DS-2CD2042-I20160101AACH1</DeviceSN>"
    b"<MAC>c0-56-e3-00-00-01</MAC><IPv4Address>192.0.2.64</IPv4Address></ProbeMatch>"
)


def test_sadp_names_serial_model_and_address(datagrams, traits_of):
    messages = list(decode(datagrams(MATCH, port=37020)))
    assert traits_of(messages) == [("vendor.protocol", "hikvision-sadp", MATCH)]
    assert messages[0].traits[0].facts == {
        "Types": "inquiry",
        "DeviceDescription": "DS-2CD2042",
        "DeviceSN": "DS-2CD2042-I20160101AACH1",
        "MAC": "c0-56-e3-00-00-01",
        "IPv4Address": "192.0.2.64",
    }


def dhip(text: bytes) -> bytes:
    size = len(text).to_bytes(4, "little") + bytes(4)
    return b"\x20\0\0\0DHIP" + bytes(8) + size + size + text


def test_dhip_carries_json(datagrams):
    text = (
        b'{"mac":"3c:ef:8c:00:00:01","method":"client.notifyDevInfo","params":{"SerialNo":"4K00","DeviceType":"IPC"}}'
    )
    first, second = decode(from_bytes(dhip(text) + dhip(b"{}"), kind="tcp"))
    assert first.traits[0].facts == {
        "mac": "3c:ef:8c:00:00:01",
        "method": "client.notifyDevInfo",
        "SerialNo": "4K00",
        "DeviceType": "IPC",
    }
    assert first.body.data == text
    assert second.body.data == b"{}"


def test_ptcp_hands_on_what_it_relays(datagrams):
    wire = b"PTCP" + bytes(8) + b"\0\0\0\x07" + bytes(8) + b"\x16\x03\x01"
    (message,) = decode(datagrams(wire, port=8800))
    assert (message.protocol, message.body.data) == ("dahua-ptcp", b"\x16\x03\x01")
