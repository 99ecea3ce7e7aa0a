"""Bursts of one sender come back on one frequency: groups of bursts by their middle and width."""

from __future__ import annotations

import msgspec
import numpy as np
from numpy.typing import NDArray

from iotwatch.observe.radio.bursts import Bursts

MOST_BURSTS, MOST_GROUPS = 20_000, 200
_BINS = 1.2
_WIDER = 6.0  # times: bursts whose widths differ by more are of two kinds of senders
# Strong signals have images in the receiver: weaker, at the same moment, inside what it takes in at one tuning.
_IMAGE_DB, _IMAGE_HZ, _IMAGE_SHARE = 6.0, 4e6, 0.7
_JOINED = 1.6  # usual distances of rows that may lie between two parts of one burst


class Group(msgspec.Struct, frozen=True):
    """Bursts in the order of time, those at the borders of grids joined; ``image`` tells that a stronger one came with most."""

    bursts: Bursts
    image: bool

    @property
    def centre(self) -> float:
        """In hertz, the middle of the middles."""
        return float(np.median(self.bursts.centres))

    @property
    def width(self) -> float:
        """In hertz, usually."""
        return float(np.median(self.bursts.widths))

    @property
    def level(self) -> float:
        """In decibels over the floor, usually."""
        return float(np.median(self.bursts.levels))


def grouped(bursts: Bursts, row_us: int) -> tuple[list[Group], int]:
    """The groups that say most, and how many bursts are in none of them because of the limits; ``row_us`` is the usual distance
    of two rows."""
    strongest = np.argsort(-bursts.levels, kind="stable")[:MOST_BURSTS]
    kept = bursts.chosen(np.sort(strongest))
    owner = _owners(kept)
    image = _images(kept)
    sizes = np.bincount(owner) if len(kept) else np.empty(0, np.int64)
    groups = []
    for number in np.argsort(-sizes, kind="stable").tolist():
        chosen = np.flatnonzero(owner == number)
        chosen = chosen[np.argsort(kept.begins[chosen], kind="stable")]
        group = Group(_whole(kept.chosen(chosen), row_us), bool(image[chosen].mean() >= _IMAGE_SHARE))
        groups.append(group)
    groups.sort(key=lambda one: (one.image, -one.level * np.sqrt(len(one.bursts)), one.centre))
    left = len(bursts) - len(kept) + sum(len(one.bursts) for one in groups[MOST_GROUPS:])
    return groups[:MOST_GROUPS], left


def _owners(bursts: Bursts) -> NDArray[np.intp]:
    """The number of each burst's group; the strongest bursts found groups, since they tell their middle best."""
    owner = np.zeros(len(bursts), np.intp)
    centres, widths = np.empty(0), np.empty(0)
    for index in np.argsort(-bursts.levels, kind="stable").tolist():
        centre, width = bursts.centres[index], bursts.widths[index]
        # A narrow sender between two bins is heard now in one and now in the other.
        near = np.abs(centres - centre) <= np.maximum(np.maximum(widths, width) / 2, _BINS * bursts.steps[index])
        alike = near & (width <= _WIDER * widths) & (widths <= _WIDER * width)
        if alike.any():
            found = np.flatnonzero(alike)
            owner[index] = found[np.argmin(np.abs(centres[found] - centre))]
        else:
            owner[index] = len(centres)
            centres, widths = np.append(centres, centre), np.append(widths, width)
    return owner


def _images(bursts: Bursts) -> NDArray[np.bool_]:
    """Which bursts may be images of a stronger one."""
    image = np.zeros(len(bursts), np.bool_)
    order = np.argsort(bursts.begins, kind="stable")
    begins = bursts.begins[order]
    longest = int((bursts.ends - bursts.begins).max()) if len(bursts) else 0
    for index in range(len(bursts)):
        first = np.searchsorted(begins, bursts.begins[index] - longest)
        last = np.searchsorted(begins, bursts.ends[index])
        some = order[first:last]
        some = some[bursts.ends[some] > bursts.begins[index]]
        near = np.abs(bursts.centres[some] - bursts.centres[index]) <= _IMAGE_HZ
        image[index] = bool((near & (bursts.levels[some] >= bursts.levels[index] + _IMAGE_DB)).any())
    return image


def _whole(bursts: Bursts, row_us: int) -> Bursts:
    """Bursts in the order of time with those joined between which nearly no row lies."""
    ends = np.maximum.accumulate(bursts.ends)
    apart = np.append(True, bursts.begins[1:] - ends[:-1] > (_JOINED - 1) * row_us)
    starts = np.flatnonzero(apart)
    lead = np.array(
        [start + np.argmax(part) for start, part in zip(starts, np.split(bursts.levels, starts[1:]), strict=True)]
    )
    whole = bursts.chosen(lead.astype(np.intp))
    return Bursts(
        begins=bursts.begins[starts],
        ends=np.maximum.reduceat(bursts.ends, starts),
        lows=whole.lows,
        highs=whole.highs,
        centres=whole.centres,
        steps=whole.steps,
        levels=whole.levels,
        offsets=whole.offsets,
        lengths=whole.lengths,
    )
