"""What stands around a coordinate pair: whose place it is, which datum, how exact, whether the receiver had a fix, and when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

import msgspec

from iotwatch.decode.generic.device_ids import Identity, identities, kind_named
from iotwatch.decode.generic.times import names_time, parse_time, time_of
from iotwatch.decode.generic.tree.node import Node, Scalar
from iotwatch.decode.generic.vocabulary import VOCABULARY, by_word
from iotwatch.patterns import regex

_OWNERS = by_word(VOCABULARY.whose)
_BOUNDS, _NO, _YES = VOCABULARY.context.bounds, VOCABULARY.context.no_fix, VOCABULARY.context.fix
_SPLIT = regex(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+")
_OF_A_FIX = r"(?:is_?|gps_?|gnss_?|fix_?|loc(?:ation)?_?|pos(?:ition)?_?){0,2}"
_KINDS = {
    "valid": _OF_A_FIX
    + "(?:valid(?:ity)?|fix(?:ed|_?type|_?status|_?mode|_?quality|_?state)?|located|lock(?:ed)?|isfixed)",
    "status": _OF_A_FIX + "(?:status|state|mode|active|quality|av)",
    "accuracy": "(?:gps_?|h|horizontal_?|pos(?:ition)?_?|loc(?:ation)?_?)?(?:acc|accuracy|radius|uncertainty|precision|cep|lla)",
    "altitude": "(?:gps_?)?(?:alt|alti|altitude|ele|elevation|hae|height)(?:_?m)?",
    "datum": "(?:coord(?:inate)?_?(?:system|type|sys)?s?|datum|crs|map_?type|gps_?type|坐标系|geo_?type|native_type)",
    "told": "(?:_type|type|kind|entitytype|weather)",
}
_KEYS = {kind: regex(pattern) for kind, pattern in _KINDS.items()}
_PLAIN_STATUS = frozenset({"a", "v", "nofix", "no_fix", "invalid", "valid", "fixed", "unfixed"})
_HEMISPHERES = frozenset(["n", "s", "e", "w", "north", "south", "east", "west"])
_HEMISPHERE_KEY = regex(r"ns|ew|hem|dir|ref|indicator|lat|lon|lng")
_COARSE_METRES = 25_000
BOUNDS = "bounds"


class Context(msgspec.Struct, frozen=True, gc=False):
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


def whose(keys: Iterable[str]) -> str:
    """Who owns a place under these keys; ``BOUNDS`` for the corners of a box or a schema, empty for the sender itself."""
    found = ""
    for owner in map(_owner, keys):
        if owner == BOUNDS:
            return BOUNDS
        found = owner or found
    return found


@lru_cache(maxsize=4096)
def _owner(key: str) -> str:
    parts = [part.lower() for part in _SPLIT.findall(key[:64])]
    lowered = key.lower()
    if lowered in _BOUNDS or any(part in _BOUNDS for part in parts):
        return BOUNDS
    return next((_OWNERS[word] for word in (lowered, "".join(parts), *parts) if word in _OWNERS), "")


class Facts(msgspec.Struct):
    """What the leaves of one object say, read once; the letters are hemispheres that stand in leaves of their own.

    Where several leaves tell a time ``times`` holds each, with the words of its key: the end of a way has its own.
    """

    time: int | None = None
    times: tuple[tuple[frozenset[str], int], ...] = ()
    valid: bool | None = None
    accuracy: float | None = None
    altitude: float | None = None
    datum: str = ""
    told: str = ""
    north_south: str = ""
    east_west: str = ""
    identity: tuple[Identity, ...] = ()


def facts_of(node: Node) -> Facts:
    """The facts of an object's own leaves."""
    if isinstance(node.facts, Facts):
        return node.facts
    node.facts = facts = Facts()
    times: list[Node] = []
    names: list[Node] = []
    for leaf in node.leaves():
        kind, is_time, is_name = _speaks(leaf.key)
        if kind:
            _note(facts, kind, leaf)
        if is_time:
            times.append(leaf)
        if is_name:
            names.append(leaf)
        if isinstance(leaf.value, str) and 0 < len(leaf.value) < 6:
            _note_letter(facts, leaf.key, leaf.value)
    facts.time = time_of(times) if times else None
    if len(times) > 1:
        facts.times = tuple(_worded(times))
    facts.identity = tuple(identities(names)) if names else ()
    return facts


