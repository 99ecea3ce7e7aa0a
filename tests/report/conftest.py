"""One car made of our own captures, scanned once; and the documents of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from iotwatch.batch.scan import Plan, scan
from iotwatch.files.case import read_case
from iotwatch.report.document.assembling import assemble
from iotwatch.report.document.model import Document
from iotwatch.report.reader import Reader
from iotwatch.store import Store

CAPTURES = Path(__file__).parent.parent.parent / "captures"
CAR = "Van 20"
NUMBERS = ("860000000000033", "860000000000041", "89999010000000000013", "001010123456789")


@pytest.fixture(scope="session")
def car(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of one car from three captures, with its case: a tracker's traffic, a module's serial line, an image."""
    database = tmp_path_factory.mktemp("car") / "car.db"
    case = read_case(CAPTURES / "gt06-tracker" / "case.toml")
    plan = Plan.of_sweep(case, CAR, jobs=1)
    scan([CAPTURES / name for name in ("gt06-tracker", "at-quectel", "firmware")], database, plan)
    return database


@pytest.fixture(scope="session")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of several assets, one a file."""
    database = tmp_path_factory.mktemp("fleet") / "fleet.db"
    names = ("gt06-tracker", "http-post-position", "mqtt-position", "phone-benign", "gnss-local")
    scan([CAPTURES / name for name in names], database, Plan(jobs=1))
    return database


@pytest.fixture(scope="session")
def masked(car: Path) -> Document:
    return _document(car, masked=True)


@pytest.fixture(scope="session")
def raw(car: Path) -> Document:
    return _document(car, masked=False)


@pytest.fixture(scope="session")
def fleet_document(fleet: Path) -> Document:
    return _document(fleet, masked=True)


def _document(database: Path, *, masked: bool) -> Document:
    with Store(database, create=False) as store:
        return assemble(Reader(store, masked=masked), reproducible=True)
