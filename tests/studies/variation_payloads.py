"""Variants of application payloads in JSON: other names, cases, languages, nestings, scales, texts for numbers.

    python -m tests.studies.variation_payloads [--show]

A place is known by its value: two leaves of one object that say the expected latitude and longitude. Traps are varied in the same
ways as far as their names allow. A claim is a place that is nobody else's, of any confidence.
"""

from __future__ import annotations

import argparse
import copy
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from iotwatch.open.answer import Answer, answer
from tests.corpus import FOLDER

NEAR = 0.0005
NAMES = (
    ("lat", "lon"), ("Lat", "Lng"), ("LATITUDE", "LONGITUDE"), ("latitude", "longitude"), ("gpsLatitude", "gpsLongitude"),
    ("gps_lat", "gps_lng"), ("last_latitude", "last_longitude"), ("vehicleLat", "vehicleLon"), ("latDeg", "lonDeg"),
    ("GPS_Latitude", "GPS_Longitude"), ("lati", "long"), ("latitude", "longtitude"), ("latitude", "lontitude"),
    ("breitengrad", "laengengrad"), ("Breitengrad", "Längengrad"), ("latitud", "longitud"), ("latitudine", "longitudine"),
    ("breddegrad", "lengdegrad"), ("纬度", "经度"), ("weidu", "jingdu"), ("WeiDu", "JingDu"), ("широта", "долгота"),
    ("position.latitude", "position.longitude"), ("gps-lat", "gps-lon"), ("lat_wgs84", "lng_wgs84"), ("currentLat", "currentLng"),
)  # fmt: skip
PLACES = ((48.2084, 16.3731), (-33.868512, 151.209377), (40.71277, -74.00597), (1.3521, 103.8198), (-0.1807, -78.4678))
_STYLES: dict[str, Callable[[str], str]] = {
    "upper": str.upper,
    "snake": lambda key: re.sub(r"(?<=[a-z])(?=[A-Z])", "_", key).lower(),
    "camel": lambda key: re.sub(r"_+([a-z])", lambda match: match[1].upper(), key),
}


def _pairs(node: Any, place: tuple[float, float]) -> Iterator[tuple[dict[str, Any], str, str]]:
    """The objects that say the place in two leaves named after it, with the two keys."""
    if isinstance(node, dict):
        keys: list[str] = []
        for value, word in zip(place, ("lat", "l(?:on|ng)"), strict=True):
            keys += [key for key, leaf in node.items() if re.search(word, key, re.IGNORECASE) and _is(leaf, value)][:1]
        if len(keys) == 2 and keys[0] != keys[1]:
            yield node, keys[0], keys[1]
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _pairs(inner, place)


def _is(leaf: object, value: float) -> bool:
    try:
        return not isinstance(leaf, bool | list | dict) and leaf is not None and abs(float(leaf) - value) < NEAR  # type: ignore[arg-type]
    except ValueError:
        return False


def _renamed(node: dict[str, Any], keys: tuple[str, str], names: tuple[str, str], values: tuple[Any, Any]) -> None:
    items = list(node.items())
    node.clear()
    for key, value in items:
        at = keys.index(key) if key in keys else -1
        node[names[at] if at >= 0 else key] = values[at] if at >= 0 else value


def _styled(node: Any, style: Callable[[str], str]) -> Any:
    if isinstance(node, dict):
        return {style(key): _styled(value, style) for key, value in node.items()}
    return [_styled(one, style) for one in node] if isinstance(node, list) else node


def around(document: Any) -> Iterator[tuple[str, Any]]:
    """The document in other clothes, its places untouched."""
    yield "nested", {"data": {"payload": document}}
    yield "list", [document]
    yield "text in JSON", {"ts": 1700000000, "message": json.dumps(document)}
    for name, style in _STYLES.items():
        yield f"keys {name}", _styled(document, style)


def variants(document: Any, expected: list[list[float]]) -> Iterator[tuple[str, Any, tuple[float, float]]]:
    """(kind, document, place that must be found)."""
    place = (expected[0][0], expected[0][1])
    if not any(_pairs(document, place)):
        return
    for kind, changed in around(document):
        yield kind, changed, place

    def made(names: tuple[str, str] | None, there: tuple[float, float], form: Callable[[float], Any]) -> Any:
        changed = copy.deepcopy(document)
        for node, one, two in list(_pairs(changed, place)):
            _renamed(node, (one, two), names or (one, two), (form(there[0]), form(there[1])))
        return changed

    for names in NAMES:
        yield "names", made(names, PLACES[0], float), PLACES[0]
    for there in PLACES:
        yield "places", made(None, there, float), there
        yield "texts", made(None, there, lambda value: f"{value:.6f}"), there
    for scale in (10**6, 10**7):
        yield "scaled", made(None, PLACES[1], lambda value, scale=scale: round(value * scale)), PLACES[1]  # type: ignore[misc]


def has(got: Answer, place: tuple[float, float]) -> bool:
    return any(abs(fix.latitude - place[0]) < NEAR and abs(fix.longitude - place[1]) < NEAR for fix in got.fixes)


def claims(got: Answer) -> bool:
    return any(
        (fix.latitude, fix.longitude) != (0, 0) and not fix.whose and fix.valid is not False for fix in got.fixes
    )


def study(*, show: bool = False) -> tuple[Counter[str], Counter[str], Counter[str]]:
    """Variants by kind, those of them found, and traps: varied and claimed."""
    whole: Counter[str] = Counter()
    found: Counter[str] = Counter()
    traps: Counter[str] = Counter()
    with (FOLDER / "payloads" / "payloads.jsonl").open() as lines:
        for row in map(json.loads, lines):
            try:
                document = json.loads(bytes.fromhex(row["payload_hex"]))
            except ValueError:
                continue
            if row["carries_location"] is False and not claims(answer(bytes.fromhex(row["payload_hex"]))):
                for kind, changed in around(document):
                    claimed = claims(answer(json.dumps(changed, ensure_ascii=False).encode()))
                    traps["varied"] += 1
                    traps["claimed"] += claimed
                    if claimed and show:
                        print("trap", kind, row["id"])
            elif row["carries_location"] is True and row.get("expected"):
                for kind, changed, place in variants(document, row["expected"]):
                    good = has(answer(json.dumps(changed, ensure_ascii=False).encode()), place)
                    whole[kind] += 1
                    found[kind] += good
                    if show and not good:
                        print(kind, row["id"], json.dumps(changed, ensure_ascii=False)[:260])
    return whole, found, traps


def lines(whole: Counter[str], found: Counter[str], traps: Counter[str]) -> list[str]:
    """The table of the study."""
    out = ["| payloads in JSON, varied | variants | place found |", "|---|---|---|"]
    out += [f"| {kind} | {count} | {100 * found[kind] / count:.1f} % |" for kind, count in whole.items()]
    out.append(f"| all | {whole.total()} | {100 * found.total() / max(whole.total(), 1):.1f} % |")
    share = 100 * traps["claimed"] / max(traps["varied"], 1)
    return [
        *out,
        "",
        f"Traps varied in the same ways: {traps['varied']}, a place claimed in {traps['claimed']} ({share:.1f} %).",
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", action="store_true")
    print("\n".join(lines(*study(show=parser.parse_args().show))))
