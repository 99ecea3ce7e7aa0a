"""The fields of position sentences are what pynmeagps reads, whatever stands in them."""

from __future__ import annotations

from datetime import date, time
from functools import reduce
from operator import xor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pynmeagps import NMEAReader, exceptions

from iotwatch.decode.gnss.nmea import NMEA
from iotwatch.decode.gnss.nmea_fields import read_fields
from iotwatch.read.stream import from_bytes

SAMPLES = {
    "RMC": "081836.75,A,3751.65,S,14507.36,E,000.0,360.0,130998,011.3,E,A,V",
    "GGA": "123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,",
    "GLL": "4916.45,N,12311.12,W,225444,A,A",
    "GNS": "014035.00,4332.69262,S,17235.48549,E,RR,13,0.9,25.63,11.24,,,V",
}
REFUSED = (
    exceptions.NMEAParseError, exceptions.NMEAMessageError, exceptions.NMEATypeError, ValueError, LookupError, TypeError,
)  # fmt: skip


def by_pynmeagps(kind: str, fields: str) -> dict[str, Any] | None:
    content = f"GP{kind},{fields}".encode()
    try:
        parsed = NMEAReader.parse(b"$%b*%02X\r\n" % (content, reduce(xor, content)))
    except REFUSED:
        return None
    return {name: value for name, value in vars(parsed).items() if not name.startswith("_")}


@given(
    kind=st.sampled_from(sorted(SAMPLES)),
    changes=st.lists(st.tuples(st.integers(0, 70), st.text("0123456789.,-+NSEWAV e_nif", max_size=3)), max_size=4),
    cut=st.integers(0, 80),
)
def test_fields_are_those_of_pynmeagps(kind: str, changes: list[tuple[int, str]], cut: int) -> None:
    text = SAMPLES[kind]
    for at, put in changes:
        text = text[:at] + put + text[at + 1 :]
    assert repr(read_fields(kind, text[:cut])) == repr(by_pynmeagps(kind, text[:cut]))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("235959.999999", time(23, 59, 59, 999_999)),
        ("000000", time(0, 0)),
        ("240000", ""),
        ("120000.", ""),
        ("", ""),
    ],
)
def test_times_in_their_usual_form(text: str, said: object) -> None:
    values = read_fields("RMC", text)
    assert values == {"time": said}
    assert values == by_pynmeagps("RMC", text)


@pytest.mark.parametrize(
    ("text", "said"), [("290224", date(2024, 2, 29)), ("290223", ""), ("010170", date(1970, 1, 1))]
)
def test_dates_in_their_usual_form(text: str, said: object) -> None:
    values = read_fields("RMC", f",,,,,,,,{text}")
    assert values is not None
    assert values["date"] == said


def test_a_sentence_that_ends_before_its_date_is_read_as_far_as_it_goes() -> None:
    content = b"GPRMC,081836.75,A,3751.65,S,14507.36,E"
    (message,) = NMEA.messages(from_bytes(b"$%b*%02X\r\n" % (content, reduce(xor, content))))
    assert (round(message.fixes[0].latitude, 4), message.time) == (-37.8608, None)
