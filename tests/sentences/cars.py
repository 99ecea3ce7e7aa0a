"""Cars drawn at random, written into a database as observing would: what a judge and a report make of them is not known here.

Nothing of ``detect`` or ``report`` is imported, so that what they say can be held against what was drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from random import Random

from iotwatch.files.baseline import Decision
from iotwatch.files.case import Case, Phase, Site
from iotwatch.model import Confidence, Coverage, Direction, Evidence, Observation, Position, Stretch, cut
from iotwatch.store import Analysis, SourceRow, Store
from iotwatch.words.kinds import Kind
from iotwatch.words.measures import Measure
from iotwatch.words.trouble import Trouble

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
_FIRST = int(START.timestamp() * 1e6)
_MINUTE = 60_000_000
_VANTAGES = ("wifi", "lan", "usb", "uart", "cellular", "bluetooth", "can")
_IMEIS = ("490154203237518", "353451047760580", "868204003000000")
_SERVERS = (("198.51.100.7", "gps.example"), ("203.0.113.9", ""), ("192.168.1.9", ""))
_PEOPLE = ("A. Example", "B. Example")


def draw_source(random: Random, number: int) -> Analysis:
    """One source: a capture, a log or an image, whole or not, with what was seen in it."""
    kind = random.choices(("capture", "log", "firmware"), (6, 2, 2))[0]
    vantage = random.choice(_VANTAGES) if kind == "capture" else "uart" if kind == "log" else "other"
    start = _FIRST + random.randrange(0, 60) * _MINUTE
    stretches = tuple(
        Stretch(at, at + random.randrange(1, 40) * _MINUTE)
        for at in sorted(start + random.randrange(0, 90) * _MINUTE for _ in range(random.randrange(0, 4)))
    )
    whole = random.random() < 0.8
    size = random.randrange(1000, 100_000)
    source = SourceRow(
        f"{number:064x}",
        f"/sweep/{number}",
        "car",
        vantage,
        kind,
        {"capture": "pcap", "log": "at", "firmware": "raw"}[kind],
        size,
        "ok" if whole else random.choice(("partial", "unreadable")),
        packets=100 if kind == "capture" else 0,
        first=stretches[0].first if stretches else None,
        last=max(one.last for one in stretches) if stretches else None,
        complete=whole,
        reason="" if whole else "an encrypted volume",
        trouble=Trouble.NONE if whole else random.choice((Trouble.UNOPENED, Trouble.DAMAGED)),
    )
    return Analysis(
        source=source,
        positions=tuple(_positions(random, kind)),
        observations=tuple(_observations(random, kind)),
        coverage=tuple(_coverage(random, kind, size, whole=whole)),
        stretches=stretches if kind == "capture" else (),
    )


def _evidence(random: Random) -> Evidence:
    start = random.randrange(0, 500)
    return Evidence(place=cut(None, [(start, 16)], [1]), excerpt=bytes(16), length=16, frame=1, time=_FIRST + start)


def _positions(random: Random, kind: str) -> Iterable[Position]:
    """Up to three senders: named, unnamed, with a fix or none, at any confidence and in any direction."""
    if kind == "firmware" or random.random() < 0.45:
        return
    for _ in range(random.randrange(1, 4)):
        named = random.random() < 0.6
        local = kind == "log"
        server, name = random.choices(_SERVERS, (4, 1, 1))[0]
        way = (
            Direction.LOCAL
            if local
            else random.choice((Direction.UP, Direction.UP, Direction.DOWN, Direction.BROADCAST))
        )
        lists = random.random() < 0.2
        said = {
            "direction": way,
            "dialect": random.choice(("gt06", "gt06", "json")),
            "method": "cell" if lists else random.choice(("decoded", "generic")),
            "confidence": random.choice(tuple(Confidence)),
            "valid": random.choice((True, True, None, False)),
            "reported_id": random.choices(_IMEIS, (4, 1, 1))[0] if named else "",
            "client": "" if local else random.choice(("192.168.1.5", "192.168.1.6")),
            "server": server if way in (Direction.UP, Direction.DOWN) else "",
            "server_name": name if way is Direction.UP else "",
            "server_port": 5023 if way is Direction.UP else None,
            "transport": "tcp",
            "facts": {"whose": "a gateway"} if random.random() < 0.1 else {},
        }
        for step in range(random.randrange(1, 5)):
            far = 60.0 if random.random() < 0.1 else 0.0
            latitude, longitude = (None, None) if lists else (52.0 - far + step / 1000, 13.0 + far + step / 1000)
            yield Position(latitude, longitude, evidence=_evidence(random), time=_FIRST + step * _MINUTE, **said)  # type: ignore[arg-type]


def _observations(random: Random, kind: str) -> Iterable[Observation]:
    if random.random() < 0.5:
        return
    way = {} if kind == "firmware" else {"direction": random.choice(("up", "local"))}
    protocol = {"capture": "http", "log": "at", "firmware": "text"}[kind]
    value = random.choice(_IMEIS)
    yield Observation(Kind.IMEI, "", value, _evidence(random), facts={"protocol": protocol, **way})
    if kind == "log" and random.random() < 0.6:
        for one, text in ((Kind.MODEM_CELLULAR, "+CREG"), (Kind.MODULE_VENDOR, "Quectel"), (Kind.MODULE_MODEL, "EC25")):
            yield Observation(one, "at:", text, _evidence(random), facts={"protocol": "at"})


def _coverage(random: Random, kind: str, size: int, *, whole: bool) -> Iterable[Coverage]:
    if kind == "firmware":
        opened = size if whole else random.randrange(0, size)
        yield Coverage(Measure.BYTES_OPENED, float(opened), f"{opened} of {size} bytes opened")
        if not whole:
            yield Coverage(Measure.UNPACK_ENCRYPTED, float(size - opened), "salted", "an encrypted volume")
    if kind == "capture" and random.random() < 0.3:
        yield Coverage(Measure.PACKETS_DROPPED, float(random.randrange(1, 50)), "the host says so")
    if kind == "capture" and random.random() < 0.3:
        yield Coverage(Measure.PAYLOAD_SEEN, 1000.0)
        yield Coverage(Measure.PAYLOAD_ENCRYPTED, float(random.randrange(1, 1000)))


def draw_case(random: Random) -> Case | None:
    """What the people noted: nothing, or phases at times at which somebody may have listened, and perhaps a site."""
    if random.random() < 0.4:
        return None
    phases = []
    for name in random.sample(("parked", "driving", "locked"), random.randrange(0, 4)):
        begin = START + timedelta(minutes=random.randrange(0, 90))
        phases.append(Phase(name, begin, begin + timedelta(minutes=random.randrange(10, 60))))
    sites = (Site("depot", 52.0, 13.0, 500.0),) if random.random() < 0.3 else ()
    return Case(phases=tuple(phases), sites=sites)


def draw_decisions(random: Random) -> tuple[Decision, ...]:
    """Words of analysts on kinds of findings, some of them out of a list of factory-fit equipment."""
    kinds = random.sample(("location", "module", "identity", "beacon"), random.randrange(0, 4))
    return tuple(
        Decision(
            random.choice(("expected", "explained")),
            {"kind": kind},
            random.choice(_PEOPLE),
            "telematics of the lease",
            baseline="van.toml" if random.random() < 0.4 else "",
        )
        for kind in kinds
    )


def write_car(
    store: Store,
    sources: Sequence[Analysis],
    case: Case | None = None,
    scope: Sequence[str] = (),
    decisions: Sequence[Decision] = (),
) -> None:
    """Put one car into an empty database; it is not judged yet."""
    run = store.runs.start("1", "s", "")
    for source in sources:
        store.sources.write(source, run)
    store.assets.write_case(["car"], scope, case)
    for decision in decisions:
        store.decisions.add(decision)
