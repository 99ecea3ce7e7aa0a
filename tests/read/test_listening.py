"""When a capture listened: laws of stretches over captures of any stamps, and what wrong clocks do not do."""

from __future__ import annotations

import io
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iotwatch.model import PAUSE_US, Stretch
from iotwatch.read import read_capture
from iotwatch.read.listening import Listened, Listening, _chain, _Run
from iotwatch.store.listening import seconds
from iotwatch.words.measures import Measure
from tests.pcaps import pcap

PAUSE = PAUSE_US // 1_000_000
START = 1_795_000_000  # 2026-11
EVER = 2**32 - 1
LAWS = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
# Pauses of an ordinary recording, many of them next to the rule.
steps = st.lists(st.one_of(st.integers(0, 30), st.integers(PAUSE - 2, PAUSE + 2), st.integers(0, 7200)), max_size=40)
stamps = st.lists(st.one_of(st.integers(0, EVER), st.integers(START, START + 4 * PAUSE)), min_size=1, max_size=40)


def forward(pauses: list[int]) -> list[int]:
    times = [START]
    for pause in pauses:
        times.append(times[-1] + pause)
    return times


def listened(times: list[int]) -> Listened:
    return read_capture(io.BytesIO(pcap(times))).listened


def heard(*captures: list[int]) -> float:
    return seconds(stretch for times in captures if times for stretch in listened(times).stretches)


def covered(times: list[int]) -> int:
    """The rule in one line: pauses that are short enough, in the order of time."""
    return sum(later - one for one, later in pairwise(sorted(times)) if later - one <= PAUSE)


@LAWS
@given(steps)
def test_a_capture_listened_in_all_its_short_pauses(pauses: list[int]) -> None:
    times = forward(pauses)
    found = listened(times)
    assert seconds(found.stretches) == covered(times)
    assert (found.first, found.last) == (times[0] * 1_000_000, times[-1] * 1_000_000)
    assert not found.coverage


@LAWS
@given(stamps)
def test_no_stamps_at_all_make_more_than_the_union(times: list[int]) -> None:
    found = listened(times)
    assert 0 <= seconds(found.stretches) <= covered(times)
    assert all(one.last - one.first for one in found.stretches)
    assert all(later.first - one.last > PAUSE_US for one, later in pairwise(found.stretches))


@LAWS
@given(stamps, st.data())
def test_batches_do_not_matter(times: list[int], data: st.DataObject) -> None:
    whole, parts = Listening(1 << 16), Listening(1 << 16)
    micros = np.array(times, np.int64) * 1_000_000
    whole.take(micros)
    cut = data.draw(st.integers(1, len(times)))
    for part in (micros[:cut], micros[cut:]):
        if len(part):
            parts.take(part)
    assert whole.finish() == parts.finish()


@LAWS
@given(stamps, stamps, stamps)
def test_one_more_source_never_lowers_and_order_does_not_matter(
    one: list[int], two: list[int], more: list[int]
) -> None:
    assert heard(one, two, more) >= heard(one, two)
    assert heard(one, two, more) == heard(more, one, two)
    assert heard(one, one) == heard(one)


@LAWS
@given(steps, st.data())
def test_a_capture_cut_in_two_loses_the_pause_at_the_cut_at_most(pauses: list[int], data: st.DataObject) -> None:
    times = forward(pauses)
    cut = data.draw(st.integers(0, len(times)))
    assert 0 <= heard(times) - heard(times[:cut], times[cut:]) <= PAUSE


@LAWS
@given(steps, st.integers(0, EVER), st.data())
def test_one_wrong_stamp_is_worth_a_pause_at_most(pauses: list[int], wrong: int, data: st.DataObject) -> None:
    times = forward(pauses)
    if min(abs(wrong - time) for time in times) <= PAUSE:
        wrong = 0
    place = data.draw(st.integers(0, len(times)))
    assert abs(heard([*times[:place], wrong, *times[place:]]) - heard(times)) <= PAUSE


