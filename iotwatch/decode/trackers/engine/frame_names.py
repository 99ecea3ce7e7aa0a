"""The vocabulary of frame dialects, part two: what a field's name means. One name, one meaning, in every file.

=======================  ==========================================================================================
``lat lon``              degrees; negative when ``north`` or ``east`` is said to be false (or ``south``, ``west`` true)
``valid``                the receiver's own word on its fix; ``speed course altitude``: km/h, degrees, metres
``unix``                 Unix time in seconds
letters                  parts of a time as in ``strftime``: ``ymdHMS``, ``dmy``, ``HMS``, ``Y`` ...: of ``bytesN`` a byte each, of
                         ``bcdN`` and ``digitsN`` two digits each (four for ``Y``), of a number its decimal digits
``imei device``          what the sender is called; ``serial id phone device_serial``: the same, observed as what it is;
                         ``imei_or_serial imei_or_id``: an IMEI when its check digit holds
``imsi iccid``           the card; ``subscriber``: an IMSI that servers tell the device by; ``vin``
``mcc mnc lac cid``      a cell; ``bssid signal ssid``: an access point
``type``                 what kind of frame this is; the table ``kinds`` gives it a word (``*``: any other)
``bits``                 numbers inside this one, as ``name=mask``; a mask of several bits gives their number
``_anything``            read for what comes later: a condition, a size, a count
=======================  ==========================================================================================

Other names are told as they are and must be one of ``TOLD``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import accumulate
from typing import Any

from iotwatch.decode.fields import Cursor, clock, on_globe, unix_time
from iotwatch.decode.message import Cell
from iotwatch.decode.trackers.engine.frame_fields import Values
from iotwatch.decode.trackers.engine.frames import Session, Span
from iotwatch.decode.trackers.engine.report import Report
from iotwatch.errors import DecodeError
from iotwatch.patterns import regex
from iotwatch.words.identity import is_imei
from iotwatch.words.kinds import Kind

TOLD = frozenset((
    "battery", "encrypted", "event", "hdop", "ignition", "model", "number", "odometer", "path", "payload", "radius_km", "reason",
    "record", "satellites", "status", "temperature", "text", "version",
))  # fmt: skip
PLACE = ("lat", "lon", "speed", "course", "altitude")
FACTS = frozenset(
    (*PLACE, "valid", "north", "south", "east", "west", "time", "mcc", "mnc", "lac", "cid", "bssid", "signal", "ssid")
)
"""Names whose values wait until a place, a cell or an access point is put together of them."""
IDENTITIES = {
    "imei": None,
    "device": None,
    "serial": Kind.TERMINAL_SERIAL,
    "id": Kind.DEVICE_ID,
    "phone": Kind.TERMINAL_PHONE,
    "device_serial": Kind.DEVICE_SERIAL,
    "subscriber": Kind.IMSI,
}
_EITHER = {"imei_or_serial": Kind.TERMINAL_SERIAL, "imei_or_id": Kind.DEVICE_ID}
_CARDS = {"imsi": Kind.IMSI, "iccid": Kind.ICCID}
_LETTERS = regex(r"[YymdHMS]{1,7}")
_PARTS = ".parts"
"""Where date and time of day wait for each other."""


class State:
    """A frame that is being read: how far, what was read, what it says. Steps change it."""

    __slots__ = ("checksum", "cursor", "exact", "kinds", "report", "session", "start", "values", "whole")

    def __init__(
        self, cursor: Cursor, report: Report, session: Session, checksum: str, kinds: dict[str, str], *, exact: bool
    ) -> None:
        self.cursor = cursor
        self.report = report
        self.session = session
        self.checksum = checksum
        self.kinds = kinds
        self.exact = exact
        self.values: Values = {"_up": session.up, "_check": checksum}
        self.start = cursor.at
        self.whole = report.span

    def at(self, start: int) -> Span:
        """Where what was read since ``start`` stands: itself, or the frame where only that is known."""
        return (start, self.cursor.at) if self.exact else self.whole


Put = Callable[[State, Any, int], None]
"""Takes a field's value, and where the field began."""


def is_kept(name: str) -> bool:
    """Whether the value of a field of this name does no more than wait for what comes later."""
    return name in FACTS or name[:1] == "_"


def put(name: str, *, needed: bool) -> Put | None:
    """What is done with the value of a field of this name; ``None`` when the name is no word."""
    if name == "unix":
        return partial(_put_time, needed=needed)
    if name in IDENTITIES or name in _EITHER:
        return partial(_put_identity, name=name, needed=needed)
    if name in _CARDS or name == "vin":
        return partial(_put_card, name=name)
    if name == "type":
        return _put_type
    if is_kept(name):
        return partial(_put_value, name=name)
    if name in TOLD:
        return partial(_put_told, name=name)
    if _LETTERS.fullmatch(name):
        return partial(_put_clock, name=name, needed=needed)
    return None


