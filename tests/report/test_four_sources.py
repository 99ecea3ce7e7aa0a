"""One car at which all four were brought: a radio sweep, Bluetooth, its SIM card and the log of its modem."""

from __future__ import annotations

from pathlib import Path

import pytest

from iotwatch.batch.scan import Plan, scan
from iotwatch.handoff.integrity import check
from iotwatch.report.document.assembling import assemble
from iotwatch.report.document.model import Asset
from iotwatch.report.reader import EvidenceReader, Reader
from iotwatch.report.words.sentences import summary
from iotwatch.store import Store

CAPTURES = Path(__file__).parents[2] / "captures"
BROUGHT = {
    "transmitter": "radio-gsm-tracker/sweep.csv.gz",
    "tag": "tag-along/tag-along.pcap",
    "sim-report": "sim-locator/sim-locator.pcap",
    "module": "modem-log/modem-log.qmdl",
}


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("four") / "car.db"
    scan([CAPTURES / name for name in BROUGHT.values()], path, Plan(asset="car", jobs=1))
    return path


@pytest.fixture(scope="module")
def car(database: Path) -> Asset:
    with Store(database, create=False) as store:
        (asset,) = assemble(Reader(store, masked=False), reproducible=True).assets
    return asset


def test_the_car_is_told_to_report_where_it_is(car: Asset) -> None:
    assert car.verdict == "reports-location"


def test_page_one_names_the_sender_the_tag_the_card_and_the_modem(car: Asset) -> None:
    page = summary(car)
    where = " ".join(page.where_to_look)
    (radio,) = [one for one in car.findings if one.kind == "transmitter"]
    (module,) = [one for one in car.findings if one.kind == "module"]
    assert f"{radio.facts['centre_mhz']:.1f} MHz" in where
    assert "by Bluetooth" in where
    assert "at the SIM card" in where
    assert "by a SIM card" in page.sentence
    assert "no name" not in page.sentence
    assert str(module.facts["model"]) in where


@pytest.mark.parametrize("kind", BROUGHT)
def test_each_stands_on_bytes_of_its_own_source(kind: str, car: Asset) -> None:
    (digest,) = {source.sha256 for source in car.sources if source.path.endswith(BROUGHT[kind])}
    found = [one for one in car.findings if one.kind == kind]
    assert found
    assert all(digest in {evidence.sha256 for evidence in one.evidence} for one in found)


def test_every_evidence_replays(database: Path) -> None:
    with Store(database, create=False) as store:
        checked = list(check(EvidenceReader(store, masked=False)))
    assert len(checked) == len(BROUGHT)
    assert all(one.evidence and not one.changes for one in checked)
