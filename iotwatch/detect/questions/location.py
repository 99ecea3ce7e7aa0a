"""Does the car say where it is, to whom, and how sure is that?"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import msgspec

from iotwatch.decode.geodesy import distance
from iotwatch.detect.detector import Scene
from iotwatch.detect.far_end import FarEnd, far_end
from iotwatch.detect.geodesy import area, inside
from iotwatch.detect.kept import kept
from iotwatch.detect.plausibility import against, not_one_car
from iotwatch.detect.severity import Behaviour, lower
from iotwatch.enrich import scope
from iotwatch.model import BLIND, KNOWN_POSITION, Confidence, Direction, Evidence, Finding, Observation, Severity, iso
from iotwatch.observe.traffic.direction import LOCAL_SCOPES
from iotwatch.store import PositionRow
from iotwatch.words.amounts import duration, length, odds
from iotwatch.words.ends import EndsBy
from iotwatch.words.findings import Doubt, FindingKind, Reason, keyed
from iotwatch.words.kinds import Kind
from iotwatch.words.said import Said
from iotwatch.words.sending import Level
from iotwatch.words.subjects import Subject

_Group = tuple[str, str, str, str]
_WORDS = {
    Direction.UP: "sent",
    Direction.DOWN: "received",
    Direction.LOCAL: "seen on a local wire",
    Direction.BROADCAST: "broadcast",
}
_AT_SITE = {
    Direction.UP: Reason.SENT_FROM_SITE,
    Direction.DOWN: Reason.RECEIVED_OF_SITE,
    Direction.LOCAL: Reason.STATED_IN_SITE,
    Direction.BROADCAST: Reason.BROADCAST_FROM_SITE,
}
_TRANSMISSIONS = frozenset({Direction.UP, Direction.BROADCAST})
_EVIDENCE_KEPT = 3
_COMMANDS_KEPT = 16
_ENCODINGS_TOLD = 4
_DOUBTS_LOOKED_AT = 200


class LocationDetector:
    """One finding per (device or client, far end, dialect, direction); commands of a far end that was sent no place."""

    name = "location"
    version = 3
    asks = "Does a device state its position, or what a position can be looked up from, and does that leave the car?"
    false_alarms = (
        "A weather or map request repeats coordinates of another place. A gateway, fence or waypoint is somebody else's"
        " position. A simulator or a test message holds made-up coordinates. Most modern cars report their position by design."
    )

    def look(self, scene: Scene) -> Iterator[Finding]:
        groups: dict[_Group, list[PositionRow]] = defaultdict(list)
        for row in scene.view.positions:
            position = row.position
            who = position.reported_id or position.client or _wire(row) or "the device"
            name = position.server_name or position.server
            groups[who, name, position.dialect, position.direction.value].append(row)
        commands, weighed = _commands(scene), _Weighed.of(scene.view.positions)
        for group in sorted(groups):
            reading = _Reading(scene, group, groups[group], weighed)
            yield reading.finding(commands.get((reading.best.client, reading.best.server), ()))
        told = {(row.position.client, row.position.server) for row in scene.view.positions}
        for ends in sorted(commands.keys() - told):
            yield _command_finding(ends, commands[ends])


class _Weighed(msgspec.Struct, frozen=True):
    """What speaks against positions, by row id: against their reading, and against their all being one car's."""

    against: dict[int, tuple[Said, ...]]
    not_one_car: dict[int, Said]

    @classmethod
    def of(cls, rows: Sequence[PositionRow]) -> _Weighed:
        doubtful = against(rows)
        return cls(doubtful, not_one_car(rows, doubtful))

    def confidence(self, row: PositionRow) -> Confidence:
        """How sure the reading is: one step less where something speaks against it."""
        sure = row.position.confidence
        return Confidence(max(sure - (row.id in self.against), Confidence.POSSIBLE))


def _wire(row: PositionRow) -> str:
    return str(row.position.facts.get("device", "")) or row.position.evidence.path


