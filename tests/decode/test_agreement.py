"""A place is certain when its check value holds and another message of the flow agrees."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from itertools import pairwise

import pytest

from iotwatch.decode import decode
from iotwatch.decode.message import TRIED
from iotwatch.decode.trackers import TRACKERS
from iotwatch.model import Confidence
from iotwatch.read.stream import from_bytes


def x25(data: bytes) -> int:
    """CRC-16/X-25, apart from the decoder's."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x8408 if crc & 1 else 0)
    return crc ^ 0xFFFF


def gt06(kind: int, body: bytes) -> bytes:
    content = bytes([len(body) + 5, kind]) + body + b"\0\1"
    return b"\x78\x78" + content + struct.pack(">H", x25(content)) + b"\r\n"


def place(
    latitude: float, longitude: float, minute: int, flags: int = 0x1400, *, day: int = 6, speed: int = 60
) -> bytes:
    body = bytes([24, 5, day, 12, minute, 0, 0xC9])
    body += struct.pack(">IIBH", round(latitude * 1.8e6), round(longitude * 1.8e6), speed, flags + 90)
    return gt06(0x12, body + bytes.fromhex("01cc0028 7d001fb8".replace(" ", "")))


def told(*frames: bytes) -> list[Confidence]:
    return [one.confidence for one in decode(from_bytes(b"".join(frames))) if one.fixes]


LOGGED_IN = gt06(0x01, bytes.fromhex("0356938035643809"))


def test_one_message_is_likely_however_right_its_check_value() -> None:
    (message,) = decode(from_bytes(place(51.5, 7.4, 0)))
    assert (message.checksum, message.confidence) == ("ok", Confidence.LIKELY)


def test_two_that_a_car_can_have_sent_are_certain_with_heartbeats_between() -> None:
    heartbeat = gt06(0x13, bytes(5))
    drive = [place(51.5 + minute / 200, 7.4 + minute / 500, minute) for minute in range(3)]
    assert told(LOGGED_IN, drive[0], heartbeat, heartbeat, *drive[1:]) == [Confidence.CERTAIN] * 3


@pytest.mark.parametrize(
    "frames",
    [
        (place(51.5, 7.4, 0), place(51.5, 7.4, 0)),
        (place(51.5, 7.4, 0), place(41.5, 7.4, 1)),
        (place(51.5, 7.4, 1), place(51.55, 7.4, 1)),
        (place(51.5, 7.4, 9), place(51.51, 7.41, 1)),
        (place(51.5, 7.4, 1), place(51.51, 7.41, 2, day=15)),
        (place(51.5, 7.4, 1, speed=0), place(51.55, 7.41, 3, speed=0)),
        (place(51.5, 7.4, 1), place(51.5, 7.41, 31)),
        (place(51.5, 7.4, 1, speed=0), place(51.51, 7.41, 31, speed=0)),
    ],
    ids=[
        "the same again",
        "a thousand kilometres in a minute",
        "a clock that stands still",
        "a clock that goes back",
        "nine days later",
        "five kilometres in two minutes between two halts",
        "nothing new but clock and longitude",
        "two halts with one course",
    ],
)
def test_what_does_not_agree_stays_likely(frames: Sequence[bytes]) -> None:
    assert told(LOGGED_IN, *frames) == [Confidence.LIKELY] * 2


def test_a_place_without_a_fix_is_held_against_its_neighbours_too() -> None:
    lost = [place(latitude, 7.4, minute, 0x400) for minute, latitude in enumerate((51.5, 41.5))]
    assert told(LOGGED_IN, *lost) == [Confidence.LIKELY] * 2


def test_one_wrong_place_among_right_ones_is_not_certain() -> None:
    drive = [place(51.5 + minute / 200, 7.4 + minute / 500, minute) for minute in range(6)]
    drive[3] = place(11.5, 7.4, 3)
    assert [sure is Confidence.CERTAIN for sure in told(LOGGED_IN, *drive)] == [True, True, True, False, True, True]


def test_a_layout_of_one_sample_is_possible_until_the_flow_agrees() -> None:
    def line(minute: int, latitude: float) -> bytes:
        return (
            b"TK,354632797482488,2403170941%02d,+%.6f,+7.719987,0,86,12,0,F,204,08,C55,143C,22,,4.21,1,,,,,,,,\r\n"
            % (minute, latitude)
        )

    assert told(line(26, 40.353645)) == [Confidence.POSSIBLE]
    assert told(line(26, 40.353645), line(46, 40.354645)) == [Confidence.LIKELY] * 2
    assert told(line(26, 40.353645), line(46, 10.354645)) == [Confidence.POSSIBLE] * 2


def test_every_dialect_tells_how_well_it_was_tried() -> None:
    assert {dialect.samples for dialect in TRACKERS} == {0, 1, TRIED}
    for dialect in TRACKERS:
        prose = " ".join(getattr(getattr(dialect, "file", dialect), "sources", ()))
        if "no sample was checked" in prose or prose.startswith(("read off one", "layout read off one public")):
            assert dialect.samples < TRIED, dialect.name


def test_messages_keep_their_order_and_number() -> None:
    frames = [
        place(51.5 + minute / 200, 7.4 + minute / 500, minute) if minute % 3 else gt06(0x13, bytes(5))
        for minute in range(40)
    ]
    frames += [gt06(0x13, bytes(5))] * 200
    messages = list(decode(from_bytes(LOGGED_IN + b"".join(frames))))
    assert len(messages) == 241
    assert all(one.span[1] == other.span[0] for one, other in pairwise(messages))
