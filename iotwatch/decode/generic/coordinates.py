"""Places in a tree: pairs by name, arrays, texts that hold both halves, GeoJSON, codes, lists of names and values.

Never claimed: half a pair, corners of a box, schemas, words for numbers, latencies (``lat`` without a partner).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import msgspec

from iotwatch.decode.generic import codes, values
from iotwatch.decode.generic.context import BOUNDS, Context, context_of, facts_of
from iotwatch.decode.generic.device_ids import Identity
from iotwatch.decode.generic.names import CODE, LATITUDE, LON_FIRST, LONGITUDE, PAIR, Name, read_name
from iotwatch.decode.generic.tree.node import ARRAY, NUMBER, OBJECT, TEXT, Node
from iotwatch.decode.generic.tree.records import records_of
from iotwatch.decode.generic.values import Coordinate, Degrees
from iotwatch.model import Confidence
from iotwatch.words.doubts import ReadingDoubt
from iotwatch.words.said import Said

MAX_PLACES = 10_000
PARTNERS = 4
"""How many longitudes of the same name a latitude tries."""
_VALUE_KEYS = (
    "value", "Value", "val", "v", "degrees", "deg", "_value", "$numberDouble", "N", "raw", "dbl", "doubleValue",
)  # fmt: skip
_GEOJSON = frozenset(["Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"])
_DECODERS = {"geohash": codes.geohash, "plus code": codes.plus_code, "mgrs": codes.mgrs, "maidenhead": codes.maidenhead}


class Stated(msgspec.Struct, frozen=True, gc=False):
    """One place that a payload states, with its range and what speaks against it. Not ``fixed``: a marker for no fix."""

    latitude: float
    longitude: float
    span: tuple[int, int]
    confidence: Confidence
    doubts: tuple[Said, ...]
    context: Context
    identity: tuple[Identity, ...] = ()
    fixed: bool = True


def places(root: Node) -> Iterator[Stated]:
    """Every place that the tree states, in its order."""
    seen: set[tuple[int, int]] = set()
    for group, around in _groups(root):
        for one in _group(group, around) if group.kind == OBJECT else _array(group, around):
            if one.span in seen:
                continue
            seen.add(one.span)
            yield one
            if len(seen) >= MAX_PLACES:
                return


def _groups(root: Node) -> Iterator[tuple[Node, Sequence[Node]]]:
    """Every object and array, and the objects that lists and tables make, each with its ancestors."""
    for node, above in root.walk():
        yield node, above
        for made in records_of(node, above):
            yield made, (*above, node)


def _group(node: Node, above: Sequence[Node]) -> Iterator[Stated]:
    latitudes: list[tuple[Name, Node]] = []
    longitudes: list[tuple[Name, Node]] = []
    for child in node.children:
        name = read_name(child.key) if child.key else None
        if name is None:
            continue
        if name.role == LATITUDE:
            latitudes.append((name, child))
        elif name.role == LONGITUDE:
            longitudes.append((name, child))
        elif name.role == CODE and child.kind == TEXT:
            yield from _code(name, child, node, above)
        elif name.role == PAIR and child.kind == TEXT:
            yield from _text_pair(name, child, node, above)
    if len(latitudes) == len(longitudes) == 1:
        (name, half), (other, partner) = latitudes[0], longitudes[0]
        stated = _named(name, other, half, partner, node, above)
        if stated is not None:
            yield stated
    elif latitudes and longitudes:
        yield from _pairs(latitudes, longitudes, node, above)


def _pairs(
    latitudes: list[tuple[Name, Node]], longitudes: list[tuple[Name, Node]], node: Node, above: Sequence[Node]
) -> Iterator[Stated]:
    """Join halves with the same stem; in doubled keys the first partner that gives a place is taken."""
    partners: dict[tuple[str, ...], list[tuple[Name, Node]]] = defaultdict(list)
    for item in reversed(longitudes):
        partners[item[0].stem].append(item)
    for name, half in latitudes:
        waiting = partners[name.stem]
        for index in range(len(waiting) - 1, max(-1, len(waiting) - 1 - PARTNERS), -1):
            other, partner = waiting[index]
            stated = _named(name, other, half, partner, node, above)
            if stated is not None:
                del waiting[index]
                yield stated
                break


def _named(name: Name, other: Name, half: Node, partner: Node, node: Node, above: Sequence[Node]) -> Stated | None:
    first, second = _coordinate(half, node, "NS"), _coordinate(partner, node, "EW")
    if first is None or second is None:
        return None
    degrees = values.place(first, second, name.exponent)
    if degrees is None:
        return None
    context = context_of(node, above, name.stem)
    if context.whose == BOUNDS:
        return None
    doubts = degrees.doubts
    confidence = Confidence.POSSIBLE if degrees.weak else Confidence.LIKELY
    fine = min(first.decimals, second.decimals)
    if name.weak or other.weak or name.stem != other.stem:
        if fine < (5 if half.key.lower() == "y" else 3) and not (first.whole and context.helpers > 1):
            return None
        if context.helpers < 1 or half.key.lower() == "y":
            confidence, doubts = Confidence.POSSIBLE, (*doubts, ReadingDoubt.WEAK_NAME())
            if half.key.lower() == "y" and not (context.helpers and _is_spatial(node, above)):
                return None
    if first.whole and second.whole and abs(first.number) <= 180 and ReadingDoubt.COARSE() not in doubts:
        doubts = (*doubts, ReadingDoubt.COARSE())
    span = (min(half.start, partner.start), max(half.end, partner.end))
    return _stated(degrees, span, confidence, doubts, context, node, above)


def _is_spatial(node: Node, above: Sequence[Node]) -> bool:
    return any((name := read_name(key.key)) is not None and name.role == PAIR for key in (node, *above[-2:]) if key.key)


def _coordinate(node: Node, group: Node, letters: str) -> Coordinate | None:
    """The half that a node states itself, in a value of its own, in three parts, or with its hemisphere beside it."""
    if node.kind == OBJECT:
        inner = node.child(*_VALUE_KEYS)
        return values.coordinate(inner.value) if inner is not None else None
    if node.kind == ARRAY:
        parts = [values.coordinate(child.value) for child in node.children[:4]]
        numbers = [part.number for part in parts if part is not None]
        if len(numbers) != 3 or len(parts) != 3 or not all(0 <= number < 60 for number in numbers[1:]):
            return values.coordinate(node.children[0].value) if len(node.children) == 1 else None
        degrees = abs(numbers[0]) + numbers[1] / 60 + numbers[2] / 3600
        letter = facts_of(group).north_south if letters == "NS" else facts_of(group).east_west
        return Coordinate(degrees if numbers[0] >= 0 else -degrees, whole=False, decimals=5, letter=letter, ready=True)
    half = values.coordinate(node.value)
    if half is None or half.letter:
        return half
    letter = facts_of(group).north_south if letters == "NS" else facts_of(group).east_west
    if not letter:
        return half
    return Coordinate(half.number, half.whole, half.decimals, letter, half.minutes or half.number > 180, half.ready)


def _text_pair(name: Name, leaf: Node, node: Node, above: Sequence[Node]) -> Iterator[Stated]:
    """Both halves in one text, under a key that speaks of places."""
    found = values.pair(str(leaf.value), lon_first=name.stem[0] in LON_FIRST)
    if found is None:
        return
    first, second = found
    degrees = values.place(first, second)
    lettered = bool(first.letter)
    if degrees is None or (name.weak and not lettered and min(first.decimals, second.decimals) < 3):
        return
    if first.whole and second.whole and not lettered:
        return
    context = context_of(node, above, (leaf.key,))
    if context.whose != BOUNDS:
        confidence = Confidence.POSSIBLE if degrees.weak else Confidence.LIKELY
        yield _stated(degrees, (leaf.start, leaf.end), confidence, degrees.doubts, context, node, above)


def _code(name: Name, leaf: Node, node: Node, above: Sequence[Node]) -> Iterator[Stated]:
    decoder = _DECODERS.get(name.code)
    found = decoder(str(leaf.value)) if decoder else None
    if found is not None:
        context = context_of(node, above, ())
        degrees = Degrees(*found, doubts=(ReadingDoubt.CELL_OF_CODE(code=name.code),))
        yield _stated(degrees, (leaf.start, leaf.end), Confidence.LIKELY, degrees.doubts, context, node, above)


def _array(node: Node, above: Sequence[Node]) -> Iterator[Stated]:
    """``[latitude, longitude]`` under a key that speaks of places; ``[longitude, latitude]`` in GeoJSON."""
    parts = node.children
    if not 2 <= len(parts) <= 4 or any(part.kind not in (NUMBER, TEXT) for part in parts):
        return
    keyed = next((one for one in (node, *reversed(above)) if one.key), None)
    name = read_name(keyed.key) if keyed is not None else None
    if keyed is None or name is None or name.role != PAIR:
        return
    owner = above[above.index(keyed) - 1] if keyed in above and above.index(keyed) else (above[-1] if above else node)
    kind = owner.child("type")
    geojson = kind is not None and kind.kind == TEXT and kind.value in _GEOJSON
    first, second = values.coordinate(parts[0].value), values.coordinate(parts[1].value)
    if first is None or second is None:
        return
    fine = min(first.decimals, second.decimals)
    if not geojson and (
        fine < (5 if name.weak else 1) or (name.weak and max(abs(first.number), abs(second.number)) <= 1.5)
    ):
        return
    lon_first = geojson or name.stem[0] in LON_FIRST or abs(first.number) > 90
    degrees = values.place(second, first) if lon_first else values.place(first, second)
    group = owner if owner.kind == OBJECT else node
    context = context_of(group, above[: max(0, len(above) - 1)], (keyed.key,))
    if degrees is None or context.whose == BOUNDS:
        return
    guessed = not geojson and name.weak
    doubts = (*degrees.doubts, ReadingDoubt.ORDER_GUESSED()) if guessed else degrees.doubts
    confidence = Confidence.POSSIBLE if guessed or degrees.weak else Confidence.LIKELY
    yield _stated(degrees, (parts[0].start, parts[1].end), confidence, doubts, context, group, above)


def _stated(
    degrees: Degrees,
    span: tuple[int, int],
    confidence: Confidence,
    doubts: tuple[Said, ...],
    context: Context,
    node: Node,
    above: Sequence[Node],
) -> Stated:
    if context.coarse and ReadingDoubt.COARSE() not in doubts:
        doubts = (*doubts, ReadingDoubt.COARSE())
    identity: tuple[Identity, ...] = ()
    for one in (node, *above[::-1]):
        if one.kind == OBJECT and (identity := facts_of(one).identity):
            break
    return Stated(degrees.latitude, degrees.longitude, span, confidence, doubts, context, identity, degrees.fixed)
