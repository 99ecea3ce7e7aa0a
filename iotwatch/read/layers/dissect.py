"""The walk through the layers, for all packets of a batch at once.

A layer is a function that reads one header of many packets and says, for each, which layer comes next and where it
starts. ``dissect`` keeps a work list of packet groups that stand at the same layer. Usual traffic needs three calls
(Ethernet, IPv4, TCP); rare layers cost only their own packets. Nesting is bounded by ``MAX_DEPTH``.
"""

from __future__ import annotations

import numpy as np

from iotwatch.read.files.records import Records
from iotwatch.read.layers.columns import Int32s, Int64s, every, indices
from iotwatch.read.layers.contract import Next
from iotwatch.read.layers.packets import DEEP, LINK, MAX_DEPTH, Packets, Rows
from iotwatch.read.layers.table import LAYERS


def dissect(records: Records, first: int | None = None) -> Packets:
    """Read all layers of a batch; ``first`` is the layer to begin with instead of each record's link type."""
    packets = Packets(records)
    if not len(packets):
        return packets
    rows = packets.all_rows()
    codes: Int32s | int = records.link + LINK if first is None else first
    work: list[tuple[int, Rows, int]] = [(code, group, 0) for code, group in _split((codes, rows.pos, rows.end), rows)]
    while work:
        code, rows, depth = work.pop()
        layer = LAYERS.get(code)
        if layer is None or depth >= MAX_DEPTH:
            packets.code[rows.which] = code if layer is None else DEEP
            packets.pos[rows.which] = rows.pos
            packets.end[rows.which] = rows.end
            continue
        work += [(after, group, depth + 1) for after, group in _split(layer(packets, rows), rows)]
    return packets


def _split(result: Next, rows: Rows) -> list[tuple[int, Rows]]:
    """Groups of equal next layer."""
    codes, pos, end = result
    after = Rows(rows.which, pos, end)
    if isinstance(codes, int):
        return [(codes, after)]
    groups: list[tuple[int, Rows]] = []
    left: Int64s | None = None
    # Two or three codes make up nearly all traffic: peel those off before sorting the rest.
    for _ in range(3):
        here = codes if left is None else codes[left]
        code = int(here[0])
        same = here == code
        if every(same):
            groups.append((code, after if left is None else after.where(left)))
            return groups
        mine = indices(same)
        others = indices(~same)
        groups.append((code, after.where(mine if left is None else left[mine])))
        left = others if left is None else left[others]
    assert left is not None  # noqa: S101
    order = left[np.argsort(codes[left], kind="stable")]
    sorted_codes = codes[order]
    cuts = indices(sorted_codes[1:] != sorted_codes[:-1]) + 1
    groups += [(int(codes[part[0]]), after.where(part)) for part in np.split(order, cuts)]
    return groups
