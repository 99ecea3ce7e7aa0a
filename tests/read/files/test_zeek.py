"""Zeek's logs: fields by name, text and JSON alike, and nothing that a hostile line could break."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iotwatch.read.files.zeek import read_zeek, zeek_log

CONN = (
    b"#separator \\x09\n#set_separator\t,\n#path\tconn\n"
    b"#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_bytes\tresp_bytes\tconn_state"
    b"\torig_pkts\tresp_pkts\n#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tinterval\tcount\tcount\tstring\tcount"
    b"\tcount\n"
    b"1517336042.090842\tCi85\t10.55.182.100\t14291\t198.51.100.5\t80\ttcp\t-\t3.000158\t12\t0\tS0\t2\t0\n"
    b"broken line\n"
    b"1517336052.5\tCi86\t10.55.182.100\t14292\t2001:db8::5\t443\tudp\t-\t-\t-\t-\tS0\t1\t0\r\n"
    b"#close\t2018-01-30-20-00-00\n"
)


def test_tab_separated_text() -> None:
    log = read_zeek(CONN)
    assert log is not None
    assert (log.name, len(log.entries), log.broken) == ("conn", 2, 1)
    first, second = log.entries
    assert (first.time, first.client, first.client_port) == (1517336042090842, "10.55.182.100", 14291)
    assert (first.server, first.server_port, first.transport) == ("198.51.100.5", 80, "tcp")
    assert (first.size, first.duration, first.packets, first.octets) == (12, 3000158, (2, 0), (12, 0))
    assert CONN[first.start : first.end].startswith(b"1517336042.090842\tCi85")
    assert CONN[second.start : second.end].endswith(b"\t1\t0")
    assert (first.number, second.number) == (6, 8)
    assert (second.server, second.size) == ("2001:db8::5", 0)


def test_json_with_numbers_or_iso_times() -> None:
    one = {"ts": 1517422326.5, "id.orig_h": "10.0.0.1", "id.orig_p": 6, "id.resp_h": "10.0.0.2", "id.resp_p": 53}
    two = {**one, "ts": "2018-01-31T18:12:06.500000Z"}
    lines = [json.dumps({**row, "proto": "udp", "query": "A.Example.", "qtype_name": "A"}) for row in (one, two)]
    log = read_zeek("\n".join(lines).encode())
    assert log is not None
    assert log.name == "dns"
    assert [entry.name for entry in log.entries] == ["a.example", "a.example"]
    assert log.entries[0].time == log.entries[1].time == 1517422326500000


def test_other_separators() -> None:
    head = b"#separator \\x2c\n#path\tssl\n#fields,ts,id.orig_h,id.orig_p,id.resp_h,id.resp_p,server_name\n"
    log = read_zeek(head + b"1.5,10.0.0.1,1,10.0.0.2,3128,c.example\n")
    assert log is not None
    (entry,) = log.entries
    assert (entry.name, entry.proxied) == ("c.example", True)


ENDS = {"orig_h": "10.0.0.1", "orig_p": 6, "resp_h": "198.51.100.2", "resp_p": 443}


@pytest.mark.parametrize("name_key", ["_path", "@stream"])
@pytest.mark.parametrize("written", [
    {f"id.{key}": value for key, value in ENDS.items()},
    {f"id_{key}": value for key, value in ENDS.items()},
    {"id": ENDS},
])  # fmt: skip
def test_the_ends_under_each_exporter_s_names(name_key: str, written: dict[str, object]) -> None:
    log = read_zeek(json.dumps({name_key: "ssl", "ts": 1.5, **written, "server_name": "far.example"}).encode())
    assert log is not None
    (entry,) = log.entries
    assert (log.name, entry.log, entry.name, entry.protocol) == ("ssl", "ssl", "far.example", "tls")
    assert (entry.client, entry.client_port, entry.server, entry.server_port) == tuple(ENDS.values())


def test_logs_that_are_mixed_in_one_stream() -> None:
    ends = {f"id.{key}": value for key, value in ENDS.items()}
    rows = [
        {"_path": "conn_long", "ts": 1, **ends, "service": "ssl"},
        {"_path": "dns_red", "ts": 2, **ends, "query": "a.example"},
        {"_path": "ntp", "ts": 3, **ends},
        {"_path": "weird", "ts": 4, **ends},
    ]
    log = read_zeek("\n".join(map(json.dumps, rows)).encode())
    assert log is not None
    assert [(entry.log, entry.protocol, entry.name) for entry in log.entries] == [
        ("conn", "ssl", ""),
        ("dns", "dns", "a.example"),
        ("service", "", ""),
    ]
    assert log.broken == 1


def test_a_request_to_a_proxy_is_for_its_host() -> None:
    fields = {"ts": 1.0, "id.orig_h": "10.0.0.1", "id.orig_p": 1, "id.resp_h": "10.0.0.9", "id.resp_p": 3128}
    data = json.dumps({**fields, "method": "CONNECT", "host": "far.example:443", "uri": "far.example:443"}).encode()
    log = read_zeek(data)
    assert log is not None
    assert (log.entries[0].name, log.entries[0].proxied) == ("far.example", True)


def test_what_is_no_address_is_broken() -> None:
    log = read_zeek(b'{"ts":1,"id.orig_h":"10.0.0.1","id.resp_h":"nowhere","method":"GET"}')
    assert log is not None
    assert (log.entries, log.broken) == ([], 1)


def test_other_texts_and_other_logs_are_none() -> None:
    assert zeek_log(b"#separator \\x09\n#path\tweird\n") == ""
    assert zeek_log(b'{"ts": 1, "lat": 2}\n') == ""
    assert read_zeek(b"") is None
    assert read_zeek(b"Jan  1 00:00:00 kernel: usb 1-1: new device\n") is None


@given(
    st.binary(max_size=200), st.sampled_from([CONN, b'{"ts":1,"id.orig_h":"::1","id.resp_h":"::2","method":"GET"}\n'])
)
def test_any_bytes_give_entries_or_count_as_broken(noise: bytes, before: bytes) -> None:
    read_zeek(noise)
    log = read_zeek(before + noise)
    assert log is not None
    assert all(0 <= entry.start <= entry.end <= len(before + noise) for entry in log.entries)


FIELDS = ["ts", "id.orig_p", "id.resp_p", "duration", "orig_bytes", "host", "uri", "method"]
VALUES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.lists(st.integers(), max_size=2)
)


# The first value of all costs Hypothesis a look into its tables of characters, which takes seconds on a busy machine.
@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(FIELDS), VALUES))
def test_any_value_of_a_field(fields: dict[str, object]) -> None:
    whole = {"ts": 1.0, "id.orig_h": "::1", "id.resp_h": "::2", "method": "GET"} | fields
    read_zeek(json.dumps(whole).encode())
