"""Which texts are an id of a device."""

from __future__ import annotations

import pytest

from iotwatch.decode.generic.device_ids import _FITS
from iotwatch.words.kinds import Kind


@pytest.mark.parametrize(
    ("value", "fits"),
    [
        ("unit-77", True),
        ("a1:b2", True),
        ("null", False),
        ("0000", False),
        ("XXXX", False),
        ("ab", False),
        ("-x77", False),
    ],
)
def test_an_id_is_a_word_that_says_something(value: str, fits: bool) -> None:
    assert _FITS[Kind.DEVICE_ID](value) is fits
