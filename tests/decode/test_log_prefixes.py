"""What stands before the lines of a log: known by its form, or learned from the log."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iotwatch.decode.log_prefixes import best, unprefixed

LISTING = "Bus 001 Device 002: ID 2c7c:0125 Quectel\nDevice Descriptor:\n  bLength 18\n  idVendor 0x2c7c\n  idProduct 0x0125\n"


def said(text: str) -> int:
    """A reader that knows lines of a listing by their beginning."""
    return sum(
        line.strip().startswith(("Bus", "Device", "bLength", "idVendor", "idProduct")) for line in text.splitlines()
    )


@pytest.mark.parametrize(
    "form",
    [
        "{}",
        "> {}",
        "\x1b[31m{}",
        "[2026-11-22 10:00:00] {}",
        "Nov 22 10:00:00 host prog[1]: {}",
        "Nov 22 10:00:00 host prog[1]: > {}",
        "2026-11-22T10:00:00.123Z [INFO] {}",
        "12:00:00.123 {}",
        "modem-1  | {}",
        "file.txt:{{number}}:{}",
        "D/USB ( 123): {}",
    ],
)
def test_the_listing_reads_like_itself(form: str) -> None:
    text = "\n".join(form.format(line).replace("{number}", str(at)) for at, line in enumerate(LISTING.splitlines()))
    found = best(text, said)
    assert said(found) == 5
    assert len(found) == len(text)
    assert [line.strip() for line in found.splitlines()] == [line.strip() for line in LISTING.splitlines()]


def test_a_port_that_stands_before_all_lines_stays_when_it_tells_something() -> None:
    log = "usb 1-1: New USB device found\nusb 1-1: Product: X\nusb 1-1: Manufacturer: Y\nusb 1-1: SerialNumber: Z\n"
    assert best(log, lambda text: text.count("usb 1-1")) == log


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="ab 1[]:\n\t>\x1bm", max_size=400))
def test_any_text_keeps_its_length(text: str) -> None:
    assert {len(form) for form in unprefixed(text)} == {len(text)}


def test_long_logs_end_soon() -> None:
    log = "2026-11-22 10:00:00 host prog[1]: the same line again\n" * 200_000
    started = time.process_time()
    assert len(best(log, said)) == len(log)
    assert time.process_time() - started < 4
