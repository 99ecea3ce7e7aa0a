"""Are messages that were drawn from the facts read as they were drawn?

    python -m tests.studies.facts_apart.trial [DIALECT ...] [--draws N] [--seed N] [--write]

prints what was read otherwise and a line a dialect; ``--write`` puts the figures into ``docs/facts-trial.md``. A place counts when
its coordinates, its time and whether it is a fix are right and the message gives no other place of the sender (0/0 of a receiver
without a fix is none); a cell or an id when it is among those read.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import random
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from iotwatch.decode.message import Fix
from iotwatch.model import iso
from iotwatch.open.answer import Answer, answer
from tests.studies import facts_apart
from tests.studies.facts_apart.drawn import Dialect, Drawn, Place

PAGE = Path(__file__).resolve().parents[3] / "docs" / "facts-trial.md"
TEXT = Path(__file__).with_name("page.md")


@cache
def dialects() -> dict[str, Dialect]:
    """Every dialect that a module of this folder offers."""
    found: dict[str, Dialect] = {}
    for module in pkgutil.iter_modules(facts_apart.__path__):
        offered = getattr(importlib.import_module(f"{facts_apart.__name__}.{module.name}"), "DIALECTS", {})
        assert not found.keys() & offered.keys(), found.keys() & offered.keys()
        found |= offered
    return found


def drawn(name: str, draws: int, seed: int) -> Iterator[Drawn]:
    """Every variant of a dialect, ``draws`` times."""
    for number in range(draws):
        yield from dialects()[name](random.Random(f"{seed} {name} {number}"))


def same(place: Place, fix: Fix, near: float) -> bool:
    """Whether what was read is what was drawn."""
    if abs(place.latitude - fix.latitude) > near or abs(place.longitude - fix.longitude) > near:
        return False
    told = (iso(fix.time) or "")[:19]
    return (fix.valid is not False) == place.fix and told == ("" if place.time is None else place.time.isoformat()[:19])


def judged(one: Drawn) -> tuple[Counter[str], list[str]]:
    """How many of the places, ids and cells were drawn and are right, and what is not."""
    said: Answer = answer(one.data)
    right: Counter[str] = Counter()
    wrong: list[str] = []
    left = list(said.fixes)
    for place in one.places:
        found = next((fix for fix in left if same(place, fix, one.near)), None)
        right["places"] += 1
        right["places right"] += found is not None
        if found is not None:
            left.remove(found)
    left = [fix for fix in left if not fix.whose and (fix.latitude, fix.longitude, fix.valid) != (0, 0, False)]
    extra = [fix for fix in left if not any(same(place, fix, one.near) for place in one.places)]
    if extra or right["places"] != right["places right"]:
        wrong.append(f"places {[(f.latitude, f.longitude, iso(f.time), f.valid) for f in said.fixes]} for {one.places}")
        right["places right"] -= min(right["places right"], len(extra))
    right["invented"] += len(extra) if not one.places else 0
    cells = {(cell.mcc, cell.mnc, cell.lac, cell.cid) for cell in said.cells}
    points = {point.bssid for point in said.access_points}
    for kind, told, read in (
        ("ids", one.ids, {*said.device_ids}),
        ("cells", one.cells, cells),
        ("access points", one.wifi, points),
        ("vins", (one.vin,) if one.vin else (), {said.vin}),
    ):
        right[kind] += len(told)
        right[f"{kind} right"] += sum(item in read for item in told)
        if not {*told} <= read:
            wrong.append(f"{kind} {read} for {told}")
    return right, wrong


KINDS = ("places", "ids", "cells", "access points", "vins")


def row(name: str, total: Counter[str]) -> str:
    shown = (f"{total[f'{kind} right']}/{total[kind]}" if total[kind] else "" for kind in KINDS)
    return f"| {name} | {' | '.join(shown)} | {total['invented'] or ''} |"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="DIALECT")
    parser.add_argument("--draws", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args(arguments)
    rows, everything = [], Counter[str]()
    for name in options.names or sorted(dialects()):
        total: Counter[str] = Counter()
        told: set[str] = set()
        for one in drawn(name, options.draws, options.seed):
            right, wrong = judged(one)
            total += right
            if wrong and one.name not in told:
                told.add(one.name)
                print(f"{name} / {one.name}: {one.data[:200]!r}", *wrong, sep="\n    ", file=sys.stderr)
        everything += total
        rows.append(row(name, total))
    head = f"| dialect | {' | '.join(KINDS)} | invented |\n|---|{'---:|' * (len(KINDS) + 1)}"
    shares = ", ".join(
        f"{kind} {everything[f'{kind} right'] / everything[kind]:.2%}" for kind in KINDS if everything[kind]
    )
    table = f"Of {len(rows)} dialects: {shares}; places invented {everything['invented']}.\n\n" + "\n".join(
        [head, *rows, row("all", everything)]
    )
    print(table)
    if options.write:
        text = TEXT.read_text(encoding="utf-8")
        PAGE.write_text(text.format(table=table, draws=options.draws, seed=options.seed), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
