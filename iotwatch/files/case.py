"""``case.toml``: what the people know about a sweep, written by hand or begun by ``iotwatch case new``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import msgspec

from iotwatch.errors import OptionError
from iotwatch.files.known_places import RADIUS_M, KnownPlace, in_microseconds
from iotwatch.words.phases import PhaseName

TEMPLATE = """\
# What is known about this sweep. Leave empty what is not known: it prints as "not stated".
operator = ""
asset = ""
place = ""
legal_basis = ""
# Devices under test: MAC, OUI, address, network or IMEI. All others are counted and not kept.
scope = []
notes = ""
# Drives of the car (GPX, NMEA 0183, CSV), looked for like known positions: files beside this one.
tracks = []

# [[phases]]              # parked, ignition, driving, locked; away: the car is not there
# name = "parked"
# from = 2026-01-31T10:00:00Z
# to = 2026-01-31T10:20:00Z

# [[sites]]               # places that matter by themselves
# name = "depot"
# latitude = 50.0
# longitude = 4.0
# radius = 300            # metres

# [[known_positions]]     # where the car was: looked for in every payload, also of unknown protocols
# latitude = 50.0
# longitude = 4.0
# radius = 100            # metres
# from = 2026-01-31T10:00:00Z
# to = 2026-01-31T10:20:00Z
"""


class Phase(msgspec.Struct, frozen=True, rename={"start": "from", "end": "to"}):
    """What the car did from ``start`` to ``end``, by a name of ``PhaseName``. ISO-8601 with an offset, as written.

    Databases of before hold other names too; a case file may not.
    """

    name: str
    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("a phase's times need an offset, for example 2026-11-22T10:00:00Z")
        if self.end <= self.start:
            raise ValueError("a phase ends after it starts")

    @property
    def minutes(self) -> float:
        return (self.end - self.start).total_seconds() / 60


class Site(msgspec.Struct, frozen=True):
    """A place that matters by itself: degrees and a radius in metres."""

    name: str
    latitude: float
    longitude: float
    radius: float = 500.0


class KnownPosition(msgspec.Struct, frozen=True, rename={"start": "from", "end": "to"}):
    """Where the car was: degrees (WGS-84), metres, and ISO-8601 with an offset from when to when, where that is known."""

    latitude: float
    longitude: float
    radius: float = RADIUS_M
    start: datetime | None = None
    end: datetime | None = None

    def __post_init__(self) -> None:
        self.place  # noqa: B018  what is no place is told with its key

    @property
    def place(self) -> KnownPlace:
        """The place as it is looked for."""
        start, end = (in_microseconds(time) if time else None for time in (self.start, self.end))
        return KnownPlace(self.latitude, self.longitude, self.radius, start, end)


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the people know about a sweep (``case.toml``); empty text prints as "not stated".

    ``tracks`` are files of drives: in the case file beside it, here as they are opened.
    """

    operator: str = ""
    asset: str = ""
    place: str = ""
    legal_basis: str = ""
    scope: tuple[str, ...] = ()
    notes: str = ""
    phases: tuple[Phase, ...] = ()
    sites: tuple[Site, ...] = ()
    known_positions: tuple[KnownPosition, ...] = ()
    tracks: tuple[str, ...] = ()

    @property
    def places(self) -> tuple[KnownPlace, ...]:
        """Where the car was, as it is looked for in payloads."""
        return tuple(one.place for one in self.known_positions)


def begin_case(path: Path) -> None:
    """Write a case file to fill in; ``OptionError`` when there is a file already or the folder refuses."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(TEMPLATE)
    except OSError as error:
        raise OptionError(f"cannot begin the case file {path}: {error.strerror}") from error


def read_case(path: Path) -> Case:
    """Read a case file. ``OptionError`` when it is not there, and for a key that is wrong, by its name."""
    try:
        case = _checked(msgspec.toml.decode(path.read_bytes(), type=Case))
    except OSError as error:
        raise OptionError(f"cannot read the case file {path}: {error.strerror}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise OptionError(f"the case file {path} is broken: {error}") from error
    return msgspec.structs.replace(case, tracks=tuple(str(path.parent / track) for track in case.tracks))


def _checked(case: Case) -> Case:
    """The case itself, whose phases all have a known name."""
    known = [name.value for name in PhaseName]
    for number, phase in enumerate(case.phases):
        if phase.name not in known:
            told = f"no phase is called {phase.name!r}; the known ones are {', '.join(known)}"
            raise msgspec.ValidationError(f"{told} - at `$.phases[{number}].name`")
    return case
