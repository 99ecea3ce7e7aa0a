"""Places that stand in a line in less usual shapes."""

from __future__ import annotations

import pytest

from iotwatch.decode.generic.shape import shapes
from iotwatch.model import Confidence


@pytest.mark.parametrize(
    ("line", "place"),
    [
        (b"2024-03-17 09:41:26,17267690N,078279340E,41", (17.446150, 78.465567)),
        (b"170324,094126,A,33515230,S,151123450,E,0", (-33.858717, 151.205750)),
        (b"T170324094126 N55441051E037325071 033", (55.735085, 37.541785)),
        (b"20240317094126,4730594N00839070E,41", (47.30594, 8.39070)),
        (b"id;2024-03-17 09:41:26;47,305937;-8,390695;0", (47.305937, -8.390695)),
        (b"U7,20240317094126,013.345678,52.123456,41", (52.123456, 13.345678)),
    ],
)
def test_digits_commas_and_padding(line: bytes, place: tuple[float, float]) -> None:
    (found,) = shapes(line, 0, len(line))
    assert (found.degrees.latitude, found.degrees.longitude) == pytest.approx(place, abs=1e-5)
    assert found.confidence is Confidence.POSSIBLE
    assert found.doubts


@pytest.mark.parametrize(
    "line",
    [
        b"order 17267690N,078279340E of nobody",  # no date, no device: a part number
        b"2024-03-17,99999999N,078279340E",
        b"2024-03-17 size 1,2345;2,3456 and 1.234,5.678",
        b"U7,20240317094126,24.683881,46.675,0,282",
    ],
)
def test_what_only_looks_like_one(line: bytes) -> None:
    assert list(shapes(line, 0, len(line))) == []


def test_a_longitude_whose_last_digits_are_zeros_beside_an_imei() -> None:
    line = b"490154203237518,20240317094126,24.683881,46.675,0,282"
    (found,) = shapes(line, 0, len(line))
    assert (found.degrees.latitude, found.degrees.longitude) == (24.683881, 46.675)
