"""Messages put together from RFC 6733, RFC 8506 and 3GPP's attributes."""

from __future__ import annotations

import pytest

from iotwatch.decode import decode
from iotwatch.decode.cellular.diameter import DIAMETER
from iotwatch.read.stream import from_bytes

VENDOR = 10415


def avp(code: int, value: bytes, vendor: int = 0) -> bytes:
    head = code.to_bytes(4, "big") + (b"\xc0" if vendor else b"\x40")
    size = len(value) + (12 if vendor else 8)
    return head + size.to_bytes(3, "big") + (vendor.to_bytes(4, "big") if vendor else b"") + value + bytes(-size % 4)


def request(*avps: bytes, command: int = 272) -> bytes:
    body = b"".join(avps)
    return b"\x01" + (20 + len(body)).to_bytes(3, "big") + b"\xc0" + command.to_bytes(3, "big") + bytes(12) + body


def told(raw: bytes) -> list[tuple[str, str]]:
    return [(trait.kind, trait.value) for message in decode(from_bytes(raw, kind="tcp")) for trait in message.traits]


def subscription(kind: int, data: bytes) -> bytes:
    return avp(443, avp(450, kind.to_bytes(4, "big")) + avp(444, data))


@pytest.mark.parametrize(
    ("attribute", "traits"),
    [
        (avp(1, b"262021234567890"), [("imsi", "262021234567890")]),
        (avp(1, b"0262021234567890@nai.epc.mnc002.mcc262.3gppnetwork.org"), [("imsi", "262021234567890")]),
        (avp(1, b"001010123456789@ims.mnc001.mcc001.3gppnetwork.org"), [("imsi", "001010123456789")]),
        (avp(1, b"262021234567890@ims.mnc002.mcc262.3gppnetwork.org"), [("imsi", "262021234567890")]),
        (avp(1, b"alice@example.org"), []),
        (avp(30, b"internet"), [("apn", "internet")]),
        (avp(493, b"ims"), [("apn", "ims")]),
        (subscription(0, b"491755550123"), [("msisdn", "491755550123")]),
        (subscription(1, b"262021234567890"), [("imsi", "262021234567890")]),
        (subscription(2, b"sip:+491755550123@ims.example.org"), [("msisdn", "491755550123")]),
        (subscription(3, b"491755550123"), []),
        (avp(458, avp(459, bytes(4)) + avp(460, b"490154203237518")), [("imei", "490154203237518")]),
        (avp(701, bytes.fromhex("9471652701"), VENDOR), [("msisdn", "4917567210")]),
        (avp(601, b"tel:+491755550123", VENDOR), [("msisdn", "491755550123")]),
        (avp(1401, avp(1402, b"49015420323751", VENDOR), VENDOR), [("imei", "490154203237518")]),
        (
            avp(873, avp(874, avp(20, b"4901542032375101", VENDOR), VENDOR), VENDOR),
            [("imeisv", "4901542032375101"), ("imei", "490154203237518")],
        ),
        (avp(22, bytes.fromhex("82 62f2201234 62f2200abcdef1"), VENDOR), [("cell.serving", "262-2-4660-180150001")]),
        (avp(1, b"262021234567890", 9), []),
    ],
)
def test_attributes(attribute, traits):
    assert told(request(avp(263, b"session;1"), attribute)) == traits


def test_evidence_is_the_attributes_value(traits_of):
    raw = request(avp(1, b"262021234567890")) + request(avp(1, b"262021234567891"))
    assert traits_of(decode(from_bytes(raw, kind="tcp"))) == [
        ("imsi", "262021234567890", b"262021234567890"),
        ("imsi", "262021234567891", b"262021234567891"),
    ]


def test_groups_in_groups_end():
    inner = avp(1, b"262021234567890")
    for _ in range(40):
        inner = avp(873, inner, VENDOR)
    assert told(request(inner)) == []


def test_attributes_must_fill_the_message():
    whole = request(avp(1, b"262021234567890"))
    assert not DIAMETER.claims(whole[:-4], None)
    assert not DIAMETER.claims(whole[:25] + b"\0\0\x02" + whole[28:], None)
