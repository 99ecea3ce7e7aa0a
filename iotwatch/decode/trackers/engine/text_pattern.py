"""What a text dialect's TOML file says: its patterns, how they are written, and its examples.

A pattern is a google-re2 expression written one field a line: blanks around a line and comments after ``#`` (one blank before
and behind it) are dropped, ``{word}`` stands for a common group of ``MACROS``, and its named groups are words of
``text_fields``. A pattern may ``repeat`` an expression within one of its groups ``fixes``, ``cells`` or ``points``.
"""

from __future__ import annotations

from functools import cached_property
from operator import itemgetter

import msgspec
import re2

from iotwatch.decode.expression import Expression, Spans
from iotwatch.decode.message import TRIED, UNRANKED, Proof
from iotwatch.decode.trackers.engine import text_fields as words
from iotwatch.decode.trackers.engine.files import Doubts
from iotwatch.decode.trackers.engine.text_times import Field
from iotwatch.errors import SignatureError
from iotwatch.model import Confidence
from iotwatch.patterns import regex

MACROS = {
    "imei": r"(?P<imei>\d{15})",
    "n": r"[-+ ]*\d*(?:\.\d*)?",
    "x": r"[^,;#\r\n]*",
    "hms": r"(?P<HMS>\d{6}(?:\.\d*)?)",
    "dm": r"(?P<lat_dm>-?\d{1,4}(?:\.\d+)?)?,(?P<ns>[NSns])?,(?P<lon_dm>-?\d{1,5}(?:\.\d+)?)?,(?P<ew>[EWew])?",
    "rmc": r"(?P<HMS>\d{6}(?:\.\d*)?)?,(?P<valid>[AVav]?),(?P<lat_dm>\d{1,4}(?:\.\d+)?)?,(?P<ns>[NS])?,"
    r"(?P<lon_dm>\d{1,5}(?:\.\d+)?)?,(?P<ew>[EW])?,(?P<speed_kn>[\d.]*),(?P<course>[-\d.]*),(?P<dmy>\d{6})?",
    "deg": r"(?P<lat>[-+]?\d{1,2}(?:\.\d+)?),(?P<lon>[-+]?\d{1,3}(?:\.\d+)?)",
    "move": r"(?P<speed_kmh>[\d.]*),(?P<course>[\d.]*)",
    "cell": r"(?P<mcc>\d{1,3}),(?P<mnc>\d{1,3}),(?P<lac>\d{1,5}),(?P<cid>\d{1,9})",
    "cellx": r"(?P<mcc>\d{1,4}),(?P<mnc>\d{1,4}),(?P<lac_hex>[0-9A-Fa-f]{1,8}),(?P<cid_hex>[0-9A-Fa-f]{1,8})",
    "barcell": r"(?P<mcc>\d{1,3})\|(?P<mnc>\d{1,3})\|(?P<lac_hex>[0-9A-Fa-f]{1,8})\|(?P<cid_hex>[0-9A-Fa-f]{1,8})",
    "mac": r"(?P<bssid>[0-9A-Fa-f]{2}(?:[-:]?[0-9A-Fa-f]{2}){5})",
    "vin": r"(?P<vin>[A-HJ-NPR-Z0-9]{17})",
}
"""Common groups; each may stand once in a pattern."""

_LAYOUT = frozenset({*words.COORDINATES, *words.CELL, *words.ACCESS_POINT, "check", "vin"})
_COMMENT = regex(r"\s+#(?:\s.*)?$|^#(?:\s.*)?$")
_MACRO = regex(r"\{([a-z]+)\}")


def expand(regex: str) -> str:
    """The expression that a pattern's lines make: comments and blanks around lines dropped, macros put in."""
    lines = (_COMMENT.sub("", line).strip() for line in regex.splitlines())
    return _MACRO.sub(lambda match: MACROS.get(match[1], match[0]), "".join(lines))


