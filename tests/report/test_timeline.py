"""The timeline: recordings side by side, every stroke inside one of them, regular contacts marked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import msgspec
import pytest

from iotwatch.model import iso
from iotwatch.report.document.model import Asset, Document
from iotwatch.report.html.axis import LABEL, WIDTH
from iotwatch.report.html.timeline import ROWS_DRAWN, draw

DAY_MS = 86_400_000


def test_the_cars_timeline_marks_the_regular_contact(raw: Document) -> None:
    made = draw(raw.assets[0])
    assert made is not None
    regular = [row for row in made.rows if row.regular]
    assert [row.label for row in regular] == ["gps.tracker-cloud.example:7018"]
    assert regular[0] == made.rows[0]
    assert regular[0].ticks.count("M") == 12
    assert "12 bursts from 192.0.2.10, every 10 s" in regular[0].detail


def recorded(raw: Document, days: Sequence[int]) -> Asset:
    """The car, recorded for a minute on each of these days, with a tick every second."""
    asset = raw.assets[0]
    capture = next(one for one in asset.sources if one.kind == "capture")
    starts = [day * DAY_MS for day in days]
    sources = tuple(
        msgspec.structs.replace(capture, first_seen=iso(start * 1000), last_seen=iso((start + 60_000) * 1000))
        for start in starts
    )
    ticks = tuple(start + second * 1000 for start in starts for second in range(60))
    contact = msgspec.structs.replace(asset.contacts[0], ticks=ticks, events=len(ticks))
    return msgspec.structs.replace(asset, sources=sources, contacts=(contact,))


@pytest.mark.parametrize(
    ("days", "parts"), [((20_000,), 1), ((20_000, 20_003, 20_100), 3), (range(20_000, 20_400, 4), 1)]
)
def test_recordings_days_apart_stand_side_by_side(days: Sequence[int], parts: int, raw: Document) -> None:
    made = draw(recorded(raw, days))
    assert made is not None
    assert len(made.stretches) == parts
    assert all(before.x + before.width < after.x for before, after in pairwise(made.stretches))
    assert made.stretches[0].x == LABEL
    assert made.stretches[-1].x + made.stretches[-1].width <= WIDTH
    strokes = [float(x) for x in re.findall(r"M([0-9.]+) ", made.rows[0].ticks)]
    assert strokes
    assert all(any(part.x - 1 <= x <= part.x + part.width + 1 for part in made.stretches) for x in strokes)


def test_positions_that_were_sent_are_dots_on_the_row_they_went_along(raw: Document) -> None:
    made = draw(raw.assets[0])
    assert made is not None
    assert made.sent
    dotted = [row for row in made.rows if row.sent]
    assert [row.label for row in dotted] == ["gps.tracker-cloud.example:7018"]
    assert dotted[0].sent.count("h0") == 12


def test_the_clock_and_the_phases_stand_where_they_are(raw: Document) -> None:
    made = draw(raw.assets[0])
    assert made is not None
    (part,) = made.stretches
    xs = [tick.x for tick in made.clock]
    assert 4 <= len(xs) <= 12
    assert all(part.x <= x <= part.x + part.width for x in xs)
    assert len({round(after - before) for before, after in pairwise(xs)}) <= 2
    assert made.clock[0].label == "01:38:45"
    parked, driving = made.phases
    assert (parked.label, driving.label) == ("parked", "driving")
    assert parked.x + parked.width == pytest.approx(driving.x, abs=0.2)
    assert driving.x + driving.width == pytest.approx(part.x + part.width, abs=0.2)


def test_what_goes_to_a_group_of_listeners_comes_last(raw: Document) -> None:
    asset = raw.assets[0]
    loud = msgspec.structs.replace(asset.contacts[0], server="ff02::2", server_name="", events=1_000_000)
    made = draw(msgspec.structs.replace(asset, contacts=(loud, *asset.contacts)))
    assert made is not None
    assert made.rows[-1].label.startswith("ff02::2")


def test_rows_are_bounded_and_the_rest_is_counted(raw: Document) -> None:
    asset = raw.assets[0]
    contacts = tuple(msgspec.structs.replace(asset.contacts[0], server=f"192.0.2.{index}") for index in range(60))
    made = draw(msgspec.structs.replace(asset, contacts=contacts))
    assert made is not None
    assert len(made.rows) == ROWS_DRAWN
    assert made.hidden == 60 - ROWS_DRAWN


def test_without_contacts_there_is_none(raw: Document) -> None:
    assert draw(msgspec.structs.replace(raw.assets[0], contacts=())) is None