class _Reading:
    """What the position rows of one group say together."""

    def __init__(self, scene: Scene, group: _Group, rows: Sequence[PositionRow], weighed: _Weighed) -> None:
        self.scene = scene
        self.weighed = weighed
        self.who, self.far_end, self.dialect, way = group
        self.direction = Direction(way)
        # At one time they stay as the view has them: row ids tell who was scanned first.
        self.rows = sorted(rows, key=lambda row: row.position.time or 0)
        valid = [row for row in self.rows if row.position.valid is not False]
        self.own = [row for row in valid if not row.position.facts.get("whose")]
        self.others = [row for row in valid if row.position.facts.get("whose")]
        self.stated = self.own or self.others
        self.confidence = max(weighed.confidence(row) for row in self.stated or self.rows)
        placed = [row for row in self.stated if row.position.latitude is not None]
        # Doubtful places beside a sure list of cells say less than the list alone: more evidence never makes it less sure.
        sure = any(weighed.confidence(row) == self.confidence for row in placed)
        self.coordinates = placed if sure else []
        self.shown = self.coordinates or self.stated or self.rows
        best = max(self.shown, key=lambda row: (weighed.confidence(row), row.position.checksum == "ok"))
        self.best = best.position

    def finding(self, commands: Sequence[Observation]) -> Finding:
        """The finding of the group; ``commands`` are what the same far end sent to the same device."""
        best, doubts = self.best, self._doubts()
        end = far_end(self.scene, best.server, best.server_name)
        evidence = (self.shown[0].position.evidence, self.shown[-1].position.evidence, best.evidence)
        return Finding(
            detector=LocationDetector.name,
            kind=FindingKind.LOCATION,
            subject=best.reported_id or best.client or self.who,
            key=keyed(self.who, self.far_end, self.dialect, self.direction.value),
            former_keys=self._former_keys(),
            title=self._title(),
            severity=self._severity(),
            confidence=self.confidence,
            reasons=tuple(self._reasons(end, commands)),
            doubts=tuple(doubts),
            evidence=_distinct(evidence),
            facts=self._facts(end, commands),
            positions=tuple(row.id for row in self.rows),
        )

    def _severity(self) -> Severity:
        if self.direction not in _TRANSMISSIONS or not self.stated:
            return Behaviour.POSITION_NOT_SENT.severity
        if not self.own:
            return Behaviour.OTHERS_PLACE_SENT.severity
        shape = all(row.position.method in ("generic", BLIND) for row in self.shown)
        named = any(self.weighed.confidence(row) >= Confidence.LIKELY for row in self.own)
        severity = (Behaviour.POSITION_SENT_BY_SHAPE if shape and not named else Behaviour.POSITION_SENT).severity
        private = any(scope(row.position.server) in LOCAL_SCOPES for row in self.shown[:_DOUBTS_LOOKED_AT])
        return lower(severity) if private else severity

    def _doubts(self) -> list[Said]:
        looked = self.shown[:_DOUBTS_LOOKED_AT]
        doubts = list(dict.fromkeys(doubt for row in looked for doubt in row.position.doubts))
        doubts += dict.fromkeys(doubt for row in looked for doubt in self.weighed.against.get(row.id, ()))
        doubts += [self.weighed.not_one_car[row.id] for row in self.own if row.id in self.weighed.not_one_car][:1]
        if not self.stated:
            doubts.append(Doubt.NO_FIX())
        elif not self.own:
            doubts.append(Doubt.NOT_OWN(whose=self._whose()))
        datum = {str(row.position.facts["datum"]) for row in looked if row.position.facts.get("datum")}
        doubts += [Doubt.DATUM(datum=one) for one in sorted(datum)]
        return doubts

    def _owners(self) -> list[str]:
        return sorted({str(row.position.facts["whose"]) for row in self.others})

    def _whose(self) -> str:
        return " and ".join(self._owners())

    def _title(self) -> str:
        what = "Position"
        if not self.stated:
            what = "Position without a fix"
        elif not self.coordinates:
            kinds = {row.position.method for row in self.stated}
            what = " and ".join(word for kind, word in (("cell", "Cell"), ("wifi", "Wi-Fi")) if kind in kinds) + " list"
        elif not self.own:
            what = f"Position of {self._whose()}"
        target = f" to {self.far_end}" if self.far_end and self.direction is Direction.UP else ""
        way = "given to the module to send" if self._level() is Level.PROMPTED else _WORDS[self.direction]
        if self.is_stored:
            way = "stored on the unit"
        return f"{what} {way}{target} ({self.dialect})"

    def _read(self) -> Iterator[Said]:
        """How the messages were read; of known places the encodings, each with its chance."""
        if self.dialect == BLIND:
            for encoding, count in Counter(str(row.position.facts["encoding"]) for row in self.rows).items():
                yield Reason.MOVING(n=count, encoding=encoding)
            return
        if self.dialect != KNOWN_POSITION:
            yield Reason.MESSAGES(n=len(self.rows), dialect=self.dialect, stated=len(self.stated))
            return
        groups: dict[tuple[str, float, float], int] = Counter()
        for row in self.rows:
            facts = row.position.facts
            groups[str(facts["encoding"]), float(facts["radius_m"]), float(facts["chance"])] += 1
        for (encoding, radius, chance), count in sorted(groups.items(), key=lambda group: group[0][2])[
            :_ENCODINGS_TOLD
        ]:
            yield Reason.KNOWN_PLACE(n=count, encoding=encoding, radius=length(radius), odds=odds(chance))

    def _level(self) -> Level | None:
        """How far the module's own sends of these places went, the furthest of them; ``None`` for all other traffic."""
        levels = [Level(str(row.position.facts["sent"])) for row in self.shown if row.position.facts.get("sent")]
        return max(levels, key=list(Level).index, default=None) if self.direction is Direction.UP else None

    def _reasons(self, end: FarEnd, commands: Sequence[Observation]) -> Iterator[Said]:
        yield from self._read()
        if self.best.checksum in ("ok", "bad"):
            yield Reason.CHECKSUM_RIGHT() if self.best.checksum == "ok" else Reason.CHECKSUM_WRONG()
        if self.far_end:
            yield Reason.FAR_END(far_end=self.far_end, described=end.described)
        # As a position is as sure as what told its sender, the surest is told.
        if told := EndsBy.named(str(self.best.facts.get("sender_by", ""))):
            yield Reason.SENDER(how=told.text)
        first, last = self._heard()
        if (per_hour := self._per_hour()) is not None and first is not None and last is not None:
            yield Reason.RATE(duration=duration((last - first) / 1e6), per_hour=per_hour)
        covered = area([row.position for row in self.coordinates])
        if len(self.coordinates) > 1:
            yield Reason.EXTENT(distance=length(distance(*covered.values())))
        if self.own and self.others:
            yield Reason.OTHERS_PLACE_TOO(whose=self._whose())
        if (level := self._level()) is not None:
            word = Reason.OWN_SOCKET_TRIED if level is Level.PROMPTED else Reason.OWN_SOCKET
            yield word(transport=self.best.transport, level=level.value)
        if self._is_clear():
            yield Reason.IN_CLEAR()
        of_site = Reason.STORED_OF_SITE if self.is_stored else _AT_SITE[self.direction]
        for name, count in self._sites().items():
            yield of_site(n=count, site=name)
        yield from kept(row.position.facts for row in self.rows)
        if commands:
            yield Reason.COMMANDS_TOO(commands=_listed(commands))

    @cached_property
    def is_stored(self) -> bool:
        """Whether the places stand in images of a unit's memory: there they passed no wire that was listened to."""
        if self.direction is not Direction.LOCAL:
            return False
        stored = {source.id for source in self.scene.view.sources if source.kind == "firmware"}
        return {row.position.evidence.source for row in self.rows} <= stored

    def _is_clear(self) -> bool:
        """Whether all can read it on the way: of TLS a module's wire shows what the network does not."""
        return self.direction in _TRANSMISSIONS and self.best.transport != "tls"

    def _heard(self) -> tuple[int | None, int | None]:
        """When the messages passed, by the capture; a stored record's own time may be days before."""
        times = [row.position.evidence.time for row in self.rows if row.position.evidence.time is not None]
        return (min(times), max(times)) if times else (self.rows[0].position.time, self.rows[-1].position.time)

    def _per_hour(self) -> float | None:
        first, last = self._heard()
        if first is None or last is None or last <= first:
            return None
        return round((len(self.rows) - 1) * 3600 / ((last - first) / 1e6), 1)

    def _sites(self) -> dict[str, int]:
        case = self.scene.view.case
        counts = {
            site.name: sum(inside(row.position, site) for row in self.own) for site in (case.sites if case else ())
        }
        return {name: count for name, count in counts.items() if count}

    def _facts(self, end: FarEnd, commands: Sequence[Observation]) -> dict[str, Any]:
        best = self.best
        covered = area([row.position for row in self.coordinates])
        facts: dict[str, Any] = {
            "dialect": self.dialect,
            "direction": self.direction.value,
            "positions": len(self.rows),
            "disclosing": len(self.own),
            "lists": sum(row.position.latitude is None for row in self.stated),
            "first": iso(self.shown[0].position.time),
            "last": iso(self.shown[-1].position.time),
            "per_hour": self._per_hour(),
            "device_id": best.reported_id,
            "client": best.client,
            "server": best.server,
            "server_port": best.server_port,
            "server_name": best.server_name,
            **end.facts,
            "transport": best.transport,
            "area": covered,
            "extent_m": round(distance(*covered.values())) if covered else None,
            "in_clear": self.best.transport != "tls",
        }
        if (level := self._level()) is not None:
            facts["sent_level"] = level.value
        if self.others:
            facts["whose"] = self._owners()
        if any(row.id in self.weighed.not_one_car for row in self.own):
            facts["not_one_car"] = True
        if sites := self._sites():
            facts["sites"] = sites
        if commands:
            facts["commands"] = [one.value for one in commands[:_COMMANDS_KEPT]]
        return facts

    def _former_keys(self) -> tuple[str, ...]:
        """Weaker keys of the same finding: by the client's address, and by the far end's address."""
        best, way = self.best, self.direction.value
        ends = dict.fromkeys(
            (who, end) for who in (best.reported_id, best.client) for end in (self.far_end, best.server) if who and end
        )
        return tuple(keyed(who, end, self.dialect, way) for who, end in ends)


