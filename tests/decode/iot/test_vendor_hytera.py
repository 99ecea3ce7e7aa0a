from __future__ import annotations

from iotwatch.decode import decode
from iotwatch.decode.iot.vendor_hytera import HRNP


def hrnp(inner: bytes) -> bytes:
    """7E, version, block, opcode 0 (data), source, destination, packet number, length of all, checksum, HDAP."""
    return b"\x7e\x04\x00\x00\x20\x10\0\1" + (12 + len(inner)).to_bytes(2, "big") + b"\xab\xcd" + inner


LOCATION = b"\x08\xa0\x02\x00\x32" + bytes(10) + b"A101112280511N5321.6802W00630.3372  .031" + b"\x55\x03"


def test_a_location_answer(datagrams):
    (message,) = decode(datagrams(hrnp(LOCATION), port=3003))
    (fix,) = message.fixes
    assert (round(fix.latitude, 6), round(fix.longitude, 6), fix.valid) == (53.361337, -6.50562, True)
    assert fix.time == 1_306_577_472_000_000
    assert message.stream.data[slice(*fix.span)].startswith(b"A101112280511N")
    assert message.traits[0].facts == {"opcode": "data", "service": "location"}
    assert message.doubts


def test_other_services_and_impossible_places_have_no_fix(datagrams):
    for inner in (
        LOCATION.replace(b"\x08", b"\x09", 1),
        LOCATION.replace(b"5321", b"9921"),
        LOCATION.replace(b"5321", b"5399"),
    ):
        (message,) = decode(datagrams(hrnp(inner), port=3003))
        assert message.fixes == ()


def test_a_jt808_frame_is_left_to_its_dialect():
    assert not HRNP.claims(bytes.fromhex("7e0200001c01234567890100017e"), None)
