"""H02 binary reports made here."""

from __future__ import annotations

import pytest

from iotwatch.decode.message import Message
from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.read.stream import from_bytes

DIALECT = named("h02")


def read(data: bytes) -> list[Message]:
    return list(DIALECT.messages(from_bytes(data)))


def frame(
    unit: str = "4209134133", flags: str = "e", latitude: str = "51300000", longitude: str = "000150000"
) -> bytes:
    digits = unit + "070809060524" + latitude + "06" + longitude + flags + "010" + "090"
    return (b"$" + bytes.fromhex(digits) + b"\xff\xff\xfb\xff").ljust(27 + len(unit) // 2, b"\0")


@pytest.mark.parametrize("unit", ["4209134133", "4901542032375180"])
def test_reports_with_both_kinds_of_id(unit: str) -> None:
    one, two = read(frame(unit) + frame(unit, flags="2"))
    (fix,) = one.fixes
    assert (fix.latitude, fix.longitude, fix.time, fix.valid) == (51.5, 0.25, 1_714_979_289_000_000, True)
    assert (fix.speed, fix.course) == (pytest.approx(18.52), 90)
    assert (two.fixes[0].latitude, two.fixes[0].longitude) == (-51.5, -0.25)
    assert one.device_ids == (unit[:15],)


def test_no_fix_and_text_between() -> None:
    lost, found = read(frame(flags="c") + b"*HQ,4209134133,LINK#" + frame())
    assert (lost.fixes[0].valid, found.fixes[0].valid) == (False, True)


def test_claims_need_dates_and_minutes() -> None:
    assert DIALECT.claims(frame(), None)
    assert not DIALECT.claims(frame(latitude="51700000"), None)
    assert not DIALECT.claims(b"$" + bytes(40), None)
