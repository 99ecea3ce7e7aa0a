"""JSON dialects as data: one TOML file in ``dialects/json/`` is one dialect, known by the names that its documents use.

- ``name title sources transport rank``: as in a text dialect. ``anchor``: how a document begins (google-re2); ``keys``: what it
  must hold, in any order; ``opening``: how one begins whose keys may stand behind its head; ``where``: expressions for the
  texts at these paths. ``listed``: documents may stand in a list.
  ``like``: what this file does not say is said by the file of that name.
- A path is names with ``/`` between; ``*``: each member; ``NAME=VALUE``: the last of a list whose NAME says VALUE. Of paths with
  ``|`` between, the first with a value counts.
- ``ids``: paths of what the sender is called, ``vin`` of its vehicle. ``cell``: paths of ``mcc mnc lac cid`` from each record
  ``cell_each``, the last two of base ``cell_base``.
  ``wifi``: path of an object of access points by address.
- ``[[place]]``: of ``each`` record (a path) the object ``at`` a path holds degrees under the usual names, or, where it is ``deep``,
  something in it does, what is to ``skip`` left out; or ``latitude`` and ``longitude`` are paths of degrees times ``scale``.
  Paths from the record: ``time``, ``speed`` (times ``kmh``), ``course``, ``valid``, and ``id``, which counts with a place alone.
  ``quadrant``: the signs, as 1 to 4 for NE, NW, SE and SW. ``beside``, ``unless``: paths with and without a value, or the record is
  passed over. ``whose``: an owner other than the sender. ``payload``: path of a text in hexadecimal or, where ``base64`` says so,
  in that, read by ``layout`` (``frame_layout``), access points too; ``doubts``: why a place from there alone is no more than
  possible.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from iotwatch.decode.fields import Cursor
from iotwatch.decode.message import TRIED, UNRANKED, AccessPoint, Cell, Claim, Fix, Message, Trait
from iotwatch.decode.trackers.engine import files
from iotwatch.decode.trackers.engine.frame_layout import Layouts
from iotwatch.decode.trackers.engine.frame_names import State
from iotwatch.decode.trackers.engine.frames import Session
from iotwatch.decode.trackers.engine.json_values import Pair, every, first, found, moment, pair_of, positive, within
from iotwatch.decode.trackers.engine.report import Report
from iotwatch.decode.trackers.engine.text_pattern import Example
from iotwatch.decode.units import units
from iotwatch.errors import DecodeError
from iotwatch.model import Confidence
from iotwatch.patterns import regex
from iotwatch.read.stream import Flow, Stream
from iotwatch.words.identity import is_imei, is_vin
from iotwatch.words.kinds import Kind
from iotwatch.words.said import Said

FOLDER = files.DIALECTS / "json"
LONGEST = 1 << 20
_DEPTH = 4
_NUMBERED = regex(rb'"[^"]{0,24}lat[^"]{0,24}"\s{0,8}:\s{0,8}"?-?\d', re.IGNORECASE)
_NAMES = regex(rb'"[^"]*(?:lat|latitude)"\s*:[^{}\[\]]*', re.IGNORECASE)
_HEX = regex(r"(?:[0-9A-Fa-f]{2}){1,64}")
_BASE64 = regex(r"(?:[A-Za-z0-9+/]{4}){0,80}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_ADDRESS = regex(r"(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}")
_SIGNS = {"1": (1, 1), "2": (1, -1), "3": (-1, 1), "4": (-1, -1)}


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """Where places stand in a document, and what else is said of them."""

    each: str = ""
    at: str = ""
    deep: bool = False
    skip: tuple[str, ...] = ()
    latitude: str = ""
    longitude: str = ""
    scale: float = 1.0
    time: str = ""
    speed: str = ""
    kmh: float = 1.0
    course: str = ""
    valid: str = ""
    quadrant: str = ""
    id: str = ""
    beside: str = ""
    unless: str = ""
    whose: str = ""
    payload: str = ""
    base64: bool = False
    layout: dict[str, str] = {}
    doubts: files.Doubts = files.Doubts()

    @cached_property
    def _layouts(self) -> Layouts:
        return Layouts(self.layout, {})

    def named(self, record: Any) -> Iterator[Pair]:
        """The places under names."""
        if self.latitude:
            for north, east in pair_of(first(record, self.latitude), first(record, self.longitude), self.scale):
                south, west = _SIGNS.get(str(first(record, self.quadrant)), (1, 1))
                yield north * south, east * west
            return
        for holder in found(record, self.at):
            kept = {name: holder[name] for name in holder if name not in self.skip} if self.skip else holder
            yield from within(kept, _DEPTH if self.deep else 0)

    def told(self, record: Any) -> bool:
        """Whether the record is one in which this place stands."""
        missing = self.beside and first(record, self.beside) is None
        return not missing and (not self.unless or first(record, self.unless) is None)

    def packed(self, record: Any) -> Report:
        """What a payload states; bytes that the layout does not fit state nothing."""
        data = self._payload(first(record, self.payload))
        report = Report(len(data))
        if not data:
            return report
        state = State(Cursor(data), report, Session(), "none", {}, exact=True)
        try:
            self._layouts.run(state)
        except (DecodeError, ArithmeticError):
            return Report()
        return report

    def _payload(self, written: object) -> bytes:
        if self.base64 and isinstance(written, str) and _BASE64.fullmatch(written):
            return b64decode(written)
        return bytes.fromhex(written) if isinstance(written, str) and _HEX.fullmatch(written) else b""

    def fix(self, pair: Pair, record: Any, span: tuple[int, int]) -> Fix:
        """The place with what the record says of it; zero/zero is what is written before the first fix."""
        said = first(record, self.valid)
        return Fix(
            *pair, span, moment(first(record, self.time)),
            valid=False if pair == (0, 0) else said > 0 if isinstance(said, int) else None,
            speed=positive(first(record, self.speed), self.kmh), course=positive(first(record, self.course)), whose=self.whose,
        )  # fmt: skip

    def unpacked(self, fix: Fix, record: Any, span: tuple[int, int]) -> Fix:
        """The place of a payload, with what the record says of it."""
        said = self.fix((fix.latitude, fix.longitude), record, span)
        return replace(said, valid=False if fix.valid is False else said.valid)


class JsonDialect(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True, eq=False):
    """A ``Dialect`` of one JSON shape, as a TOML file describes it."""

    name: str
    title: str
    sources: tuple[str, ...]
    transport: str
    anchor: str
    keys: tuple[str, ...]
    place: tuple[Place, ...]
    where: dict[str, str] = {}
    opening: str = ""
    listed: bool = False
    ids: tuple[str, ...] = ()
    cell: tuple[str, ...] = ()
    cell_each: str = ""
    cell_base: int = 10
    vin: str = ""
    wifi: str = ""
    rank: int = UNRANKED
    samples: int = TRIED
    example: tuple[Example, ...] = ()

    @property
    def anchors(self) -> tuple[bytes, ...]:
        return (rb"[\x00-\x20]{0,8}" + self.anchor.encode("latin-1"),)

    @cached_property
    def _keys(self) -> tuple[bytes, ...]:
        return tuple(key.encode("latin-1") for key in self.keys)

    def claims(self, head: bytes, flow: Flow | None) -> Claim | None:
        for key in self._keys:  # nearly all are asked for every document: the first key that is missing answers
            if key not in head:
                return Claim(self) if self._opens(head) else None
        return Claim(self)

    def _opens(self, head: bytes) -> bool:
        return bool(self.opening) and re.match(self.opening.encode("latin-1"), head) is not None

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        for start, end in units(stream):
            data = stream.data[start:end]
            if len(data) > LONGEST or not all(key in data for key in self._keys):
                continue
            try:
                root = msgspec.json.decode(data)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                continue
            if self.listed and not isinstance(root, list):
                root = [root]
            if all(re.fullmatch(wanted, str(first(root, path))) for path, wanted in self.where.items()):
                yield from self._message(stream, (start, end), root)

    def _message(self, stream: Stream, whole: tuple[int, int], root: Any) -> Iterator[Message]:
        spans = (match.span() for match in _NAMES.finditer(stream.data, *whole))
        fixes: list[Fix] = []
        doubts: list[Said] = []
        called: list[Any] = []
        points = self._points(root)
        for place in self.place:
            for record in filter(place.told, found(root, place.each)):
                named, packed = list(place.named(record)), place.packed(record)
                fixes += [place.unpacked(fix, record, next(spans, whole)) for fix in packed.fixes]
                fixes += [place.fix(pair, record, next(spans, whole)) for pair in named]
                points += packed.access_points
                doubts += place.doubts if packed.fixes and not named else ()
                called += [first(record, place.id)] if packed.fixes or named else []
        called += [one for path in self.ids for one in every(root, path)]
        ids = tuple(dict.fromkeys(str(one) for one in called if isinstance(one, str | int) and one))
        cells = self._cells(root)
        vin = next((one for one in every(root, self.vin) if isinstance(one, str) and is_vin(one)), "")
        # A place in names that are not this dialect's is left to the generic layer.
        if not fixes and (_NUMBERED.search(stream.data, *whole) or not (ids or cells or points)):
            return
        yield Message(
            protocol=self.name,
            stream=stream,
            span=whole,
            time=fixes[0].time if fixes else None,
            fixes=tuple(fixes),
            cells=cells,
            access_points=tuple(points),
            traits=(
                *(Trait(Kind.IMEI if is_imei(one) else Kind.DEVICE_ID, one, whole) for one in ids),
                *((Trait(Kind.VIN, vin, whole),) if vin else ()),
            ),
            device_ids=ids,
            vin=vin,
            confidence=Confidence.POSSIBLE if doubts else Confidence.LIKELY,
            doubts=tuple(doubts),
        )

    def _cells(self, root: Any) -> tuple[Cell, ...]:
        cells = []
        for record in found(root, self.cell_each) if self.cell else ():
            try:
                mcc, mnc, lac, cid = (str(first(record, path)) for path in self.cell)
                cells.append(Cell(int(mcc), int(mnc), int(lac, self.cell_base), int(cid, self.cell_base)))
            except ValueError:
                continue
        return tuple(dict.fromkeys(cells))

    def _points(self, root: Any) -> list[AccessPoint]:
        heard = first(root, self.wifi)
        levels = {name: first(one, "rssi") for name, one in heard.items()} if isinstance(heard, dict) else {}
        return [
            AccessPoint(name.lower(), level if isinstance(level, int) else None)
            for name, level in levels.items()
            if _ADDRESS.fullmatch(name)
        ]


def load(path: Path) -> JsonDialect:
    """The dialect of one TOML file."""
    return files.read(path, JsonDialect)


def load_all(folder: Path = FOLDER) -> tuple[JsonDialect, ...]:
    """All dialects of a folder, by file name."""
    return tuple(files.read_all(folder, JsonDialect).values())
