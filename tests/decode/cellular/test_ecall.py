"""The minimum set of data of EN 15722, packed here bit by bit, bare and in a SIP call."""

from __future__ import annotations

from pathlib import Path

import pytest

from iotwatch.decode import decode
from iotwatch.decode.message import Message
from iotwatch.read.stream import from_bytes
from tests import talks

LETTERS = "0123456789ABCDEFGHJKLMNPRSTUVWXYZ"
VIN = "WVWZZZ1KZAW000001"
NOON = 1_714_996_800


def msd(
    latitude: float, longitude: float, *, version: int = 1, vin: str = VIN, fuels: str = "100000", trusted: int = 1
) -> bytes:
    bits = f"{version:08b}" + "01" + "0000" + f"{1:08b}" + f"10{trusted}" + "0" + f"{0:04b}"
    bits += "".join(f"{LETTERS.index(letter):06b}" for letter in vin)
    bits += "0" + fuels + "1" * fuels.count("1") + f"{NOON:032b}"
    bits += "".join(f"{round(one * 3_600_000) + (1 << 31):032b}" for one in (latitude, longitude))
    bits += f"{45:08b}" + "1010101010"
    return int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8), "big")


def told(data: bytes, kind: str = "payload") -> list[Message]:
    found = list(decode(from_bytes(data, kind=kind)))
    inside = [told(one.body.data) for one in found if one.body is not None]
    return found + [message for messages in inside for message in messages]


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("fuels", ["000000", "100000", "010010", "111111"])
@pytest.mark.parametrize("place", [(48.300333, 11.617367), (-33.9, 151.2), (-22.9, -43.2)])
def test_a_crash_says_where_and_which_car(version: int, fuels: str, place: tuple[float, float]) -> None:
    (message,) = told(msd(*place, version=version, fuels=fuels))
    (fix,) = message.fixes
    assert (fix.latitude, fix.longitude) == pytest.approx(place, abs=1e-6)
    assert (fix.time, fix.valid, fix.course) == (NOON * 1_000_000, True, 90)
    assert (message.protocol, message.vin, message.fields["automatic"]) == ("ecall-msd", VIN, True)


def test_what_is_no_such_set() -> None:
    whole = msd(48.3, 11.6)
    assert not any(message.fixes for data in (b"\3" + whole[1:], whole[:30], bytes(40)) for message in told(data))
    assert told(msd(48.3, 11.6, trusted=0))[0].fixes[0].valid is False


def test_a_call_carries_it_as_a_part() -> None:
    part = b"--b1\r\nContent-Type: application/EmergencyCallData.eCall.MSD\r\nContent-ID: <1@car>\r\n\r\n"
    body = b"--b1\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n\r\n" + part + msd(48.3, 11.6) + b"\r\n--b1--\r\n"
    call = b"INVITE urn:service:sos.ecall.automatic SIP/2.0\r\nFrom: <sip:car@example.org>\r\n"
    call += b'Content-Type: multipart/mixed;boundary="b1"\r\nContent-Length: %d\r\n\r\n' % len(body) + body
    (crash,) = [message for message in told(call, "tcp") if message.fixes]
    assert (crash.protocol, crash.vin) == ("ecall-msd", VIN)


def multipart(around: str, part: str) -> bytes:
    head = f"--b1\r\nContent-Type: {around}\r\n\r\nv=0\r\n\r\n--b1\r\n{part}\r\n\r\n"
    return head.encode() + msd(48.3, 11.6) + b"\r\n--b1--\r\n"


MSD_TYPE = "application/EmergencyCallData.eCall.MSD"
FORM_PART = 'Content-Disposition: form-data; name="msd"\r\nContent-Type: application/octet-stream'
BODIES = {
    "bare": (MSD_TYPE, msd(48.3, 11.6)),
    "octets": ("application/octet-stream", msd(48.3, 11.6)),
    "multipart": ('multipart/mixed; boundary="b1"', multipart("application/sdp", f"Content-Type: {MSD_TYPE}")),
    "form": ("multipart/form-data; boundary=b1", multipart("text/plain", FORM_PART)),
    "digits": ("application/json", b'{"msd":"%s"}' % msd(48.3, 11.6).hex().encode()),
}


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize(
    ("start", "chunked"),
    [("POST /msd HTTP/1.1", False), ("POST /msd HTTP/1.1", True), ("INFO sip:psap@example.org SIP/2.0", False)],
)
def test_any_body_of_http_and_sip(tmp_path: Path, body: str, start: str, *, chunked: bool) -> None:
    kind, data = BODIES[body]
    length = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {len(data)}"
    if chunked:
        data = b"".join(b"%x\r\n%s\r\n" % (len(one), one) for one in (data[:20], data[20:])) + b"0\r\n\r\n"
    call = f"{start}\r\nHost: psap.example\r\nFrom: <sip:car@example.org>\r\nContent-Type: {kind}\r\n{length}\r\n\r\n".encode()
    capture = talks.write(tmp_path / "call.pcap", talks.talk(0, "192.168.1.7", "203.0.113.9", 4000, call + data))
    assert "Position sent to" in talks.scan(tmp_path / "call.db", capture)
    (row,) = talks.told(tmp_path / "call.db", "position")
    assert (row["latitude"], row["longitude"], row["reported_id"]) == (48.3, 11.6, VIN)
