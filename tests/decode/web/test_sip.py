"""Requests in the forms of RFC 3261, RFC 7254 and 3GPP TS 24.229."""

from __future__ import annotations

from iotwatch.decode import decode
from iotwatch.read.stream import from_bytes

CONTACT = b'Contact: <sip:192.0.2.7:5060>;+sip.instance="<urn:gsma:imei:49015420-323751-0>"\r\n'
USER = b'Authorization: Digest username="262021234567890@ims.mnc002.mcc262.3gppnetwork.org",realm="ims"\r\n'
FROM = b"From: <tel:+491755550123>;tag=1\r\n"
REGISTER = b"REGISTER sip:ims.example.org SIP/2.0\r\n" + FROM + CONTACT + USER + b"Content-Length: 0\r\n\r\n"
NUMBERS = ("imei", "imsi", "msisdn")


def numbers(traits_of, raw: bytes) -> list[tuple[str, str, bytes]]:
    return [told for told in traits_of(decode(from_bytes(raw, kind="tcp"))) if told[0] in NUMBERS]


def test_a_registration_names_equipment_sim_and_line(traits_of):
    assert numbers(traits_of, REGISTER) == [
        ("imei", "490154203237518", b"urn:gsma:imei:49015420-323751-0"),
        ("imsi", "262021234567890", USER[len(b"Authorization: Digest ") : USER.index(b",")]),
        ("msisdn", "491755550123", b"tel:+491755550123"),
    ]


def test_a_telephone_that_talks_to_an_office_exchange_has_no_line_of_its_own(traits_of):
    plain = b"REGISTER sip:pbx.example.org SIP/2.0\r\nFrom: <sip:12345678@pbx.example.org>\r\n\r\n"
    assert numbers(traits_of, plain) == []


def test_an_answer_repeats_who_asked(traits_of):
    answer = b"SIP/2.0 200 OK\r\n" + FROM + CONTACT + b"Content-Length: 0\r\n\r\n"
    assert [told[0] for told in numbers(traits_of, answer)] == ["imei"]


def test_positions_count_bytes_not_letters(traits_of):
    contact = CONTACT.replace(b"<sip:", "Zoë ".encode() + b"<sip:")
    (told,) = numbers(traits_of, b"REGISTER sip:ims.example.org SIP/2.0\r\n" + contact + b"\r\n")
    assert told[2] == b"urn:gsma:imei:49015420-323751-0"
