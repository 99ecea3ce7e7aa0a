"""The beacon detector: what is one pair, what is said of it, and how loudly."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iotwatch.detect.beacons import patterns
from iotwatch.detect.beacons.awake import _by_sweep, _seen
from iotwatch.detect.detector import Scene
from iotwatch.detect.questions.beacon import BeaconDetector
from iotwatch.files.case import Case, Phase
from iotwatch.model import Confidence, Direction, Evidence, Finding, Observation, Position, Severity, Stretch, cut
from iotwatch.signatures import Signatures
from iotwatch.store import ContactRow, SourceRow, View
from iotwatch.store.rows import PositionRow
from iotwatch.words.findings import Doubt, Reason
from iotwatch.words.kinds import Kind
from tests.calls import calls_while

START = datetime(2026, 1, 5, 8, tzinfo=UTC)
S = 1_000_000
HOUR = 3600.0
FAR = "198.51.100.7"
MOST_CALLS_OF_A_PAIR = 35


def at(seconds: float) -> int:
    return round((START.timestamp() + seconds) * S)


def packed(values: Any) -> bytes:
    return np.asarray(values, "<i8").tobytes()


def row(seconds: Any, **more: Any) -> ContactRow:
    times = np.array([at(float(one)) for one in seconds], np.int64)
    count = len(times)
    values: dict[str, Any] = {
        "client": "192.168.1.20",
        "server": FAR,
        "server_port": 443,
        "transport": "tcp",
        "kind": "connection",
        "events": count,
        "times": packed(np.diff(times, prepend=0)),
        "sizes": packed(np.full(count, more.pop("size", 100))),
        "frames": packed(np.arange(1, count + 1)),
        "offsets": packed(np.arange(count) * 100),
        "lengths": packed(np.full(count, 60)),
        "first_bytes": b"first",
        "last_bytes": b"last",
        "source": 1,
    }
    return ContactRow(**(values | more))


def source(number: int = 1, first: float = 0.0, last: float = 24 * HOUR, kind: str = "capture") -> SourceRow:
    return SourceRow(
        f"{number}", f"{number}.pcap", "car", "lan", kind, "pcap", 1, "ok", first=at(first), last=at(last), id=number
    )


def ends(rows: tuple[ContactRow, ...]) -> float:
    """When the last contact is, in seconds: the recording ends there unless a test says more."""
    return max(int(np.cumsum(np.frombuffer(one.times, "<i8")).max()) for one in rows) / S - START.timestamp()


def look(*rows: ContactRow, sources: tuple[SourceRow, ...] = (), **more: Any) -> list[Finding]:
    view = View(
        **{
            "asset": "car",
            "sources": sources or (source(last=ends(rows)),),
            "observations": {},
            "positions": (),
            "contacts": rows,
            "coverage": (),
        }
        | more
    )
    return list(BeaconDetector().look(Scene(view, cast("Signatures", None))))


def beat(count: int, period: float = 61.0, start: float = 5.0, jitter: float = 0.02) -> np.ndarray:
    random = np.random.default_rng(count)
    return start + np.cumsum(period * random.uniform(1 - jitter, 1 + jitter, count))


def said(kind: str, value: str, **facts: Any) -> Observation:
    evidence = Evidence(cut(None, [(0, 1)]), b"x", 1, source=1)
    return Observation(kind, "ip:192.168.1.20", value, evidence, facts={"direction": "up", "server": FAR, **facts})


def test_a_steady_contact_is_told_in_words() -> None:
    (found,) = look(row(beat(40)))
    assert found.title == f"Regular contact with {FAR}:443 every 61 s"
    assert found.reasons[0].text.startswith("40 contacts, every 61 s +- 0.4")
    assert found.reasons[0].text.endswith("; by chance about 1 in 30,000")
    assert found.facts["pattern"] == "clock"
    assert (found.severity, found.confidence) == (Severity.LOW, Confidence.LIKELY)
    ((table, columns),) = found.rows
    assert table == "beacons"
    assert columns["interval_s"] == pytest.approx(61, rel=0.02)
    assert (columns["client"], columns["server"], columns["port"], columns["events"]) == ("192.168.1.20", FAR, 443, 40)
    assert 0.97 < columns["score"] <= 1
    assert columns["chance"] == pytest.approx(3e-5, rel=0.5)


def test_random_contacts_are_not_told() -> None:
    random = np.random.default_rng(8)
    assert look(*(row(np.cumsum(random.exponential(60, 60)), server_port=port) for port in range(20))) == []


def test_few_contacts_are_at_most_possible() -> None:
    (four,) = look(row([0, 600, 1200, 1800]))
    assert four.confidence is Confidence.POSSIBLE
    assert Doubt.FEW_CONTACTS(n=4) in four.doubts
    (three,) = look(row([0, 3600, 7200]))
    assert three.confidence is Confidence.POSSIBLE
    assert look(row([0, 3600, 9000])) == []


def test_the_time_between_captures_is_no_gap() -> None:
    sources = (source(1, 0, 900), source(2, 5000, 5900), source(3, 20000, 20900))
    first, second, third = (beat(9, 90, start, 0.01) for start in (0, 5000, 20000))
    (found,) = look(row(first), row(second, source=2), row(third, source=3), sources=sources)
    assert found.facts["interval_s"] == pytest.approx(90, rel=0.02)
    assert found.facts["events"] == 3 * 8 + 1
    assert found.confidence is Confidence.LIKELY
    assert Reason.SEVERAL_SOURCES(n=3) in found.reasons
    assert {one.source for one in found.evidence} == {1, 2, 3}


def test_what_two_captures_saw_counts_once() -> None:
    times = beat(20)
    sources = (source(1, 0, 2000), source(2, 300, 2500))
    (found,) = look(row(times), row(times[5:] + 0.02, source=2), sources=sources)
    assert found.facts["events"] == 20


def test_a_clock_that_is_ahead_is_set_back_and_said() -> None:
    times = beat(30, jitter=0.3)
    sources = (source(1, 0, 2500), source(2, 0, 2500))
    (found,) = look(row(times), row(times + 7.0, source=2), sources=sources)
    assert found.facts["events"] == 30
    assert any("+7.00 s" in doubt.text for doubt in found.doubts)


def test_a_name_joins_its_addresses() -> None:
    times = beat(40)
    parts = [row(times[n::4], server=f"198.51.100.{n}", server_name="c2.example") for n in range(4)]
    (found,) = look(*parts)
    assert found.facts["far_end"] == "c2.example"
    assert found.facts["interval_s"] == pytest.approx(61, rel=0.02)
    assert Reason.SEVERAL_ADDRESSES(n=4, name="c2.example") in found.reasons
    assert len(found.rows) == 5


def test_a_device_is_its_mac_address_and_a_router_is_none() -> None:
    times, mac = beat(40), "02:00:00:00:00:07"
    (moved,) = look(
        row(times[:20], client="192.168.1.20", client_mac=mac),
        row(times[20:], client="192.168.1.99", client_mac=mac, source=2),
        sources=(source(1), source(2)),
    )
    assert moved.subject == mac
    assert moved.facts["events"] == 40
    routed = look(
        row(beat(20), client="192.168.1.20", client_mac=mac), row(beat(21), client="192.168.1.99", client_mac=mac)
    )
    assert sorted(one.subject for one in routed) == ["192.168.1.20", "192.168.1.99"]


def test_an_imei_is_the_device() -> None:
    (found,) = look(row(beat(30)), observations={"imei": (said("imei", "490154203237518"),)})
    assert found.subject == "490154203237518"
    assert found.key == f"490154203237518|{FAR}:443"
    assert f"192.168.1.20|{FAR}:443" in found.former_keys
    assert found.severity is Severity.HIGH


@pytest.mark.parametrize(
    ("more", "doubt"),
    [
        ({"server_port": 123, "transport": "udp"}, "NTP time"),
        ({"server_port": 5353, "server": "224.0.0.251"}, "mDNS"),
        ({"server": "192.168.1.9"}, "local network"),
        ({"server_name": "connectivitycheck.gstatic.com"}, "connectivity check"),
        ({"server_name": "ocsp.digicert.com"}, "OCSP"),
        ({"server_name": "au.download.windowsupdate.com"}, "operating system updates"),
        ({"server": "255.255.255.255", "server_port": 4000}, "broadcast"),
    ],
)
def test_what_is_regular_by_nature_raises_no_alarm(more: dict[str, Any], doubt: str) -> None:
    (found,) = look(row(beat(30), **more))
    assert found.severity is Severity.INFO
    assert any(doubt in one.text for one in found.doubts)


def test_positions_on_the_same_contact_make_it_high_even_on_an_everyday_port() -> None:
    evidence = Evidence(cut(None, [(0, 1)]), b"x", 1, source=1)
    position = Position(1.0, 2.0, Direction.UP, "gt06", "decoded", evidence, client="192.168.1.20", server=FAR)
    (found,) = look(row(beat(30), server_port=123), positions=(PositionRow(1, position),))
    assert found.severity is Severity.HIGH
    assert Reason.CARRIES(what="positions") in found.reasons


def test_contacts_that_follow_the_movement_are_high() -> None:
    phases = (
        Phase("parked", START, START + timedelta(hours=1)),
        Phase("driving", START + timedelta(hours=1), START + timedelta(hours=2)),
    )
    times = [*np.arange(0, HOUR, 900), *np.arange(HOUR, 2 * HOUR, 30)]
    (found,) = look(row(times), case=Case(phases=phases))
    assert found.severity is Severity.HIGH
    assert any(reason.word is Reason.FOLLOWS_MOVEMENT for reason in found.reasons)
    (steady,) = look(row(np.arange(0, 2 * HOUR, 30)), case=Case(phases=phases))
    assert steady.severity is Severity.LOW


def test_time_that_nobody_recorded_is_no_silence() -> None:
    """Of the hour parked six minutes stand in the file: five contacts in six minutes are as many as while driving."""
    phases = (
        Phase("parked", START, START + timedelta(hours=1)),
        Phase("driving", START + timedelta(hours=1), START + timedelta(hours=2)),
    )
    heard = ((1, Stretch(at(0), at(360))), (1, Stretch(at(HOUR), at(2 * HOUR))))
    times = [*np.arange(0, 360, 72), *np.arange(HOUR, 2 * HOUR, 72)]
    (found,) = look(row(times), case=Case(phases=phases), stretches=heard)
    assert found.severity is Severity.LOW
    (taken_for_silence,) = look(row(times), case=Case(phases=phases))
    assert taken_for_silence.severity is Severity.HIGH


def test_stamps_of_a_wrong_clock_make_no_gap_and_no_first_time() -> None:
    (steady,) = look(row(beat(30)))
    long_ago, far_ahead = -46 * 8766 * HOUR, 12 * 8766 * HOUR
    (found,) = look(row([long_ago, *beat(30), far_ahead]), sources=(source(last=ends((row(beat(30)),))),))
    told = {name: dict(found.rows[0][1])[name] for name in ("interval_s", "first_seen", "last_seen")}
    assert told == {name: dict(steady.rows[0][1])[name] for name in told}


def test_pings_are_named_and_answers_from_outside_are_not_told() -> None:
    (found,) = look(row(beat(30), kind="icmp", transport="icmp", server_port=0))
    assert found.title == f"Regular contact with {FAR} (icmp) every 61 s"
    assert look(row(beat(30), kind="icmp", transport="icmp", client=FAR, server="192.168.1.20", server_port=0)) == []


@pytest.mark.parametrize(
    ("kind", "size", "word"), [("mqtt.client", 2, Reason.MQTT_PING), ("http.upgrade", 6, Reason.WEBSOCKET_PING)]
)
def test_keep_alives_are_named_where_the_protocol_shows(kind: str, size: int, word: Reason) -> None:
    (found,) = look(row(beat(30), kind="burst", size=size), row([5.0]), observations={kind: (said(kind, "websocket"),)})
    assert word() in found.reasons


def test_bursts_that_only_fill_the_quiet_are_no_beat() -> None:
    random = np.random.default_rng(4)
    endless = np.cumsum(2.0 + random.exponential(0.05, 80))
    assert [one.confidence for one in look(row(endless, kind="burst"))] in ([], [Confidence.POSSIBLE])


def test_dns_tunnels_are_told_by_their_names() -> None:
    random = np.random.default_rng(9)
    names = ["".join(random.choice(list("abcdef0123456789"), 40)) + ".t.example" for _ in range(60)]
    times = np.cumsum(random.exponential(20, 60))
    rows = [row([when], kind="dns", server_name=name, server_port=53) for when, name in zip(times, names, strict=True)]
    (found,) = look(*rows)
    assert found.title == "Data in DNS questions under t.example"
    assert (found.severity, found.confidence) == (Severity.MEDIUM, Confidence.LIKELY)
    assert "60 names under t.example, 40 characters" in found.reasons[0].text
    words = [
        f"{word}.shop.example" for word in ("www", "mail", "img", "static", "api", "cdn", "a", "b", "c", "d", "e", "f")
    ]
    assert look(*(row([n * n * 7.0], kind="dns", server_name=name) for n, name in enumerate(words))) == []


def test_a_stream_in_sessions_is_told_as_that_and_raised_by_nothing() -> None:
    random = np.random.default_rng(6)
    starts = np.cumsum(random.uniform(200, 900, 8))
    times = np.concatenate([start + np.cumsum(4 * random.uniform(0.7, 1.3, 40)) for start in starts])
    (found,) = look(row(np.sort(times), kind="burst"))
    assert (found.facts["pattern"], found.severity) == ("sessions", Severity.INFO)
    assert found.reasons[0].word is Reason.IN_SESSIONS
    assert found.title.startswith(f"Contact in sessions with {FAR}:443")


def test_of_many_pairs_in_sessions_the_most_regular_are_told_and_the_others_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(patterns, "MOST_SESSIONS", 3)
    random = np.random.default_rng(6)
    rows = []
    for port in range(1000, 1008):
        starts = np.cumsum(random.uniform(200, 900, 8))
        times = np.concatenate([start + np.cumsum(4 * random.uniform(0.9, 1.1, 40)) for start in starts])
        rows.append(row(np.sort(times), kind="burst", server_port=port))
    found = look(*rows, row(beat(85)))
    every = [one for one in found if one.facts["pattern"] == "sessions"]
    assert len(every) == 3
    assert all(Reason.SESSIONS_LEFT(n=5) in one.reasons for one in every)
    (clock,) = [one for one in found if one.facts["pattern"] == "clock"]
    assert not any(one.word is Reason.SESSIONS_LEFT for one in clock.reasons)
    # What carries more than a beat is told however many there are.
    monkeypatch.setattr(patterns, "MOST_SESSIONS", 0)
    vin = said(Kind.VIN, "WVWZZZ1JZXW000001")
    assert len(look(*rows, observations={Kind.VIN: (vin,)})) == len(rows)


def test_a_clock_that_sleeps_and_wakes_on_its_grid_is_one_clock() -> None:
    grid = 5 + 60.0 * np.arange(60) + np.random.default_rng(3).uniform(0, 4, 60)
    slept = np.delete(grid, [*range(20, 28), *range(40, 45)])
    (found,) = look(row(slept), sources=(source(last=HOUR),))
    assert found.facts["pattern"] == "clock"
    assert Reason.SLEPT_ON_GRID(n=2) in found.reasons
    woken_at_random = np.concatenate([slept[:20], slept[20:32] + 17, slept[32:] + 41])
    (other,) = look(row(woken_at_random), sources=(source(last=HOUR),))
    assert not any(one.word is Reason.SLEPT_ON_GRID for one in other.reasons)
    assert other.facts["chance"] > found.facts["chance"]


def test_a_sparse_beacon_is_possible_and_tells_for_how_long_to_listen() -> None:
    (found,) = look(row(300 + 540 * np.arange(7)), sources=(source(last=HOUR),))
    assert found.confidence is Confidence.POSSIBLE
    (longer,) = [one for one in found.doubts if one.word is Doubt.LISTEN_LONGER]
    more = 300 + 540 * np.arange(40)
    (sure,) = look(row(more), sources=(source(last=540 * 40.0),))
    assert sure.confidence is Confidence.LIKELY
    assert longer.text.endswith("of listening would make it sure, if it goes on like that")


def test_many_pairs_lower_nobodys_rank() -> None:
    random = np.random.default_rng(2)
    others = [row(np.cumsum(random.exponential(60, 40)), server_port=port) for port in range(1000, 1300)]
    alone, among = look(row(beat(14))), look(row(beat(14)), *others, sources=(source(last=HOUR),))
    found = next(one for one in among if one.facts["far_end"] == f"{FAR}:443")
    assert found.facts["any_chance"] > found.facts["chance"]
    assert alone[0].facts["any_chance"] == alone[0].facts["chance"]
    rows = [one for one in among if one.facts["chance"] < found.facts["chance"]]
    assert not rows


def test_names_made_of_addresses_are_no_hidden_data() -> None:
    hosts = [f"{n}-34-{n + 7}-250.dynamic.customers.lightspeed.region{n}.isp.example" for n in range(40)]
    assert look(*(row([n * n * 7.0], kind="dns", server_name=name) for n, name in enumerate(hosts))) == []


def test_lines_of_a_log_are_evidence() -> None:
    (found,) = look(row(beat(30)), sources=(source(kind="log"),))
    assert [one.path for one in found.evidence] == ["line 1", "line 30"]
    assert all(one.frame is None and one.display_filter == "" for one in found.evidence)


def test_the_order_of_sources_changes_nothing() -> None:
    times = beat(40)
    rows = [row(times[:25]), row(times[15:], source=2), row(beat(12, 300), server_port=80, source=2)]
    sources = (source(1, 0, 1600), source(2, 900, 5000))
    once, again = look(*rows, sources=sources), look(*reversed(rows), sources=sources)
    assert [(one.key, one.facts, one.rows) for one in once] == [(one.key, one.facts, one.rows) for one in again]


def test_a_pair_takes_few_calls_however_many_there_are() -> None:
    """Pairs are looked at in columns: of thousands that are no beacon none is worth more than its own row."""
    random = np.random.default_rng(3)

    def cars(count: int) -> list[ContactRow]:
        return [
            row(np.cumsum(random.exponential(600, 5)), server=f"198.51.100.{n % 250}", server_port=n)
            for n in range(count)
        ]

    few, many = cars(100), cars(400)
    look(*many)
    once, more = (calls_while(lambda rows=rows: look(*rows, sources=(source(),))) for rows in (few, many))
    assert (more - once) / 300 < MOST_CALLS_OF_A_PAIR


@given(
    st.lists(st.lists(st.integers(0, 60), min_size=1, max_size=4), max_size=5), st.lists(st.integers(0, 90), max_size=5)
)
def test_a_pair_is_seen_in_the_sweeps_in_which_it_has_contacts(talks: list[list[int]], starts: list[int]) -> None:
    sweeps = _by_sweep(Stretch(at(begin * HOUR), at(begin * HOUR + 2 * HOUR)) for begin in starts)
    times = [sorted(at(hour * HOUR) for hour in hours) for hours in talks]
    bounds = np.cumsum([0, *map(len, times)])
    expected = [
        tuple(
            n for n, sweep in enumerate(sweeps) if any(one.first <= time <= one.last for one in sweep for time in mine)
        )
        for mine in times
    ]
    assert _seen(sweeps, np.array([one for mine in times for one in mine], np.int64), bounds) == expected