def _distinct(candidates: Sequence[Evidence]) -> tuple[Evidence, ...]:
    return tuple(dict.fromkeys(candidates))[:_EVIDENCE_KEPT]


def _commands(scene: Scene) -> dict[tuple[str, str], list[Observation]]:
    """What far ends told trackers to do, by the ends of the conversation; in a log both are empty."""
    found: dict[tuple[str, str], list[Observation]] = defaultdict(list)
    for observation in scene.view.of(Kind.TRACKER_COMMAND):
        found[Subject.of(observation.subject).address, str(observation.facts.get("server", ""))].append(observation)
    return found


def _listed(commands: Sequence[Observation]) -> str:
    counts: Counter[str] = Counter()
    for one in commands:
        counts[one.value] += one.count
    return ", ".join(f"{value} ({count})" for value, count in counts.most_common(6))


def _command_finding(ends: tuple[str, str], commands: Sequence[Observation]) -> Finding:
    client, server = ends
    dialects = sorted({str(one.facts.get("protocol", "")) for one in commands})
    return Finding(
        detector=LocationDetector.name,
        kind=FindingKind.COMMAND,
        subject=client or "the device",
        key=keyed("command", client, server, ",".join(dialects)),
        title=f"Commands to a tracker ({', '.join(dialects)})",
        severity=Behaviour.COMMANDS_RECEIVED.severity,
        confidence=Confidence.LIKELY,
        reasons=(Reason.COMMANDS(dialects=", ".join(dialects), commands=_listed(commands)),),
        doubts=(Doubt.COMMANDS_ALONE(),),
        evidence=_distinct([one.evidence for one in commands]),
        facts={"client": client, "server": server, "commands": [one.value for one in commands[:_COMMANDS_KEPT]]},
    )
