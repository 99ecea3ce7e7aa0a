"""How many values a source costs: what is kept is built once, and what is not kept is not built at all."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest

from iotwatch import model
from iotwatch.open.pipeline import Job, analyse
from iotwatch.signatures import load
from iotwatch.store import Analysis, Store

CAPTURES = Path(__file__).resolve().parent.parent.parent / "captures"


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """A count of the positions and evidences built from now on, anywhere in the program, copies with a change included."""
    counts: Counter[str] = Counter()
    for name in ("Position", "Evidence"):
        plain = getattr(model, name)

        def count(self: object, name: str = name, plain: type = plain) -> None:
            counts[name] += 1
            plain.__post_init__(self)

        body = {"__post_init__": count, "__module__": plain.__module__, "__annotations__": {}}
        counted = type(plain)(name, (plain,), body, frozen=True)
        for module in [module for key, module in sys.modules.items() if key.startswith("iotwatch")]:
            if getattr(module, name, None) is plain:
                monkeypatch.setattr(module, name, counted)
    return counts


def gt06() -> Analysis:
    return analyse(Job(str(CAPTURES / "gt06-tracker" / "gt06-tracker.pcap"), "car"), load())


def test_twelve_fixes_are_twelve_positions(built: Counter[str], tmp_path: Path) -> None:
    """Also of a flow whose far end is named by DNS, and also when they are stored."""
    analysis = gt06()
    assert [one.server_name for one in analysis.positions] == ["gps.tracker-cloud.example"] * 12
    assert built == {"Position": 12, "Evidence": 12 + len(analysis.observations)}
    assert built["Evidence"] <= 19

    with Store(tmp_path / "kept.db") as store:
        store.sources.write(analysis, store.runs.start("0", "0", ""))
    assert built["Position"] == 12
    assert built["Evidence"] <= 19


def test_a_copy_counts(built: Counter[str]) -> None:
    """What counts is tried too: without it the test above could not fail."""
    one = gt06().positions[0]
    before = built["Position"]
    model.msgspec.structs.replace(one, dialect="other")
    assert built["Position"] == before + 1
