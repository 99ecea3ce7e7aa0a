from __future__ import annotations

from binascii import crc32

from iotwatch.decode import decode
from iotwatch.read.stream import from_bytes


def tuya(text: bytes, command: int = 0x13) -> bytes:
    head = b"\0\0\x55\xaa" + bytes(4) + command.to_bytes(4, "big") + (len(text) + 8).to_bytes(4, "big") + text
    return head + crc32(head).to_bytes(4, "big") + b"\0\0\xaa\x55"


def test_tuya_announces_itself(datagrams):
    wire = tuya(b'\0\0\0\0{"ip":"192.0.2.5","gwId":"bf01","active":2,"productKey":"key7","version":"3.1"}')
    (message,) = decode(datagrams(wire, port=6666))
    assert message.checksum == "ok"
    assert message.traits[0].facts == {
        "command": 0x13, "ip": "192.0.2.5", "gwId": "bf01", "productKey": "key7", "version": "3.1", "encrypted": False,
    }  # fmt: skip
    (bad,) = decode(datagrams(wire.replace(b"bf01", b"bf02"), port=6666))
    assert bad.checksum == "bad"


def kasa(text: bytes) -> bytes:
    key, out = 0xAB, bytearray()
    for byte in text:
        key ^= byte
        out.append(key)
    return bytes(out)


INFO = b'{"system":{"get_sysinfo":{"model":"HS110(EU)","deviceId":"8006","latitude_i":521000,"longitude_i":43000}}}'


def test_kasa_is_undone_over_udp_and_tcp(datagrams):
    (message,) = decode(datagrams(kasa(INFO), port=9999))
    assert message.body.data == INFO
    assert message.traits[0].facts == {"model": "HS110(EU)", "deviceId": "8006"}
    assert message.body.place(0, 3).parent.operation.name == "xor-autokey"
    framed = len(INFO).to_bytes(4, "big") + kasa(INFO)
    assert [m.body.data for m in decode(from_bytes(framed * 2, kind="tcp"))] == [INFO, INFO]


def test_miio_names_its_number(datagrams):
    wire = b"\x21\x31\x00\x20" + bytes(4) + (123456).to_bytes(4, "big") + bytes(4) + bytes(16)
    (message,) = decode(datagrams(wire, port=54321))
    assert message.traits[0].facts == {"device": "123456"}


def test_ubiquiti_tells_mac_address_and_names(datagrams):
    fields = b"\x02\x00\x0a" + bytes.fromhex("0027220000017f000001") + b"\x0b\x00\x03gw1" + b"\x0c\x00\x02N5"
    (message,) = decode(datagrams(b"\x01\0" + len(fields).to_bytes(2, "big") + fields, port=10001))
    assert message.traits[0].facts == {
        "mac": "00:27:22:00:00:01",
        "ip": "127.0.0.1",
        "hostname": "gw1",
        "platform": "N5",
    }
