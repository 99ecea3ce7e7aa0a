"""Far ends: what is used, what is mentioned, what is commented out; names and passwords are left out."""

from __future__ import annotations

import pytest

from iotwatch.observe.firmware import endpoints
from tests.observe.firmware.files import observed, values

ELF = b"\x7fELF\x01\x01\x01" + bytes(9) + b"\x02\x00\x28\x00" + bytes(40)


def test_an_address_in_a_program_with_its_host_and_port() -> None:
    (one,) = observed(ELF + b"\0https://reports.fleet.example:8443/v1/fix\0")["text.url"]

    assert one.value == "https://reports.fleet.example:8443/v1/fix"
    assert one.facts == {"host": "reports.fleet.example", "inactive": False, "port": 8443}


def test_a_commented_line_is_inactive_and_an_active_one_of_the_same_value_wins() -> None:
    commented = b"#XTRA_SERVER_1=http://xtra1.maker.invalid/xtra2.bin\n"
    active = b"XTRA_SERVER_2=http://xtra1.maker.invalid/xtra2.bin\n"

    (one,) = observed(commented, "etc/gps.conf")["text.url"]
    (both,) = observed(commented + active, "etc/gps.conf")["text.url"]

    assert (one.facts["inactive"], one.facts["purpose"]) == (True, "assistance")
    assert both.facts["inactive"] is False


@pytest.mark.parametrize(
    "text",
    [
        b"Report bugs to https://tracker.maker.invalid/issues",
        b"See http://docs.maker.invalid/manual",
        b'xmlns:x="http://schemas.maker.invalid/2020"',
        b"Home page: <https://maker.invalid/>",
        b"https://maker.invalid/news/rss/",
        b"Get a key here: https://maker.invalid/start   -->",
        b"https://bugs.maker.invalid/1234",
        b"http://maker.invalid/wsdl/unit.xsd",
        b"http://www.maker.invalid/xmlschemas/Track/v2",
        b'targetNamespace="http://maker.invalid/unit"',
        b'<a class="x" href="https://maker.invalid/"',
        b"Created by Mapper, http://www.maker.invalid",
        b"Imager 1.3.39 2022-12-26 Q16 http://www.maker.invalid/",
        b"Usage: mapper [-h]\n\thttp://www.maker.invalid\n",
        b"<tr><td>https://maker.invalid/</td></tr>",
    ],
)
def test_what_a_person_is_to_read_is_a_mention(text: bytes) -> None:
    (one,) = observed(ELF + b"\0" + text + b"\0")["text.url"]
    assert one.facts["mention"] is True


def test_what_stands_in_a_program_s_table_of_name_spaces_is_a_mention() -> None:
    """gSOAP writes ``struct Namespace``: prefix, name and pattern of each name space, in one run of strings."""
    table = b"http://schemas.xmlsoap.org/soap/envelope/\0\0ev\0http://events.maker.invalid/2011/topics\0"
    (one,) = observed(ELF + b"\0" + table)["text.url"]
    assert (one.facts["host"], one.facts["mention"]) == ("events.maker.invalid", True)


@pytest.mark.parametrize(
    "text",
    [
        b"https://x.maker.invalid/support/up",
        b"https://x.maker.invalid/up?doc=/rss",
        b"wget -q https://x.maker.invalid/a",
        b"url=http://x.maker.invalid/a",
        b"http://x.maker.invalid/a",
        b"https://x.maker.invalid",
        b"Sending the position to https://x.maker.invalid",
        b"MQTT broker, https://x.maker.invalid/",
        b"Position, https://x.maker.invalid:8443",
        b"Position, https://x.maker.invalid/up",
        b"<server>https://x.maker.invalid/</server>",
        b"host=https://x.maker.invalid",
    ],
)
def test_what_a_program_opens_is_none(text: bytes) -> None:
    (one,) = observed(ELF + b"\0" + text + b"\0")["text.url"]
    assert "mention" not in one.facts


@pytest.mark.parametrize(
    "host",
    [
        "www.w3.org",
        "schemas.xmlsoap.org",
        "127.0.0.1",
        "0.0.0.0",  # noqa: S104
        "localhost",
        "tempuri.org",
        "www.onvif.org",
        "example.net",
        "a..b",
        "-x.example",
    ],
)
def test_noise_is_no_far_end(host: str) -> None:
    assert observed(ELF + f"\0http://{host}/x\0".encode()).get("text.url", []) == []


def test_utf_16_is_read_too() -> None:
    data = b"MZ" + bytes(6) + "https://reports.fleet.example/v1".encode("utf-16-le") + b"\0\0"
    assert values(observed(data), "text.url") == ["https://reports.fleet.example/v1"]


def test_a_name_and_password_are_told_and_never_held() -> None:
    data = b"BASE=ftp://unit:s3cr3t-w0rd@files.fleet.example/up\n"
    found = observed(data, "etc/up.conf")

    assert values(found, "text.url") == ["ftp://files.fleet.example/up"]
    assert values(found, "credential") == ["address of files.fleet.example"]
    for every in found.values():
        for one in every:
            assert b"s3cr3t" not in one.evidence.excerpt
            assert "s3cr3t" not in one.value + str(one.facts)


@pytest.mark.parametrize(
    ("text", "host"),
    [(b"mqtt.fleet.example", "mqtt.fleet.example"), (b"gw.fleet.cn:7700", "gw.fleet.cn")],
)
def test_a_bare_host_name_in_a_program(text: bytes, host: str) -> None:
    (one,) = observed(ELF + b"\0" + text + b"\0")["file.host"]
    assert one.facts["host"] == host


@pytest.mark.parametrize("text", [b"org.freedesktop.NetworkManager.net", b"com.example.app.test", b"www.gnu.org"])
def test_names_of_buses_and_packages_are_no_hosts(text: bytes) -> None:
    assert observed(ELF + b"\0" + text + b"\0").get("file.host", []) == []


def test_a_purpose_is_read_from_key_and_path() -> None:
    assert endpoints.purpose("SUPL_HOST") == "assistance"
    assert endpoints.purpose("https://a.example/fota/delta") == "update"
    assert endpoints.purpose("acsURL") == "management"
    assert endpoints.purpose("NTP_SERVER") == "time"
    assert endpoints.purpose("https://a.example/v1/position") == ""
