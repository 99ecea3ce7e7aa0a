"""The table of verdicts, rule by rule, each begun at a capture, a log or an image: the rule alone decides."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import dpkt
import pytest

from iotwatch.batch.scan import Plan, scan
from iotwatch.detect import decide
from iotwatch.detect import verdict as judged
from iotwatch.detect.judge import look
from iotwatch.detect.verdict import RULES
from iotwatch.files.baseline import Decision
from iotwatch.files.case import read_case
from iotwatch.open.pipeline import Options
from iotwatch.signatures import load
from iotwatch.store import Store
from iotwatch.store.views import read_view
from iotwatch.words.findings import FindingKind
from iotwatch.words.verdicts import Ground
from tests.decode.sim.files import cap_file
from tests.detect.images import CAPTURES
from tests.tars import make_tar

TRACKER = CAPTURES / "gt06-tracker"
MODEM = CAPTURES / "at-quectel" / "ttyUSB2-at.log"
SCOPE = read_case(TRACKER / "case.toml").scope


ALL = tuple(Decision("expected", {"kind": kind}, "A", "manual") for kind in FindingKind)


def image(folder: Path) -> Path:
    return make_tar(folder / "image.tar", {"etc/motd": b"welcome\n"})


def driver(folder: Path) -> Path:
    """A host's software for modems: no module was seen."""
    program = b"\x7fELF" + b"\0ofono_modem_register\0ofono_sim_read\0org.ofono.Manager\0" * 3
    return make_tar(folder / "driver.tar", {"usr/sbin/ofonod": program})


def numbers(folder: Path) -> Path:
    """A status page with numbers of a device with a SIM, and no module's name."""
    path = folder / "lte.txt"
    path.write_text("LTE status\nIMEI: 860000000000033\nIMSI: 001010123456789\nstate: connected\n")
    return path


def doubtful(folder: Path) -> Path:
    """Three datagrams to a machine of the same network that may hold a place, told by their shape alone."""
    with (folder / "doubtful.pcap").open("wb") as file:
        writer = dpkt.pcap.Writer(file)
        for second in range(3):
            sent = dpkt.udp.UDP(sport=40000, dport=9999, data=b"$X,52.5203%d,N,13.4050%d,E,0" % (second, second))
            sent.ulen = len(sent)
            packet = dpkt.ip.IP(src=b"\xc0\xa8\x01\x05", dst=b"\xc0\xa8\x01\x09", p=17, data=sent)
            packet.len = len(packet)
            writer.writepkt(bytes(dpkt.ethernet.Ethernet(data=packet)), ts=1_700_000_000 + second)
    return folder / "doubtful.pcap"


def unreadable(folder: Path) -> Path:
    path = folder / "cut.pcap"
    path.write_bytes((TRACKER / "gt06-tracker.pcap").read_bytes()[:20])
    return path


def broken(*_: object, **__: object) -> None:
    raise ZeroDivisionError("boom")


Case = tuple[Callable[[Path], Path], tuple[str, ...], tuple[Decision, ...]]
"""What is scanned, the devices in scope, and what analysts decided; in the order of ``RULES``."""

CASES: tuple[tuple[str, Case], ...] = (
    ("reports-location", (lambda _: TRACKER / "gt06-tracker.pcap", SCOPE, ())),
    ("suspicious", (lambda _: TRACKER / "gt06-tracker.pcap", (), ())),
    ("suspicious", (lambda _: CAPTURES / "firmware" / "unit-1-flash.bin", (), ())),
    ("explained", (lambda _: TRACKER / "gt06-tracker.pcap", SCOPE, ALL)),
    ("capable", (doubtful, ("192.168.1.5",), ())),
    ("capable", (lambda _: MODEM, (), ())),
    ("capable", (lambda _: CAPTURES / "gnss-local", (), ())),
    ("capable", (driver, (), ())),
    ("capable", (numbers, (), ())),
    ("capable", (lambda folder: cap_file(folder / "menu.cap", asks=False), (), ())),
    ("explained", (lambda _: MODEM, (), ALL)),
    ("not-enough-data", (unreadable, (), ())),
    ("not-enough-data", (image, (), ())),
    ("not-enough-data", (lambda _: CAPTURES / "phone-benign" / "phone-benign.pcapng", (), ())),
    ("nothing-seen", (image, (), ())),
)


def test_every_rule_has_its_case() -> None:
    assert [word for word, _ in RULES] == [word for word, _ in CASES]


@pytest.mark.parametrize("number", range(len(RULES)))
def test_rule(number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    word, (source, scope, decisions) = CASES[number]
    if RULES[number][1].__name__ == "_not_whole":
        monkeypatch.setattr("iotwatch.unpack.unpack", broken)
    scan([source(tmp_path)], tmp_path / "a.db", Plan(asset="car", options=Options(scope=scope), jobs=1))
    with Store(tmp_path / "a.db") as store:
        store.assets.write_case(["car"], scope, None)
        view = read_view(store, "car")
    findings = decide(look(view, load()), decisions, "car", 0)
    told = judged(view, findings)
    assert told.word == word
    assert told.ground.word is list(Ground)[number]
    others = (*RULES[:number], *RULES[number + 1 :], (None, lambda _: (Ground.NO_SOURCE(), ())))
    monkeypatch.setattr(import_module("iotwatch.detect.verdict"), "RULES", others)
    assert judged(view, findings) != told


def test_a_fault_of_ours_is_no_absence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scan([image(tmp_path)], tmp_path / "whole.db", Plan(asset="car", jobs=1))
    monkeypatch.setattr("iotwatch.unpack.unpack", broken)
    scan([image(tmp_path)], tmp_path / "broken.db", Plan(asset="car", jobs=1))
    words = {}
    for name in ("whole", "broken"):
        with Store(tmp_path / f"{name}.db") as store:
            words[name] = store.assets.verdict("car")
    assert words == {"whole": "nothing-seen", "broken": "not-enough-data"}
