"""Positions claimed in traffic that holds none, by family and by how sure they are told.

    python -m tests.studies.negatives [--megabytes N] [--seed S] [--jobs J] [--pieces FOLDER] [--write]

``--write`` puts the table into ``docs/negatives.md``. Traffic is made by ``tests/studies/negative_traffic.py``; every flow goes
through the decoders and whatever they find inside, as in a scan, and where they tell no place to the search for moving ones.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np

from iotwatch.decode import decode
from iotwatch.decode.message import Message
from iotwatch.files.limits import WorkLimits
from iotwatch.model import BLIND, Confidence, Position
from iotwatch.observe import Collector
from iotwatch.observe.blind import BlindSearch
from iotwatch.open.blob import Blob
from iotwatch.open.worklist import Worklist
from iotwatch.read.stream import Flow, Stream
from tests.studies.negative_traffic import flows

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "negatives.md"
BEGIN, END = "<!-- made by tests/studies/negatives.py -->", "<!-- end -->"
PIECE_MB = 50
_LIMITS = WorkLimits(depth=6, blobs=256, messages=4096)


class Counted(NamedTuple):
    """Bytes and claims by family; a few claims in words."""

    sizes: Counter[str]
    claims: Counter[tuple[str, str, str]]
    shown: list[str]


def stream_of(number: int, transport: str, payloads: list[bytes]) -> Stream:
    """The payloads as one direction of a flow."""
    sizes = [len(one) for one in payloads]
    starts = np.cumsum([0, *sizes[:-1]]).astype(np.int64)
    ends = Flow(number, transport, "192.0.2.10", 40_000, "203.0.113.30", 9_000 + number % 50_000)
    return Stream(
        b"".join(payloads), starts, starts.copy(), np.arange(1, len(sizes) + 1),
        1_770_000_000_000_000 + np.arange(len(sizes)) * 1_000_000, kind=transport, flow=ends, datagram=transport != "tcp",
    )  # fmt: skip


def claimed(stream: Stream) -> list[Message]:
    """The messages of a stream, and of what they carry, that state a place."""
    worklist = Worklist(_LIMITS)
    worklist.push(Blob(stream, 0))
    messages: list[Message] = []
    for blob in worklist:
        messages += worklist.taken(decode(blob.stream), blob)
    return [one for one in messages if any(fix.latitude or fix.longitude for fix in one.fixes)]


def moving(stream: Stream) -> tuple[Position, ...]:
    """The places that the blind search tells of a flow that no decoder explains."""
    collector = Collector()
    search = BlindSearch(collector)
    search.note_flow(stream)
    search.finish()
    return collector.positions()


def run(megabytes: float, seed: int = 1) -> Counted:
    """Decode so much of the traffic that ``seed`` gives."""
    counted = Counted(Counter(), Counter(), [])
    for number, (family, transport, payloads) in enumerate(flows(seed)):
        if counted.sizes.total() >= megabytes * 1e6:
            break
        counted.sizes[family] += sum(map(len, payloads))
        stream = stream_of(number, transport, payloads)
        told = claimed(stream)
        if not told and (places := moving(stream)):
            counted.claims[family, BLIND, places[0].confidence.name.lower()] += 1
            counted.shown.append(f"{family} #{number} {BLIND} {places[0].latitude:.5f},{places[0].longitude:.5f}")
        for message in told:
            sure = message.confidence.name.lower()
            counted.claims[family, message.protocol, sure] += 1
            if len(counted.shown) < 200:
                start, end = message.span
                place = message.fixes[0]
                told = f"{place.latitude:.5f},{place.longitude:.5f}"
                counted.shown.append(
                    f"{family} #{number} {message.protocol} {sure} {told} {message.stream.data[start:end][:80].hex()}"
                )
    return counted


def table(counted: Counted) -> str:
    """The counts, and the claims for each GB."""
    rows = ["| family | MB | claimed | by |", "|---|---|---|---|"]
    for family, size in sorted(counted.sizes.items()):
        mine = {key: count for key, count in counted.claims.items() if key[0] == family}
        by = ", ".join(f"{protocol} {sure} ({count})" for (_, protocol, sure), count in sorted(mine.items()))
        rows.append(f"| {family} | {size / 1e6:.1f} | {sum(mine.values())} | {by} |")
    total, gigabytes = counted.claims.total(), counted.sizes.total() / 1e9
    sure = sum(count for key, count in counted.claims.items() if key[2] != Confidence.POSSIBLE.name.lower())
    rows.append(
        f"| all | {gigabytes * 1000:,.0f} | {total} | in a GB: {total / gigabytes:.2f}, likely or certain: {sure / gigabytes:.2f} |"
    )
    return "\n".join(rows)


def piece(folder: Path, megabytes: float, seed: int) -> Counted:
    """What ``run`` counts, kept in ``folder`` and not counted again."""
    path = folder / f"{seed}-{megabytes:g}.json"
    if not path.exists():
        found = run(megabytes, seed)
        rows = [found.sizes, [[*key, count] for key, count in found.claims.items()], found.shown]
        half = path.with_suffix(".part")
        half.write_text(json.dumps(rows))
        half.rename(path)
    sizes, claims, shown = json.loads(path.read_text())
    return Counted(Counter(sizes), Counter({tuple(key): count for *key, count in claims}), shown)


def main() -> None:
    """Print the table, or write it into the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=float, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument(
        "--pieces", type=Path, help="a folder that keeps what is counted, 50 MB a file: the study can be stopped"
    )
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    counted = Counted(Counter(), Counter(), [])
    with tempfile.TemporaryDirectory() as scratch, ProcessPoolExecutor(options.jobs) as pool:
        count = math.ceil(options.megabytes / PIECE_MB)
        seeds = range(options.seed, options.seed + count)
        share = options.megabytes / count
        for part in pool.map(piece, [options.pieces or Path(scratch)] * count, [share] * count, seeds):
            counted.sizes.update(part.sizes)
            counted.claims.update(part.claims)
            counted.shown.extend(part.shown)
    print(table(counted), *counted.shown, sep="\n")
    if options.write:
        page = re.sub(f"{BEGIN}.*{END}", f"{BEGIN}\n\n{table(counted)}\n\n{END}", PAGE.read_text(), flags=re.DOTALL)
        PAGE.write_text(page)


if __name__ == "__main__":
    main()
