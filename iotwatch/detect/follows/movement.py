"""What the car did while it was listened to: by its tracks, and by the noted phases where no track is.

Time runs in ``bins`` of one length, without the times that were not listened to or of which nobody knows what the car did.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec
import numpy as np
from numpy.typing import NDArray

from iotwatch.files.case import Phase
from iotwatch.files.drive import Drive
from iotwatch.model import Stretch
from iotwatch.store import View
from iotwatch.store.listening import between, ran
from iotwatch.words.phases import PhaseName

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

_MOST_BINS, _LEAST_BIN_S = 1024, 2.0
_LEAST_S = 600.0
_LEAST_MOVING_S = 120.0
_STANDS = (PhaseName.PARKED, PhaseName.LOCKED, PhaseName.IGNITION)
# What stands for less than a minute waits at a light, what moves for less than this is parked anew.
_WALKS_M_S = 0.5
_LEAST_STOP_US = 60_000_000
_LEAST_MOVE_M = 50
_STANDS_M = 25
# Without a point for so long a track says nothing, but where the car is still there when it goes on.
_SILENT_US = 120_000_000
_TURN_DEGREES = 40.0


class Movement(msgspec.Struct, frozen=True):
    """``moving`` is 0 or 1 a bin; ``speed`` (metres a bin) and ``turning`` (0 or 1) are zero where no track tells them.

    ``borders`` are the real times (microseconds, begin and end in turn) of what the bins are of, ``bin_s`` their length in
    seconds.
    """

    moving: Floats
    speed: Floats
    turning: Floats
    borders: Ints
    bin_s: float

    @property
    def changes(self) -> int:
        """How often the car set off or stopped."""
        return int(np.count_nonzero(np.diff(self.moving)))

    def place(self, times: Ints) -> tuple[Floats, NDArray[np.bool_]]:
        """Where times lie, in bins, and which of them lie in any."""
        return _placed(self.borders, times, self.bin_s)


class _Known(msgspec.Struct, frozen=True):
    """A time of which it is known what the car did: it stood, or moved; ``drive`` where a track says how."""

    first: int
    last: int
    moving: bool
    drive: Drive | None = None


def movement(view: View) -> Movement | None:
    """The asset's movement while it was listened to; ``None`` where too little of it is known, or the car never moved."""
    listened = ran(source for source in view.sources if source.kind != "firmware")
    known = [*_by_tracks(view.drives), *_by_phases(view.case.phases if view.case else ())]
    parts = sorted(_without_overlaps(known, listened), key=lambda one: one.first)
    total = sum(one.last - one.first for one in parts) / 1e6
    driven = sum(one.last - one.first for one in parts if one.moving) / 1e6
    if total < _LEAST_S or driven < _LEAST_MOVING_S:
        return None
    bin_s = max(_LEAST_BIN_S, total / _MOST_BINS)
    bins = int(total / bin_s)
    borders = np.array([border for one in parts for border in (one.first, one.last)], np.int64)
    centres = _times(borders, (np.arange(bins, dtype=np.float64) + 0.5) * bin_s)
    part = np.searchsorted(borders[::2], centres, "right") - 1
    moving = np.array([one.moving for one in parts], np.float32)[part]
    speed, turning = np.zeros(bins, np.float32), np.zeros(bins, np.float32)
    for drive in {one.drive for one in parts if one.drive}:
        mine = np.array([one.drive is drive for one in parts])[part]
        speed[mine] = _speed(drive, centres[mine], bin_s)
        turns = _turns(drive)
        if len(turns):
            after = np.searchsorted(turns, centres[mine] + round(bin_s * 5e5), "right") - 1
            turning[mine] = (after >= 0) & (centres[mine] - turns[np.maximum(after, 0)] <= round(bin_s * 5e5))
    return Movement(moving, speed * moving, turning * moving, borders, bin_s)


