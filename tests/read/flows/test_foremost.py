"""Of more flows than a source may have, those of who talks are kept: no flood of packets hides them."""

from __future__ import annotations

import io
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from iotwatch.batch.scan import Plan, scan
from iotwatch.read import Capture, read_capture
from iotwatch.read.flows.contacts import foremost
from iotwatch.store import Store
from tests.talks import datagram, talk, write

FLOOD = [datagram(n / 100, "10.0.0.2", "203.0.113.9", 5000 + n, b"\1\2\3\4") for n in range(60)]
ASKED = b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"
TALK = talk(1, "10.0.0.3", "198.51.100.9", 80, ASKED, ASKED)
OFTEN = [datagram(2 + n, "10.0.0.4", "198.51.100.8", 7000, b"x", sport=30_000 + n) for n in range(20)]


def _capture(tmp_path: Path) -> Capture:
    path = write(tmp_path / "flood.pcap", [*FLOOD, *TALK, *OFTEN])
    return read_capture(io.BytesIO(path.read_bytes()))


def test_the_flood_comes_last_and_a_pair_of_many_flows_is_begun_like_others(tmp_path: Path) -> None:
    flows = _capture(tmp_path).flows
    everyone = np.ones(len(flows), bool)
    kept = Counter(flows.flow(row).client for row in np.flatnonzero(foremost(flows, everyone, 10)).tolist())
    assert kept == {"10.0.0.3": 1, "10.0.0.4": 9}
    kept = Counter(flows.flow(row).client for row in np.flatnonzero(foremost(flows, everyone, 40)).tolist())
    assert kept == {"10.0.0.2": 19, "10.0.0.3": 1, "10.0.0.4": 20}


def test_what_is_out_of_scope_takes_no_room(tmp_path: Path) -> None:
    flows = _capture(tmp_path).flows
    flood = np.array([flows.flow(row).client == "10.0.0.2" for row in range(len(flows))])
    assert foremost(flows, flood, 10).sum() == (foremost(flows, flood, 10) & flood).sum() == 10
    assert (foremost(flows, flood, 60) == flood).all()


def test_what_is_over_the_limit_is_counted_and_makes_the_source_partial(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("iotwatch.observe.traffic.capture.MAX_FLOWS", 30)
    path = write(tmp_path / "flood.pcap", [*FLOOD, *TALK, *OFTEN])
    scan([path], tmp_path / "a.db", Plan(jobs=1))
    with Store(tmp_path / "a.db") as store:
        (left,) = store.query("SELECT value FROM coverage WHERE measure = 'over the limit' AND subject = 'flows'")
        (source,) = store.query("SELECT status FROM sources")
        clients = Counter(row["client"] for row in store.query("SELECT client FROM flows"))
        named = store.query("SELECT server_name FROM flows WHERE client = '10.0.0.3'")
        pairs = {row["client"] for row in store.query("SELECT client FROM contacts")}
    assert (left["value"], source["status"]) == (51, "partial")
    assert clients == {"10.0.0.2": 9, "10.0.0.3": 1, "10.0.0.4": 20}
    assert named[0]["server_name"] == "a.example"
    assert pairs == {"10.0.0.2", "10.0.0.3", "10.0.0.4"}
