"""Numbers and texts that state half a place."""

from __future__ import annotations

import pytest

from iotwatch.decode.generic.values import coordinate, pair, place
from iotwatch.words.doubts import ReadingDoubt


def degrees(first, second, exponent=0):
    found = place(coordinate(first), coordinate(second), exponent)
    return found and (round(found.latitude, 6), round(found.longitude, 6), found.fixed)


@pytest.mark.parametrize(
    ("first", "second", "exponent", "expected"),
    [
        (48.8584, 2.2945, 0, (48.8584, 2.2945, True)),
        ("48,8584", "2,2945", 0, (48.8584, 2.2945, True)),
        (31230416, 121473701, 0, (31.230416, 121.473701, True)),
        (312304160, 1214737010, 0, (31.230416, 121.473701, True)),
        (377749000, -1224194000, 7, (37.7749, -122.4194, True)),
        (430299, -1000636, 7, (43.0299, -100.0636, True)),  # the same name, a coarser scale: TP-Link Kasa
        ("4807.038N", "01131.000E", 0, (48.1173, 11.516667, True)),
        ("3347.1234S", "07034.5000W", 0, (-33.785390, -70.575, True)),
        ("N22.57196", "E113.91320", 0, (22.57196, 113.9132, True)),
        ("S 22.57196", "W 113.91320", 0, (-22.57196, -113.9132, True)),
        ("48°51'30.24\"N", "2°17'40.2\"E", 0, (48.8584, 2.2945, True)),
        (0, 0, 0, (0, 0, False)),
        (91, 181, 0, (0, 0, False)),
        (2147483647, 2147483647, 0, (0, 0, False)),
        (95.5, 250.5, 0, None),
        ("4878.038N", "01131.000E", 0, None),
    ],
)
def test_places(first, second, exponent, expected):
    assert degrees(first, second, exponent) == expected


@pytest.mark.parametrize("text", ["Latitude 59", "NaN", "", "1.2.3", "12:30", True, None, b"1", "x" * 100])
def test_what_is_no_number(text):
    assert coordinate(text) is None


def test_guesses_are_told():
    found = place(coordinate("4851.5040"), coordinate("00217.6700"))
    assert found is not None
    assert found.weak
    assert found.doubts == (ReadingDoubt.AS_MINUTES(), ReadingDoubt.NO_HEMISPHERE())


@pytest.mark.parametrize(
    "text",
    [
        "48.8584,2.2945",
        "48.8584;2.2945",
        "[48.8584, 2.2945]",
        "geo:48.8584,2.2945;u=35",
        "POINT(2.2945 48.8584)",
        "+48.8584+002.2945/",
    ],
)
def test_both_halves_in_one_text(text):
    halves = pair(text)
    assert halves is not None
    assert degrees(halves[0].number, halves[1].number) == (48.8584, 2.2945, True)
