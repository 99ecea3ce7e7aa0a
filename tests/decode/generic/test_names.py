"""Keys as payloads in the field write them."""

from __future__ import annotations

import pytest

from iotwatch.decode.generic.names import CODE, LATITUDE, LONGITUDE, PAIR, read_name


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("lat", "lon"), ("lat", "lng"), ("lat", "long"), ("lati", "long"), ("Latitude", "Longitude"),
        ("gpsLatitude", "gpsLongitude"), ("native_latitude", "native_longitude"), ("start_latitude", "start_lontitude"),
        ("y_lat", "y_lng"), ("latitudeI", "longitudeI"), ("latitude_i", "longitude_i"), ("latE7", "lngE7"),
        ("纬度", "经度"), ("weidu", "jingdu"), ("WeiDu", "JingDu"), ("breitengrad", "längengrad"), ("latitud", "longitud"),
        ("широта", "долгота"), ("szerokość", "długość"), ("gpslat", "gpslng"), ("latDeg", "lonDeg"), ("GPS_LAT", "GPS_LON"),
        ("la", "lo"), ("wd", "jd"), ("latitudei", "longitudei"), ("latvalue", "lngvalue"), ("latwgs", "lonwgs"),
    ],
)  # fmt: skip
def test_halves_and_their_stems(first, second):
    one, two = read_name(first), read_name(second)
    assert one is not None
    assert two is not None
    assert (one.role, two.role) == (LATITUDE, LONGITUDE)
    assert one.stem == two.stem


@pytest.mark.parametrize("key", ["gps", "ll", "coordinates", "location", "坐标", "lastLocation", "latlng"])
def test_keys_of_both_halves(key):
    name = read_name(key)
    assert name is not None
    assert name.role == PAIR


def test_codes_and_scales():
    assert (read_name("geo_hash").role, read_name("plusCode").code, read_name("mgrs").role) == (CODE, "plus code", CODE)
    assert (read_name("latitude_i").exponent, read_name("lat_e6").exponent, read_name("lat").exponent) == (7, 6, 0)


@pytest.mark.parametrize(
    "key",
    ["latency", "translation", "lat_ns", "lat_enabled", "min_lat", "longest", "language", "", "x" * 99, "lat_stddev"],
)
def test_what_is_no_coordinate(key):
    name = read_name(key)
    assert name is None or name.role not in (LATITUDE, LONGITUDE)
