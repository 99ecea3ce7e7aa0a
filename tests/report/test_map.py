"""The map: places stand where they are, the scale is right, and the outline lies under them."""

from __future__ import annotations

import itertools
import json
import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iotwatch.report.document.model import Document, Position
from iotwatch.report.html import map as positions_map
from iotwatch.report.html.map import draw, thinned
from iotwatch.report.html.projection import (
    HEIGHT,
    WIDTH,
    Projection,
    degrees_text,
    grid,
    length_text,
    mercator,
    outline,
)


def at(document: Document, *places: tuple[float, float]) -> list[Position]:
    one = next(row for row in document.assets[0].positions if row.direction == "up")
    return [msgspec.structs.replace(one, latitude=latitude, longitude=longitude) for latitude, longitude in places]


def test_mercators_northing_of_known_latitudes() -> None:
    # EPSG:3857's northing over the length of an equatorial degree, 111,319.49 m: 60 N is 8,399,737.89 m.
    assert mercator(60) == pytest.approx(8_399_737.89 / 111_319.490793, abs=1e-6)
    assert mercator(0) == 0
    assert mercator(90) == 180
    assert mercator(-85.0511287798) == pytest.approx(-180, abs=1e-6)


@pytest.mark.parametrize(
    ("what", "latitude", "longitude"),
    [
        ("Cape Agulhas", -34.83, 20.0),
        ("North Cape", 71.1, 25.8),
        ("Finisterre", 42.9, -9.27),
        ("Cape Comorin", 8.08, 77.55),
    ],
)
def test_capes_stand_on_the_outline(what: str, latitude: float, longitude: float) -> None:
    """A vertex of the coast within 1.5 degrees (1:110m is coarse): the outline has the projection of the positions."""
    nearest = min(
        abs(x / 100 - longitude) + abs(-y / 100 - mercator(latitude)) for x, y in _vertices(str(outline()["land"]))
    )
    assert nearest < 1.5, what


def _vertices(path: str) -> list[tuple[int, int]]:
    points = []
    for ring in path.split("M")[1:]:
        start, _, steps = ring.rstrip("z").partition("l")
        numbers = [int(number) for number in re.findall(r"-?\d+", start + " " + steps)]
        pairs = list(zip(numbers[::2], numbers[1::2], strict=True))
        points += itertools.accumulate(pairs, lambda last, step: (last[0] + step[0], last[1] + step[1]))
    return points


def test_no_line_of_the_outline_runs_across_the_world() -> None:
    for path in (outline()["land"], outline()["borders"]):
        for ring in str(path).split("M")[1:]:
            steps = [int(number) for number in re.findall(r"-?\d+", ring.rstrip("z").partition("l")[2])[::2]]
            # The way back under Antarctica, along the cut at the pole, is the only long one.
            assert sum(abs(step) > 9000 for step in steps) <= 1


def test_the_scale_bar_is_as_long_as_it_says(raw: Document) -> None:
    # One degree of longitude at 50 N on a sphere of 6,371 km is 71.474 km.
    drawn = draw(at(raw, (50.0, 4.0), (50.0, 5.0)), rounded=False)
    assert drawn is not None
    (west, _), (east, _) = [point[:2] for point in drawn.tracks[0].points]
    km = (east - west) * drawn.scale_km / drawn.scale_width
    assert km == pytest.approx(71.474, rel=1e-3)
    assert drawn.scale_km in (10, 20)


def test_rounded_positions_are_not_shown_closer_than_they_are_known(raw: Document) -> None:
    place = at(raw, (50.0, 4.0))
    exact, rounded = draw(place, rounded=False), draw(place, rounded=True)
    assert exact is not None
    assert rounded is not None
    assert exact.scale_km < 1 < rounded.scale_km


def test_positions_that_did_not_leave_or_are_not_valid_are_not_drawn(raw: Document) -> None:
    one = at(raw, (50.0, 4.0))[0]
    others = [
        msgspec.structs.replace(one, direction="local"),
        msgspec.structs.replace(one, direction="down"),
        msgspec.structs.replace(one, valid=False),
        msgspec.structs.replace(one, latitude=None, longitude=None),
    ]
    assert draw(others, rounded=False) is None
    drawn = draw([one, *others, msgspec.structs.replace(one, direction="broadcast")], rounded=False)
    assert drawn is not None
    assert drawn.total == 2


