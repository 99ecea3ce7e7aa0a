"""Laws of item trackers, over scenes drawn at random: a recording more never lowers what others showed, and order is nothing."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from iotwatch.batch.scan import Plan, scan
from iotwatch.files.case import Case, Phase
from iotwatch.report.reader import Reader
from iotwatch.store import Store
from tests import advertised
from tests.advertised import START, Advertisement, again

LAW = settings(max_examples=15, deadline=None)
RANDOMS = st.randoms(use_true_random=False)
_RANK = ("info", "low", "medium", "high")
_KINDS = (
    advertised.find_my_away, advertised.find_my_near, advertised.smart_tag, advertised.tile, advertised.find_hub,
    advertised.chipolo, advertised.dult, advertised.pebblebee,
)  # fmt: skip


def draw_recording(random: Random, number: int) -> bytes:
    """A recording of some minutes, at any time of two hours: tags of a few names, some that turn."""
    last = random.choice((120.0, 700.0, 1500.0))
    heard: list[Advertisement] = [*again(advertised.phone(number), 0.0, last, 10.0)]
    for _ in range(random.randrange(1, 4)):
        heard += _tag(random, last)
    return advertised.pcap(heard, random.choice((251, 256, 187)), START + random.randrange(0, 7200))


def _tag(random: Random, last: float) -> Iterator[Advertisement]:
    make, name, level = random.choice(_KINDS), random.randrange(3), random.randrange(-95, -40)
    begin = random.choice((0.0, random.uniform(0.0, last / 2)))
    end = random.choice((last, random.uniform(begin + 10.0, last)))
    every = random.choice((2.0, 20.0, 90.0))
    kept = random.choice((last, 900.0, 30.0))
    turn = 0
    while begin < end:
        sender: Any = make(name, turn, counter=5000 + turn) if make is advertised.smart_tag else make(name, turn)
        yield from again(sender, begin, min(end, begin + kept) - 1.0, every, level)
        begin, turn = begin + kept, turn + 1


def draw_case(random: Random) -> Case | None:
    if random.random() < 0.5:
        return None
    begun = datetime.fromtimestamp(START, UTC)
    border = timedelta(seconds=random.randrange(600, 6000))
    return Case(
        asset="car",
        phases=(Phase("parked", begun, begun + border), Phase("driving", begun + border, begun + timedelta(hours=3))),
    )


def worst(recordings: Sequence[bytes], case: Case | None) -> dict[str, int]:
    """The rank of the worst finding that names each address."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number, data in enumerate(recordings):
            paths.append(Path(folder, f"{number}.pcap"))
            paths[-1].write_bytes(data)
        scan(paths, Path(folder, "a.db"), Plan.of_sweep(case, "car", jobs=1) if case else Plan(asset="car", jobs=1))
        with Store(Path(folder, "a.db")) as store:
            found: dict[str, int] = {}
            for row in Reader(store, masked=False).findings():
                for address in row["facts"].get("addresses", ()) if row["kind"] == "tag" else ():
                    found[address] = max(found.get(address, 0), _RANK.index(row["severity"]))
            return found


@LAW
@given(RANDOMS)
def test_a_recording_that_is_added_never_lowers_what_the_others_showed(random: Random) -> None:
    recordings = [draw_recording(random, number) for number in range(random.randrange(2, 4))]
    case = draw_case(random)
    few, more = worst(recordings[:-1], case), worst(recordings, case)
    assert {address: (rank, more.get(address)) for address, rank in few.items() if more.get(address, -1) < rank} == {}


@LAW
@given(RANDOMS)
def test_the_order_of_recordings_is_nothing(random: Random) -> None:
    recordings = [draw_recording(random, number) for number in range(3)]
    case = draw_case(random)
    assert worst(recordings, case) == worst(recordings[::-1], case)
