"""Which flows of a capture are read and told one by one, where there are more than a source may have.

A flood of packets, each to another port, must not hide who talks: pairs of ends that said next to nothing come last, and of each
pair the first flows come first, so that neither many pairs nor a pair of many flows takes all the room.
"""

from __future__ import annotations

import numpy as np

from iotwatch.read.flows.contacts import pairs
from iotwatch.read.flows.table import FlowTable
from iotwatch.read.layers.columns import Bools, limits, runs

_SILENT = 2
"""Packets of a pair, both directions together, that a flood or a scan of ports costs."""


def foremost(flows: FlowTable, among: Bools, limit: int) -> Bools:
    """Which rows of ``flows``, ``among`` those, are kept: all, or ``limit`` of them. Of a pair the first flow is kept first."""
    count = len(flows)
    if np.count_nonzero(among) <= limit:
        return among
    pair, _ = pairs(flows)
    silent = np.bincount(pair, flows.packets[:count].sum(axis=1)) <= _SILENT
    order = np.argsort(pair, kind="stable")
    bounds = limits(runs(pair[order]), count)
    place = np.empty(count, np.int64)
    place[order] = np.arange(count) - bounds[:-1].repeat(np.diff(bounds))
    kept = np.zeros(count, np.bool_)
    kept[np.lexsort((place, silent[pair], ~among))[:limit]] = True
    return kept
