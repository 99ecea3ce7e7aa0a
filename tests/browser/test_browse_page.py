"""``browse`` in a real browser: tables, queries and the map, with no request beyond this host."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.browser.chromium import requested, serious
from tests.browser.conftest import Opener

pytestmark = pytest.mark.programs


@pytest.fixture(scope="module")
def address(car: Path) -> Iterator[str]:
    """The address of a running ``iotwatch browse``."""
    pytest.importorskip("datasette", reason="datasette is not installed")
    words = [sys.executable, "-m", "iotwatch", "browse", "--db", str(car), "--port", "0"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def test_pages_ask_nobody_but_this_host(address: str, opened: Opener) -> None:
    assert address.startswith("http://127.0.0.1:")
    with opened(1400) as driver:
        for page in ("", "car/findings", "car/verdicts", "-/map", "-/map?asset=Van+20"):
            driver.get(address + page)
            hosts = {urlsplit(url).hostname for url in requested(driver) if not url.startswith("data:")}
            assert hosts == {"127.0.0.1"}


def test_the_map_page_draws_and_is_clean(address: str, opened: Opener, axe: Path) -> None:
    with opened(380) as driver:
        driver.get(address + "-/map?asset=Van+20")
        dots = driver.find_elements("css selector", ".dots")
        assert sum((path.get_dom_attribute("d") or "").count("h0") for path in dots) == 12
        assert driver.get_log("browser") == []
        assert serious(driver, axe) == []
