"""The shipped signatures: complete, true to their examples, and right about real devices."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iotwatch.errors import SignatureError
from iotwatch.model import Confidence
from iotwatch.signatures import Match, Signatures, load
from iotwatch.signatures.check import check
from iotwatch.signatures.tables import Device, read

SHARED_IDS = {"05c6", "1782", "0e8d", "1286", "2ecc", "8087", "413c", "03f0", "0489", "1c9e", "1e0e"}
SELF_DECLARED = ("usb", "usb.string", "at", "agent", "oui", "imei.tac", "server", "realm", "text")


@pytest.fixture(scope="module")
def signatures() -> Signatures:
    return load()


def vendors(matches: list[Match], role: str = "module") -> set[str]:
    return {match.vendor for match in matches if match.identifies == role}


def test_every_signature_has_sources_and_examples_that_hold(signatures: Signatures) -> None:
    assert check(signatures) == []


def test_every_row_of_the_module_table_resolves_to_its_maker(signatures: Signatures) -> None:
    rows = [row for row in read(signatures.folder / "tables", Device) if row.bus == "usb" and len(row.id) == 9]
    assert len(rows) > 700
    for row in rows:
        vendor_id, product_id = (int(part, 16) for part in row.id.split(":"))
        found = signatures.usb(vendor_id, product_id)
        mine = [match for match in found if match.vendor == row.vendor]
        assert mine, row.id
        if row.confidence == "likely":
            assert max(match.confidence for match in mine) == Confidence.LIKELY, row.id


def test_a_shared_usb_id_names_a_module_maker_as_possible_at_most_and_says_why(signatures: Signatures) -> None:
    for row in read(signatures.folder / "tables", Device):
        if row.bus == "usb" and row.id[:4] in SHARED_IDS and row.id[5:] != "*":
            for match in signatures.usb(int(row.id[:4], 16), int(row.id[5:], 16)):
                if match.identifies == "module":
                    assert match.confidence == Confidence.POSSIBLE, row.id
                    assert "other makers" in match.mistaken_for, row.id


def test_nothing_that_a_device_says_of_itself_is_certain(signatures: Signatures) -> None:
    for signature in signatures.all():
        for rule in signature.match:
            assert rule.field not in SELF_DECLARED or rule.confidence != "certain"


@pytest.mark.parametrize(
    ("usb", "role", "vendor"),
    [
        ((0x2C7C, 0x0125), "module", "Quectel"),
        ((0x2C7C, 0xFFFE), "module", "Quectel"),  # a product of tomorrow, by its vendor id
        ((0x1782, 0x4D11), "chipset", "Unisoc"),
        ((0x1782, 0x4D11), "module", "Fibocom"),
        ((0x12D1, 0xFFFE), "vendor", "Huawei"),  # may as well be a telephone
        ((0x1546, 0x01A7), "vendor", "u-blox"),  # a GNSS receiver
        ((0x1199, 0xB000), "vendor", "Sierra Wireless"),  # a GNSS receiver that no table has
    ],
)
def test_usb_roles(signatures: Signatures, usb: tuple[int, int], role: str, vendor: str) -> None:
    assert vendor in vendors(signatures.usb(*usb), role)


@pytest.mark.parametrize(
    "usb", [(0x1546, 0x01A7), (0x1546, 0x0506), (0x1199, 0xB000), (0x0E8D, 0x2000), (0x8087, 0x0026)]
)
def test_usb_ids_of_other_things_are_no_module(signatures: Signatures, usb: tuple[int, int]) -> None:
    assert vendors(signatures.usb(*usb)) == set()


@pytest.mark.parametrize(
    ("field", "value", "signature"),
    [
        ("dns", "iot-south.quectel.com", "endpoint:iot-south.quectel.com"),
        ("sni", "www.iot-south.quectel.com.", "endpoint:iot-south.quectel.com"),
        ("host", "MQTT.heclouds.com:6002", "endpoint:mqtt.heclouds.com"),
        ("dns", "something.else.heclouds.com", "endpoint:*.heclouds.com"),
        ("address", "183.230.40.39", "endpoint:183.230.40.39"),
        ("dns", "h-slp.mnc001.mcc460.pub.3gppnetwork.org", "endpoint:h-slp.mnc*.mcc*.pub.3gppnetwork.org"),
        ("dns", "notheclouds.com", ""),
        ("dns", "heclouds.com.example", ""),
        ("address", "1.183.230.40.39", ""),
        ("dns", "", ""),
    ],
)
def test_hosts_match_by_suffix_on_label_borders(signatures: Signatures, field: str, value: str, signature: str) -> None:
    assert [match.signature for match in signatures.match(field, value)] == ([signature] if signature else [])


def test_an_endpoint_says_what_it_is_for(signatures: Signatures) -> None:
    (match,) = signatures.match("dns", "apilocate.amap.com")
    assert (match.vendor, match.country, match.sends_location) == ("AutoNavi (Alibaba)", "CN", True)
    assert match.purpose.startswith("lbs")


@pytest.mark.parametrize(
    ("value", "product", "version"),
    [
        ("Revision: EG25GGBR07A08M2G", "EG25", "EG25GGBR07A08M2G"),
        ("BG95M3LAR02A03", "BG95", "BG95M3LAR02A03"),
        ("RM520NGLAAR01A07M4G_01.202.01.202", "RM520N", "RM520NGLAAR01A07M4G_01.202.01.202"),
        ("1351B05SIM7000E", "SIM7000E", "1351B05SIM7000E"),
    ],
)
def test_a_firmware_version_gives_product_and_version(
    signatures: Signatures, value: str, product: str, version: str
) -> None:
    assert (product, version) in {(match.product, match.version) for match in signatures.match("at", value)}


def test_at_commands_are_explained_by_the_longest_known_form(signatures: Signatures) -> None:
    command = signatures.command('at+qeng="servingcell"\r\n')
    assert command is not None
    assert (command.vendor, command.action) == ("Quectel", "reads")
    assert signatures.command("AT+QGPS=1") != signatures.command("AT+QGPSLOC=2")
    assert signatures.command("hello") is None
    (match,) = signatures.match("at.command", "AT+QGPSLOC=2")
    assert (match.vendor, match.confidence) == ("Quectel", Confidence.POSSIBLE)


def test_addresses_and_type_codes(signatures: Signatures) -> None:
    (match,) = signatures.match("oui", "60-60-1f-00-00-01")
    assert (match.vendor, match.identifies, match.confidence) == ("DJI", "vendor", Confidence.LIKELY)
    assert signatures.match("oui", "62:60:1f:00:00:01") == []  # locally administered
    (match,) = signatures.match("imei.tac", "354114012345678")
    assert (match.vendor, match.confidence) == ("Cinterion", Confidence.POSSIBLE)


def test_lists_hold_verified_entries_alone(signatures: Signatures) -> None:
    assert {listing.list[:27] for listing in signatures.lists("Hikvision")} >= {"US FCC Covered List (47 CFR"}
    assert all("FCC" not in listing.list for vendor in ("Quectel", "Fibocom") for listing in signatures.lists(vendor))
    assert any("1260H" in listing.list for listing in signatures.lists("Quectel"))
    assert all(listing.basis == "affiliation" for listing in signatures.lists("Hikvision (EZVIZ)"))
    assert signatures.lists("Telit") == ()
    assert all(listing.date and listing.source for listing in signatures.lists("Huawei"))


def test_a_driver_of_modules_is_a_host_and_no_module(signatures: Signatures) -> None:
    plugin = b"\0mm_broadband_modem_quectel_new\0+QGPS=1\0+QGPSLOC\0quectel_foo_bar\0AT+QFASTBOOT\0"
    assert vendors(list(signatures.scan(plugin))) == set()
    assert "Quectel" in vendors(list(signatures.scan(plugin)), "host")


def test_a_list_of_supported_firmware_is_no_module(signatures: Signatures) -> None:
    versions = b"EG25GGBR07A08M2G EC25EFAR06A08M4G BG95M3LAR02A03 EP06ELAR04A22M4G "
    assert vendors(list(signatures.scan(versions))) == set()
    assert vendors(list(signatures.scan(versions[:16]))) == {"Quectel"}


def test_known_hosts_are_found_in_bytes_and_mail_addresses_are_not(signatures: Signatures) -> None:
    data = b"\0tcp://Mqtt.heclouds.com:6002\0x@quectel.com\0notheclouds.com\0mqtt.heclouds.community\0"
    (match,) = signatures.scan(data)
    assert data[match.start : match.end] == b"Mqtt.heclouds.com"
    assert match.identifies == "endpoint"


def test_too_many_hits_are_cut_and_said(signatures: Signatures) -> None:
    found = signatures.scan(b"QUECTEL_CPR_enable " * 1000)
    assert len(found) <= 64 * 2
    assert found.truncated == ("quectel",)


@given(data=st.binary(max_size=400))
@settings(max_examples=60, deadline=None)
def test_any_bytes_can_be_scanned(data: bytes) -> None:
    for match in load().scan(data):
        assert 0 <= match.start < match.end <= len(data)


@given(
    value=st.text(max_size=200),
    field=st.sampled_from(["dns", "at", "usb", "oui", "imei.tac", "at.command", "text", "x"]),
)
@settings(max_examples=200, deadline=None)
def test_any_value_can_be_asked(value: str, field: str) -> None:
    assert isinstance(load().match(field, value), list)


def test_surrogates_do_no_harm(signatures: Signatures) -> None:
    assert signatures.match("agent", "QUECTEL_MODULE\udcff") != []


def test_speed_is_sane(signatures: Signatures) -> None:
    signatures.match("agent", "warm"), signatures.scan(b"warm")
    started = time.process_time()
    for index in range(10_000):
        signatures.match("agent", f"Mozilla/5.0 ({index})")
    signatures.scan(bytes(8 << 20))
    assert time.process_time() - started < 3


def test_the_version_follows_the_data(tmp_path: Path, signatures: Signatures) -> None:
    (tmp_path / "hosts").mkdir()
    empty = Signatures(tmp_path).version
    text = (signatures.folder / "hosts" / "gpsd.toml").read_text()
    (tmp_path / "hosts" / "gpsd.toml").write_text(text)
    assert Signatures(tmp_path).version != empty
    assert load().version == signatures.version != empty


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('title = "gpsd', 'titel = "gpsd', "titel"),
        ('confidence = "likely"', 'confidence = "sure"', "$.match[0].confidence"),
        ('identifies = "host"', 'identifies = "module"', "folder 'hosts'"),
        ("id = ", "id = = ", "gpsd.toml"),
    ],
)
def test_a_broken_file_is_named_with_its_key(
    tmp_path: Path, signatures: Signatures, old: str, new: str, told: str
) -> None:
    (tmp_path / "hosts").mkdir()
    text = (signatures.folder / "hosts" / "gpsd.toml").read_text()
    (tmp_path / "hosts" / "gpsd.toml").write_text(text.replace(old, new, 1))
    with pytest.raises(SignatureError) as caught:
        Signatures(tmp_path)
    assert told in str(caught.value)
    assert "gpsd.toml" in str(caught.value)


def test_check_tells_what_is_missing(tmp_path: Path, signatures: Signatures) -> None:
    (tmp_path / "hosts").mkdir()
    (tmp_path / "tables").symlink_to(signatures.folder / "tables")
    text = (signatures.folder / "hosts" / "gpsd.toml").read_text()
    (tmp_path / "hosts" / "gpsd.toml").write_text(text.replace("matches = false", "matches = true"))
    (tmp_path / "hosts" / "other.toml").write_text(text.split("[[example]]")[0].replace("likely", "certain"))
    problems = "\n".join(check(Signatures(tmp_path)))
    assert "the id stands in 2 files" in problems
    assert "does not match" in problems
    assert "no example that must not match" in problems
    assert "no example is matched by it" in problems


@pytest.mark.corpus
def test_firmware_of_modules_names_the_maker_and_nothing_else_is_a_module(corpus: Path, signatures: Signatures) -> None:
    for line in (corpus / "firmware" / "MANIFEST.jsonl").read_text().splitlines():
        entry = json.loads(line)
        file = corpus / "firmware" / entry["path"]
        if not file.is_file():
            continue
        truth = entry["truth"]
        found = vendors(list(signatures.scan(file.read_bytes())))
        told = {module["vendor"].replace("Luat", "OpenLuat") for module in truth["modules"]}
        in_bytes = any(tag.startswith("vendor-text:") for tag in truth["contains"]) or any(
            module["basis"] == "bytes" for module in truth["modules"]
        )
        assert found <= told, entry["path"]
        assert not in_bytes or found == told, entry["path"]


@pytest.mark.corpus
def test_usb_ids_of_the_logs_name_the_maker(corpus: Path, signatures: Signatures) -> None:
    for line in (corpus / "serial" / "MANIFEST.jsonl").read_text().splitlines():
        entry = json.loads(line)
        truth = entry["truth"]
        found: set[str] = set()
        modules: set[str] = set()
        for number in [*(truth.get("usb") or []), *(truth.get("usb_all") or [])]:
            matches = signatures.usb(*(int(part, 16) for part in number.split(":")))
            found |= {match.vendor for match in matches}
            modules |= vendors(matches)
        if truth.get("usb") and truth["modules"]:
            assert {module["vendor"] for module in truth["modules"] if module["vendor"]} <= found, entry["path"]
        if truth["role"] == "none":
            assert modules == set(), entry["path"]
