"""The HTML report in a real browser: it opens from a file, asks for nothing, draws, filters, and axe finds no serious fault."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest

from iotwatch.report.document.model import Document
from iotwatch.report.html import render
from tests.browser.chromium import printed, requested, resize, serious
from tests.browser.conftest import Opener

pytestmark = pytest.mark.programs
WIDTHS = (380, 1400)


def one(driver: Any, selector: str) -> Any:
    return driver.find_element("css selector", selector)


def drawn(driver: Any) -> int:
    """Points on the map now."""
    return sum(
        (path.get_dom_attribute("d") or "").count("h0") for path in driver.find_elements("css selector", ".dots")
    )


def view_box(driver: Any) -> list[float]:
    return [float(number) for number in one(driver, ".view").get_dom_attribute("viewBox").split()]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", ["car_page", "fleet_page"])
def test_opens_from_a_file_without_a_request_an_error_or_a_sideways_scroll(
    name: str, width: int, opened: Opener, request: pytest.FixtureRequest
) -> None:
    page: Path = request.getfixturevalue(name)
    with opened(width) as driver:
        driver.get(page.as_uri())
        assert driver.find_elements("css selector", "h1")
        assert [url for url in requested(driver) if not url.startswith("data:")] == [page.as_uri()]
        assert driver.get_log("browser") == []
        assert driver.execute_script("return document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", ["car_page", "fleet_page"])
def test_axe_finds_no_serious_fault(
    name: str, width: int, dark: bool, opened: Opener, axe: Path, request: pytest.FixtureRequest
) -> None:
    page: Path = request.getfixturevalue(name)
    with opened(width, dark=dark) as driver:
        driver.get(page.as_uri())
        driver.execute_script("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        assert serious(driver, axe) == []


def test_the_map_draws_zooms_and_hides_a_sender(car_open: Any) -> None:
    assert drawn(car_open) == 12
    size = car_open.execute_script(
        "const box = document.querySelector('.dots').getBoundingClientRect(); return [box.width, box.height]"
    )
    assert min(size) > 50
    land = car_open.execute_script("return document.querySelector('.view .land, #world .land').getTotalLength()")
    assert land > 100_000
    scale = one(car_open, "[data-scale]").text
    one(car_open, "[data-zoom='0.5']").click()
    assert view_box(car_open)[2] == 500
    assert one(car_open, "[data-scale]").text != scale
    one(car_open, "[data-pan='1 0']").click()
    assert view_box(car_open)[0] == 375
    one(car_open, "[data-to='0']").click()
    assert view_box(car_open)[2] == pytest.approx(1000, abs=2)  # one sender alone: its area is the first view
    one(car_open, "[data-reset]").click()
    assert view_box(car_open) == [0, 0, 1000, 560]
    one(car_open, "[data-show='0']").click()
    assert not one(car_open, ".track").is_displayed()
    assert car_open.get_log("browser") == []


def test_the_time_control_takes_positions_away_and_gives_them_back(car_open: Any) -> None:
    slider = one(car_open, "[data-time]")
    told = one(car_open, "[data-until]").text
    assert told.endswith("UTC")
    for value, points in ((0, 1), (500, 6), (1000, 12)):
        car_open.execute_script(
            "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input'))", slider, value
        )
        assert drawn(car_open) == points
    slider.send_keys("\ue012")  # the left arrow key
    assert one(car_open, "[data-until]").text != told


def test_findings_are_filtered_by_severity_kind_and_text(car_open: Any, raw: Document) -> None:
    findings = raw.assets[0].findings

    def shown() -> int:
        return len([one for one in car_open.find_elements("css selector", ".finding") if one.is_displayed()])

    assert shown() == len(findings)
    high = sum(finding.severity in ("high", "critical") for finding in findings)
    car_open.execute_script(
        "const box = document.querySelector('[data-least]'); box.value = 'high'; box.dispatchEvent(new Event('change'))"
    )
    assert shown() == high
    assert one(car_open, "[data-findings] [data-count]").text == f"{high} of {len(findings)} findings"
    one(car_open, "[data-findings] [data-search]").send_keys("gps.tracker-cloud")
    assert 0 < shown() <= high
    one(car_open, "[data-findings] [data-search]").send_keys("nothing like this")
    assert shown() == 0


def test_a_finding_opens_by_keyboard_and_shows_its_bytes(car_open: Any) -> None:
    first = one(car_open, ".finding summary")
    first.send_keys("\n")
    body = one(car_open, ".finding").text
    assert "Evidence 1" in body
    assert "dd if=" in body
    assert "0000  78 78" in body


def test_positions_are_filtered_in_their_table(car_open: Any, raw: Document) -> None:
    car_open.execute_script("document.querySelector('[data-rows]').open = true")
    one(car_open, "[data-rows] [data-search]").send_keys("gt06")
    wanted = sum(position.dialect == "gt06" for position in raw.assets[0].positions)
    assert one(car_open, "[data-rows] [data-count]").text == f"{wanted} of {len(raw.assets[0].positions)}"


def test_ten_thousand_positions_and_five_thousand_findings_open_in_three_seconds(
    raw: Document, opened: Opener, tmp_path: Path
) -> None:
    asset = raw.assets[0]
    position = next(row for row in asset.positions if row.direction == "up")
    positions = tuple(
        msgspec.structs.replace(position, latitude=50 + index * 1e-4, longitude=4 + index * 1e-4, frame=index)
        for index in range(10_000)
    )
    findings = tuple(
        msgspec.structs.replace(asset.findings[index % len(asset.findings)], fingerprint=f"{index:016x}")
        for index in range(5_000)
    )
    page = tmp_path / "large.html"
    large = msgspec.structs.replace(asset, positions=positions, findings=findings)
    page.write_text(render(msgspec.structs.replace(raw, assets=(large,))), encoding="utf-8")
    with opened(1400) as driver:
        seconds = min(_seconds(driver, page) for _ in range(3))
        assert len(driver.find_elements("css selector", ".finding")) == 5_000
        assert len(driver.find_elements("css selector", "[data-rows] tbody tr")) == 10_000
        start = time.monotonic()
        driver.execute_script(
            "document.querySelector('[data-rows]').open = true; document.body.getBoundingClientRect()"
        )
        table = time.monotonic() - start
        for shown in (500, 1000):
            assert one(driver, "[data-rows] [data-count]").text == f"10000 of 10000, the first {shown} are shown"
            driver.execute_script("document.querySelector('[data-more]').click()")
        # A row that is not shown yet is found.
        driver.execute_script(
            "const box = document.querySelector('[data-rows] [data-search]');"
            "box.value = '50.9999'; box.dispatchEvent(new Event('input'))"
        )
        assert one(driver, "[data-rows] [data-count]").text == "1 of 10000"
    assert seconds < 3, f"{seconds:.1f} s to open"
    assert table < 3, f"{table:.1f} s to open the table"


def _seconds(driver: Any, page: Path) -> float:
    start = time.monotonic()
    driver.get(page.as_uri())
    return time.monotonic() - start


def test_page_one_prints_on_one_sheet(car_open: Any) -> None:
    """The driver's page ends the first sheet of A4: what follows begins on the second."""
    resize(car_open, 680, 1000, media="print")
    height = car_open.execute_script("return document.querySelector('.driver').getBoundingClientRect().height")
    # A4 without margins of 15 mm is 180 mm wide and 267 mm high: 680 by 1009 CSS pixels at 96 an inch.
    assert height < 1009


