"""Bare samples: what they are is told, by SigMF, by a name or by the user, and never guessed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from iotwatch.cli import group
from iotwatch.open.pipeline import Job, Options, analyse
from iotwatch.read.sweeps.samples import by_words
from iotwatch.signatures import load
from iotwatch.store.rows import Analysis
from iotwatch.words.kinds import Kind
from tests import air

RATE, CENTRE, OFFSET = 512_000.0, 897.4e6, 120_000.0
BURSTS = [(0.5, 0.9), (1.6, 2.0)]


def pair(folder: Path, kind: str, **told: object) -> Path:
    path = folder / "take.sigmf-data"
    path.write_bytes(air.samples(BURSTS, RATE, 3.0, OFFSET, kind))
    meta = {"core:datatype": kind, "core:sample_rate": RATE, "core:version": "1.2.0"}
    capture = {"core:sample_start": 0, "core:frequency": CENTRE, "core:datetime": "2026-03-01T09:00:00Z"}
    (folder / "take.sigmf-meta").write_text(json.dumps({"global": {**meta, **told}, "captures": [capture]}))
    return path


def bursts(told: Analysis) -> dict[str, object]:
    return next(one for one in told.observations if one.kind == Kind.RF_BURSTS).facts


@pytest.mark.parametrize("kind", ["cu8", "ci16_le", "cf32_le"])
def test_a_pair_of_sigmf(kind: str, tmp_path: Path) -> None:
    told = analyse(Job(str(pair(tmp_path, kind)), "car"), load())
    assert (told.source.status, told.source.format) == ("ok", f"iq-{kind}")
    facts = bursts(told)
    assert facts["centre_hz"] == pytest.approx(CENTRE + OFFSET, abs=15_000)
    begins = [(facts["first_us"] + begin) / 1e6 - air.BEGIN.timestamp() for begin in facts["begins_us"]]  # type: ignore[attr-defined, operator]
    assert begins == pytest.approx([begin for begin, _ in BURSTS], abs=0.15)


def test_without_a_word_on_what_they_are_they_are_not_read(tmp_path: Path) -> None:
    path = tmp_path / "take.cu8"
    path.write_bytes(air.samples(BURSTS, RATE, 3.0, OFFSET, "cu8"))
    told = analyse(Job(str(path), "car"), load())
    assert told.source.status == "unreadable"
    assert "--samples TYPE,RATE,HZ" in told.source.reason
    said = analyse(Job(str(path), "car", options=Options(samples="cu8,512k,897.4M")), load())
    assert bursts(said)["centre_hz"] == pytest.approx(CENTRE + OFFSET, abs=15_000)


@pytest.mark.parametrize("told", ["cu8", "cu8,0,1", "cu8,1M", "cu9,1M,1G", "cu8,1e6,1", "cu8,nan,1", "cu8,0.1,1"])
def test_a_wrong_word_is_wrong_usage(told: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"samples|rate"):
        by_words(told)
    (tmp_path / "take.cu8").write_bytes(bytes(4096))
    line = ["--db", str(tmp_path / "a.db"), "scan", str(tmp_path / "take.cu8"), "--samples", told]
    assert CliRunner().invoke(group, line).exit_code == 2


def test_a_rate_that_no_receiver_has_is_a_broken_description(tmp_path: Path) -> None:
    assert (
        "SigMF description"
        in analyse(Job(str(pair(tmp_path, "cu8", **{"core:sample_rate": 1e-12})), "car"), load()).source.reason
    )


@pytest.mark.parametrize("meta", [b"", b"{}", b'{"global": {"core:datatype": "cu8"}}', b"[" * 100_000])
def test_a_broken_description_is_told(meta: bytes, tmp_path: Path) -> None:
    path = pair(tmp_path, "cu8")
    path.with_suffix(".sigmf-meta").write_bytes(meta)
    assert "SigMF description" in analyse(Job(str(path), "car"), load()).source.reason
