"""What a row says of leaving the unit, in the words that units use."""

from __future__ import annotations

import json

import pytest

from iotwatch.open.outgoing import Outgoing, outgoing
from iotwatch.words.kept import Kept

HOST = "tcu.maker.example"
_TIME = "2024-05-18T02:40:00.000000Z"


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        ({"url": f"https://{HOST}/v1", "state": "pending"}, (HOST, Kept.WAITS, "")),
        ({"url": f"https://{HOST}/v1", "state": "sent", "sent_at": 1716000000}, (HOST, Kept.SENT, _TIME)),
        ({"url": f"https://{HOST}/v1", "sent_at": None}, (HOST, Kept.WAITS, "")),
        ({"url": f"https://{HOST}/v1", "http_status": 200}, (HOST, Kept.SENT, "")),
        ({"url": f"https://{HOST}/v1", "response_code": 503}, (HOST, Kept.WAITS, "")),
        ({"url": f"https://{HOST}/v1"}, (HOST, Kept.KEPT, "")),
        ({"server": HOST, "uploaded": 1}, (HOST, Kept.SENT, "")),
        ({"host": HOST, "is_pending": 0}, (HOST, Kept.SENT, "")),
        ({"payload": "x", "acked": 0}, ("", Kept.WAITS, "")),
    ],
)
def test_rows(row: dict[str, object], wanted: tuple[str, Kept, str]) -> None:
    assert outgoing(json.dumps(row).encode()) == Outgoing(*wanted)


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        (f"2024-05-18T02:40:00Z POST https://{HOST}/v1?lat=1 -> 200 OK", (HOST, Kept.SENT, _TIME)),
        (f"May 18 tcu[7]: upload to https://{HOST}/v1 failed: timeout", (HOST, Kept.WAITS, "")),
        (f"publishing to mqtts://{HOST}:8883 topic up: PUBACK", (HOST, Kept.SENT, "")),
        (f"POST https://{HOST}/200", (HOST, Kept.KEPT, "")),
    ],
)
def test_lines_of_a_log(line: str, wanted: tuple[str, Kept, str]) -> None:
    assert outgoing(line.encode()) == Outgoing(*wanted)


@pytest.mark.parametrize(
    "line",
    [
        b'{"state": "ok", "lat": 1.5}',
        b'{"status": 200}',
        b"see https://tcu.maker.example/manual for more",
        b"POST nothing -> 200",
        b"{broken https://tcu.maker.example",
        b'{"url": "https://x"}' + b" " * (1 << 17),
        b"",
    ],
)
def test_what_says_nothing_of_leaving(line: bytes) -> None:
    assert outgoing(line) is None