def _put_value(state: State, value: Any, start: int, name: str) -> None:  # noqa: ARG001
    state.values[name] = value


def _put_told(state: State, value: Any, start: int, name: str) -> None:  # noqa: ARG001
    state.values[name] = state.report.fields[name] = value


def _put_type(state: State, value: Any, start: int) -> None:  # noqa: ARG001
    state.values["type"] = value
    kinds = state.kinds
    state.report.fields["type"] = (
        kinds.get(str(value), kinds.get("*", "{}").replace("{}", str(value))) if kinds else value
    )


def _put_time(state: State, value: float, start: int, *, needed: bool) -> None:  # noqa: ARG001
    _said(state, unix_time(value), needed=needed)


def _said(state: State, time: int | None, *, needed: bool) -> None:
    if time is None and needed:
        raise DecodeError("the time is impossible")
    state.values["time"] = time


def _put_identity(state: State, value: Any, start: int, name: str, *, needed: bool) -> None:
    value = str(value)
    if needed and not (is_imei(value) if name == "imei" else value):
        raise DecodeError("the sender's id is none")
    _identify(state, name, value, state.at(start))


def _identify(state: State, name: str, value: str, span: Span) -> None:
    kind = IDENTITIES.get(name)
    if name in _EITHER and not is_imei(value):
        kind = _EITHER[name]
    state.report.span = span
    state.report.device(value, kind)


def tell_text(state: State, name: str, value: str, span: Span) -> None:
    """What a group of a text inside the frame says, beside places and cells."""
    if name == "kind":
        _put_type(state, value, 0)
    elif name in IDENTITIES or name in _EITHER:
        _identify(state, name, value.strip(), span)
    elif name in _CARDS:
        state.report.span = span
        state.report.trait(_CARDS[name], value)
    elif name == "vin":
        state.report.vin = value
    elif name in TOLD:
        state.report.fields[name] = value


def _put_card(state: State, value: Any, start: int, name: str) -> None:
    if name == "vin":
        state.report.vin = value
    else:
        state.report.span = state.at(start)
        state.report.trait(_CARDS[name], value)


def _clock_parts(name: str, value: Any) -> dict[str, int]:
    """The numbers of a time field by their letters."""
    if isinstance(value, bytes):
        return dict(zip(name, value, strict=True))
    sizes = [4 if letter == "Y" else 2 for letter in name]
    digits = value if isinstance(value, str) else f"{value:0{sum(sizes)}d}"
    if len(digits) != sum(sizes):
        return {}
    return {
        letter: int(digits[end - size : end]) for letter, size, end in zip(name, sizes, accumulate(sizes), strict=True)
    }


def _put_clock(state: State, value: Any, start: int, name: str, *, needed: bool) -> None:  # noqa: ARG001
    """Date and time of day wait for each other; together they are a time."""
    parts = {**state.values.get(_PARTS, {}), **_clock_parts(name, value)}
    state.values[_PARTS] = parts
    if {"m", "d", "H", "M"} <= parts.keys() and ("Y" in parts or "y" in parts):
        year = parts.get("Y", parts.get("y", 0))
        possible = "Y" in parts or year < 100
        time = clock(year, parts["m"], parts["d"], parts["H"], parts["M"], parts.get("S", 0)) if possible else None
        _said(state, time, needed=needed)
    elif needed:
        raise DecodeError("the time is not whole")


def complete(state: State) -> None:
    """Put together what the fields read so far say: a place, a cell, an access point."""
    values = state.values
    if "lat" in values and "lon" in values:
        _fix(state)
    if "lac" in values and "cid" in values:
        lac, cid = values.pop("lac"), values.pop("cid")
        if "mcc" in values:
            state.report.cell(values["mcc"], values.get("mnc", 0), lac, cid)
        elif lac and cid:
            state.report.cells.append(Cell(0, values.get("mnc", 0), lac, cid))
    if "bssid" in values:
        state.report.access_point(values.pop("bssid"), values.pop("signal", None), values.pop("ssid", ""))


def _fix(state: State) -> None:
    values = state.values
    latitude, longitude = values.pop("lat"), values.pop("lon")
    if values.get("south") or not values.get("north", True):
        latitude = -abs(latitude)
    if values.get("west") or not values.get("east", True):
        longitude = -abs(longitude)
    if state.exact and not on_globe(latitude, longitude):
        raise DecodeError("the place is not on earth")
    state.report.span = state.at(state.start)
    speed, course, altitude = (
        None if (value := values.pop(name, None)) is None else float(value) for name in PLACE[2:]
    )
    valid = values.get("valid")
    state.report.fix(
        latitude, longitude, time=values.get("time"), valid=None if valid is None else bool(valid),
        speed=speed, course=course, altitude=altitude,
    )  # fmt: skip
