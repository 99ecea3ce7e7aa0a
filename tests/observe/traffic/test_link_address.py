"""Who made the network part is told by the address in the link header, and its evidence is that address."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.talks import datagram, run, scan, talk, told, write

TELTONIKA = bytes.fromhex("001e42123456")
QUESTION = bytes.fromhex("000101000001000000000000037777770765786d61706c6503636f6d0000010001")


@pytest.mark.parametrize("first", ["question", "connection"])
def test_the_evidence_of_a_maker_is_the_address_itself(tmp_path: Path, first: str) -> None:
    said = datagram(0, "10.0.0.2", "8.8.8.8", 53, QUESTION, mac=TELTONIKA)
    sent = talk(1, "10.0.0.2", "198.51.100.9", 80, b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n", mac=TELTONIKA)
    frames = [said, *sent] if first == "question" else sent
    path = write(tmp_path / "a.pcap", frames)
    scan(tmp_path / "d.db", path)
    (vendor,) = [row for row in told(tmp_path / "d.db", "finding") if row["kind"] == "vendor"]
    (evidence,) = told(tmp_path / "d.db", "finding", vendor["fingerprint"])["evidence"]
    assert evidence["excerpt"] == TELTONIKA.hex()
    assert path.read_bytes()[evidence["offset"] : evidence["offset"] + 6] == TELTONIKA
    assert "00 1e 42 12 34 56" in run(tmp_path / "d.db", "show", "finding", vendor["fingerprint"], "--unmask")