@pytest.mark.parametrize("clock", [0, 315_964_800, 946_684_800, 2**31 - 1, EVER])
@pytest.mark.parametrize("wrong", [1, 50])
@pytest.mark.parametrize("place", [0, 30, 61])
def test_wrong_clocks_are_told_and_make_no_first_or_last(clock: int, wrong: int, place: int) -> None:
    times = forward([60] * 60)
    clocked = [min(clock + second, EVER) for second in range(wrong)]
    found = listened([*times[:place], *clocked, *times[place:]])
    assert found.stretches == (Stretch(times[0] * 1_000_000, times[-1] * 1_000_000),)
    assert (found.first, found.last) == (times[0] * 1_000_000, times[-1] * 1_000_000)
    (told,) = found.coverage
    assert (told.measure, told.subject, told.value) == (Measure.STAMPS_LEFT, "far", wrong)


def test_a_clock_that_was_set_is_believed_before_one_that_was_not() -> None:
    found = listened([*range(0, 3600, 10), *range(START, START + 600, 60)])
    assert found.first == START * 1_000_000
    assert found.coverage[0].value == 360
    assert listened([*range(0, 3600, 10), START]).last == 3590 * 1_000_000


def test_a_clock_that_was_never_set_is_told_and_still_counts() -> None:
    found = listened([*range(10, 1210, 10)])
    assert seconds(found.stretches) == 1190
    assert [(told.measure, told.value) for told in found.coverage] == [(Measure.STAMPS_UNSET, 120)]


def test_what_jumps_back_is_told_and_left_out() -> None:
    """The clock was put back by an hour after ten minutes: the larger part is believed."""
    before = [*range(START, START + 600, 10)]
    after = [*range(START - 3000, START - 1800, 10)]
    found = listened([*before, *after])
    assert (found.first, found.last) == (after[0] * 1_000_000, after[-1] * 1_000_000)
    assert [(told.measure, told.subject, told.value) for told in found.coverage] == [(Measure.STAMPS_LEFT, "back", 60)]


def test_two_interfaces_that_are_written_in_turns_are_no_jump() -> None:
    times = [START + second - 20 * (second % 2) for second in range(600)]
    assert not listened(times).coverage
    assert heard(times) == 617


@settings(LAWS, max_examples=300)
@given(st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 600), st.integers(1, 5)), min_size=1, max_size=7))
def test_the_chain_is_the_heaviest(given_runs: list[tuple[int, int, int]]) -> None:
    runs = [_Run(first * 1_000_000, (first + length) * 1_000_000, packets) for first, length, packets in given_runs]

    def weight(chosen: tuple[_Run, ...]) -> int:
        forwards = all(later.first + PAUSE_US >= one.last for one, later in pairwise(chosen))
        return sum(run.packets for run in chosen) if forwards else 0

    best = max(weight(chosen) for size in range(1, len(runs) + 1) for chosen in combinations(runs, size))
    assert weight(tuple(_chain(runs))) == best


def test_runs_over_the_limit_are_counted_and_never_heard() -> None:
    listening = Listening(3)
    for hour in range(6):
        listening.take(np.arange(2, dtype=np.int64) * 1_000_000 + (START + 3600 * hour) * 1_000_000)
    found = listening.finish()
    assert seconds(found.stretches) == 3
    assert [(told.subject, told.value) for told in found.coverage] == [("over the limit", 6)]


@LAWS
@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=20))
def test_stamps_of_any_size_are_taken(times: list[int]) -> None:
    listening = Listening(1 << 16)
    listening.take(np.array(times, np.int64))
    listening.finish()


def test_a_hostile_capture_of_random_stamps_is_read_in_time() -> None:
    listening = Listening(1 << 16)
    random = np.random.default_rng(1)
    for _ in range(20):
        listening.take(random.integers(0, 2**32, 10_000) * 1_000_000)
    assert sum(told.value for told in listening.finish().coverage) > 100_000
