"""What programs read and call, on scripts made here and on real programs of the corpus."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iotwatch.observe.firmware import could_be_log
from tests.observe.firmware.files import observed, values


@pytest.mark.corpus
def test_a_real_program_that_reports_identities_and_cells(corpus: Path) -> None:
    found = observed((corpus / "firmware" / "mifi-wd670" / "app" / "bin" / "device_tracking").read_bytes())

    assert "https://infolayanan.smartfren.com/device/track.php" in values(found, "text.url")
    read = {one.value: one for one in found["program.identity"]}
    assert read["imei"].evidence.excerpt == b"/app/var/modem/imei"
    assert read["imsi"].evidence.excerpt == b"/app/var/modem/imsi"
    assert any(one.evidence.excerpt == b"ww_qmic_get_cell_info" for one in found["program.position"])
    assert "connect" in [one.facts.get("call") for one in found["program.network"]]
    (elf,) = found["elf"]
    assert elf.value == "arm 32-bit little-endian executable"
    assert "libssl.so.1.0.2" in elf.facts["needed"]


@pytest.mark.corpus
@pytest.mark.parametrize("name", ["mifi-wd670/app/bin/brctl", "fact/hello_world_arm32", "mifi-wd670/app/bin/fota_inet"])
def test_ordinary_programs_read_nothing(corpus: Path, name: str) -> None:
    found = observed((corpus / "firmware" / name).read_bytes())
    assert not {"program.identity", "program.position"} & found.keys()


def test_a_script_that_reads_and_sends() -> None:
    script = (
        b"#!/bin/sh\n. /etc/report.conf\nprintf 'AT+QGPSLOC=2\\r'\nimei=$(cat /run/imei)\nwget -q --post-data x $URL\n"
    )
    found = observed(script, "etc/init.d/S90report")

    assert values(found, "program.identity") == ["imei"]
    assert values(found, "program.position") == ["GNSS by AT command"]
    assert values(found, "program.network") == ["fetches by program"]
    assert "/etc/report.conf" in values(found, "program.uses")


def test_latitude_alone_is_no_position() -> None:
    script = b"#!/bin/sh\necho give some latitude here\nwget -q $URL\n"
    assert "program.position" not in observed(script, "a.sh")


def test_a_container_is_no_program() -> None:
    data = b"#!/bin/sh\ncat /run/imei; wget -q http://x.maker.invalid/\n"
    found = observed(data, "a.tar", leaf=False)
    assert set(found) == {"text.url"}


def test_a_token_never_takes_another_fields_value_along() -> None:
    script = b'#!/bin/sh\nwget -q --post-data "password=Tr4ck3r&imei=$imei" http://x.maker.invalid/\n'
    for every in observed(script, "a.sh").values():
        for one in every:
            assert b"Tr4ck3r" not in one.evidence.excerpt


def test_frames_of_trackers_with_their_neighbours() -> None:
    elf = b"\x7fELF\x01\x01\x01" + bytes(9) + b"\x02\x00\x28\x00" + bytes(40)
    (one,) = observed(elf + b"\0*HQ,%s,V1,%02d%02d%02d,A,%s,N,%s,E#\0")["dialect.constant"]
    assert (one.value, one.facts["text"]) == ("h02", "*HQ,%s,V1,%02d%02d%02d,A,%s,N,%s,E#")


def test_agents_and_topics_of_a_program() -> None:
    elf = b"\x7fELF\x01\x01\x01" + bytes(9) + b"\x02\x00\x28\x00" + bytes(40)
    found = observed(elf + b"\0User-Agent: fleet-unit/%s\r\n\0MQTT\0unit/%s/position\0text/plain\0curl/7.1\0")

    assert values(found, "file.agent") == ["fleet-unit/%s"]
    assert values(found, "file.topic") == ["unit/%s/position"]


@pytest.mark.parametrize(
    ("path", "head", "log"),
    [
        ("var/log/modem.log", b"x", True),
        ("data/track.nmea", b"$GPRMC", True),
        ("data/messages", b"x", True),
        ("etc/report.conf", b"x", False),
        ("usr/lib/python3.11/antigravity.py", b"x", False),
        ("opt/run", b"#!/bin/sh", False),
        ("usr/share/doc/x", b"x", False),
    ],
)
def test_which_texts_could_be_logs(path: str, head: bytes, log: bool) -> None:
    assert could_be_log(path, head) is log


HEADS = (
    b"",
    b"#!/bin/sh\n",
    b"\x7fELF\x01\x01\x01",
    b"MZ",
    b"Package: a\nVersion: 1\n",
    b"-----BEGIN PRIVATE KEY-----\n",
    b"\x30\x82",
)
PIECES = (
    b"imei",
    b"+QGPSLOC",
    b"://a.fleet.example/",
    b"password=",
    b"\0MQTT\0a/b/c\0",
    b"*HQ,%s,V1,",
    b"\0a.fleet.example\0",
)


@given(st.sampled_from(HEADS), st.lists(st.sampled_from(PIECES) | st.binary(max_size=64), max_size=20), st.booleans())
@settings(max_examples=100, deadline=None)
def test_any_bytes_are_read(head: bytes, parts: list[bytes], leaf: bool) -> None:
    observed(head + b"".join(parts), "etc/x", leaf=leaf)


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "data",
    [
        b"#!/bin/sh\n" + b"password" + b" " * 2_000_000,
        b"#!/bin/sh\n" + b"host \t \t \t" * 200_000,
        b"#!/bin/sh\n" + b"mosquitto_pub " * 100_000,
        b"#!/bin/sh\n" + b"http://a" * 200_000,
        b"Package: " * 200_000,
        b"Package: a\n" + b"a" * 2_000_000,
        b"-----BEGIN RSA PRIVATE KEY-----\n" * 30_000,
        b"\x30\x82\x10\x00\x30\x82\x01\x01\xa0\x03\x02\x01\x02\x02" * 100_000,
        b"\0MQTT" + b"\0a/a/a/a/a/a/a/a/a" * 100_000,
        b"\x7fELF\x01\x01\x01" + b"/etc/" * 400_000,
        b"://" * 700_000,
    ],
    ids=lambda data: repr(data[:24]),
)
def test_hostile_bytes_cost_little(data: bytes) -> None:
    observed(data, "etc/x")
