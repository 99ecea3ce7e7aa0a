"""Messages whose head a dialect knows and whose layout it does not."""

from __future__ import annotations

import pytest

from iotwatch.decode.message import Message
from iotwatch.decode.trackers.engine.text import FOLDER, load
from iotwatch.model import Confidence
from iotwatch.read.stream import from_bytes
from iotwatch.words.doubts import ReadingDoubt

IMEI = "355448499324442"
MOVED = f"$$88,{IMEI},1,A01,,new,240317094126,A,fw2,47.305937,8.390695,0,0*11"
"""Two fields more than the description has."""


def read(name: str, data: bytes) -> list[Message]:
    return list(load(FOLDER / f"{name}.toml").messages(from_bytes(data)))


def test_a_place_among_unknown_fields_is_told_with_its_doubt() -> None:
    junk = b"\x00\x01"
    (message,) = read("fifotrack", junk + MOVED.encode())
    (fix,) = message.fixes
    assert (fix.latitude, fix.longitude) == (47.305937, 8.390695)
    assert (junk + MOVED.encode())[slice(*fix.span)] == b"47.305937,8.390695"
    assert message.device_ids == (IMEI,)
    assert message.fields["carries"] == "position"
    assert ReadingDoubt.FORM_UNKNOWN() in message.doubts
    assert message.confidence <= Confidence.LIKELY


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("fifotrack", f"$$25,{IMEI},383,B03,OK*25"),
        ("meitrack", f"$$A28,{IMEI},B70,12.5,13.25*4A"),
        ("taip", ">RTT240317094126-4730593+00839069000009300DF2101 04101203;ID=8803;*2B<"),
    ],
)
def test_what_holds_no_place_of_now_is_left(name: str, text: str) -> None:
    assert all(message.fixes == () for message in read(name, text.encode()))
