from __future__ import annotations

from iotwatch.decode.cellular.supl import SUPL
from iotwatch.read.stream import from_bytes


def start(imsi: str, message: int = 1) -> bytes:
    """ULP-PDU of OMA-TS-ULP: length, version 2.0.0, session with a SET id (IMSI), no SLP session, the message's choice."""
    digits = imsi.ljust(16, "f")
    packed = bytes(int(digits[i + 1] + digits[i], 16) for i in range(0, 16, 2))
    bits = "10" + f"{7:016b}" + "0" + "011" + "".join(f"{byte:08b}" for byte in packed) + "0" + f"{message:03b}"
    bits = bits.ljust(20 * 8, "0")
    body = b"\2\0\0" + int(bits, 2).to_bytes(20, "big")
    return (len(body) + 2).to_bytes(2, "big") + body


def test_a_start_names_the_subscriber(traits_of):
    wire = start("204046123456789")
    assert SUPL.claims(wire, None)
    (message,) = SUPL.messages(from_bytes(wire + b"\0"))
    assert message.fields == {"version": "2.0.0", "imsi": "204046123456789", "message": "START"}
    assert [trait.kind for trait in message.traits] == ["supl.imsi", "supl.message"]


def test_digits_that_are_none_say_nothing():
    assert list(SUPL.messages(from_bytes(start("2040abc23456789")))) == []
