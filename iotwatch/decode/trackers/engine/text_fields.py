"""The vocabulary of text dialects: what a named group of a pattern means, and how its text becomes a value.

One name, one meaning, in every TOML file of ``dialects/``. A digit at the end of a name (``lat2``) is another place of the
same field in one pattern; the first that matched counts.

=====================  ==============================================================================================
``lat lon``            degrees, signed or with a hemisphere; a decimal comma is allowed
``lat_dm lon_dm``      ``ddmm.mmmm`` (NMEA 0183)
``lat_digits``         ``ddmmmmmm`` without a point, two digits of degrees (``lon_digits``: three)
``lat_deg lat_min``    degrees and minutes apart, seconds in ``lat_sec`` (and ``lon_...``)
``lat_int lon_int``    whole number, divided by the pattern's ``scale`` to give degrees
``lat_dm_int``         whole number, divided by ``scale`` to give ``ddmm.mmmm`` (and ``lon_dm_int``)
``lat_hex lon_hex``    hexadecimal sign and magnitude, divided by ``scale`` to give degrees
``lat_frac lon_frac``  hexadecimal two's complement, a fraction of 90 and 180 degrees
``ns ew``              hemisphere or sign: ``S``, ``W``, ``-`` and the digit 1 are negative
``flags flags_dec``    hexadecimal, decimal; the pattern's ``flags`` table names its bits
``valid``              the receiver's word; the pattern's ``valid`` lists expressions for yes
times                  letters as in ``strftime``: ``dmy``, ``HMS``, ``YmdHMS`` ...; what is no digit is ignored;
                       ``_hex`` at the end: each value is two hexadecimal digits; ``local_`` before: of unknown zone
``unix unix_ms``       Unix time; ``gps_week``: four digits of week, one of day, five of second
``speed_kn ...``       ``_kn``, ``_kmh``, ``_mph``, ``_ms``; ``course`` and ``altitude`` in degrees and metres
``imei id ...``        what names the device, see ``IDENTITIES`` (``device``: in a frame)
``mcc mnc lac cid``    a cell, decimal; ``lac_hex``, ``cid_hex``, ``mcc_hex``; ``mcc_mnc`` together; ``lac_cid_hex`` in 8
``bssid signal ssid``  an access point
``covered check``      the bytes under the checksum, and its value in hexadecimal
=====================  ==============================================================================================
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping

from iotwatch.decode.fields import digits_degrees, on_globe
from iotwatch.decode.message import AccessPoint, Cell, Fix, Trait
from iotwatch.decode.trackers.engine.text_times import Fields, is_time, time_of
from iotwatch.errors import DecodeError
from iotwatch.patterns import regex
from iotwatch.words.identity import is_imei
from iotwatch.words.kinds import Kind

IDENTITIES = {
    "imei": Kind.IMEI,
    "id": Kind.DEVICE_ID,
    "phone": Kind.MSISDN,
    "serial": Kind.DEVICE_SERIAL,
    "meid": Kind.MEID,
    "imsi": Kind.IMSI,
    "iccid": Kind.ICCID,
    "plate": Kind.PLATE,
}
"""Groups that name the device or its card, and the observation's kind each becomes."""

DEVICE_IDS = ("imei", "id", "meid", "phone", "serial")
"""The groups among them that a server tells devices apart by."""

COORDINATES = tuple(
    f"{axis}{form}"
    for axis in ("lat", "lon")
    for form in ("", "_dm", "_digits", "_deg", "_min", "_int", "_dm_int", "_hex", "_frac")
)
PLACE = (*COORDINATES, "lat_sec", "lon_sec", "ns", "ew")
_PLACES = frozenset(PLACE)
CELL = ("mcc", "mnc", "lac", "cid", "mcc_hex", "mnc_hex", "lac_hex", "cid_hex", "mcc_mnc", "lac_cid_hex")
ACCESS_POINT = ("bssid", "signal", "ssid")
MOVING = ("speed_kn", "speed_kmh", "speed_mph", "speed_ms", "course", "altitude")
SPECIAL = ("device", "flags", "flags_dec", "valid", "zone", "covered", "check", "unix", "unix_ms", "gps_week", "vin")
PLAIN = frozenset((
    "battery", "driver", "event", "firmware", "fuel", "hdop", "ignition", "kind", "model", "moving", "odometer", "power",
    "satellites", "signal_level", "status", "temperature", "text", "version",
))  # fmt: skip
"""Groups that go into the message's fields as they are."""

