"""Messages become position rows: lists beside fixes, services' names, and what is told of the far end."""

from __future__ import annotations

import json

import pytest
from msgspec.structs import replace

from iotwatch.decode import decode
from iotwatch.decode.message import Cell, Fix, Message
from iotwatch.model import Confidence, Direction, Position
from iotwatch.observe import Collector, observe_message
from iotwatch.read.stream import Flow, Stream, from_bytes
from iotwatch.words.doubts import ReadingDoubt

FLOW = Flow(0, "tcp", "192.168.1.20", 40000, "198.51.100.9", 80)


def over(data: bytes) -> Stream:
    return replace(from_bytes(data, kind="tcp", frame=3, time=1_000_000), flow=FLOW)


def observed(*messages: Message) -> tuple[Position, ...]:
    collector = Collector()
    todo = list(messages)
    while todo:
        message = todo.pop(0)
        observe_message(message, collector)
        if message.body is not None:
            todo += list(decode(message.body))
    return collector.positions()


def test_a_look_up_is_sent_up_and_named() -> None:
    body = json.dumps(
        {
            "cellTowers": [{"cellId": 42, "locationAreaCode": 415, "mobileCountryCode": 310, "mobileNetworkCode": 410}],
            "wifiAccessPoints": [{"macAddress": "00:25:9c:cf:1c:ac", "signalStrength": -43}],
        }
    ).encode()
    head = f"POST /geolocation/v1/geolocate?key=k HTTP/1.1\r\nHost: www.googleapis.com\r\nContent-Length: {len(body)}\r\n\r\n"
    cell, wifi = observed(*decode(over(head.encode() + body)))
    assert (cell.method, wifi.method) == ("cell", "wifi")
    assert {one.dialect for one in (cell, wifi)} == {"google-geolocate"}
    assert (cell.direction, cell.latitude, cell.server_name) == (Direction.UP, None, "www.googleapis.com")
    assert cell.facts["cell"] == [{"mcc": 310, "mnc": 410, "lac": 415, "cid": 42}]


def test_cells_beside_a_fix_are_no_second_disclosure() -> None:
    cells = (Cell(310, 410, 415, 42),)
    stream = over(b"x" * 20)

    def methods(*fixes: Fix) -> list[str]:
        return [one.method for one in observed(Message("gt06", stream, (0, 20), fixes=fixes, cells=cells))]

    assert methods(Fix(51.5, 4.25, (0, 8))) == ["decoded"]
    assert methods(Fix(51.5, 4.25, (0, 8), valid=False)) == ["decoded", "cell"]
    assert methods(Fix(51.5, 4.25, (0, 8), whose="gateway")) == ["decoded", "cell"]
    assert methods() == ["cell"]


def test_zero_and_zero_is_no_fix() -> None:
    (position,) = observed(Message("gt06", over(b"x" * 20), (0, 20), fixes=(Fix(0.0, 0.0, (0, 8), valid=True),)))
    assert position.valid is False
    assert position.doubts == (ReadingDoubt.ZERO(),)


def test_a_sender_on_the_air_is_told_by_its_address() -> None:
    stream = from_bytes(b"x" * 20, kind="802.11").tagged(device="mac:60:60:1f:c6:0e:cc")
    (position,) = observed(Message("remote-id", stream, (0, 20), fixes=(Fix(47.3, 8.5, (0, 8)),)))
    assert (position.direction, position.facts["device"]) == (Direction.BROADCAST, "mac:60:60:1f:c6:0e:cc")


def readings(*proofs: dict[str, object]) -> tuple[Position, ...]:
    """What is kept when dialects named ``a``, ``b`` ... read the same place off the same bytes, proven as told."""
    stream = over(b"x" * 20)
    fix = Fix(51.5, 4.25, (2, 10))
    return observed(
        *(Message(name, stream, (0, 20), fixes=(fix,), **proof) for name, proof in zip("abc", proofs, strict=False))
    )


@pytest.mark.parametrize("turned", [False, True], ids=["the better first", "the better last"])
@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"checksum": "ok"}, {"checksum": "none", "confidence": Confidence.CERTAIN}),
        ({"confidence": Confidence.LIKELY}, {"generic": True, "confidence": Confidence.CERTAIN}),
        ({"confidence": Confidence.CERTAIN}, {"confidence": Confidence.LIKELY, "device_ids": ("77",)}),
        ({"device_ids": ("77",)}, {}),
    ],
    ids=["a right checksum", "a dialect with a name", "more sure", "an id told"],
)
def test_of_two_readings_the_better_proven_is_kept(better, worse, turned) -> None:
    (kept,) = readings(worse, better) if turned else readings(better, worse)
    assert kept.dialect == ("b" if turned else "a")
    assert kept.facts["rivals"] == ["a" if turned else "b"]


def test_of_equal_readings_the_first_is_kept_and_all_rivals_are_told() -> None:
    (kept,) = readings({}, {}, {})
    assert (kept.dialect, kept.facts["rivals"]) == ("a", ["b", "c"])


def test_two_statements_of_one_place_in_one_frame_stay_two() -> None:
    """One dialect that says a place twice says it off other bytes; the same bytes read twice say it once."""
    stream = over(b"x" * 40)

    def kept(*spans: tuple[int, int]) -> int:
        return len(observed(*(Message("a", stream, (0, 40), fixes=(Fix(51.5, 4.25, span),)) for span in spans)))

    assert kept((0, 8), (8, 16)) == 2
    assert kept((0, 8), (7, 16)) == 1
    assert kept((8, 16), (0, 9)) == 1
