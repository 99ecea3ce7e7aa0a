"""Fixtures of the browser tests; each skips with its reason where a program or package is absent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from iotwatch.report.document.model import Document
from iotwatch.report.html import render
from tests.browser.chromium import NoBrowser, axe_script, browser, renew, resize
from tests.report.conftest import car, fleet, fleet_document, masked, raw  # noqa: F401  the same car as in tests/report

Opener = Callable[..., AbstractContextManager[Any]]


@pytest.fixture(scope="session")
def chromium(program: Callable[[str], str]) -> Iterator[Any]:
    """One Chromium for all tests, or a skip: starting it takes longer than most tests."""
    pytest.importorskip("selenium", reason="selenium is not installed")
    with ExitStack() as stack:
        try:
            driver = stack.enter_context(browser(program("chromium"), program("chromedriver")))
        except NoBrowser as error:
            pytest.skip(str(error))
        yield driver


@pytest.fixture(scope="session")
def opened(chromium: Any) -> Opener:
    """A function that gives the browser in a width, with empty logs."""

    @contextmanager
    def open_browser(width: int, **settings: Any) -> Iterator[Any]:
        renew(chromium)
        resize(chromium, width, **settings)
        yield chromium

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
