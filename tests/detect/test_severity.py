"""The table of severities, row by row, each begun at a capture, a log or an image: the row alone decides the finding."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

import dpkt
import pytest

from iotwatch.batch.scan import Plan, scan
from iotwatch.detect.fleet import by_asset, fleet
from iotwatch.detect.judge import look
from iotwatch.detect.severity import Behaviour, higher, lower
from iotwatch.files.case import read_case
from iotwatch.model import Finding, Severity
from iotwatch.signatures import load
from iotwatch.store import Store
from iotwatch.store.views import read_view
from iotwatch.words.findings import FindingKind
from tests import advertised, air
from tests.decode.sim.files import cap_file
from tests.decode.sim.scenes import Scene
from tests.decode.sim.test_scenes import HARMLESS
from tests.detect.images import CAPTURES
from tests.detect.questions.test_follows import FAR as FOLLOWED
from tests.detect.questions.test_follows import beside, moving, reports
from tests.detect.questions.test_follows import case as noted
from tests.detect.questions.test_program import FAR, READS, SENDS
from tests.detect.questions.test_secret import TREE as SECRETS
from tests.studies.fleet_traffic import START, calls, frame
from tests.talks import datagram, write
from tests.tars import make_tar

OUTSIDE, RESOLVER, CAR = "198.51.100.9", "8.8.8.8", "192.0.2.10"
REPORT = b"imei:352353773718421,tracker,240317124147,,F,094126,A,3625.72975,N,05031.36339,W,0.025,;"
ORDER = b"**,imei:352353773718421,B;"
VESSEL = b"!AIVDM,1,1,,B,15M67FC000G?ufbE`FepT@3n00Sa,0*5C\r\n"
Case = Callable[[Path], list[Path]]


def wire(folder: Path, packets: Iterable[tuple[float, bytes]]) -> list[Path]:
    """A capture of the packets, each with its second after the start."""
    path = folder / "wire.pcap"
    with path.open("wb") as file:
        writer = dpkt.pcap.Writer(file)
        for second, packet in sorted(packets):
            writer.writepkt(packet, ts=START + second)
    return [path]


def sent(
    data: bytes, to: str = OUTSIDE, *, own: str = CAR, every: float = 60.0, count: int = 30, port: int = 7700
) -> Case:
    """A capture of one datagram again and again."""
    return lambda folder: wire(folder, ((n * every, frame(own, to, data, port=port)) for n in range(count)))


def without_pauses(folder: Path) -> list[Path]:
    chance = random.Random(3)
    times = [0.0]
    while times[-1] < 120:
        times.append(times[-1] + chance.expovariate(4.0))
    return wire(folder, ((time, frame(CAR, OUTSIDE, REPORT)) for time in times))


def asked(number: int, name: str, answer: str = "") -> bytes:
    """A question to a resolver, or its answer."""
    records = (
        [dpkt.dns.DNS.RR(name=name, ip=bytes(map(int, answer.split("."))), type=1, cls=1, ttl=9)] if answer else []
    )
    message = dpkt.dns.DNS(id=number, qr=bool(answer), qd=[dpkt.dns.DNS.Q(name=name, type=1, cls=1)], an=records)
    ends = (RESOLVER, CAR) if answer else (CAR, RESOLVER)
    return frame(*ends, bytes(message), **({"port": 4000, "own": 53} if answer else {"port": 53}))


def looked_up(folder: Path) -> list[Path]:
    rounds = [
        packet
        for n in range(30)
        for packet in (
            (n * 60.0, asked(n, "c2.maker.example")),
            (n * 60.0 + 0.02, asked(n, "c2.maker.example", OUTSIDE)),
            (n * 60.0 + 0.05, frame(CAR, OUTSIDE, b"hello")),
        )
    ]
    return wire(folder, rounds)


def tunnelled(folder: Path) -> list[Path]:
    chance = random.Random(9)
    names = ["".join(chance.choices("abcdef0123456789", k=40)) + ".t.example" for _ in range(60)]
    return wire(folder, ((chance.uniform(0, 1200), asked(n, name)) for n, name in enumerate(names)))


def streamed(folder: Path) -> list[Path]:
    """Pieces of a film, one every six seconds for two minutes, and pauses of any length between the films."""
    chance, times, now = random.Random(4), list[float](), 0.0
    for _ in range(7):
        for _ in range(20):
            now += 6 * chance.uniform(0.7, 1.3)
            times.append(now)
        now += chance.uniform(60, 700)
    return wire(folder, ((when, frame(CAR, OUTSIDE, b"GET /piece")) for when in [*times, now]))


def image(tree: dict[str, bytes]) -> Case:
    return lambda folder: [make_tar(folder / "image.tar", tree)]


def card(make: Callable[[Scene], None]) -> Case:
    """A capture of a SIM card and its terminal."""

    def case(folder: Path) -> list[Path]:
        scene = Scene()
        scene.boot()
        make(scene)
        return [scene.pcap(folder / "card.pcap")]

    return case


def capture(case: str) -> Case:
    return lambda folder: [
        path for path in (CAPTURES / case).iterdir() if path.suffix in (".pcap", ".pcapng", ".log", ".gz")
    ]


def heard(sender: tuple[str, bytes], seconds: float) -> Case:
    """A capture of 20 minutes in which one item tracker is heard from the beginning on."""

    def write(folder: Path) -> list[Path]:
        told = [*advertised.again(sender, 0.0, seconds), *advertised.bystanders(1200.0)]
        (folder / "heard.pcap").write_bytes(advertised.pcap(told))
        return [folder / "heard.pcap"]

    return write


def swept(*, away: bool = False, there: bool = False, sent: bool = False) -> Case:
    """Ten minutes of a sweep in which something reports by a clock; ``away`` writes one without the car, who holds it if ``there``.

    ``sent`` is that a tap of the network sees it report a position each time.
    """

    def write(folder: Path) -> list[Path]:
        begin = datetime.fromtimestamp(START, UTC)
        reporter = air.tracker(842.3e6, 40.0, 600.0)
        (folder / "sweep.csv").write_bytes(air.rtl_power(air.Air(600, [reporter], begin=begin), 838e6, 846e6))
        if away:
            place = air.Air(600, [reporter] if there else [], seed=8)
            (folder / "away.csv").write_bytes(air.rtl_power(place, 838e6, 846e6))
        told = wire(folder, ((time, frame(CAR, OUTSIDE, REPORT)) for time in reporter.times)) if sent else []
        return [folder / "sweep.csv", *told]

    return write


def driven(down: int = 0) -> Case:
    """A capture of what is sent while the car moves, with so many large datagrams back for each, and the phases noted."""

    def made(folder: Path) -> list[Path]:
        draw = random.Random(5)
        times = list(moving())
        back = [
            datagram(second + 1 + number / 100, FOLLOWED, "192.168.1.20", 40000, draw.randbytes(1300), sport=443)
            for second in times
            for number in range(down)
        ]
        noted(folder / "case.toml")
        return [write(folder / "driven.pcap", [*reports(draw, times), *beside(draw), *back])]

    return made


CASES: dict[Behaviour, Case] = {
    Behaviour.POSITION_SENT: capture("gt06-tracker"),
    Behaviour.POSITION_SENT_BY_SHAPE: sent(b"1700000000,48.8584,2.2945,35.0,0.0\n"),
    Behaviour.OTHERS_PLACE_SENT: sent(VESSEL),
    Behaviour.POSITION_NOT_SENT: capture("gnss-local"),
    Behaviour.COMMANDS_RECEIVED: sent(ORDER),
    Behaviour.READS_AND_SENDS: image({"opt/up": READS + SENDS + FAR}),
    Behaviour.READS_AND_CAN_SEND: image({"opt/u/up": READS + SENDS + b"$URL\n", "opt/u/far.conf": b"URL=" + FAR}),
    Behaviour.LOCATION_CODE: image({"opt/up": READS}),
    Behaviour.NAMES_FAR_END: image({"opt/up": b"#!/bin/sh\nwget -q " + FAR}),
    Behaviour.IDENTITY_SENT: capture("gt06-tracker"),
    Behaviour.IDENTITY_SEEN: capture("at-quectel"),
    Behaviour.SECRET: image(SECRETS),
    Behaviour.SECRET_GUARDED: image(SECRETS),
    Behaviour.BEACON_WITH_CONTENT: capture("gt06-tracker"),
    Behaviour.BEACON_WITHOUT_BEAT: without_pauses,
    Behaviour.BEACON_RARE: lambda folder: [calls(folder / "car.pcap", {OUTSIDE: 60.0})],
    Behaviour.BEACON: lambda folder: [calls(folder / "car.pcap", {OUTSIDE: 60.0})],
    Behaviour.BEACON_IN_SESSIONS: streamed,
    Behaviour.BEACON_TO_RESOLVER: sent(b"x", RESOLVER, port=53),
    Behaviour.BEACON_BY_NATURE: sent(b"x", port=123),
    Behaviour.LOOK_UPS_OF_CONTACTS: looked_up,
    Behaviour.DATA_IN_DNS: tunnelled,
    Behaviour.MODULE: capture("at-quectel"),
    Behaviour.VENDOR: sent(b"GET /ISAPI/System/deviceInfo HTTP/1.1\r\nHost: unit\r\n\r\n"),
    Behaviour.ENDPOINT: lambda folder: wire(folder, [(0.0, asked(1, "iot-south.quectel.com"))]),
    Behaviour.TAG_FOLLOWS: heard(advertised.chipolo("a"), 1200.0),
    Behaviour.TAG_AWAY: heard(advertised.chipolo("a"), 500.0),
    Behaviour.TAG_SILENT_FOLLOWS: heard(advertised.tile("a"), 1200.0),
    Behaviour.TAG: heard(advertised.chipolo("a", away=False), 1200.0),
    Behaviour.FOLLOWS: driven(),
    Behaviour.FOLLOWS_AS_STREAM: driven(down=20),
    Behaviour.TRANSMITS_IN_STEP: swept(sent=True),
    Behaviour.TRANSMITS_BY_CLOCK: swept(away=True),
    Behaviour.TRANSMITS: swept(),
    Behaviour.TRANSMITS_ANYWAY: swept(away=True, there=True),
    Behaviour.ASSISTANCE: lambda folder: wire(folder, [(0.0, asked(1, "xtrapath2.izatcloud.net"))]),
    Behaviour.NOTED_BY_ANOTHER: lambda _: [CAPTURES / "modem-log" / "modem-log.ndjson"],
    Behaviour.CARD_REPORTS: capture("sim-locator"),
    Behaviour.CARD_CAN_REPORT: card(HARMLESS["eSIM polling"]),
    Behaviour.CARD_ASKS: card(HARMLESS["roaming steering"]),
    Behaviour.CARD_NOTICE: card(HARMLESS["IMEI notice"]),
    Behaviour.CARD_APPLET: lambda folder: [cap_file(folder / "menu.cap", asks=False)],
    Behaviour.CARD_PLACE: capture("sim-locator"),
}


def test_every_row_has_its_case() -> None:
    assert set(CASES) == set(Behaviour)


@pytest.mark.parametrize("row", Behaviour)
def test_row(row: Behaviour, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sources = CASES[row](tmp_path)
    case = read_case(tmp_path / "case.toml") if (tmp_path / "case.toml").exists() else None
    plan = Plan.of_sweep(case, "car", jobs=1, baselines=tuple(tmp_path.glob("away.csv")))
    scan(sources, tmp_path / "a.db", plan)
    cars = fleet({})
    if row is Behaviour.BEACON_RARE:
        cars = fleet(
            by_asset([(car, "", "198.51.100.1") for car in (*map(str, range(12)), "car")] + [("car", "", OUTSIDE)])
        )
    with Store(tmp_path / "a.db") as store:
        view = read_view(store, "car")
    before = {one.key: one for one in look(view, load(), cars) if one.kind is not FindingKind.TIE}
    monkeypatch.setattr(row, "severity", higher(higher(row.severity)))
    decided = [before[one.key] for one in look(view, load(), cars) if _worse(one, before)]
    monkeypatch.undo()
    assert decided
    assert {one.severity for one in decided} == {row.severity}


def _worse(one: Finding, before: dict[str, Finding]) -> bool:
    return one.key in before and one.severity > before[one.key].severity


def test_steps_stop_at_the_ends() -> None:
    assert (higher(Severity.HIGH), higher(Severity.CRITICAL)) == (Severity.CRITICAL, Severity.CRITICAL)
    assert (lower(Severity.HIGH), lower(Severity.INFO)) == (Severity.MEDIUM, Severity.INFO)


@pytest.mark.parametrize(("far_end", "severity"), [(OUTSIDE, Severity.HIGH), ("192.168.7.7", Severity.MEDIUM)])
def test_a_far_end_on_the_local_network_is_one_step_lower(far_end: str, severity: Severity, tmp_path: Path) -> None:
    scan(sent(REPORT, far_end, own="192.168.7.20")(tmp_path), tmp_path / "a.db", Plan(asset="car", jobs=1))
    with Store(tmp_path / "a.db") as store:
        found = look(read_view(store, "car"), load())
    kinds = (FindingKind.LOCATION, FindingKind.BEACON)
    assert {one.kind: one.severity for one in found if one.kind in kinds} == dict.fromkeys(kinds, severity)
