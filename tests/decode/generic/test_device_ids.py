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


def test_a_device_id_that_could_be_an_imei_is_one(read):
    (message,) = [one for one in read('{"deviceId":"352099001761481","lat":48.8584,"lon":2.2945}') if one.fixes]
    assert message.device_ids == ("352099001761481",)
    assert [trait.kind for trait in message.traits if trait.value == "352099001761481"] == [Kind.IMEI]
