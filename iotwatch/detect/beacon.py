"""Does something in it call home, again and again?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import msgspec
import numpy as np

from iotwatch.detect.contract import Scene
from iotwatch.detect.regularity import regularity
from iotwatch.enrich import registered_domain, scope
from iotwatch.model import Confidence, Evidence, Finding, Severity, cut
from iotwatch.store import ContactRow
from iotwatch.store.rows import iso

MIN_SCORE = 0.6
MAX_CHANCE = 0.01
_MIN_INTERVAL = 1.0
_PUBLIC = frozenset({"public", "documentation"})
_CONTEXT = {53: "DNS resolver", 123: "NTP time", 67: "DHCP", 5353: "mDNS", 1900: "SSDP", 5355: "LLMNR"}


class _Pair(msgspec.Struct, frozen=True):
    client: str
    far_end: str
    kind: str
    rows: tuple[ContactRow, ...]


class BeaconDetector:
    """One finding per (client, far end): the kind of contact that is most regular."""

    name = "beacon"
    version = 1
    asks = "Does a device contact one far end again and again at near-constant intervals?"
    false_alarms = (
        "NTP, DHCP, DNS refresh, connectivity checks, keep-alives of a long session and update polls are regular too."
        " Few events say little: the chance beside the score tells how little."
    )

    def look(self, scene: Scene) -> Iterator[Finding]:
        pairs = _pairs(scene.view.contacts)
        if not pairs:
            return
        times = [np.unique(np.concatenate([_times(row) for row in pair.rows])) for pair in pairs]
        starts = np.cumsum([0, *(len(one) for one in times[:-1])])
        scored = regularity(np.concatenate(times), starts)
        behaviour = _behaviour(scene)
        best: dict[tuple[str, str], int] = {}
        for index, pair in enumerate(pairs):
            if scored.score[index] < MIN_SCORE or scored.chance[index] > 1 or scored.interval[index] < _MIN_INTERVAL:
                continue
            if scored.events[index] < 3 or (scored.chance[index] > MAX_CHANCE and scored.events[index] < 5):
                continue
            key = (pair.client, pair.far_end)
            if key not in best or scored.chance[index] < scored.chance[best[key]]:
                best[key] = index
        for key in sorted(best):
            index = best[key]
            numbers = {
                "events": int(scored.events[index]),
                "interval_s": round(float(scored.interval[index]), 3),
                "jitter": round(float(scored.jitter[index]), 4),
                "score": round(float(scored.score[index]), 4),
                "chance": float(f"{float(scored.chance[index]):.3g}"),
            }
            span = (int(times[index][0]), int(times[index][-1]))
            yield _finding(self.name, pairs[index], numbers, span, behaviour)


def _pairs(contacts: tuple[ContactRow, ...]) -> list[_Pair]:
    """Contacts by client, far end and kind over all sources; a name joins the addresses behind it."""
    groups: dict[tuple[str, str, str], list[ContactRow]] = defaultdict(list)
    for row in contacts:
        far_end = registered_domain(row.server_name) if row.kind == "dns" else row.server_name
        groups[row.client, far_end or f"{row.server}:{row.server_port}", row.kind].append(row)
    return [
        _Pair(client, far_end, kind, tuple(rows))
        for (client, far_end, kind), rows in sorted(groups.items())
        if sum(row.events for row in rows) >= 3
    ]


def _times(row: ContactRow) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.cumsum(np.frombuffer(row.times, "<i8"))


def _behaviour(scene: Scene) -> dict[tuple[str, str], str]:
    """(client, server) -> what else was seen there: it, not the maker, makes a beacon worse."""
    found: dict[tuple[str, str], str] = {}
    for observation in scene.view.of("imei", "imsi", "iccid", "vin", "dialect"):
        if observation.facts.get("direction") == "up" and observation.subject.startswith("ip:"):
            word = "a tracker's dialect" if observation.kind == "dialect" else f"{observation.kind.upper()} in clear"
            found[observation.subject[3:], str(observation.facts.get("server", ""))] = word
    for row in scene.view.positions:
        if row.position.direction == "up":
            found[row.position.client, row.position.server] = "positions"
    return found


def _finding(
    detector: str,
    pair: _Pair,
    numbers: dict[str, float],
    span: tuple[int, int],
    behaviour: dict[tuple[str, str], str],
) -> Finding:
    row = max(pair.rows, key=lambda one: one.events)
    more = next((behaviour[pair.client, one.server] for one in pair.rows if (pair.client, one.server) in behaviour), "")
    context = _CONTEXT.get(row.server_port, "") if row.kind != "icmp" else "ping"
    reach = scope(row.server)
    severity, doubts = Severity.LOW, []
    if more:
        severity = Severity.HIGH
    elif context:
        severity, doubts = Severity.INFO, [f"{context} is regular by nature"]
    elif reach not in _PUBLIC:
        severity, doubts = Severity.INFO, ["far end is on the local network"]
    confidence = Confidence.LIKELY if numbers["chance"] < MAX_CHANCE else Confidence.POSSIBLE
    reasons = [_words(numbers)]
    if more:
        reasons.append(f"the same contact carries {more}")
    return Finding(
        detector=detector,
        kind="beacon",
        subject=pair.client,
        key=f"{pair.client}|{pair.far_end}",
        title=f"Regular contact with {pair.far_end} every {numbers['interval_s']:.0f} s",
        severity=severity,
        confidence=confidence,
        reasons=tuple(reasons),
        doubts=tuple(doubts),
        evidence=_evidence(pair.rows),
        facts={**numbers, "client": pair.client, "server": row.server, "far_end": pair.far_end, "contact": pair.kind},
        rows=(
            (
                "beacons",
                {
                    "client": pair.client,
                    "server": row.server,
                    "server_name": row.server_name,
                    "port": row.server_port,
                    "transport": row.transport,
                    "kind": pair.kind,
                    **numbers,
                    "first_seen": iso(span[0]),
                    "last_seen": iso(span[1]),
                },
            ),
        ),
    )


def _words(numbers: dict[str, float]) -> str:
    spread = numbers["jitter"] * numbers["interval_s"]
    chance = numbers["chance"]
    odds = (
        f"about 1 in {1 / chance:,.0f}" if 0 < chance < 1 else ("practically never" if chance <= 0 else "no surprise")
    )
    return f"{numbers['events']:.0f} contacts, every {numbers['interval_s']:.1f} s +- {spread:.1f} s; by chance {odds}"


def _evidence(rows: tuple[ContactRow, ...]) -> tuple[Evidence, ...]:
    """First and last packet of each source's contact."""
    found: list[Evidence] = []
    for row in rows[:4]:
        offsets, frames = np.frombuffer(row.offsets, "<i8"), np.frombuffer(row.frames, "<i8")
        times = _times(row)
        for index, excerpt in ((0, row.first_bytes), (-1, row.last_bytes)):
            frame = int(frames[index])
            one = Evidence(
                place=cut(row.origin, [(int(offsets[index]), len(excerpt))], [frame]),
                excerpt=excerpt,
                length=len(excerpt),
                frame=frame,
                time=int(times[index]),
                source=row.source,
            )
            if one not in found:
                found.append(one)
    return tuple(found)
