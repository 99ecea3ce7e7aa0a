"""Fixtures of the browser tests; each skips with its reason where a program or package is absent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from iotwatch.report.document import Document
from iotwatch.report.html import render
from tests.browser.chromium import axe_script, browser
from tests.report.conftest import car, fleet, fleet_document, masked, raw  # noqa: F401  the same car as in tests/report

Opener = Callable[..., AbstractContextManager[Any]]


@pytest.fixture(scope="session")
def opened(program: Callable[[str], str]) -> Opener:
    """A function that opens a browser of a width, or skips."""
    pytest.importorskip("selenium", reason="selenium is not installed")
    chromium, driver = program("chromium"), program("chromedriver")

    def open_browser(width: int, **settings: Any) -> AbstractContextManager[Any]:
        return browser(chromium, driver, width, **settings)

    return open_browser


@pytest.fixture(scope="session")
def axe() -> Path:
    script = axe_script()
    if script is None or not script.is_file():
        pytest.skip("axe-core is not here (install axe-selenium-python, or set IOTWATCH_AXE)")
    return script


@pytest.fixture(scope="session")
def car_page(raw: Document, tmp_path_factory: pytest.TempPathFactory) -> Path:  # noqa: F811
    return _written(raw, tmp_path_factory.mktemp("page") / "car.html")


@pytest.fixture(scope="session")
def fleet_page(fleet_document: Document, tmp_path_factory: pytest.TempPathFactory) -> Path:  # noqa: F811
    return _written(fleet_document, tmp_path_factory.mktemp("page") / "fleet.html")


def _written(document: Document, path: Path) -> Path:
    path.write_text(render(document), encoding="utf-8")
    return path


@pytest.fixture
def car_open(opened: Opener, car_page: Path) -> Iterator[Any]:
    """The car's report in a window of 1400 pixels."""
    with opened(1400) as driver:
        driver.get(car_page.as_uri())
        yield driver
