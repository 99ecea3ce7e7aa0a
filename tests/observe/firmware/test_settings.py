"""Settings and scripts: far ends, access point names, topics, agents; a secret is told and never held."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.observe.firmware.files import observed, values


@pytest.mark.parametrize(
    ("line", "apn"),
    [
        (b"apn=m2m.operator.example", "m2m.operator.example"),
        (b"\toption apn 'cmiot'", "cmiot"),
        (b'"apn": "Internet.Telecom"', "internet.telecom"),
        (b"<apn>iot.provider</apn>", "iot.provider"),
        (b'OK AT+CGDCONT=1,"IP","tracker.apn"', "tracker.apn"),
        (b'AT+QICSGP=1,1,"uninet","",""', "uninet"),
    ],
)
def test_an_access_point_name(line: bytes, apn: str) -> None:
    (one,) = observed(line + b"\n", "etc/config/modem")["apn"]
    assert (one.value, one.facts["seen_in"]) == (apn, "firmware")


@pytest.mark.parametrize(
    "line", [b"#apn=m2m.operator.example", b"apn=$APN", b"apn=", b"apn=none", b"; apn = old.operator"]
)
def test_no_access_point_name(line: bytes) -> None:
    assert observed(line + b"\n", "etc/modem.conf").get("apn", []) == []


@pytest.mark.parametrize(
    ("line", "host", "facts"),
    [
        (b"BROKER=mqtt.maker.invalid", "mqtt.maker.invalid", {"inactive": False}),
        (b"server_addr: 198.51.100.7:7700", "198.51.100.7", {"port": 7700, "inactive": False}),
        (b"SUPL_HOST=supl.maker.invalid", "supl.maker.invalid", {"purpose": "assistance"}),
        (b"#server=old.maker.invalid", "old.maker.invalid", {"inactive": True}),
        (b'{"host": "ingest.fleet.example", "port": 1}', "ingest.fleet.example", {}),
    ],
)
def test_a_far_end(line: bytes, host: str, facts: dict[str, object]) -> None:
    (one,) = observed(line + b"\n", "etc/report.conf")["file.host"]
    assert one.value == host
    assert facts.items() <= one.facts.items()


def test_a_script_names_a_host_and_calls_a_method() -> None:
    script = b"#!/usr/bin/python3\nserver = 'ingest.fleet.example'\nhost = socket.gethostname()\nurl = self.address\n"
    assert values(observed(script, "opt/up.py"), "file.host") == ["ingest.fleet.example"]


@pytest.mark.parametrize(
    "line",
    [
        b"mqtt_password=Tr4ck3r-0815",
        b"\toption password 'Tr4ck3r-0815'",
        b'psk="Tr4ck3r-0815"',
        b'"api_key": "Tr4ck3r-0815"',
        b"mosquitto_pub -h b.example -u unit -P Tr4ck3r-0815 -t a/b -m x",
        b"curl -u unit:Tr4ck3r-0815 https://b.example/",
    ],
)
def test_a_password_is_told_and_never_held(line: bytes) -> None:
    script = b" -" in line
    found = observed((b"#!/bin/sh\n" if script else b"") + line + b"\n", "etc/init.d/up" if script else "etc/up.conf")

    assert found["credential"]
    for every in found.values():
        for one in every:
            assert b"Tr4ck3r" not in one.evidence.excerpt
            assert "Tr4ck3r" not in one.value + str(one.facts)


@pytest.mark.parametrize(
    "line",
    [
        *(
            b"password=",
            b"password=$PASS",
            b"#password=Tr4ck3r-0815",
            b"password=password",
            b"password required pam_unix.so",
        ),
        *(b"secret=file:/run/x", b"passwd=<your password>", b"psk=%s", b"passwords=3"),
    ],
)
def test_no_password(line: bytes) -> None:
    assert observed(line + b"\n", "etc/up.conf").get("credential", []) == []


def test_hashes_of_passwords() -> None:
    shadow = b"root:$1$abcd$0123456789abcdefghijkl:10933:0:99999:7:::\ndaemon:*:10933:0:99999:7:::\n"
    (one,) = observed(shadow, "etc/shadow")["credential"]
    assert (one.value, one.facts["form"]) == ("root", "hash")


def test_topics_and_agents_of_command_lines() -> None:
    script = (
        b"#!/bin/sh\nmosquitto_pub -h b.example -t unit/position -m x\ncurl -A 'fleet-unit/2.1' http://b.example/\n"
    )
    found = observed(script, "etc/init.d/S90report")

    assert values(found, "file.topic") == ["unit/position"]
    assert values(found, "file.agent") == ["fleet-unit/2.1"]


@given(
    st.binary(max_size=2048), st.sampled_from(["etc/a.conf", "etc/init.d/a", "etc/shadow", "var/lib/dpkg/status", ""])
)
@settings(max_examples=80, deadline=None)
def test_any_bytes_are_read(data: bytes, path: str) -> None:
    observed(b"apn=a\npassword=b\nhost=" + data, path)


NETWORK = b'<network-id mcc="%d" mnc="01"/><gsm><apn value="net"/><username>web</username><password>webpass</password></gsm>\n'


def test_a_public_list_of_operators_holds_no_secret() -> None:
    lists = [b"".join(NETWORK % mcc for mcc in countries) for countries in ((262, 228, 310), (262, 262, 262))]
    public, own = (observed(one, "etc/networks.xml") for one in lists)

    assert values(public, "credential") == []
    assert values(own, "credential") == ["password"]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (b"06b4be19da289f475aa46a33cb793029d4ab3db7a23ee92382eb0106c72ac7bb", []),
        (b"AKIAIOSFODNN7EXAMPLE", []),
        (b"17b4be19da289f475aa46a33cb793029d4ab3db7a23ee92382eb0106c72ac7bb", ["psk"]),
    ],
)
def test_a_value_that_manuals_print_is_no_secret(value: bytes, told: list[str]) -> None:
    assert values(observed(b"psk=" + value + b"\n", "etc/wpa.conf"), "credential") == told
