"""Forms in which several dialects write a number, a name or a request."""

from __future__ import annotations

import random
import struct
from datetime import UTC, datetime

from tests.studies.facts_apart.drawn import Place, digits, minutes, xor

YEAR_2000 = datetime(2000, 1, 1, tzinfo=UTC)

FORM = "application/x-www-form-urlencoded"


def unpadded(draw: random.Random, count: int) -> str:
    """A number of ``count`` digits that does not begin with 0."""
    return draw.choice("123456789") + digits(draw, count - 1)


def vin(draw: random.Random) -> str:
    """A vehicle identification number of ISO 3779 as European makers write it, without a check digit."""
    return (
        draw.choice(("WVWZZZ", "WF0XXX", "VF1AAA")) + "".join(draw.choices("ABCDEFGH12345679", k=5)) + unpadded(draw, 6)
    )


def packed(value: float, width: int, decimals: int = 4) -> str:
    """``ddmmmmmm``: degrees and minutes without a sign and without a point."""
    return minutes(value, width, decimals).replace(".", "")


def nmea(text: str) -> str:
    """A sentence of NMEA 0183, or a line that has its mark and its check value."""
    return f"${text}*{xor(text.encode()):02X}"


def nmea_line(text: str) -> bytes:
    return f"{nmea(text)}\r\n".encode()


def packed_whole(value: float) -> int:
    """``ddmmmmmm`` as a number with the sign: degrees by a million and minutes by ten thousand."""
    total = round(abs(value) * 600000)
    whole = total // 600000 * 10**6 + total % 600000
    return -whole if value < 0 else whole


def octets(point: str) -> bytes:
    """The six bytes of an access point."""
    return bytes.fromhex(point.replace(":", ""))


def varint(value: int) -> bytes:
    """Seven bits a byte, the lowest first, as in protobuf."""
    data = b""
    while value > 127:
        data, value = data + bytes((value & 127 | 128,)), value >> 7
    return data + bytes((value,))


def scaled(one: Place, factor: float, form: str = ">ii") -> bytes:
    """Latitude and longitude as whole numbers, latitude first."""
    return struct.pack(form, round(one.latitude * factor), round(one.longitude * factor))


def post(body: str | bytes, kind: str = "application/json", path: str = "/", host: str = "fleet.example") -> bytes:
    """A request as a back end or a device sends it."""
    data = body.encode() if isinstance(body, str) else body
    head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: {kind}\r\nContent-Length: {len(data)}\r\n\r\n"
    return head.encode() + data


def get(target: str) -> bytes:
    return f"GET {target} HTTP/1.1\r\nHost: fleet.example\r\nConnection: close\r\n\r\n".encode()


def clock(form: str, one: Place) -> str:
    """The time of a place in a form of ``strftime``."""
    assert one.time is not None
    return one.time.strftime(form)


def since(one: Place, begin: datetime) -> int:
    """Whole seconds from ``begin``."""
    assert one.time is not None
    return int((one.time - begin).total_seconds())


def unix(one: Place) -> int:
    return since(one, datetime(1970, 1, 1, tzinfo=UTC))


def plain_time(time: datetime | None, form: str = "%y%m%d%H%M%S") -> bytes:
    """Two digits a byte, as plain numbers."""
    assert time is not None
    text = time.strftime(form)
    return bytes(int(text[at : at + 2]) for at in range(0, len(text), 2))
