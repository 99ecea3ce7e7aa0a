"""The table of verdicts, rule by rule, each begun at a capture, a log or an image: the rule alone decides."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

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
from tests.detect.images import CAPTURES
from tests.tars import make_tar

TRACKER = CAPTURES / "gt06-tracker"
MODEM = CAPTURES / "at-quectel" / "ttyUSB2-at.log"
SCOPE = read_case(TRACKER / "case.toml").scope
KNOWN = tuple(Decision("expected", {"kind": kind}, "A", "manual") for kind in ("module", "location"))


def image(folder: Path) -> Path:
    return make_tar(folder / "image.tar", {"etc/motd": b"welcome\n"})


Case = tuple[Callable[[Path], Path], tuple[str, ...], tuple[Decision, ...]]
"""What is scanned, the devices in scope, and what analysts decided; in the order of ``RULES``."""

CASES: tuple[tuple[str, Case], ...] = (
    ("reports-location", (lambda _: TRACKER / "gt06-tracker.pcap", SCOPE, ())),
    ("suspicious", (lambda _: TRACKER / "gt06-tracker.pcap", (), ())),
    ("suspicious", (lambda _: CAPTURES / "firmware" / "unit-1-flash.bin", (), ())),
    ("capable", (lambda _: MODEM, (), ())),
    ("explained", (lambda _: MODEM, (), KNOWN)),
    ("not-enough-data", (lambda _: CAPTURES / "phone-benign" / "phone-benign.pcapng", (), ())),
    ("nothing-seen", (image, (), ())),
)


def test_every_rule_has_its_case() -> None:
    assert [word for word, _ in RULES] == [word for word, _ in CASES]


@pytest.mark.parametrize("number", range(len(RULES)))
def test_rule(number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    word, (source, scope, decisions) = CASES[number]
    scan([source(tmp_path)], tmp_path / "a.db", Plan(asset="car", options=Options(scope=scope), jobs=1))
    with Store(tmp_path / "a.db") as store:
        store.assets.write_case(["car"], scope, None)
        view = read_view(store, "car")
    findings = decide(look(view, load()), decisions, "car", 0)
    told = judged(view, findings)
    assert told.word == word
    others = (*RULES[:number], *RULES[number + 1 :], ("no rule", lambda _: ""))
    monkeypatch.setattr(import_module("iotwatch.detect.verdict"), "RULES", others)
    assert judged(view, findings) != told


def test_a_fault_of_ours_is_no_absence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("boom")

    scan([image(tmp_path)], tmp_path / "whole.db", Plan(asset="car", jobs=1))
    monkeypatch.setattr("iotwatch.unpack.unpack", broken)
    scan([image(tmp_path)], tmp_path / "broken.db", Plan(asset="car", jobs=1))
    words = {}
    for name in ("whole", "broken"):
        with Store(tmp_path / f"{name}.db") as store:
            words[name] = store.assets.verdict("car")
    assert words == {"whole": "nothing-seen", "broken": "not-enough-data"}
