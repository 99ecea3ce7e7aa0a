"""A headless Chromium for the tests: what it asked for, what it complained of, what axe finds."""

from __future__ import annotations

import base64
import importlib.util
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

AXE_VARIABLE = "IOTWATCH_AXE"
_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
)


class NoBrowser(Exception):
    """Chromium is installed and does not start; the text says why."""


@contextmanager
def browser(chromium: str, driver: str) -> Iterator[Any]:
    """A selenium driver whose requests and console are logged; ``NoBrowser`` when it cannot be started."""
    from selenium import webdriver
    from selenium.common.exceptions import WebDriverException
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in _FLAGS:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    try:
        made = webdriver.Chrome(options=options, service=Service(driver))
    except WebDriverException as error:
        raise NoBrowser(f"chromium does not start here: {(error.msg or 'no reason given').splitlines()[0]}") from error
    try:
        made.set_page_load_timeout(60)
        yield made
    finally:
        made.quit()


def resize(driver: Any, width: int, height: int = 900, *, dark: bool = False, media: str = "") -> None:
    """Make the page ``width`` pixels wide, light or dark, for the screen or for another ``media`` (``print``)."""
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": [scheme]})


def renew(driver: Any) -> None:
    """Leave the page and forget what it asked for and complained of."""
    driver.get("about:blank")
    for log in ("browser", "performance"):
        driver.get_log(log)


def printed(driver: Any) -> bytes:
    """The page as a PDF on A4, as the print dialogue would make it."""
    paper = {"paperWidth": 8.27, "paperHeight": 11.69, "preferCSSPageSize": True, "printBackground": False}
    return base64.b64decode(driver.execute_cdp_cmd("Page.printToPDF", paper)["data"])


def requested(driver: Any) -> list[str]:
    """The addresses that the page asked for since the last call."""
    messages = [json.loads(entry["message"])["message"] for entry in driver.get_log("performance")]
    return [one["params"]["request"]["url"] for one in messages if one["method"] == "Network.requestWillBeSent"]


def axe_script() -> Path | None:
    """axe-core: the file that ``IOTWATCH_AXE`` names, or the one in axe-selenium-python."""
    named = os.environ.get(AXE_VARIABLE)
    if named:
        return Path(named)
    found = importlib.util.find_spec("axe_selenium_python")
    if found is None or found.origin is None:
        return None
    return Path(found.origin).parent / "node_modules" / "axe-core" / "axe.min.js"


def serious(driver: Any, script: Path) -> list[str]:
    """What axe calls serious or critical on the page as it is: rule, help and the first elements."""
    driver.execute_script(script.read_text(encoding="utf-8"))
    found = driver.execute_async_script(
        "const done = arguments[0]; axe.run(document, {resultTypes: ['violations']}).then((r) => done(r.violations));"
    )
    return [
        f"{one['id']}: {one['help']}: {[node['html'][:120] for node in one['nodes'][:3]]}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