def _worded(times: Iterable[Node]) -> Iterator[tuple[frozenset[str], int]]:
    for leaf in times:
        time = parse_time(leaf.value)
        if time is not None:
            yield frozenset(part.lower() for part in _SPLIT.findall(leaf.key[:64])), time


@lru_cache(maxsize=4096)
def _speaks(key: str) -> tuple[str, bool, bool]:
    """What a key speaks of: a kind of fact, a time, an identity."""
    return _kind(key), names_time(key), kind_named(key) is not None


def identity_of(node: Node) -> tuple[Identity, ...]:
    """The identities of an object's own leaves; where nothing else is asked, nothing else is read."""
    return node.facts.identity if isinstance(node.facts, Facts) else tuple(identities(node.leaves()))


def _note(facts: Facts, kind: str, leaf: Node) -> None:
    if kind == "accuracy" and facts.accuracy is None:
        facts.accuracy = _metres(leaf.value)
    elif kind == "altitude" and facts.altitude is None:
        facts.altitude = _metres(leaf.value)
    elif kind in ("valid", "status") and facts.valid is None:
        facts.valid = _valid(leaf.value, plain=kind == "status")
    elif kind == "datum":
        facts.datum = facts.datum or _datum(_word(leaf.value))
    elif kind == "told":
        facts.told = facts.told or _told(leaf.key, leaf.value)


def _kind(key: str) -> str:
    lowered = key.lower()
    return next((kind for kind, pattern in _KEYS.items() if pattern.fullmatch(lowered)), "") if len(key) <= 40 else ""


def _note_letter(facts: Facts, key: str, value: str) -> None:
    if value.lower() in _HEMISPHERES and _HEMISPHERE_KEY.search(key.lower()):
        letter = value[0].upper()
        if letter in "NS":
            facts.north_south = facts.north_south or letter
        else:
            facts.east_west = facts.east_west or letter


def context_of(group: Node, above: Sequence[Node], stem: Sequence[str]) -> Context:
    """What ``group`` says and, where it says nothing, the objects around it."""
    here = facts_of(group)
    time, valid, accuracy, datum, told = here.time, here.valid, here.accuracy, here.datum, here.told
    time = next((told_time for words, told_time in here.times if words.intersection(stem)), time)
    for distance, node in enumerate(above[:-4:-1]):
        facts = facts_of(node)
        time = facts.time if time is None else time
        told = told or facts.told
        if distance == 0:
            valid = facts.valid if valid is None else valid
            accuracy = facts.accuracy if accuracy is None else accuracy
            datum = datum or facts.datum
    path = [node.key for node in (*above, group) if node.key]
    owner = whose((*path, *stem)) or told
    datum = datum or next(filter(None, map(_datum, stem)), "")
    helpers = 4 - (time, accuracy, here.altitude, valid).count(None)
    return Context(owner, datum, valid, time, accuracy, here.altitude, helpers)


def _told(key: str, value: Scalar) -> str:
    """An owner that a type word names: OwnTracks' waypoints and commands, an entity's class."""
    if key == "weather":
        return "site"
    word = value.lower() if isinstance(value, str) else ""
    if word in ("waypoint", "waypoints", "cmd"):
        return "waypoint"
    return _OWNERS.get(word, "") if word in ("gateway", "fence", "geofence", "zone", "station", "operator") else ""


def _valid(value: Scalar, *, plain: bool) -> bool | None:
    """The receiver's word; ``plain`` keys such as ``status`` count only with a value that speaks of fixes."""
    said = _word(value)
    if plain and said not in _PLAIN_STATUS:
        return None
    return False if said in _NO else True if said in _YES else None


def _word(value: Scalar) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value)[:40].strip().lower()


def _metres(value: Scalar) -> float | None:
    if value is None or isinstance(value, bool | bytes):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if abs(number) < 1e8 else None


def _datum(word: str) -> str:
    """GCJ-02 and BD-09 move a place by hundreds of metres: told, never repaired. Alibaba's number 2 is GCJ-02."""
    if "gcj" in word or word == "2" or word in ("autonavi", "amap", "mars"):
        return "GCJ-02"
    return "BD-09" if "bd09" in word or word.startswith("bd") or "baidu" in word else ""
