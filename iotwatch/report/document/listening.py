"""How long captures listened: from each place, in all, and during each time that the people noted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from iotwatch.files.case import Phase
from iotwatch.model import Stretch
from iotwatch.report.document import model as part
from iotwatch.report.reader import Reader
from iotwatch.report.words.vantages import words_of
from iotwatch.store import queries
from iotwatch.store.listening import seconds, within
from iotwatch.store.packing import microseconds

Stretches = Mapping[str, Sequence[Stretch]]
"""Of each vantage those of all its captures."""


def stretches(reader: Reader, asset: str) -> Stretches:
    """When the captures of ``asset`` listened."""
    heard: dict[str, list[Stretch]] = defaultdict(list)
    for row in reader.ask(queries.sources.stretches, asset):
        times = microseconds(row["first_seen"]), microseconds(row["last_seen"])
        heard[row["vantage"]].append(Stretch(times[0] or 0, times[1] or 0))
    return heard


def minutes(heard: Stretches) -> float:
    """Minutes during which at least one capture listened."""
    return seconds(chain.from_iterable(heard.values())) / 60


def vantages(sources: Iterable[part.Source], heard: Stretches) -> tuple[part.VantageNote, ...]:
    """One row per place of listening: how long, what it cannot see, what law to ask about."""
    numbers: dict[str, int] = defaultdict(int)
    for source in sources:
        numbers[source.vantage or "other"] += 1
    return tuple(
        part.VantageNote(
            vantage, number, round(seconds(heard.get(vantage, ())) / 60, 1), said.cannot_see, said.ask_about
        )
        for vantage, number in sorted(numbers.items())
        for said in [words_of(vantage)]
    )


def periods(phases: Sequence[Phase], heard: Stretches) -> tuple[part.Period, ...]:
    """The times that the people noted, each with the minutes of it that were listened to."""
    every = tuple(chain.from_iterable(heard.values()))
    return tuple(
        part.Period(one.name, one.start.isoformat(), one.end.isoformat(), round(seconds(within(every, one)) / 60, 3))
        for one in phases
    )
