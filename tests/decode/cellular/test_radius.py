"""Datagrams put together from RFC 2865 and 3GPP TS 29.061 section 16.4.7."""

from __future__ import annotations

from iotwatch.decode import decode

SERVER = 1813


def attribute(kind: int, value: bytes) -> bytes:
    return bytes([kind, len(value) + 2]) + value


def vendor(*parts: bytes, number: int = 10415) -> bytes:
    return attribute(26, number.to_bytes(4, "big") + b"".join(parts))


def request(*attributes: bytes) -> bytes:
    body = b"".join(attributes)
    return b"\x04\x07" + (20 + len(body)).to_bytes(2, "big") + bytes(range(16)) + body


def told(stream) -> list[tuple[str, str]]:
    return [(trait.kind, trait.value) for message in decode(stream) for trait in message.traits]


ACCOUNTING = request(
    attribute(40, bytes([0, 0, 0, 1])),
    attribute(30, b"cmiot"),
    attribute(31, b"8613912345678"),
    vendor(attribute(1, b"460001234567890"), attribute(20, b"4901542032375101")),
    vendor(attribute(22, bytes.fromhex("00 64f000 1234 5678"))),
)


def test_a_packet_gateway_names_sim_equipment_cell_line_and_access_point(datagrams, traits_of):
    messages = list(decode(datagrams(ACCOUNTING, port=SERVER)))
    assert [message.protocol for message in messages] == ["radius"]
    assert traits_of(messages)[0] == ("imsi", "460001234567890", b"460001234567890")
    assert told(datagrams(ACCOUNTING, port=SERVER)) == [
        ("imsi", "460001234567890"),
        ("imeisv", "4901542032375101"),
        ("imei", "490154203237518"),
        ("cell.serving", "460-0-4660-22136"),
        ("apn", "cmiot"),
        ("msisdn", "8613912345678"),
    ]


def test_without_3gpp_the_called_and_calling_are_ports_and_stations(datagrams):
    plain = request(attribute(1, b"alice"), attribute(30, b"lobby"), attribute(31, b"8613912345678"))
    assert told(datagrams(plain, port=SERVER)) == []
    assert told(datagrams(request(vendor(attribute(1, b"460001234567890"), number=9)), port=SERVER)) == []


def test_attributes_must_fill_the_datagram(datagrams):
    assert told(datagrams(ACCOUNTING[:-1], port=SERVER)) == []
    assert told(datagrams(ACCOUNTING + b"\0", port=SERVER)) == []
