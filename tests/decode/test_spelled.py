from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator

import pytest

from iotwatch.decode import decode
from iotwatch.decode.message import Message
from iotwatch.decode.spelled import RUN, Spelled
from iotwatch.errors import LimitReached
from iotwatch.read.stream import Stream, from_bytes

LOCATION = (
    b"7e02004032010000000002023260955901a900000000004c100301dfd622073d6cdc006402580000241128095901"
    b"010400000085020201e3250400000000300108310109897e"
)
SPELLED = Spelled(decode)


def test_frames_in_a_servers_log_go_on_as_bodies() -> None:
    log = from_bytes("读到的报文 终端-位置上报: [".encode() + LOCATION + b"]\nnext line\n", kind="text")
    (message,) = SPELLED.messages(log)
    assert message.protocol == "jt808"
    assert message.body is not None
    assert message.body.data == bytes.fromhex(LOCATION.decode())
    assert log.data[slice(*message.span)] == LOCATION


def test_spaced_digits_are_read_too() -> None:
    spaced = b" ".join(LOCATION[at : at + 2] for at in range(0, len(LOCATION), 2))
    assert [message.protocol for message in SPELLED.messages(from_bytes(b"rx: " + spaced + b"\n", kind="text"))] == [
        "jt808"
    ]


def test_hashes_say_nothing() -> None:
    lines = b"\n".join(hashlib.sha256(bytes([n])).hexdigest().encode() + b"  file" for n in range(200))
    assert RUN.search(lines)
    assert list(SPELLED.messages(from_bytes(lines, kind="text"))) == []


def test_a_payload_of_hashes_is_left_soon_and_one_of_many_frames_says_that_it_goes_on() -> None:
    asked: list[bytes] = []

    def counting(stream: Stream) -> Iterator[Message]:
        asked.append(stream.data)
        return decode(stream)

    hashes = b",".join(hashlib.sha256(bytes([n])).hexdigest().encode() for n in range(200))
    assert list(Spelled(counting).messages(from_bytes(hashes))) == []
    assert len(asked) <= 64
    read = SPELLED.messages(
        from_bytes(b",".join([*[LOCATION] * 300, base64.b64encode(bytes.fromhex(LOCATION.decode()))]))
    )
    assert [next(read).protocol for _ in range(257)] == ["jt808"] * 257
    with pytest.raises(LimitReached):
        next(read)
