"""Does something in it call home, again and again?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeGuard

import numpy as np

from iotwatch.detect.beacons.assess import Assessment, Numbers, assess
from iotwatch.detect.beacons.context import Service, context, nearness
from iotwatch.detect.beacons.corroboration import Corroboration
from iotwatch.detect.beacons.dns_tunnels import Tunnel, tunnel
from iotwatch.detect.beacons.keepalive import keep_alive, protocols
from iotwatch.detect.beacons.movement import follows_movement
from iotwatch.detect.beacons.pair import Pair, evidence
from iotwatch.detect.beacons.patterns import confidence, pattern, sessions_left, weighed
from iotwatch.detect.beacons.stitch import Stitched, stitch
from iotwatch.detect.beacons.words import numbers_in_words, sizes_in_words
from iotwatch.detect.detector import Scene
from iotwatch.detect.fleet import of_beacon
from iotwatch.detect.severity import Behaviour, lower
from iotwatch.enrich import leaves_network, registered_domain
from iotwatch.model import BLIND, Confidence, Finding, iso
from iotwatch.observe.traffic.zeek import PROXIED
from iotwatch.store import ContactRow
from iotwatch.words.amounts import duration, measured, rounded_chance
from iotwatch.words.beats import Pattern
from iotwatch.words.findings import Doubt, FindingKind, Reason, keyed
from iotwatch.words.kinds import Kind
from iotwatch.words.said import Said
from iotwatch.words.subjects import Subject

_Row = dict[str, object]


class BeaconDetector:
    """One finding per (client, far end): the kind of contact that is most regular, or the shape of a DNS tunnel."""

    name = "beacon"
    version = 6
    asks = "Does a device contact one far end again and again by one clock, for the whole time listened?"
    false_alarms = (
        "NTP, DHCP, DNS refresh, connectivity checks, keep-alives of a long session and update polls are regular too."
        " Few events say little: the chance beside the score tells how little. One session of an app that fills the whole"
        " capture looks like a beacon; a beacon that waits longer than the capture ran is not seen at all."
    )

    def look(self, scene: Scene) -> Iterator[Finding]:
        stitched = stitch(scene.view)
        assessed = assess(stitched)
        teller = _Teller(scene, stitched, assessed)
        tunnels = {index: found for index, pair in enumerate(stitched.pairs) if (found := _tunnel(pair)) is not None}
        carried = {
            (stitched.pairs[index].device, row.server) for index in tunnels for row in stitched.pairs[index].rows
        }
        left = sessions_left(assessed.told, {*tunnels, *filter(teller.carries, assessed.told)})
        for index in sorted({*assessed.told, *tunnels} - left):
            pair = stitched.pairs[index]
            # Whom a tunnel's questions go through is its carrier, and told with it.
            carries = all((pair.device, row.server) in carried for row in pair.rows)
            if carries and pair.kind != "dns" and _is_resolver(pair):
                continue
            yield teller.finding(self.name, index, tunnels.get(index), len(left))


def _tunnel(pair: Pair) -> Tunnel | None:
    return tunnel(pair) if pair.whole is None else None


def _is_resolver(pair: Pair) -> bool:
    return context(pair.kind, pair.far_end, pair.rows) is Service.DNS


def _behaviour(scene: Scene) -> dict[tuple[str, str], str]:
    """(client, server) -> what else was seen there: it, not the maker, makes a beacon worse."""
    found: dict[tuple[str, str], str] = {}
    for observation in scene.view.of(Kind.IMEI, Kind.IMSI, Kind.ICCID, Kind.VIN, Kind.DIALECT):
        client = Subject.of(observation.subject).address
        if client and observation.facts.get("direction") == "up":
            word = "a tracker's dialect" if observation.kind == Kind.DIALECT else f"{observation.kind.upper()} in clear"
            found[client, str(observation.facts.get("server", ""))] = word
    for row in scene.view.positions:
        if row.position.direction == "up" and row.position.method != BLIND:
            found[row.position.client, row.position.server] = "positions"
    return found


class _Teller:
    """Says what was found of one pair, with its reasons, doubts and evidence."""

    def __init__(self, scene: Scene, stitched: Stitched, assessed: Assessment) -> None:
        self.view = scene.view
        self.fleet = scene.fleet
        self.stitched = stitched
        self.assessed = assessed
        self.behaviour = _behaviour(scene)
        self.protocols = protocols(scene.view)
        self.corroboration = Corroboration(scene.view, stitched, assessed.told)
        self.logs = {source.id for source in scene.view.sources if source.kind == "log"}
        self.reached = {
            (pair.device, registered_domain(pair.far_end))
            for pair in (stitched.pairs[index] for index in assessed.told)
            if pair.kind in ("connection", "burst")
        }
        self.connections = {
            (pair.device, pair.far_end): sum(row.events for row in pair.rows)
            for pair in stitched.pairs
            if pair.kind == "connection" and pair.whole is None
        }

    def carries(self, index: int) -> str:
        """What else was seen between the ends of pair ``index``, in words; empty where nothing was."""
        ends = ((row.client, row.server) for row in self.stitched.pairs[index].rows)
        return next((self.behaviour[one] for one in ends if one in self.behaviour), "")

    def finding(self, detector: str, index: int, found: Tunnel | None, left: int) -> Finding:
        """The finding of pair ``index``; of others in sessions ``left`` are not told by themselves."""
        pair, times = self.stitched.pairs[index], self.stitched.of(index)
        numbers = self.assessed.told.get(index) or _only_counted(times)
        row = max(pair.rows, key=lambda one: one.events)
        word = Pattern.DATA_IN_NAMES if found is not None else pattern(numbers)
        reasons, doubts = self._reasons(pair, numbers, word, found)
        beside = tuple(self.corroboration.of(index, numbers))
        for one in beside:
            (reasons if isinstance(one.word, Reason) else doubts).append(one)
        if left and word is Pattern.SESSIONS:
            reasons.append(Reason.SESSIONS_LEFT(n=left))
        more = self._behaviour_of(index, times, word)
        sure = (
            Confidence.LIKELY
            if found is not None
            else weighed(confidence(numbers), numbers, beside, carries=bool(more))
        )
        reached = (pair.device, pair.far_end) in self.reached
        behaviour, why = _behaves(pair, row, more, word, found, sure=sure > Confidence.POSSIBLE, reached=reached)
        severity = behaviour.severity
        if why is None and (why := _nearness(pair, row)):
            severity = lower(severity)
        if numbers.steady and found is None:
            severity = min(severity, Behaviour.BEACON_WITHOUT_BEAT.severity)
        if more:
            reasons.append(more)
        if why:
            doubts.insert(0, why)
        facts = {
            **_stored(numbers),
            "client": pair.client,
            "client_mac": row.client_mac,
            # Who is asked for names carries the questions on, and is not whom they are for.
            "resolver" if pair.kind == "dns" or _is_resolver(pair) else "server": row.server,
            "far_end": pair.far_end,
            "contact": pair.kind,
            "pattern": word.value,
            "missed": round(numbers.missed, 3),
            "covered": round(numbers.covered, 3),
            **(
                {"second_interval_s": measured(numbers.second, numbers.jitter * numbers.second)}
                if numbers.second
                else {}
            ),
            "any_chance": rounded_chance(numbers.any_chance),
            "looked_at": self.assessed.looked_at,
            **({"names": found.names, "entropy": found.entropy} if found else {}),
            **({"while_driving": round(float(dict(more.values)["times"]), 1)} if _moves(more) else {}),
        }
        if rarity := self.fleet.rarity(self.view.asset, of_beacon(facts)):
            facts["rarity"] = rarity
        if behaviour is Behaviour.BEACON and not why:
            if not rarity:
                doubts.append(Doubt.NO_FLEET())
            elif rarity == "rare" and sure >= Confidence.LIKELY:
                severity = Behaviour.BEACON_RARE.severity
                reasons.append(Reason.RARE())
        addresses = [self._row(part, values) for part, values in self.assessed.parts.get(index, ())]
        return Finding(
            detector=detector,
            kind=FindingKind.BEACON,
            subject=pair.device,
            key=keyed(pair.device, pair.far_end),
            former_keys=tuple(keyed(pair.client, end) for end in (pair.far_end, f"{row.server}:{row.server_port}")),
            title=_title(pair, numbers, word),
            severity=severity,
            confidence=sure,
            reasons=tuple(reasons),
            doubts=tuple(doubts),
            evidence=evidence(pair, self.logs),
            facts=facts,
            rows=tuple(("beacons", one) for one in [self._row(index, numbers), *addresses]),
        )

    def _reasons(
        self, pair: Pair, numbers: Numbers, word: Pattern, found: Tunnel | None
    ) -> tuple[list[Said], list[Said]]:
        reasons, doubts = numbers_in_words(numbers, self.assessed.looked_at)
        if found is not None:
            shape = {"names": found.names, "length": found.length, "entropy": found.entropy}
            asked = Reason.DATA_IN_NAMES(n=found.questions, far_end=pair.far_end, **shape)
            reasons = [asked, *(reasons if numbers.score else [])]
        ping = keep_alive(pair, self.protocols, self.connections.get((pair.device, pair.far_end), 0))
        if ping:
            reasons.append(ping)
        elif sizes := sizes_in_words(pair, word):
            (reasons if isinstance(sizes.word, Reason) else doubts).append(sizes)
        servers = {row.server for row in pair.rows}
        if len(servers) > 1 and pair.kind != "dns":
            reasons.append(Reason.SEVERAL_ADDRESSES(n=len(servers), name=pair.far_end))
        sources = sorted({row.source for row in pair.rows})
        if len(sources) > 1:
            reasons.append(Reason.SEVERAL_SOURCES(n=len(sources)))
        shifted = [self.stitched.clocks[source] / 1e6 for source in sources if source in self.stitched.clocks]
        doubts += [Doubt.CLOCK_OFF(seconds=shift) for shift in shifted]
        return reasons, doubts

    def _behaviour_of(
        self, index: int, times: np.ndarray[tuple[int], np.dtype[np.int64]], word: Pattern
    ) -> Said | None:
        if what := self.carries(index):
            return Reason.CARRIES(what=what)
        # People use their apps while they drive: what lives in sessions follows them and not the car.
        return None if word is Pattern.SESSIONS else follows_movement(self.view, times)

    def _row(self, index: int, numbers: Numbers) -> _Row:
        pair, times = self.stitched.pairs[index], self.stitched.believed(index)
        row = max(pair.rows, key=lambda one: one.events)
        return {
            "client": pair.client,
            "server": row.server,
            "server_name": row.server_name if pair.kind != "dns" else pair.far_end,
            "port": row.server_port,
            "transport": row.transport,
            "kind": pair.kind,
            **_stored(numbers),
            "first_seen": iso(int(times[0])),
            "last_seen": iso(int(times[-1])),
        }


def _moves(more: Said | None) -> TypeGuard[Said]:
    return more is not None and more.word is Reason.FOLLOWS_MOVEMENT


def _only_counted(times: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Numbers:
    """For a tunnel whose questions have no beat: how many, and the median time between them."""
    gaps = np.diff(times) / 1e6
    middle = float(np.median(gaps)) if len(gaps) else 0.0
    spread = float(np.median(np.abs(gaps - middle))) / middle if middle else 1.0
    return Numbers(len(times), middle, spread, 0.0, 0.0, 0.0, 1.0, steady=True)


def _stored(numbers: Numbers) -> dict[str, float]:
    return {
        "events": numbers.events,
        "interval_s": measured(numbers.interval, numbers.jitter * numbers.interval),
        "jitter": round(numbers.jitter, 4),
        "score": round(numbers.score, 6),
        "chance": rounded_chance(numbers.chance),
    }


def _title(pair: Pair, numbers: Numbers, word: Pattern) -> str:
    if word is Pattern.DATA_IN_NAMES:
        return f"Data in DNS questions under {pair.far_end}"
    if word is Pattern.DENSE:
        return f"Contact without pauses with {pair.far_end}"
    if word is Pattern.SESSIONS:
        return f"Contact in sessions with {pair.far_end}, every {duration(numbers.interval)} inside them"
    asked = "Regular questions for" if pair.kind == "dns" else "Regular contact with"
    second = f" and every {duration(numbers.second)}" if numbers.second else ""
    return f"{asked} {pair.far_end} every {duration(numbers.interval)}{second}"


def _behaves(
    pair: Pair, row: ContactRow, more: Said | None, word: Pattern, found: Tunnel | None, *, sure: bool, reached: bool
) -> tuple[Behaviour, Said | None]:
    """What the contacts do, and the doubt that belongs to it: what they carry first, then what is regular by nature.

    ``sure`` is that the beat is no chance, ``reached`` that contacts with the name that is asked for are told by themselves.
    """
    service = context(pair.kind, pair.far_end, pair.rows)
    if more:
        return Behaviour.BEACON_WITH_CONTENT, None
    if service:
        outside = service is Service.DNS and sure and leaves_network(row.server)
        behaviour = Behaviour.BEACON_TO_RESOLVER if outside else Behaviour.BEACON_BY_NATURE
        return behaviour, Doubt.REGULAR_BY_NATURE(service=service)
    if found is not None:
        return Behaviour.DATA_IN_DNS, Doubt.SECURITY_PRODUCT()
    if pair.kind == "dns" and reached:
        return Behaviour.LOOK_UPS_OF_CONTACTS, Doubt.LOOK_UPS()
    return (Behaviour.BEACON_IN_SESSIONS if word is Pattern.SESSIONS else Behaviour.BEACON), None


def _nearness(pair: Pair, row: ContactRow) -> Said | None:
    """Why the contacts stay in the car's own network, if they do; nobody knows where a proxy or resolver passes them on to."""
    return nearness(row.server) if pair.kind != "dns" and row.transport != PROXIED else None
