"""How often a known place is found in one message of a tracker whose dialect is not used, and how often another place is.

    python -m tests.studies.known_position [--places N] [--layouts N] [--write]

``--write`` puts the tables into ``docs/known-position.md``. Real messages are those of ``positions/traccar.jsonl`` that state a
place, each handed alone to the same lookout that a scan uses, with the true place and the default radius. Drawn messages come
from ``drawn_layouts``, which shares no code with the search. Other places are drawn on land, without a map: in boxes that hold
next to no water, and from the places of other messages, 5 to 50 km beside. Every other place is tried on every message.
"""

from __future__ import annotations

import argparse
import json
import math
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from iotwatch.decode.geodesy import distance
from iotwatch.files.known_places import KnownPlace
from iotwatch.model import Confidence, Position
from iotwatch.observe import Collector
from iotwatch.observe.known_place import Lookout
from iotwatch.observe.known_place.finding import Finder
from iotwatch.observe.known_place.layers import layers
from iotwatch.observe.known_place.lookout import LIKELY
from iotwatch.read.stream import Flow, from_bytes
from tests.corpus import FOLDER
from tests.studies.drawn_layouts import draw, message

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs" / "known-position.md"
BEGIN, END = "<!-- made by tests/studies/known_position.py -->", "<!-- end -->"
# South, north, west, east of boxes that are land but for lakes and some coast.
_LAND = (
    (45, 52, 0, 30), (50, 65, 32, 100), (32, 48, -118, -82), (-30, -8, -60, -42), (-30, 28, 15, 32), (14, 30, 75, 84),
    (25, 42, 100, 117), (-32, -22, 120, 148), (10, 20, -12, 35), (36, 52, 60, 120), (-38, -25, -68, -59), (46, 58, -120, -70),
)  # fmt: skip
_BESIDE = (0.05, 0.45)
_SAME_M = 1000.0


class Row(NamedTuple):
    """A message with the places that it states, the first of them the expected one."""

    name: str
    kind: str
    payload: bytes
    places: tuple[tuple[float, float], ...]


def corpus() -> list[Row]:
    """The messages that state a place."""
    rows = []
    with (FOLDER / "positions" / "traccar.jsonl").open() as lines:
        for line in lines:
            one = json.loads(line)
            if one["expected"]:
                stated = [one["expected"], *one.get("positions", [])]
                places = tuple((place["lat"], place["lon"]) for place in stated)
                payload = bytes.fromhex(one.get("wire_hex") or one["payload_hex"])
                rows.append(Row(one["protocol"], one["kind"], payload, places))
    return rows


def drawn(number: int) -> list[Row]:
    """Messages of so many drawn layouts, each at a place drawn anywhere between the polar circles."""
    made, rows = random.Random(3), []
    for index in range(number):
        layout = draw(index)
        place = math.degrees(math.asin(made.uniform(-0.9, 0.9))), made.uniform(-179.9, 179.9)
        kind = layout.name.split(",")[0]
        rows.append(Row(layout.name, kind, message(layout, *place, index), (place,)))
    return rows


def found(row: Row) -> list[Position]:
    """What is told of one message alone when its place is known: positions of at least ``likely``."""
    flow = Flow(0, "tcp", "10.0.0.5", 40_000, "45.79.112.203", 9_999)
    collector = Collector()
    lookout = Lookout((KnownPlace(*row.places[0]),), collector)
    lookout.note(replace(from_bytes(row.payload), flow=flow))
    lookout.finish()
    return [one for one in collector.positions() if one.confidence >= Confidence.LIKELY]


def places_on_land(number: int, rows: Sequence[Row]) -> Iterator[tuple[float, float]]:
    """Places on land, half of them beside those of real messages."""
    made = random.Random(5)
    for index in range(number):
        if index % 2:
            south, north, west, east = made.choice(_LAND)
            yield made.uniform(south, north), made.uniform(west, east)
        else:
            latitude, longitude = made.choice(rows).places[0]
            away = [made.uniform(*_BESIDE) * made.choice((-1, 1)) for _ in range(2)]
            yield max(-89.0, min(89.0, latitude + away[0])), max(-179.0, min(179.0, longitude + away[1]))


def claims(rows: Sequence[Row], places: Sequence[tuple[float, float]]) -> tuple[int, list[tuple[Row, str]]]:
    """Trials of each place on each message that does not state it, and what was claimed: the message and the encoding."""
    wrapped = [[layer.data for layer in layers(from_bytes(row.payload))] for row in rows]
    payloads = [layer for one in wrapped for layer in one]
    owner = [index for index, one in enumerate(wrapped) for _ in one]
    sizes = [sum(map(len, one)) for one in wrapped]
    trials, claimed = 0, []
    for place in places:
        others = {
            index for index, row in enumerate(rows) if all(distance(*place, *one) > _SAME_M for one in row.places)
        }
        trials += len(others)
        told = {}
        for hit in Finder([KnownPlace(*place)]).hits(payloads):
            index = owner[hit.payload]
            if index in others and hit.rate * sizes[index] <= LIKELY:
                told[index] = hit.encoding.name
        claimed += [(rows[index], encoding) for index, encoding in told.items()]
    return trials, claimed


def _page(rows: Sequence[Row], made: Sequence[Row], places: Sequence[tuple[float, float]]) -> str:
    lines = ["| messages, each alone, no dialect used | with a place | found |", "|---|---|---|"]
    encodings: Counter[str] = Counter()
    for name, some in (("of real trackers", rows), ("of drawn layouts", made)):
        told: Counter[str] = Counter()
        for row in some:
            if positions := found(row):
                told[row.kind] += 1
                if some is rows:
                    encodings[str(positions[0].facts["encoding"])] += 1
        asked = Counter(row.kind for row in some)
        lines += [
            f"| {name}: {kind} | {asked[kind]} | {told[kind]} ({_share(told[kind], asked[kind])}) |"
            for kind in sorted(asked)
        ]
        lines.append(f"| **{name}** | {len(some)} | {told.total()} ({_share(told.total(), len(some))}) |")
    lines += ["", "| another place on land | trials | claimed | 1 in |", "|---|---|---|---|"]
    for name, some in (("messages of real trackers", rows), ("messages of drawn layouts", made)):
        trials, claimed = claims(some, places)
        rate = f"{round(trials / len(claimed), -2):,.0f}" if claimed else "none"
        lines.append(f"| {name} | {trials:,} | {len(claimed)} | {rate} |")
    listed = ", ".join(f"{encoding} ({count})" for encoding, count in encodings.most_common(12))
    return "\n".join([*lines, "", f"The encodings found most: {listed}, and {max(0, len(encodings) - 12)} more.", ""])


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--places", type=int, default=200)
    parser.add_argument("--layouts", type=int, default=450)
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    rows = corpus()
    page = _page(rows, drawn(chosen.layouts), list(places_on_land(chosen.places, rows)))
    print(page)
    if chosen.write:
        head, _, rest = PAGE.read_text().partition(BEGIN)
        PAGE.write_text(f"{head}{BEGIN}\n{page}{END}{rest.partition(END)[2]}")


if __name__ == "__main__":
    main()
