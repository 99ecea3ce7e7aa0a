"""What stands around a coordinate pair: whose place it is, which datum, how exact, whether the receiver had a fix, and when."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from iotwatch.decode.generic.times import time_of
from iotwatch.decode.generic.tree.node import Node, Scalar

_WHOSE = {
    "gateway": "gateway gateways gw gws rxinfo rx_metadata rxmetadata gatewaymetadata gwrx basestation antenna receivedat",
    "fence": "fence fences geofence geofences region regions zone zones polygon perimeter circle area areas geozone boundary",
    "waypoint": "waypoint waypoints route destination target wayline planned path start_wayline_point active_route origin goal "
    "point_of_interest look_at flyto alternate land_point measure nav navigation landing",
    "home": "home homepoint home_location rth home_address return",
    "charging site": "charger chargers charging supercharger superchargers chargingstation station stations pump destination_charging",
    "operator": "operator pilot remote_pilot gcs controller",
    "access point": "anchor anchors accesspoint access_point ap wifiaccesspoints",
    "network": "computedlocation locationsolved location_solved solved cellpos ground_fix",
    "site": "site dock installation shop store dealer warehouse poi place venue airport city weather geocode address",
}
_OWNERS = {word: owner for owner, words in _WHOSE.items() for word in words.split()}
_BOUNDS = frozenset(
    [
        "bbox",
        "bounds",
        "boundingbox",
        "bounding_box",
        "viewport",
        "northeast",
        "southwest",
        "northwest",
        "southeast",
        "ne",
        "sw",
        "nw",
        "se",
        "min",
        "max",
        "extent",
        "envelope",
        "schema",
        "properties_schema",
        "example",
        "examples",
        "default",
        "defaults",
    ]
)
_SPLIT = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+")
_VALID = re.compile(
    r"^(?:is_?|gps_?|gnss_?|fix_?|loc(?:ation)?_?|position_?|pos_?)*(?:valid(?:ity)?|fix(?:ed|type|status|mode|quality)?|status|state|located|lock(?:ed)?|active|fixstate|isfixed|av|mode|quality)$"
)
_PLAIN_STATUS = re.compile(r"^(?:status|state|mode|active|quality|locked|av)$")
_NO = frozenset(
    [
        "0",
        "v",
        "n",
        "false",
        "no",
        "none",
        "invalid",
        "nofix",
        "no_fix",
        "no-fix",
        "nofixed",
        "unfixed",
        "void",
        "lost",
        "unlocated",
        "null",
        "not_fixed",
        "notfixed",
        "off",
    ]
)
_YES = frozenset(
    [
        "1",
        "2",
        "3",
        "4",
        "5",
        "a",
        "d",
        "true",
        "yes",
        "valid",
        "fix",
        "fixed",
        "2d",
        "3d",
        "located",
        "gps",
        "ok",
        "rtk",
        "dgps",
        "3d-fix",
        "2d-fix",
        "on",
    ]
)
_ACCURACY = re.compile(
    r"^(?:gps_?|h|horizontal_?|pos(?:ition)?_?|loc(?:ation)?_?)?(?:acc|accuracy|radius|uncertainty|precision|cep|lla)$"
)
_ALTITUDE = re.compile(r"^(?:gps_?)?(?:alt|alti|altitude|ele|elevation|hae|height)(?:_?m)?$")
_DATUM_KEY = re.compile(
    r"^(?:coord(?:inate)?_?(?:system|type|sys)?s?|datum|crs|map_?type|gps_?type|坐标系|geo_?type|native_type)$"
)
_COARSE_METRES = 25_000
BOUNDS = "bounds"


@dataclass(frozen=True, slots=True)
class Context:
    """``valid`` is the receiver's word (``None``: not said); metres for ``accuracy`` and ``altitude``."""

    whose: str = ""
    datum: str = ""
    valid: bool | None = None
    time: int | None = None
    accuracy: float | None = None
    altitude: float | None = None
    helpers: int = 0

    @property
    def coarse(self) -> bool:
        return self.accuracy is not None and self.accuracy > _COARSE_METRES


def whose(words: Iterable[str]) -> str:
    """Who owns a place under these keys; ``BOUNDS`` for the corners of a box or a schema, empty for the sender itself."""
    found = ""
    for key in words:
        parts = [part.lower() for part in _SPLIT.findall(key)]
        lowered = key.lower()
        if lowered in _BOUNDS or any(part in _BOUNDS for part in parts):
            return BOUNDS
        found = next((_OWNERS[word] for word in (lowered, "".join(parts), *parts) if word in _OWNERS), found)
    return found


def context_of(group: Node, above: Sequence[Node], stem: Sequence[str]) -> Context:
    """Read the leaves of ``group`` and, where they say nothing, those of the objects around it."""
    leaves = list(group.leaves())
    path = [node.key for node in (*above, group) if node.key]
    near = [leaves, *(list(node.leaves()) for node in above[:-4:-1])]
    time = next((found for those in near if (found := time_of(those)) is not None), None)
    valid = next((found for those in near[:2] if (found := _valid(those)) is not None), None)
    accuracy = _metres(near[:2], _ACCURACY)
    altitude = _metres(near[:1], _ALTITUDE)
    owner = whose((*path, *stem)) or _told(near)
    helpers = sum(value is not None for value in (time, accuracy, altitude, valid))
    return Context(owner, _datum(near[:2], stem), valid, time, accuracy, altitude, helpers)


def _told(near: Sequence[Sequence[Node]]) -> str:
    """An owner that a type word names: OwnTracks' waypoints and commands, an entity's class."""
    for leaves in near:
        for leaf in leaves:
            if leaf.key in ("_type", "type", "kind", "entityType") and isinstance(leaf.value, str):
                word = leaf.value.lower()
                if word in ("waypoint", "waypoints", "cmd"):
                    return "waypoint"
                if word in ("gateway", "fence", "geofence", "zone", "station", "operator"):
                    return _OWNERS.get(word, word)
            if leaf.key == "weather":
                return "site"
    return ""


def _valid(leaves: Sequence[Node]) -> bool | None:
    for leaf in leaves:
        key = leaf.key.lower()
        if not _VALID.match(key):
            continue
        said = _word(leaf.value)
        if _PLAIN_STATUS.match(key) and said not in (
            "a",
            "v",
            "nofix",
            "no_fix",
            "invalid",
            "valid",
            "fixed",
            "unfixed",
        ):
            continue
        if said in _NO:
            return False
        if said in _YES:
            return True
    return None


def _word(value: Scalar) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip().lower()


def _metres(near: Sequence[Sequence[Node]], pattern: re.Pattern[str]) -> float | None:
    for leaves in near:
        for leaf in leaves:
            if pattern.match(leaf.key.lower()) and not isinstance(leaf.value, bool | bytes) and leaf.value is not None:
                try:
                    number = float(leaf.value)
                except ValueError:
                    continue
                if abs(number) < 1e8:
                    return number
    return None


def _datum(near: Sequence[Sequence[Node]], stem: Sequence[str]) -> str:
    """GCJ-02 and BD-09 move a place by hundreds of metres: told, never repaired. Alibaba numbers them 1 (WGS-84) and 2 (GCJ-02)."""
    said = [_word(leaf.value) for leaves in near for leaf in leaves if _DATUM_KEY.match(leaf.key.lower())]
    for word in (*said, *stem):
        if "gcj" in word or word == "2" or word in ("autonavi", "amap", "mars"):
            return "GCJ-02"
        if "bd09" in word or word.startswith("bd") or "baidu" in word:
            return "BD-09"
    return ""
