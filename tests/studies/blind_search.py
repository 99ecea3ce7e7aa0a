"""How often a moving place is found in a conversation of an unknown form when no place is known, and how often where there is none.

    python -m tests.studies.blind_search [--drives N] [--nothing N] [--write]

``--write`` puts the tables into ``docs/blind-search.md``. The flows are those of ``blind_flows``, which shares no code with the
search; each is handed to the same search that a scan uses. A drive is found when the two fields that are told follow its
latitudes and its longitudes; whether they lie in the right place too is counted apart.
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from msgspec.structs import replace

from iotwatch.decode.geodesy import distance
from iotwatch.model import Position
from iotwatch.observe import Collector
from iotwatch.observe.blind import BlindSearch
from iotwatch.read.stream import Flow as Ends
from iotwatch.read.stream import Stream, from_bytes
from tests.corpus import FOLDER
from tests.studies.blind_flows import NOTHING, OTHERS, WALKS, Flow, driven, nothing

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs" / "blind-search.md"
BEGIN, END = "<!-- made by tests/studies/blind_search.py -->", "<!-- end -->"
HELD_OUT = OTHERS.keys()
_FOLLOWS = 0.995
_RIGHT_M = 200.0


def begins() -> list[tuple[float, float]]:
    """A real fix of each receiver's log."""
    with (FOLDER / "positions" / "gpsd-expected.jsonl").open() as lines:
        listed = [json.loads(line)["expected"] for line in lines]
    fixes = [next((one for one in fixes if one.get("lat")), None) for fixes in listed]
    return [(one["lat"], one["lon"]) for one in fixes if one is not None and abs(one["lat"]) < 75]


def searched(flow: Flow) -> tuple[Position, ...]:
    """The positions that the search tells of a flow whose messages are datagrams."""
    payloads = [payload for _, payload in flow.messages]
    starts = np.cumsum([0, *map(len, payloads[:-1])])
    stream: Stream = replace(
        from_bytes(b"".join(payloads)),
        starts=starts,
        offsets=starts,
        frames=np.arange(1, len(payloads) + 1),
        times=np.array([round(time * 1e6) for time, _ in flow.messages], np.int64),
        kind="udp",
        datagram=True,
        flow=Ends(0, "udp", "10.0.0.5", 40_000, "45.79.112.203", 9_999),
    )
    collector = Collector()
    search = BlindSearch(collector)
    search.note_flow(stream)
    search.finish()
    return collector.positions()


def follows(flow: Flow, told: Sequence[Position]) -> bool:
    """Whether the told numbers are those of the drive, in either order, wherever on the globe they are said to be."""
    at = {one.evidence.frame: one for one in told}
    pairs = [(spot, at[number]) for number, spot in enumerate(flow.spots, 1) if number in at]
    true = [[getattr(spot, axis) for spot, _ in pairs] for axis in ("latitude", "longitude")]
    said = [[getattr(one, axis) for _, one in pairs] for axis in ("latitude", "longitude")]
    return len(pairs) >= 6 and any(
        all(abs(float(np.corrcoef(one, other)[0, 1])) >= _FOLLOWS for one, other in zip(true, order, strict=True))
        for order in (said, said[::-1])
    )


def in_place(flow: Flow, told: Sequence[Position]) -> bool:
    """Whether the told places are where the drive was, hemispheres apart, which many forms do not state."""
    at = {one.evidence.frame: one for one in told}
    off = [
        distance(*map(abs, (spot.latitude, spot.longitude, at[number].latitude or 0, at[number].longitude or 0)))
        for number, spot in enumerate(flow.spots, 1)
        if number in at
    ]
    return statistics.median(off) <= _RIGHT_M


def _drives(number: int, verbose: bool = False) -> list[str]:
    asked, found, placed = Counter[str](), Counter[str](), Counter[str]()
    known = begins()
    for index in range(number):
        flow = driven(index, known)
        told = searched(flow)
        right = bool(told) and follows(flow, told)
        asked[flow.kind] += 1
        found[flow.kind] += right
        placed[flow.kind] += right and in_place(flow, told)
        if verbose and not (right and in_place(flow, told)):
            said = told[0].facts["encoding"] if told else "-"
            print(
                index,
                flow.kind,
                len(flow.spots),
                "missed" if not told else "wrong" if not right else "elsewhere",
                said,
            )
    lines = ["| drives, by the form of their places | flows | found | in the right place |", "|---|---|---|---|"]
    for name, kinds in (
        ("", sorted(asked)),
        ("all kinds tuned with", sorted(asked.keys() - HELD_OUT)),
        ("all kinds held out", sorted(asked.keys() & HELD_OUT)),
        ("all", sorted(asked)),
    ):
        rows = (
            [(f"**{name}**", kinds)]
            if name
            else [(kind + " (held out)" * (kind in HELD_OUT), [kind]) for kind in kinds]
        )
        for title, some in rows:
            whole, right, there = (sum(counted[kind] for kind in some) for counted in (asked, found, placed))
            lines.append(f"| {title} | {whole} | {right} ({_share(right, whole)}) | {there} ({_share(there, whole)}) |")
    return lines


def _nothing(number: int, verbose: bool = False) -> list[str]:
    lines, whole, claimed = ["| flows without a place | flows | claimed |", "|---|---|---|"], 0, 0
    each = -(-number // len(NOTHING))
    for kind in (*NOTHING, WALKS):
        told = 0
        for index in range(each):
            flow = nothing(index, kind)
            positions = searched(flow)
            told += bool(positions)
            if verbose and positions and kind != WALKS:
                print(
                    kind,
                    index,
                    len(flow.messages),
                    positions[0].facts["encoding"],
                    positions[0].latitude,
                    positions[0].longitude,
                )
        if kind == WALKS:
            lines.append(f"| **all** | {whole:,} | {claimed} ({_share(claimed, whole)}) |")
            lines.append(f"| smooth random walks (not counted) | {each} | {told} ({_share(told, each)}) |")
        else:
            whole, claimed = whole + each, claimed + told
            lines.append(f"| {kind} | {each} | {told} ({_share(told, each)}) |")
    return lines


def _share(part: int, whole: int) -> str:
    return f"{100 * part / max(whole, 1):.1f} %"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--drives", type=int, default=450)
    parser.add_argument("--nothing", type=int, default=5000)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--verbose", action="store_true", help="name what is missed or claimed")
    chosen = parser.parse_args()
    page = "\n".join([*_drives(chosen.drives, chosen.verbose), "", *_nothing(chosen.nothing, chosen.verbose), ""])
    print(page)
    if chosen.write:
        head, _, rest = PAGE.read_text().partition(BEGIN)
        PAGE.write_text(f"{head}{BEGIN}\n{page}{END}{rest.partition(END)[2]}")


if __name__ == "__main__":
    main()
