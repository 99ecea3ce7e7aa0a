"""Make the pictures in docs/ from reports of our own captures: ``python -m tests.browser.screenshots docs/``.

Needs selenium, chromium and chromedriver. Everything in the captures is made up, so nothing is masked. Look at the pictures
before keeping them.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from iotwatch.batch.scan import Plan, scan
from iotwatch.files.case import read_case
from iotwatch.open.pipeline import Options
from iotwatch.report.document.assembling import assemble
from iotwatch.report.html import render
from iotwatch.report.reader import Reader
from iotwatch.store import Store
from tests.browser.chromium import browser, resize

CAPTURES = Path(__file__).parent.parent.parent / "captures"
# One car: its tracker, the traffic of its modem, a serial line and an image of its unit.
CAR = ("gt06-tracker", "dns-and-tls", "at-quectel", "firmware")
FLEET = {
    "Van 20": CAR,
    "Van 18": ("http-post-position",),
    "Van 19": ("http-gzip-batch",),
    "Truck 7": ("nmea-uplink", "firmware"),
    "Car 3": ("phone-benign",),
}
# name -> (page, width, height, dark, what is scrolled to, what is done before)
PICTURES = {
    "report-driver": ("car", 1000, 1260, False, "body", ""),
    "report-analyst": ("car", 1200, 2050, False, ".analyst", ""),
    "report-finding": ("car", 1200, 1150, False, ".findings", "document.querySelector('.finding').open = true"),
    "report-dark": ("car", 1200, 1100, True, ".map", ""),
    "report-narrow": ("car", 380, 1250, False, "body", ""),
    "report-fleet": ("fleet", 1200, 900, False, "body", ""),
}
LARGEST = 300_000


def main(folder: Path) -> None:
    """Write the pictures into ``folder``."""
    chromium, driver_path = shutil.which("chromium"), shutil.which("chromedriver")
    if not chromium or not driver_path:
        raise SystemExit("chromium and chromedriver are needed")
    with tempfile.TemporaryDirectory() as name, browser(chromium, driver_path) as driver:
        scratch = Path(name)
        pages = {"car": _page(scratch, "car", {"Van 20": CAR}), "fleet": _page(scratch, "fleet", FLEET)}
        for name, (page, width, height, dark, top, action) in PICTURES.items():
            resize(driver, width, height, dark=dark)
            driver.get(pages[page].as_uri())
            driver.execute_script(f"{action}; document.querySelector('{top}').scrollIntoView()")
            picture = driver.get_screenshot_as_png()
            if len(picture) > LARGEST:
                raise SystemExit(f"{name} is too large: {len(picture)} bytes")
            (folder / f"{name}.png").write_bytes(picture)


def _page(scratch: Path, name: str, assets: dict[str, tuple[str, ...]]) -> Path:
    """The report of assets, each from the captures of some cases."""
    database, page = scratch / f"{name}.db", scratch / f"{name}.html"
    case = read_case(CAPTURES / "gt06-tracker" / "case.toml")
    for asset, cases in assets.items():
        sources = scratch / "sweep" / asset
        sources.mkdir(parents=True, exist_ok=True)
        for file in (path for one in cases for path in (CAPTURES / one).iterdir()):
            if file.suffix in (".pcap", ".pcapng", ".log", ".bin"):
                shutil.copyfile(file, sources / file.name)
        known = case if "gt06-tracker" in cases else None
        scope = tuple(sorted(case.scope)) if known else ()
        scan([sources], database, Plan(asset=asset, options=Options(scope=scope), case=known, jobs=1))
    with Store(database, create=False) as store:
        html = render(assemble(Reader(store, masked=False), reproducible=True))
    page.write_text(html.replace(f"{scratch}/", ""), encoding="utf-8")
    return page


if __name__ == "__main__":
    main(Path(sys.argv[1]))
