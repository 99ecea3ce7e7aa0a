"""Every text, frame and JSON dialect against the examples in its own file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from iotwatch.decode.message import Decoder
from iotwatch.decode.trackers.engine import frame_file, json_file, text
from iotwatch.decode.trackers.engine.text_pattern import Example
from iotwatch.open.answer import answer
from iotwatch.read.stream import from_bytes

FRAMES = [
    (frame_file.load(path), frame_file.read_file(path).example) for path in sorted(frame_file.FOLDER.glob("*.toml"))
]
CASES = [
    *((dialect, example, "carries") for dialect in text.load_all() for example in dialect.file.example),
    *((dialect, example, "type") for dialect, examples in FRAMES for example in examples),
    *((dialect, example, "type") for dialect in json_file.load_all() for example in dialect.example),
]


def named(value: Any) -> str:
    return value.carries if isinstance(value, Example) else getattr(value, "name", "")


def micros(time: str) -> int | None:
    return int(datetime.fromisoformat(time).replace(tzinfo=UTC).timestamp()) * 1_000_000 if time else None


@pytest.mark.parametrize(("dialect", "example", "field"), CASES, ids=named)
def test_examples_are_their_dialects_own_among_all_decoders(dialect: Decoder, example: Example, field: str) -> None:
    assert answer(example.data).dialect == dialect.name


@pytest.mark.parametrize(("dialect", "example", "field"), CASES, ids=named)
def test_examples_say_what_their_file_says(dialect: Decoder, example: Example, field: str) -> None:
    assert dialect.claims(example.data, None)
    (message,) = dialect.messages(from_bytes(example.data))
    assert message.protocol == dialect.name
    assert str(message.fields.get(field, "")) == example.carries
    assert message.checksum == example.checksum
    assert message.device_ids == example.ids
    assert message.vin == example.vin
    assert [(c.mcc, c.mnc, c.lac, c.cid) for c in message.cells] == list(example.cells)
    assert len(message.access_points) == (len(example.wifi) or example.access_points)
    assert not example.wifi or [point.bssid for point in message.access_points] == list(example.wifi)
    if example.latitude is None:
        assert not any((fix.latitude, fix.longitude) != (0, 0) for fix in message.fixes)
        return
    assert len(message.fixes) == (example.positions or 1)
    fix = message.fixes[0]
    assert fix.latitude == pytest.approx(example.latitude, abs=1e-6)
    assert fix.longitude == pytest.approx(example.longitude, abs=1e-6)
    assert fix.valid == example.valid
    assert (None if fix.time is None else fix.time // 1_000_000 * 1_000_000) == micros(example.time)
    for said, wanted in (
        (fix.speed, example.speed),
        (fix.course, example.course),
        (fix.altitude, example.altitude),
    ):
        assert wanted is None or said == pytest.approx(wanted, abs=1e-3)


@pytest.mark.parametrize("dialect", [dialect for dialect, _ in FRAMES], ids=named)
def test_a_file_is_named_as_its_dialect_and_has_examples(dialect: Decoder) -> None:
    file = frame_file.read_file(frame_file.FOLDER / f"{dialect.name}.toml")
    assert file.name == dialect.name
    assert file.example
    assert file.sources


@pytest.mark.parametrize("path", sorted(json_file.FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_a_json_file_is_named_as_its_dialect_and_has_examples(path: Path) -> None:
    dialect = json_file.load(path)
    assert dialect.name == path.stem
    assert dialect.example
    assert dialect.sources