def test_the_whole_report_prints(car_open: Any) -> None:
    paper = printed(car_open)
    assert paper.startswith(b"%PDF-")
    assert 3 <= len(re.findall(rb"/Type\s*/Page\b", paper)) <= 12


def test_all_findings_that_are_shown_open_and_close_with_one_button(car_open: Any) -> None:
    box = (
        "const box = document.querySelector('[data-least]'); box.value = 'high'; box.dispatchEvent(new Event('change'))"
    )
    car_open.execute_script(box)
    shown = [finding for finding in car_open.find_elements("css selector", ".finding") if finding.is_displayed()]
    for wanted in (len(shown), 0):
        one(car_open, "[data-open]").click()
        assert len(car_open.find_elements("css selector", ".finding[open]")) == wanted


def test_senders_far_apart_get_close_ups(raw: Document, opened: Opener, tmp_path: Path) -> None:
    asset = raw.assets[0]
    far = [
        msgspec.structs.replace(row, latitude=(row.latitude or 0) + 60, reported_id="another")
        for row in asset.positions
        if row.direction == "up"
    ]
    page = tmp_path / "far.html"
    both = msgspec.structs.replace(asset, positions=(*asset.positions, *far))
    page.write_text(render(msgspec.structs.replace(raw, assets=(both,))), encoding="utf-8")
    with opened(1400) as driver:
        driver.get(page.as_uri())
        boxes = driver.execute_script(
            "return [...document.querySelectorAll('figure svg:first-child > use')].map((one) => one.getBoundingClientRect().width)"
        )
        assert len(boxes) == 2
        assert all(width > 50 for width in boxes), "each track fills a good part of its close-up"
        assert driver.get_log("browser") == []
