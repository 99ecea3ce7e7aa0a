"""Zeek logs as sources: contacts, names and findings, whose evidence is the line that says so."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from iotwatch.batch.scan import Plan, scan
from iotwatch.open.pipeline import Options
from iotwatch.place.replay import Replay
from iotwatch.store import Store

HEAD = (
    "#separator \\x09\n#path\tconn\n"
    "#fields\tts\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tduration\torig_bytes\tresp_bytes\n"
)


def conn_log() -> bytes:
    lines = [
        f"{1_700_000_000 + 60 * n + n % 3}.25\t192.168.1.20\t{4000 + n}\t198.51.100.7\t443\ttcp\t1.5\t100\t200"
        for n in range(40)
    ]
    return (HEAD + "\n".join(lines) + "\n").encode()


@pytest.mark.parametrize("packed", [False, True])
def test_a_beacon_in_a_conn_log(tmp_path: Path, packed: bool) -> None:
    data = conn_log()
    file = tmp_path / ("conn.log.gz" if packed else "conn.log")
    file.write_bytes(gzip.compress(data) if packed else data)
    scan([file], tmp_path / "z.db", Plan(jobs=1))
    with Store(tmp_path / "z.db") as store:
        (beacon,) = store.query("SELECT * FROM beacons")
        (source,) = store.query("SELECT * FROM sources")
        evidence = store.query("SELECT * FROM evidence ORDER BY id")
        assert store.query("SELECT count(*) AS n FROM flows")[0]["n"] == 40
        steps = [row["operation"] for row in store.query("SELECT operation FROM places")]
        store.places.load(source["id"])
        places = [store.places.place(row["place_id"]) for row in evidence]
    with file.open("rb") as opened:
        replay = Replay(opened)
        for place, row in zip(places, evidence, strict=True):
            assert replay.result(place)[: row["length"]].hex() == row["excerpt"]
    assert (beacon["client"], beacon["server"], beacon["port"]) == ("192.168.1.20", "198.51.100.7", 443)
    assert beacon["interval_s"] == pytest.approx(60, abs=1)
    assert (source["kind"], source["format"], source["vantage"]) == ("log", "zeek-conn", "gateway")
    assert [row["path"] for row in evidence] == ["line 4", "line 43"]
    assert bytes.fromhex(evidence[0]["excerpt"]) == data.splitlines()[3][:64]
    if packed:
        assert any('"gzip"' in step for step in steps)
    else:
        assert evidence[1]["offset"] == data.rindex(b"1700002340")


def test_a_line_of_another_decade_moves_no_first_or_last_time(tmp_path: Path) -> None:
    lines = conn_log().decode().splitlines()
    lines.insert(20, lines[-1].replace(lines[-1].split("\t")[0], "1.5"))
    (tmp_path / "conn.log").write_text("\n".join(lines) + "\n")
    scan([tmp_path / "conn.log"], tmp_path / "z.db", Plan(jobs=1))
    with Store(tmp_path / "z.db") as store:
        (source,) = store.query("SELECT first_seen, last_seen FROM sources")
        assert {time[:4] for time in source.values()} == {"2023"}
        told = store.query("SELECT value, subject FROM coverage WHERE measure = 'stamps.left'")
        assert told == [{"value": 1.0, "subject": "far"}]


def test_names_are_observed_with_their_lines(tmp_path: Path) -> None:
    row = {"id.orig_h": "192.168.1.20", "id.orig_p": 1, "id.resp_h": "192.168.1.1", "id.resp_p": 53, "proto": "udp"}
    lines = [json.dumps({"ts": 1_700_000_000.0 + n, **row, "query": f"n{n}.example", "rcode": 0}) for n in range(3)]
    (tmp_path / "dns.log").write_text("\n".join(lines))
    scan([tmp_path / "dns.log"], tmp_path / "z.db", Plan(jobs=1))
    with Store(tmp_path / "z.db") as store:
        found = store.query("SELECT value, evidence FROM observations WHERE kind = 'dns.query' ORDER BY value")
    assert [one["value"] for one in found] == ["n0.example", "n1.example", "n2.example"]
    assert [json.loads(one["evidence"])["path"] for one in found] == ["line 1", "line 2", "line 3"]
    assert bytes.fromhex(json.loads(found[1]["evidence"])["excerpt"]) == lines[1].encode()[:256]


def test_logs_of_one_sensor_share_names(tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "conn.log").write_bytes(conn_log())
    row = {"id.orig_h": "192.168.1.20", "id.orig_p": 1, "id.resp_h": "198.51.100.7", "id.resp_p": 443, "cipher": "x"}
    (folder / "ssl.log").write_text(json.dumps({"ts": 1_700_000_000.3, **row, "server_name": "C2.Example"}))
    scan([folder], tmp_path / "z.db", Plan(asset="car", jobs=1))
    with Store(tmp_path / "z.db") as store:
        (beacon,) = store.query("SELECT * FROM beacons")
        (finding,) = store.query("SELECT * FROM findings WHERE kind = 'beacon'")
    assert beacon["events"] == 40
    assert "c2.example" in finding["title"]


def test_entries_out_of_scope_are_counted_only(tmp_path: Path) -> None:
    (tmp_path / "conn.log").write_bytes(conn_log())
    scan([tmp_path / "conn.log"], tmp_path / "z.db", Plan(options=Options(scope=("10.9.9.9",)), jobs=1))
    with Store(tmp_path / "z.db") as store:
        assert store.query("SELECT * FROM contacts") == []
        left = store.query("SELECT value FROM coverage WHERE measure = 'flows out of scope'")
    assert [row["value"] for row in left] == [40]


@pytest.mark.parametrize("packed", [False, True])
def test_a_dns_log_of_an_exporter_is_a_log_with_flows(tmp_path: Path, packed: bool) -> None:
    row = {"_path": "dns", "id_orig_h": "192.168.1.20", "id_orig_p": 5000, "id_resp_h": "192.168.1.1", "id_resp_p": 53}
    lines = [
        json.dumps({**row, "ts": 1_700_000_000.0 + n, "uid": f"C{n // 2}", "proto": "udp", "query": f"n{n}.example"})
        for n in range(6)
    ]
    data = "\n".join(lines).encode()
    file = tmp_path / ("dns.log.gz" if packed else "dns.log")
    file.write_bytes(gzip.compress(data) if packed else data)
    scan([file], tmp_path / "z.db", Plan(jobs=1))
    with Store(tmp_path / "z.db") as store:
        (source,) = store.query("SELECT kind, format FROM sources")
        flows = store.query("SELECT transport, client, server, server_port, protocol, first_seen, last_seen FROM flows")
        contacts = store.query("SELECT kind, server_name FROM contacts ORDER BY server_name")
    assert source == {"kind": "log", "format": "zeek-dns"}
    assert [tuple(flow.values())[:5] for flow in flows] == [("udp", "192.168.1.20", "192.168.1.1", 53, "dns")] * 3
    assert (flows[0]["first_seen"][17:19], flows[0]["last_seen"][17:19]) == ("20", "21")
    assert contacts == [{"kind": "dns", "server_name": f"n{n}.example"} for n in range(6)]
