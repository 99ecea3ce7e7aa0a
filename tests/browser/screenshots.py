"""Make the pictures in docs/ from a report of our own captures: ``python -m tests.browser.screenshots docs/``.

Needs selenium, chromium and chromedriver. Look at the pictures before keeping them.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from iotwatch.case import read_case
from iotwatch.fanout import Plan, scan
from iotwatch.pipeline import Options
from iotwatch.report.assembling import assemble
from iotwatch.report.html import render
from iotwatch.store import Store
from tests.browser.chromium import browser

CAPTURES = Path(__file__).parent.parent.parent / "captures"
# name -> (width, height, dark, what is scrolled to, what is done before)
PICTURES = {
    "report-driver": (1000, 1130, False, "body", ""),
    "report-analyst": (1200, 2050, False, ".analyst", "document.querySelector('[data-to=\"0\"]').click()"),
    "report-dark": (1200, 1100, True, ".map", ""),
    "report-narrow": (380, 1250, False, "body", ""),
}


def main(folder: Path) -> None:
    """Write the pictures into ``folder``."""
    chromium, driver_path = shutil.which("chromium"), shutil.which("chromedriver")
    if not chromium or not driver_path:
        raise SystemExit("chromium and chromedriver are needed")
    with tempfile.TemporaryDirectory() as scratch:
        page = Path(scratch) / "car.html"
        page.write_text(_report(Path(scratch) / "car.db"), encoding="utf-8")
        for name, (width, height, dark, top, action) in PICTURES.items():
            with browser(chromium, driver_path, width, height, dark=dark) as driver:
                driver.get(page.as_uri())
                driver.execute_script(f"{action}; document.querySelector('{top}').scrollIntoView()")
                driver.save_screenshot(str(folder / f"{name}.png"))


def _report(database: Path) -> str:
    case = read_case(CAPTURES / "gt06-tracker" / "case.toml")
    files = sorted(path for path in CAPTURES.glob("*/*") if path.suffix in (".pcap", ".pcapng", ".log", ".bin"))
    scan(files, database, Plan(asset="Van 20", options=Options(scope=tuple(sorted(case.scope))), case=case, jobs=1))
    with Store(database, create=False) as store:
        return render(assemble(store, unmask=False, reproducible=True))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