_LISTS = regex(r"(?:fixes|cells|points)")
_KMH = {"speed_kn": 1.852, "speed_kmh": 1.0, "speed_mph": 1.609344, "speed_ms": 3.6}
TRAITS = {**IDENTITIES, "vin": Kind.VIN}
"""Groups that become observations: what names the device, its card or its car."""
_NOT_NUMBER = regex(r"[^0-9.+-]")
_NOT_DIGIT = regex(r"[^0-9]")


def is_known(name: str) -> bool:
    """Whether ``name`` (without a digit at its end) is a word of this vocabulary."""
    return (
        name in IDENTITIES
        or name in PLACE
        or name in CELL
        or name in ACCESS_POINT
        or name in MOVING
        or name in SPECIAL
        or name in PLAIN
        or bool(_LISTS.fullmatch(name))
        or is_time(name)
    )


def number(text: str) -> float | None:
    """The number that ``text`` writes, blanks and a decimal comma allowed; ``None`` when it writes none."""
    if text.replace(".", "", 1).isdecimal():  # what nearly all messages write, and latin-1 has no decimals but 0 to 9
        return float(text)
    try:
        return float(_NOT_NUMBER.sub("", text.replace(",", ".")))
    except ValueError:
        return None


def _of(fields: Fields, name: str) -> float | None:
    return number(fields[name].text) if name in fields else None


class _Axis:
    """The names of one coordinate's groups by their form, and how many digits of degrees it has."""

    def __init__(self, name: str, digits: int) -> None:
        self.plain, self.dm, self.digits, self.int, self.dm_int, self.hex, self.frac = (
            name + form for form in ("", "_dm", "_digits", "_int", "_dm_int", "_hex", "_frac")
        )
        self.deg, self.min, self.sec = name + "_deg", name + "_min", name + "_sec"
        self.whole = digits


_LATITUDE, _LONGITUDE = _Axis("lat", 2), _Axis("lon", 3)


def _parted(fields: Fields, axis: _Axis) -> float | None:
    degrees, minutes = _of(fields, axis.deg), _of(fields, axis.min)
    if degrees is None or minutes is None:
        return None
    seconds = _of(fields, axis.sec) or 0.0
    size = abs(degrees) + minutes / 60 + seconds / 3600
    return -size if fields[axis.deg].text.lstrip().startswith("-") else size


def _minutes(value: float) -> float:
    """Degrees of ``ddmm.mmmm``; firmware that counts minutes past 60 is read as meant."""
    degrees, minutes = divmod(abs(value), 100)
    return math.copysign(degrees + minutes / 60, value)


