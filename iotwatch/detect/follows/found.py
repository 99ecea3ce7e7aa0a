"""What follows the movement, as findings: how, by what chance, and what else would look the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from iotwatch.detect.beacons.context import nearness
from iotwatch.detect.beacons.pair import evidence
from iotwatch.detect.beacons.stitch import stitch
from iotwatch.detect.follows.chance import ARRANGEMENTS, SMALL, Followed, Way, followed
from iotwatch.detect.follows.movement import Movement, movement
from iotwatch.detect.follows.traffic import Sending, sendings
from iotwatch.detect.severity import Behaviour, lower
from iotwatch.model import Confidence, Finding
from iotwatch.store import View
from iotwatch.words.amounts import counted, duration, length, odds
from iotwatch.words.findings import Doubt, FindingKind, Reason, keyed
from iotwatch.words.said import Said

_LIKELY = 0.001
_LEAST_CORRELATION = 0.35
_CHANGES = 4  # the least for which more than possible is said
_STREAM_SHARE, _STREAM_BYTES = 0.8, 500_000
_NEAR_EDGE_S = 60.0


def findings(detector: str, view: View) -> Iterator[Finding]:
    """One per pair that follows, in the order of the pairs."""
    moved = movement(view)
    if moved is None:
        return
    sent = sendings(stitch(view), moved)
    following = [
        (one, tuple(way for way in ways if way.chance <= SMALL and way.correlation >= _LEAST_CORRELATION))
        for one, ways in zip(sent, followed(sent, moved), strict=True)
    ]
    following = [(one, ways) for one, ways in following if ways]
    of_device = Counter(one.pair.device for one, _ in following)
    for one, ways in sorted(following, key=lambda told: (told[0].pair.device, told[0].pair.far_end)):
        yield _finding(detector, view, moved, one, ways, len(sent), of_device[one.pair.device] - 1)


def _finding(
    detector: str, view: View, moved: Movement, one: Sending, ways: Sequence[Followed], among: int, others: int
) -> Finding:
    pair, first = one.pair, ways[0]
    row = max(pair.rows, key=lambda row: row.events)
    streams = _came_down(view, one)
    sure = (
        Confidence.LIKELY
        if first.chance <= _LIKELY and moved.changes >= _CHANGES and not streams and not others
        else Confidence.POSSIBLE
    )
    severity = (Behaviour.FOLLOWS_AS_STREAM if streams else Behaviour.FOLLOWS).severity
    doubts = [Doubt.FOLLOWS_UNREAD(), Doubt.FOLLOWS_STREAM(share=streams) if streams else Doubt.FOLLOWS_PEOPLE()]
    if near := nearness(row.server):
        severity = lower(severity)
        doubts.insert(0, near)
    if others:
        doubts.append(Doubt.FOLLOWS_TOGETHER(n=others))
    if moved.changes < _CHANGES:
        doubts.append(Doubt.FOLLOWS_FEW(n=moved.changes))
    chance = Reason.FOLLOWS_CHANCE(odds=odds(first.chance), tried=ARRANGEMENTS, among=counted(among, "far end"))
    return Finding(
        detector=detector,
        kind=FindingKind.FOLLOWS,
        subject=pair.device,
        key=keyed(pair.device, pair.far_end),
        former_keys=(keyed(pair.client, pair.far_end),),
        title=f"What is sent to {pair.far_end} follows the car's movement",
        severity=severity,
        confidence=sure,
        reasons=(*(_said(way.way, one, moved) for way in ways), chance),
        doubts=tuple(doubts),
        evidence=evidence(pair, {source.id for source in view.sources if source.kind == "log"}),
        facts={
            "client": pair.client,
            "client_mac": row.client_mac,
            "server": row.server,
            "far_end": pair.far_end,
            "ways": [way.way.value for way in ways],
            "correlation": round(first.correlation, 3),
            "chance": float(f"{first.chance:.2g}"),
            "looked_at": among,
            "changes": moved.changes,
        },
    )


def _came_down(view: View, one: Sending) -> float:
    """The share of the bytes that came down where that is nearly all of much; else 0."""
    ends = {(row.source, row.client, row.server, row.server_port, row.transport) for row in one.pair.rows}
    volumes = [
        volume
        for volume in view.volumes
        if (volume.source, volume.client, volume.server, volume.server_port, volume.transport) in ends
    ]
    down, up = sum(volume.down for volume in volumes), sum(volume.up for volume in volumes)
    share = down / max(up + down, 1)
    return share if share >= _STREAM_SHARE and down >= _STREAM_BYTES else 0.0


def _said(way: Way, one: Sending, moved: Movement) -> Said:
    bins = np.minimum(one.at.astype(np.int64), len(moved.moving) - 1)
    moving = moved.moving[bins] > 0
    if way is Way.SPEED:
        gone = np.diff(np.cumsum(moved.speed)[bins])
        return Reason.FOLLOWS_SPEED(distance=length(float(np.median(gone))))
    if way is Way.TURNS:
        return Reason.FOLLOWS_TURNS()
    if way is Way.EDGES:
        changes = np.flatnonzero(np.diff(moved.moving)) + 1
        near = np.abs(one.at[:, None] - changes).min(axis=1) * moved.bin_s <= _NEAR_EDGE_S
        return Reason.FOLLOWS_EDGES(near=int(near.sum()), n=len(bins))
    if way is Way.SIZES:
        sizes = [int(np.median(one.sizes[which])) if which.any() else 0 for which in (moving, ~moving)]
        return Reason.FOLLOWS_SIZES(moving=sizes[0], standing=sizes[1])
    hours = len(moved.moving) * moved.bin_s / 3600
    share = float(moved.moving.mean())
    return Reason.FOLLOWS_MOVES(
        moving=int(moving.sum()),
        n=len(bins),
        share=share,
        known=duration(hours * 3600),
        often=moving.sum() / (hours * share),
        seldom=(~moving).sum() / max(hours * (1 - share), 1e-9),
    )
