"""Lists of packages, and versions that programs carry."""

from __future__ import annotations

import pytest

from tests.observe.firmware.files import observed, values

DPKG = b"""Package: curl
Status: install ok installed
Architecture: armhf
Version: 7.88.1-10

Package: gone
Status: deinstall ok config-files
Version: 1.0

Package: gpsd
Version: 3.22-4.1
"""


def test_dpkg() -> None:
    found = observed(DPKG, "var/lib/dpkg/status")["component"]

    assert [one.value for one in found] == ["curl 7.88.1-10", "gpsd 3.22-4.1"]
    assert found[0].facts == {"name": "curl", "version": "7.88.1-10", "list": "dpkg", "architecture": "armhf"}
    assert found[1].evidence.excerpt.startswith(b"gpsd\nVersion: 3.22-4.1")


@pytest.mark.parametrize(
    ("path", "data", "component", "source"),
    [
        ("usr/lib/opkg/status", b"Package: gpsd\nVersion: 3.23.1-2\nArchitecture: x86_64\n", "gpsd 3.23.1-2", "opkg"),
        ("lib/apk/db/installed", b"C:Q1x=\nP:musl\nV:1.2.3-r4\nA:armv7\n\n", "musl 1.2.3-r4", "apk"),
        ("etc/os-release", b"NAME=Buildroot\nID=buildroot\nVERSION_ID=2023.02\n", "Buildroot 2023.02", "os-release"),
        (
            "manifest.csv",
            b'"PACKAGE","VERSION","LICENSE"\n"busybox","1.36.0","GPL-2.0"\n',
            "busybox 1.36.0",
            "buildroot",
        ),
        ("build.prop", b"ro.build.id=MF6728S_RCOM.B05_Build04\n", "ro.build.id MF6728S_RCOM.B05_Build04", "build.prop"),
    ],
)
def test_other_lists(path: str, data: bytes, component: str, source: str) -> None:
    (one,) = observed(data, path)["component"]
    assert (one.value, one.facts["list"]) == (component, source)


@pytest.mark.parametrize(
    ("text", "component"),
    [
        (b"BusyBox v1.35.0 (Debian 1:1.35.0-4)", "busybox 1.35.0"),
        (b"OpenSSL 1.1.1n  15 Mar 2022", "openssl 1.1.1n"),
        (b"Linux version 4.14.117 (build@host)", "linux 4.14.117"),
        (b"U-Boot 2018.03-g1234", "u-boot 2018.03-g1234"),
    ],
)
def test_programs_that_carry_their_version(text: bytes, component: str) -> None:
    elf = b"\x7fELF\x01\x01\x01" + bytes(9) + b"\x02\x00\x28\x00" + bytes(40)
    assert values(observed(elf + b"\0" + text + b"\0"), "component") == [component]