def _degrees(fields: Fields, axis: _Axis, scale: float) -> float | None:
    """Signed degrees of ``lat`` or ``lon``, before the hemisphere."""
    if axis.dm in fields and axis.plain not in fields and (value := number(fields[axis.dm].text)) is not None:
        return _minutes(value)
    if (value := _of(fields, axis.plain)) is not None:
        return value
    if (value := _of(fields, axis.dm)) is not None:
        return _minutes(value)
    if axis.deg in fields:
        return _parted(fields, axis)
    if (value := _of(fields, axis.int)) is not None:
        return value / scale
    if (value := _of(fields, axis.dm_int)) is not None:
        return _minutes(value / scale)
    if axis.digits in fields:
        try:
            return digits_degrees(fields[axis.digits].text, axis.whole)
        except DecodeError:
            return None
    if axis.hex in fields:
        raw = int(fields[axis.hex].text, 16)
        return (-1 if raw >> 31 else 1) * (raw & 0x7FFFFFFF) / scale
    if axis.frac in fields:
        digits = fields[axis.frac].text
        full = 1 << 4 * len(digits)
        raw = int(digits, 16)
        return (raw - full if raw >= full // 2 else raw) / full * 180 * (axis.whole - 1)
    return None


def _flags(fields: Fields) -> int | None:
    if "flags" in fields:
        return int(fields["flags"].text, 16)
    return int(fields["flags_dec"].text) if "flags_dec" in fields else None


def _negative(fields: Fields, name: str, axis: str, bits: Mapping[str, int]) -> bool | None:
    """Whether the hemisphere says south or west; ``None`` when nothing does."""
    if name in fields:
        return fields[name].text.strip().upper() in ("S", "W", "-", "1")
    flags = _flags(fields)
    if flags is not None and bits:
        low, high = ("south", "north") if axis == "lat" else ("west", "east")
        if low in bits:
            return bool(flags & bits[low])
        if high in bits:
            return not flags & bits[high]
    return None


def place(fields: Fields, scale: float, bits: Mapping[str, int]) -> tuple[float, float] | None:
    """Latitude and longitude in degrees; ``None`` when one is missing or the pair is not on the globe."""
    latitude = _degrees(fields, _LATITUDE, scale)
    longitude = _degrees(fields, _LONGITUDE, scale)
    if latitude is None or longitude is None:
        return None
    latitude = -abs(latitude) if _negative(fields, "ns", "lat", bits) else latitude
    longitude = -abs(longitude) if _negative(fields, "ew", "lon", bits) else longitude
    return (latitude, longitude) if on_globe(latitude, longitude) else None


def validity(fields: Fields, yes: tuple[str, ...], bits: Mapping[str, int]) -> bool | None:
    """The receiver's own word on the fix; ``None`` when it says nothing."""
    if "valid" in fields and fields["valid"].text.strip():
        return any(re.fullmatch(word, fields["valid"].text.strip()) for word in yes)
    flags = _flags(fields)
    if flags is not None and "valid" in bits:
        return bool(flags & bits["valid"])
    if flags is not None and "invalid" in bits:
        return not flags & bits["invalid"]
    return None


def _span(fields: Fields) -> tuple[int, int]:
    """From the first to the last byte of a place's groups, of which there is one at least."""
    present = [fields[name] for name in _PLACES.intersection(fields)]
    return min([field.start for field in present]), max([field.end for field in present])


def fix_of(fields: Fields, *, scale: float, bits: Mapping[str, int], yes: tuple[str, ...], zone: float) -> Fix | None:
    """The place that the fields state. Zero/zero is what a receiver without a fix writes, so it is never valid."""
    pair = place(fields, scale, bits)
    if pair is None:
        return None
    speed = None
    for name, factor in _KMH.items():
        if name in fields and (value := number(fields[name].text)) is not None:
            speed = value * factor
            break
    return Fix(
        latitude=pair[0],
        longitude=pair[1],
        span=_span(fields),
        time=time_of(fields, zone),
        valid=False if pair == (0.0, 0.0) else validity(fields, yes, bits),
        speed=speed,
        course=_of(fields, "course"),
        altitude=_of(fields, "altitude"),
    )


def _integer(fields: Fields, name: str) -> int | None:
    try:
        if name in fields:
            return int(fields[name].text.strip())
        if name + "_hex" in fields:
            return int(fields[name + "_hex"].text.strip(), 16)
    except ValueError:
        return None
    return None


def cell_of(fields: Fields) -> Cell | None:
    """The cell that the fields name: area and cell id not zero; an unsaid country or network is 0.

    An E-UTRAN cell identity (28 bits, 3GPP TS 36.413 section 9.2.1.38) names a cell of its network without an area code.
    """
    mcc, mnc = _integer(fields, "mcc"), _integer(fields, "mnc")
    lac, cid = _integer(fields, "lac"), _integer(fields, "cid")
    if "mcc_mnc" in fields:
        digits = fields["mcc_mnc"].text
        mcc, mnc = int(digits[:3]), int(digits[3:])
    if "lac_cid_hex" in fields:
        both = int(fields["lac_cid_hex"].text, 16)
        lac, cid = both >> 16, both & 0xFFFF
    wide = bool(mcc and cid and cid >> 16)
    return Cell(mcc or 0, mnc or 0, lac or 0, cid) if cid and (lac or wide) else None


def access_point_of(fields: Fields) -> AccessPoint | None:
    """The access point that the fields name; ``None`` for an address of zeros or ones."""
    if "bssid" not in fields:
        return None
    digits = re.sub(r"[^0-9A-Fa-f]", "", fields["bssid"].text).lower()
    if len(digits) != 12 or digits.strip("0") == "" or digits.strip("f") == "":
        return None
    signal = _of(fields, "signal")
    return AccessPoint(
        bssid=":".join(digits[i : i + 2] for i in range(0, 12, 2)),
        signal=None if signal is None else -int(abs(signal)),
        ssid=fields["ssid"].text if "ssid" in fields else "",
    )


def traits_of(fields: Fields, names: Iterable[str] = TRAITS) -> tuple[Trait, ...]:
    """The identities that the fields of these ``names`` state; an IMEI with a wrong check digit is only a device's id."""
    found = []
    for name in names:
        if name in fields and (text := fields[name].text.strip()):
            kind = TRAITS[name]
            said = Kind.DEVICE_ID if kind is Kind.IMEI and not is_imei(text) else kind
            found.append(Trait(said, text, (fields[name].start, fields[name].end)))
    return tuple(found)


def device_ids_of(fields: Fields) -> tuple[str, ...]:
    """What a server would tell the device by, each once."""
    texts = [fields[name].text.strip() for name in DEVICE_IDS if name in fields]
    return tuple(dict.fromkeys(filter(None, texts)))
