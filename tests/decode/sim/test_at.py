"""A host that runs the toolkit itself logs it as hex digits: the card's report is told, with its rhythm by the stamps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from iotwatch.batch.scan import Plan, scan
from iotwatch.report.reader import Reader
from iotwatch.store import Store
from tests.decode.sim.scenes import CELLS, address, cells, lai, submit, tlv

TO = "+4915550123456"
CARD, HOST = b"\x81\x82", b"\x82\x81"
WAYS = {
    "3GPP": ("+CUSATP: ", "AT+CUSATT=", "AT+CUSATE="),
    "Nordic": ("%SATI: ", "AT%SATR=", "AT%SATE="),
    "SIMCom": ("+STKPCI: 0,", "AT+STKTR=", "AT+STKENV="),
}


def _log(way: str, *, stamps: bool) -> bytes:
    gives, answers, tells = WAYS[way]
    lines: list[str] = []
    now = 36_000

    def line(text: str) -> None:
        stamp = f"2026-01-02 {now // 3600:02d}:{now // 60 % 60:02d}:{now % 60:02d}.250 " if stamps else ""
        lines.extend((stamp + text, ""))

    def command(kind: int, qualifier: int, rest: bytes, answer: bytes = b"") -> None:
        details = tlv(0x81, bytes((1, kind, qualifier)))
        given = tlv(0xD0, details + tlv(0x82, CARD) + rest)
        answered = details + tlv(0x82, HOST) + tlv(0x83, b"\0") + answer
        line(f'{gives}"{given.hex().upper()}"')
        line(f'{answers}"{answered.hex().upper()}"')
        line("OK")

    for area, cell in CELLS:
        now += 600
        expired = tlv(0xD7, tlv(0x82, HOST) + tlv(0xA4, b"\x01") + tlv(0xA5, b"\0\x01\0"))
        line(f'{tells}"{expired.hex().upper()}"')
        line("OK")
        command(0x26, 0, b"", tlv(0x93, lai(area, cell)))
        command(0x13, 0, tlv(0x86, address(TO)) + tlv(0x8B, submit(TO, lai(area, cell))))
    return "\r\n".join(lines).encode()


def _told(log: bytes, folder: Path) -> dict[str, Any]:
    (folder / "modem.log").write_bytes(log)
    scan([folder / "modem.log"], folder / "at.db", Plan(jobs=1))
    with Store(folder / "at.db") as store:
        (row,) = [row for row in Reader(store, masked=False).findings() if row["kind"] == "sim-report"]
    return row


@pytest.mark.parametrize("way", WAYS)
def test_a_report_in_a_log(way: str, tmp_path: Path) -> None:
    facts = _told(_log(way, stamps=False), tmp_path)["facts"]
    assert (facts["sent"], facts["carrier"], facts["recipient"]) == (True, "sms", TO)
    assert facts["cells"] == cells(*CELLS)
    assert facts["triggers"] == ["timer"]


def test_the_stamps_tell_the_rhythm(tmp_path: Path) -> None:
    told = _told(_log("3GPP", stamps=True), tmp_path)
    assert told["facts"]["period_s"] == 600
    assert told["first_seen"].startswith("2026-01-02T10:")
