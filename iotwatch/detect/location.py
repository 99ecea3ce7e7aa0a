"""Does the car say where it is, to whom, and how sure is that?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from iotwatch.detect.contract import Scene
from iotwatch.model import Confidence, Direction, Evidence, Finding, Severity
from iotwatch.observe.direction import LOCAL_FAR_END
from iotwatch.store import PositionRow

_Group = tuple[str, str, str, str]
_WORDS = {
    Direction.UP: "Position sent",
    Direction.DOWN: "Position received",
    Direction.LOCAL: "Position seen on a local wire",
    Direction.BROADCAST: "Position broadcast",
}
_LOOKUP_WORDS = {"cell": "Cell list", "wifi": "Wi-Fi list"}
_EVIDENCE_KEPT = 3


class LocationDetector:
    """One finding per (device or client, far end, dialect, direction)."""

    name = "location"
    version = 1
    asks = "Does a device state its position, or what a position can be looked up from, and does that leave the car?"
    false_alarms = (
        "A weather or map request repeats coordinates of another place. A gateway, fence or waypoint is somebody else's"
        " position. A simulator or a test message holds made-up coordinates. Most modern cars report their position by design."
    )

    def look(self, scene: Scene) -> Iterator[Finding]:
        groups: dict[_Group, list[PositionRow]] = defaultdict(list)
        for row in scene.view.positions:
            position = row.position
            who = position.reported_id or position.client or (position.evidence.path or "the device")
            far_end = position.server_name or position.server
            groups[who, far_end, position.dialect, position.direction.value].append(row)
        for group in sorted(groups):
            yield _finding(self.name, group, groups[group])


def _discloses(row: PositionRow) -> bool:
    return row.position.valid is not False


def _finding(detector: str, group: _Group, rows: Sequence[PositionRow]) -> Finding:
    who, far_end, dialect, way = group
    rows = sorted(rows, key=lambda row: (row.position.time or 0, row.id))
    stated = [row for row in rows if _discloses(row)]
    coordinates = [row for row in stated if row.position.latitude is not None]
    shown = coordinates or stated or rows
    first, last = shown[0].position, shown[-1].position
    best = max(shown, key=lambda row: (row.position.confidence, row.position.checksum == "ok")).position
    direction = Direction(way)
    severity = _severity(direction, rows=stated, best_generic=all(row.position.method == "generic" for row in shown))
    doubts = list(dict.fromkeys(doubt for row in shown[:50] for doubt in row.position.doubts))
    if LOCAL_FAR_END in doubts and severity > Severity.LOW:
        severity = Severity(severity - 1)
    confidence = best.confidence
    if not stated:
        doubts.append("no valid fix: a place was not disclosed, the capability is shown")
    subject = best.reported_id or best.client or who
    return Finding(
        detector=detector,
        kind="location",
        subject=subject,
        key="|".join((who, far_end, dialect, way)),
        former_keys=_former_keys(best.reported_id, best.client, far_end, best.server, dialect, way),
        title=_title(direction, best.method, dialect, far_end, bool(stated)),
        severity=severity,
        confidence=confidence,
        reasons=_reasons(rows, stated, best.checksum, dialect, far_end, first.time, last.time),
        doubts=tuple(doubts),
        evidence=_evidence((first.evidence, best.evidence, last.evidence)),
        facts={
            "dialect": dialect,
            "direction": way,
            "positions": len(rows),
            "disclosing": len(stated),
            "device_id": best.reported_id,
            "client": best.client,
            "server": best.server,
            "server_port": best.server_port,
            "server_name": best.server_name,
            "transport": best.transport,
            "area": _area(coordinates),
            "in_clear": True,
        },
        positions=tuple(row.id for row in rows),
    )


def _former_keys(reported_id: str, client: str, far_end: str, server: str, dialect: str, way: str) -> tuple[str, ...]:
    """Weaker keys of the same finding: by the client's address, and by the far end's address."""
    keys = [(who, end) for who in (reported_id, client) for end in (far_end, server) if who and end]
    return tuple("|".join((who, end, dialect, way)) for who, end in dict.fromkeys(keys))


def _severity(direction: Direction, *, rows: Sequence[PositionRow], best_generic: bool) -> Severity:
    if not rows or direction in (Direction.LOCAL, Direction.DOWN):
        return Severity.INFO
    named = any(row.position.confidence >= Confidence.LIKELY for row in rows)
    return Severity.MEDIUM if best_generic and not named else Severity.HIGH


def _title(direction: Direction, method: str, dialect: str, far_end: str, disclosed: bool) -> str:  # noqa: FBT001
    words = _WORDS[direction]
    if method in _LOOKUP_WORDS:
        words = words.replace("Position", _LOOKUP_WORDS[method])
    if not disclosed:
        words = words.replace("Position", "Position without a fix")
    target = f" to {far_end}" if far_end and direction is Direction.UP else ""
    return f"{words}{target} ({dialect})"


def _reasons(
    rows: Sequence[PositionRow],
    stated: Sequence[PositionRow],
    checksum: str,
    dialect: str,
    far_end: str,
    first: int | None,
    last: int | None,
) -> tuple[str, ...]:
    reasons = [f"{len(rows)} position message(s) in the dialect {dialect}, {len(stated)} of them with a place"]
    if checksum == "ok":
        reasons.append("the checksum of the best message is right")
    if checksum == "bad":
        reasons.append("the checksum of the best message is wrong")
    if far_end:
        reasons.append(f"far end: {far_end}")
    if first is not None and last is not None and last > first:
        reasons.append(f"over {(last - first) / 1e6:.0f} s")
    return tuple(reasons)


def _area(rows: Sequence[PositionRow]) -> dict[str, float]:
    if not rows:
        return {}
    latitudes = [row.position.latitude or 0.0 for row in rows]
    longitudes = [row.position.longitude or 0.0 for row in rows]
    return {"south": min(latitudes), "west": min(longitudes), "north": max(latitudes), "east": max(longitudes)}


def _evidence(candidates: Sequence[Evidence]) -> tuple[Evidence, ...]:
    kept: list[Evidence] = []
    for one in candidates:
        if one not in kept:
            kept.append(one)
    return tuple(kept[:_EVIDENCE_KEPT])