def test_senders_far_apart_are_drawn_once_more_by_themselves(raw: Document) -> None:
    near, far = at(raw, (50.0, 4.0), (50.1, 4.1)), at(raw, (-25.6, 137.2))
    assert draw(near, rounded=False).closeups == ()  # type: ignore[union-attr]
    drawn = draw([*near, msgspec.structs.replace(far[0], reported_id="another")], rounded=False)
    assert drawn is not None
    one, other = drawn.closeups
    assert (one.track, other.track) == (0, 1)
    assert (one.middle, other.middle) == ("50.05° N, 4.05° E", "25.60° S, 137.20° E")
    left, top, width, height = (float(number) for number in one.view.split())
    assert all(left < x < left + width and top < y < top + height for x, y, _ in drawn.tracks[0].points)
    # 0.1 degrees of latitude are 11.12 km.
    km = (
        abs(drawn.tracks[0].points[0][1] - drawn.tracks[0].points[1][1])
        / width
        * WIDTH
        / one.scale_width
        * one.scale_km
    )
    assert km == pytest.approx(11.12, rel=1e-2)
    assert other.scale_km < 1


def test_a_track_ends_at_its_latest_position(raw: Document) -> None:
    early, late = at(raw, (50.0, 4.0), (50.1, 4.1))
    late = msgspec.structs.replace(late, time="2026-11-22T01:00:00Z")
    early = msgspec.structs.replace(early, time="2026-11-22T00:00:00Z")
    drawn = draw([late, early], rounded=False)
    assert drawn is not None
    x, y, _ = drawn.tracks[0].points[-1]
    assert drawn.tracks[0].end == f"M{x:.8g} {y:.8g}h0"
    assert drawn.area == "between 50.00° N and 50.10° N, 4.00° E and 4.10° E"


@pytest.mark.parametrize(
    ("value", "text"), [(46.8, "46.8° N"), (-46.8, "46.8° S"), (0, "0.0°"), (-0.01, "0.0°"), (-180, "180.0° S")]
)
def test_degrees_as_people_write_them(value: float, text: str) -> None:
    assert degrees_text(value, 1, "N", "S") == text
    assert (length_text(0.5), length_text(20)) == ("500 m", "20 km")


def test_many_senders_are_put_together_without_a_common_way(raw: Document) -> None:
    senders = [
        msgspec.structs.replace(one, reported_id=f"device-{index % 20}")
        for index, one in enumerate(at(raw, *((50 + index / 100, 4.0) for index in range(100))))
    ]
    drawn = draw(senders, rounded=False)
    assert drawn is not None
    assert len(drawn.tracks) == positions_map.TRACKS_DRAWN
    assert drawn.tracks[-1].label == "13 more senders"
    assert drawn.tracks[-1].line == ""
    assert sum(track.count for track in drawn.tracks) == drawn.shown == 100


@given(
    st.lists(st.tuples(st.floats(-90, 90), st.floats(-180, 180)), min_size=1, max_size=20),
    st.booleans(),
)
def test_every_place_of_the_globe_stands_inside_the_picture(places: list[tuple[float, float]], rounded: bool) -> None:
    template = Position(None, 0.0, 0.0, True, "up", "d", "m", "likely", "", "", "", "", None, "", "none", "", None)
    rows = [msgspec.structs.replace(template, latitude=latitude, longitude=longitude) for latitude, longitude in places]
    drawn = draw(rows, rounded=rounded)
    assert drawn is not None
    for x, y, _ in (point for track in drawn.tracks for point in track.points):
        assert -1 <= x <= WIDTH + 1
        assert -1 <= y <= HEIGHT + 1
    assert drawn.scale_km > 0
    assert json.loads(drawn.data)["degree"] > 0


@given(st.integers(0, 500), st.integers(2, 100))
def test_thinning_keeps_the_first_and_the_last(count: int, most: int) -> None:
    points = [(float(index), 0.0, None) for index in range(count)]
    kept = thinned(points, most)
    assert len(kept) == min(count, most)
    assert kept[:1] == points[:1]
    assert kept[-1:] == points[-1:]
    assert sorted(set(kept)) == kept


@pytest.mark.parametrize(
    "places",
    [[(-60.0, -179.0), (75.0, 179.0)], [(-80.0, 0.0), (80.0, 20.0)], [(84.9, 10.0), (85.0, 12.0)], [(46.8, -68.9)]],
)
def test_the_grid_has_lines_inside_the_picture_and_on_the_globe_alone(places: list[tuple[float, float]]) -> None:
    lines = grid(Projection(places, 0.01))
    assert lines
    for line in lines:
        degrees = float(line.label.split("°")[0])
        level = line.y1 == line.y2
        assert degrees <= (90 if level else 180)
        assert 0 < (line.y1 if level else line.x1) < (HEIGHT if level else WIDTH)
        assert line.label[-1] in ("°" if not degrees else "NS" if level else "EW")
