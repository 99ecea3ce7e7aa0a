"""A count is said of the sender that it is of, and masking neither merges nor splits who is counted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.talks import datagram, report, run, scan, talk, told, write

FAR = "198.51.100.9"
# Alike in all that masking shows of them.
ALIKE = ("867730050816697", "867730059999990")
DRONE = "1581F4XHD23456789BCD"


def _sent(device: str, client: str, count: int) -> list[tuple[float, bytes]]:
    return [
        one
        for number in range(count)
        for one in talk(number * 30, client, FAR, 80, report(device, 51.92, 4.48, number * 30), sport=40000 + number)
    ]


def _nameless(client: str, count: int) -> list[tuple[float, bytes]]:
    body = b'{"lat": 51.9201, "lon": 4.4802, "speed": 12}'
    return [datagram(number * 30.0, client, FAR, 9000, body) for number in range(count)]


def _everywhere(database: Path, printed: str) -> dict[str, str]:
    """All that says the verdict's sentence, by form."""
    made = {"scan": printed}
    asset = told(database, "asset")[0]["name"]
    made["show"] = " ".join(run(database, "show", "asset", asset).split())
    for form in ("json", "md", "html"):
        out = database.parent / f"report.{form}"
        run(database, "report", "-o", str(out))
        made[form] = " ".join(out.read_text().replace("\\", "").split())
    made["json-scan"] = json.dumps(json.loads(run(database, "show", "asset", asset, "--format", "json")))
    return made


def test_positions_of_an_unnamed_sender_are_not_the_named_ones(tmp_path: Path) -> None:
    path = write(tmp_path / "two.pcap", [*_sent("K6REW-7", "10.0.0.2", 3), *_nameless("10.0.0.3", 5)])
    printed = scan(tmp_path / "d.db", path, "--unmask")
    assert "was sent 8 times" in printed
    two = "5 times by a device without a name at 10.0.0.3 and 3 times by a device that goes by K6REW-7"
    assert f"by 2 senders: {two}" in printed


def test_two_devices_that_look_alike_masked_are_two_everywhere(tmp_path: Path) -> None:
    path = write(tmp_path / "two.pcap", [*_sent(ALIKE[0], "10.0.0.2", 3), *_sent(ALIKE[1], "10.0.0.3", 2)])
    printed = scan(tmp_path / "d.db", path)
    one = "a device that goes by 86773005*******"
    for form, text in _everywhere(tmp_path / "d.db", printed).items():
        assert f"by 2 senders: 3 times by {one} and 2 times by {one}" in text, form
        assert not any(name in text for name in ALIKE), form
    html = (tmp_path / "report.html").read_text()
    assert "86773005******* to track.example.net (2)" in html


@pytest.mark.parametrize("device", [DRONE, "AB-12-CD", "a1b2c3d4e5f60718", "bus7"])
def test_whatever_a_device_calls_itself_is_masked(tmp_path: Path, device: str) -> None:
    printed = scan(tmp_path / "d.db", write(tmp_path / "one.pcap", _sent(device, "10.0.0.2", 3)))
    for form, text in _everywhere(tmp_path / "d.db", printed).items():
        assert device not in text, form
        assert "by a device that goes by " in text, form
    for noun in ("position", "finding", "source"):
        assert device not in run(tmp_path / "d.db", "show", noun)
    for form in ("jsonl", "csv", "stix"):
        out = tmp_path / f"out.{form}"
        run(tmp_path / "d.db", "export", "--format", form, "-o", str(out))
        assert device not in out.read_text(), form
