"""The table of verdicts, row by row."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from iotwatch.detect import verdict
from iotwatch.files.case import Case, Phase
from iotwatch.model import Confidence, Evidence, Finding, Severity, Stretch, cut
from iotwatch.store import SourceRow, View
from iotwatch.words.findings import FindingKind, Reason

EVIDENCE = Evidence(place=cut(None, [(0, 1)]), excerpt=b"x", length=1)


def finding(kind: FindingKind, severity: Severity, confidence: Confidence = Confidence.LIKELY, **facts: Any) -> Finding:
    return Finding(
        *(kind, kind, "who", "key", f"a {kind}", severity, confidence, (Reason.IN_CLEAR(),)),
        evidence=(EVIDENCE,),
        facts=facts,
    )


def view(vantage: str = "lan", kind: str = "capture", scope: tuple[str, ...] = (), status: str = "ok") -> View:
    source = SourceRow("aa", "a", "car", vantage, kind, "pcap", 10, status)
    return View("car", (source,), {}, (), (), (), scope=scope)


SENT = finding(FindingKind.LOCATION, Severity.HIGH, direction="up", disclosing=3)
DOUBTED = finding(FindingKind.LOCATION, Severity.HIGH, Confidence.POSSIBLE, direction="up", disclosing=3)
NO_FIX = finding(FindingKind.LOCATION, Severity.INFO, direction="up", disclosing=0)
LOCAL = finding(FindingKind.LOCATION, Severity.INFO, direction="local", disclosing=9)
BROADCAST = finding(FindingKind.LOCATION, Severity.HIGH, direction="broadcast", disclosing=1)
MODULE = finding(FindingKind.MODULE, Severity.INFO, role="module")
IDENTITY = finding(FindingKind.IDENTITY, Severity.MEDIUM)
ENDPOINT = finding(FindingKind.ENDPOINT, Severity.INFO)


@pytest.mark.parametrize(
    ("seen", "findings", "word"),
    [
        (view(scope=("192.0.2.1",)), [SENT], "reports-location"),
        (view(vantage="usb"), [SENT], "reports-location"),
        (view(vantage="cellular"), [BROADCAST, MODULE], "reports-location"),
        (view(), [SENT], "suspicious"),
        (view(vantage="wifi"), [BROADCAST], "suspicious"),
        (view(vantage="bluetooth"), [BROADCAST], "suspicious"),
        (view(vantage="rf"), [BROADCAST], "suspicious"),
        (view(), [IDENTITY], "suspicious"),
        (view(vantage="usb"), [DOUBTED], "suspicious"),
        (view(vantage="usb"), [NO_FIX], "capable"),
        (view(vantage="uart", kind="log"), [LOCAL], "capable"),
        (view(kind="firmware", vantage="other"), [MODULE], "capable"),
        (view(), [ENDPOINT], "not-enough-data"),
        (view(), [], "not-enough-data"),
        (view(kind="firmware", vantage="other", status="unreadable"), [], "not-enough-data"),
        (view(kind="firmware", vantage="other"), [], "nothing-seen"),
    ],
)
def test_rule(seen: View, findings: list[Finding], word: str) -> None:
    assert verdict(seen, findings).word == word


def test_absence_needs_both_phases_listened_to() -> None:
    start = datetime(2026, 1, 31, 10, tzinfo=UTC)
    parked = Phase("parked", start, start + timedelta(minutes=20))
    driving = Phase("driving", start + timedelta(minutes=20), start + timedelta(minutes=40))
    first = int(start.timestamp() * 1e6)

    def word(minutes: int, *phases: Phase) -> str:
        source = SourceRow("aa", "a", "car", "lan", "capture", "pcap", 10, "ok", id=1)
        heard = (1, Stretch(first, first + minutes * 60_000_000))
        seen = View("car", (source, source), {}, (), (), (), case=Case(phases=phases), stretches=(heard, heard))
        return verdict(seen, []).word

    assert word(40, parked, driving) == "nothing-seen"
    assert word(40, parked) == "not-enough-data"
    assert word(30, parked, driving) == "not-enough-data"
    locked = Phase("locked", start + timedelta(hours=2), start + timedelta(hours=3))
    assert word(40, parked, driving, locked) == "not-enough-data"
    assert word(180, parked, driving, locked) == "nothing-seen"
    short = Phase("driving", parked.end, parked.end + timedelta(minutes=14))
    assert word(40, parked, short, short) == "not-enough-data"


def test_every_sentence_about_a_car_says_what_was_not_checked() -> None:
    for findings in ([SENT], [MODULE], [IDENTITY]):
        assert "factory-fit not checked" in verdict(view(vantage="usb"), findings).reason


def test_an_image_says_how_much_was_opened() -> None:
    assert "10 of 10 bytes opened" in verdict(view(kind="firmware", vantage="other"), []).reason
