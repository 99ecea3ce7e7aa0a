"""The vocabulary's conversions: coordinates by form, validity, cells, identities."""

from __future__ import annotations

import pytest

from iotwatch.decode.message import AccessPoint, Cell
from iotwatch.decode.trackers.engine.text_fields import (
    access_point_of,
    cell_of,
    device_ids_of,
    fix_of,
    is_known,
    place,
    traits_of,
    validity,
)
from iotwatch.decode.trackers.engine.text_times import Field


def fields(**texts: str) -> dict[str, Field]:
    at = 0
    made = {}
    for name, text in texts.items():
        made[name] = Field(text, at, at + len(text))
        at += len(text) + 1
    return made


@pytest.mark.parametrize(
    ("texts", "scale", "expected"),
    [
        ({"lat": "47,25", "lon": "-8.5"}, 1, (47.25, -8.5)),
        ({"lat": " 9.5", "ns": "S", "lon": "-8.5", "ew": "W"}, 1, (-9.5, -8.5)),
        ({"lat_dm": "4730.0", "ns": "N", "lon_dm": "00830.0", "ew": "W"}, 1, (47.5, -8.5)),
        ({"lat_dm": "-4730.0", "lon_dm": "30.0"}, 1, (-47.5, 0.5)),
        ({"lat_dm": "4790.0", "lon_dm": "00830.0"}, 1, (48.5, 8.5)),
        ({"lat_digits": "47300000", "lon_digits": "008300000"}, 1, (47.5, 8.5)),
        ({"lat_deg": "-47", "lat_min": "30.0", "lon_deg": "8", "lon_min": "30", "lon_sec": "36"}, 1, (-47.5, 8.51)),
        ({"lat_int": "-4750000", "lon_int": "+0850000"}, 1e5, (-47.5, 8.5)),
        ({"lat_dm_int": "-47300000", "lon_dm_int": "8300000"}, 1e4, (-47.5, 8.5)),
        ({"lat_hex": "81B2E020", "lon_hex": "004DD1E0"}, 6e5, (-47.5, 8.5)),
    ],
)
def test_places(texts: dict[str, str], scale: float, expected: tuple[float, float]) -> None:
    assert place(fields(**texts), scale, {}) == pytest.approx(expected)


@pytest.mark.parametrize(
    "texts", [{"lat": "47.5"}, {"lat": "97.5", "lon": "8.5"}, {"lat": "4-7", "lon": "8.5"}, {"lat": "", "lon": "1"}]
)
def test_no_place(texts: dict[str, str]) -> None:
    assert place(fields(**texts), 1, {}) is None


def test_bits_give_hemispheres_and_validity() -> None:
    bits = {"invalid": 1, "north": 2, "east": 4}
    said = fields(lat_digits="47300000", lon_digits="008300000", flags="4")
    assert place(said, 1, bits) == pytest.approx((-47.5, 8.5))
    assert validity(said, (), bits) is True
    assert validity(fields(flags="5"), (), bits) is False
    assert validity(fields(valid="2"), ("[23]",), {}) is True
    assert validity(fields(valid=" "), ("A",), {}) is None


def test_cells_in_every_spelling() -> None:
    assert cell_of(fields(mcc="460", mnc="0", lac="9360", cid="4082")) == Cell(460, 0, 9360, 4082)
    assert cell_of(fields(mcc_hex="1cc", mnc_hex="0", lac_hex=" 2490", cid_hex="FF2")) == Cell(460, 0, 9360, 4082)
    assert cell_of(fields(mcc_mnc="46000", lac_cid_hex="24900FF2")) == Cell(460, 0, 9360, 4082)
    assert cell_of(fields(mcc="460", mnc="0", lac="0", cid="4082")) is None


def test_access_points_leave_out_fillers() -> None:
    assert access_point_of(fields(bssid="A1-b2:C3d4E5f6", signal="61")) == AccessPoint("a1:b2:c3:d4:e5:f6", -61)
    assert access_point_of(fields(bssid="000000000000")) is None
    assert access_point_of(fields(bssid="ff:ff:ff:ff:ff:ff")) is None


def test_identities() -> None:
    said = fields(imei="352481963572819", vin="WVWZZZ1KZ45266144", phone="352481963572819")
    assert device_ids_of(said) == ("352481963572819",)
    assert {trait.kind for trait in traits_of(said)} == {"imei", "vin", "msisdn"}


def test_the_vocabulary() -> None:
    assert all(
        is_known(name) for name in ("lat_dm", "HMSdmy", "local_ymdHM", "ymd_hex", "fixes", "speed_kn", "check", "event")
    )
    assert not any(is_known(name) for name in ("latitude", "colour", "local", "_hex", ""))


@pytest.mark.parametrize(
    ("name", "kilometres_an_hour"), [("speed_kn", 18.52), ("speed_kmh", 10), ("speed_mph", 16.09344), ("speed_ms", 36)]
)
def test_speeds_are_kilometres_an_hour(name: str, kilometres_an_hour: float) -> None:
    """A knot is 1,852 m an hour (BIPM), a mile 1,609.344 m."""
    fix = fix_of(fields(lat="47.5", lon="8.5", **{name: "10"}), scale=1, bits={}, yes=(), zone=0)
    assert fix is not None
    assert fix.speed == pytest.approx(kilometres_an_hour)