def _by_phases(phases: Iterable[Phase]) -> Iterator[_Known]:
    for phase in phases:
        if phase.name == PhaseName.DRIVING or phase.name in _STANDS:
            start, end = (round(time.timestamp() * 1e6) for time in (phase.start, phase.end))
            yield _Known(start, end, phase.name == PhaseName.DRIVING)


def _by_tracks(drives: Iterable[Drive]) -> Iterator[_Known]:
    """When the car of each track stood for a minute or more, and when it moved between."""
    for drive in drives:
        times, metres = np.array(drive.times, np.int64), np.array(drive.metres, np.int64)
        went, took = np.diff(metres), np.diff(times)
        moves = went > _WALKS_M_S * took / 1e6
        unknown = (took > _SILENT_US) & (went > _STANDS_M)
        for short, state in ((_LEAST_STOP_US, False), (_LEAST_MOVE_M, True)):
            for first, last in _runs(moves, ~unknown):
                length = metres[last] - metres[first] if state else times[last] - times[first]
                if moves[first] == state and length < short:
                    moves[first:last] = not state
        for first, last in _runs(moves, ~unknown):
            yield _Known(int(times[first]), int(times[last]), bool(moves[first]), drive)


def _runs(state: NDArray[np.bool_], known: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Begin and end of what is of one state in a row, where it is known."""
    if not len(state):
        return []
    labels = np.where(known, state, 2)
    starts = np.append(0, np.flatnonzero(np.diff(labels)) + 1)
    ends = np.append(starts[1:], len(labels))
    return [(first, last) for first, last in zip(starts.tolist(), ends.tolist(), strict=True) if known[first]]


def _without_overlaps(known: Iterable[_Known], listened: Iterable[Stretch]) -> Iterator[_Known]:
    """What of each was listened to, and stands in none before it: tracks come first."""
    taken: list[tuple[int, int]] = []
    stretches = tuple(listened)
    for one in known:
        free = [(one.first, one.last)]
        for first, last in taken:
            free = [
                part
                for begin, end in free
                for part in ((begin, min(end, first)), (max(begin, last), end))
                if part[1] > part[0]
            ]
        for begin, end in free:
            for heard in between(stretches, begin, end):
                yield _Known(heard.first, heard.last, one.moving, one.drive)
        taken += free


def _times(borders: Ints, seconds: NDArray[np.float64]) -> Ints:
    """The real times of places on the time line without its gaps."""
    lengths = (borders[1::2] - borders[::2]) / 1e6
    before = np.append(0.0, np.cumsum(lengths))
    part = np.minimum(np.searchsorted(before, seconds, "right") - 1, len(lengths) - 1)
    times: Ints = borders[::2][part] + np.rint((seconds - before[part]) * 1e6).astype(np.int64)
    return times


def _placed(borders: Ints, times: Ints, bin_s: float) -> tuple[Floats, NDArray[np.bool_]]:
    lengths = (borders[1::2] - borders[::2]) / 1e6
    before = np.append(0.0, np.cumsum(lengths))
    at = np.searchsorted(borders, times, "right")
    inside = at % 2 == 1
    part = np.minimum(at // 2, len(lengths) - 1)
    return ((before[part] + (times - borders[::2][part]) / 1e6) / bin_s).astype(np.float32), inside


def _speed(drive: Drive, centres: Ints, bin_s: float) -> Floats:
    """Metres in each bin."""
    half = bin_s * 5e5
    gone = [np.interp(centres + shift, drive.times, drive.metres) for shift in (-half, half)]
    metres: Floats = (gone[1] - gone[0]).astype(np.float32)
    return metres


def _turns(drive: Drive) -> Ints:
    """When the heading had changed by ``_TURN_DEGREES`` since the last such time."""
    turns, held = list[int](), None
    for time, before, metres, heading in zip(
        drive.times[1:], drive.metres, drive.metres[1:], drive.headings, strict=False
    ):
        if metres == before:
            continue
        if held is None:
            held = heading
        elif abs((heading - held + 180) % 360 - 180) >= _TURN_DEGREES:
            turns.append(time)
            held = heading
    return np.array(turns, np.int64)