class Compiled:
    """An expression over bytes with the words that its groups mean, and of which kinds these are."""

    __slots__ = (
        *("_each_once", "_names", "_take"),
        *("cells", "expression", "groups", "identities", "places", "plain", "points"),
    )

    def __init__(self, regex: str) -> None:
        try:
            self.expression = Expression(expand(regex).encode("latin-1"))
        except re2.error as error:
            raise SignatureError(f"the pattern {regex.strip()[:60]!r} is broken: {error}") from error
        names = ((name.decode("ascii").rstrip("0123456789"), i) for name, i in self.expression.groupindex.items())
        self.groups = tuple(sorted(names, key=itemgetter(1)))
        self._names = tuple(name for name, _ in self.groups)
        self._each_once = len(self.groups) == len(set(self._names)) > 1
        self._take = itemgetter(*(index for _, index in self.groups)) if self._each_once else tuple
        for name, _ in self.groups:
            if not words.is_known(name):
                raise SignatureError(f"{name!r} is no word of the text dialects' vocabulary")
        told = {name for name, _ in self.groups}
        self.places = not told.isdisjoint(words.COORDINATES)
        self.cells = not told.isdisjoint(words.CELL)
        self.points = not told.isdisjoint(words.ACCESS_POINT)
        self.plain = tuple(dict.fromkeys(name for name, _ in self.groups if name in words.PLAIN))
        self.identities = tuple(name for name in words.TRAITS if name in told)

    def fields(self, text: str, spans: Spans, offset: int) -> dict[str, Field]:
        """The groups that matched in ``text``, bytes as Latin-1, which stand at ``offset`` of the stream."""
        if self._each_once:
            return {
                name: Field(text[start:end], offset + start, offset + end)
                for name, (start, end) in zip(self._names, self._take(spans), strict=True)
                if start < end
            }
        found: dict[str, Field] = {}
        for name, index in self.groups:
            start, end = spans[index]
            if start < end and name not in found:
                found[name] = Field(text[start:end], offset + start, offset + end)
        return found


class Repeat(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An expression found again and again within the group ``within``: a fix, a cell or an access point each time."""

    within: str
    regex: str


class Pattern(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """One kind of message. ``carries`` is position, cells, login, heartbeat, command or other.

    A message that could carry a position and brings none is told as cells or as a heartbeat.
    """

    regex: str
    carries: str = ""
    zone: float = 0
    scale: float = 1
    valid: tuple[str, ...] = ("A", "1")
    flags: dict[str, int] = {}
    checksum: str = ""
    confidence: str = "likely"
    doubts: Doubts = Doubts()
    repeat: tuple[Repeat, ...] = ()

    @cached_property
    def compiled(self) -> Compiled:
        return Compiled(self.regex)

    @cached_property
    def trust(self) -> Confidence:
        return Confidence[self.confidence.upper()]

    @cached_property
    def layout(self) -> Proof:
        """A pattern that reads no more than the sender's name knows the head of its message, and not the rest."""
        known = self.repeat or any(name in _LAYOUT for name, _ in self.compiled.groups)
        return Proof.EXACT if known else Proof.HEAD

    @cached_property
    def repeats(self) -> tuple[tuple[str, Compiled], ...]:
        return tuple((repeat.within, Compiled(repeat.regex)) for repeat in self.repeat)


class Example(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A message made for this file, and what it says: degrees, km/h, metres. ``carries`` is the ``type`` of a frame."""

    text: str = ""
    hex: str = ""
    carries: str = "position"
    latitude: float | None = None
    longitude: float | None = None
    time: str = ""
    valid: bool | None = None
    speed: float | None = None
    course: float | None = None
    altitude: float | None = None
    ids: tuple[str, ...] = ()
    positions: int | None = None
    cells: tuple[tuple[int, int, int, int], ...] = ()
    access_points: int = 0
    wifi: tuple[str, ...] = ()
    vin: str = ""
    checksum: str = "none"

    @property
    def data(self) -> bytes:
        return bytes.fromhex(self.hex) if self.hex else self.text.encode("latin-1")


class DialectFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a TOML file says. ``lines``: messages are whole lines. ``end`` is an expression, its match is the last byte.
    ``inside``: how messages begin that are this dialect's only behind one of its ``anchors``.

    ``commands``: what a server's words do (the makers' protocol documents). ``strings``: YARA expressions for a frame's format
    string, as a program that writes or compares it holds it. Of two dialects that read a message equally well, the one of
    lower ``rank`` is believed; ``samples``: see ``message.Dialect``.
    """

    name: str
    title: str
    sources: tuple[str, ...]
    transport: str
    anchors: tuple[str, ...]
    pattern: tuple[Pattern, ...]
    inside: tuple[str, ...] = ()
    example: tuple[Example, ...] = ()
    commands: dict[str, str] = {}
    strings: tuple[str, ...] = ()
    end: str = r"[\r\n]"
    lines: bool = False
    rank: int = UNRANKED
    samples: int = TRIED
