"""Country and network of far ends: in the database, in ``show``, and in every report, with who said so."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dpkt
import pytest
from click.testing import CliRunner

from iotwatch.batch.scan import Plan, scan
from iotwatch.cli import group
from iotwatch.enrich import registration
from iotwatch.report.document.registered import databases, registered
from iotwatch.store import Store
from tests.decode.usb.modem import ethernet, talk, udp
from tests.enrich.mmdb import write_mmdb

BUILT = 1_790_000_000
BROKER, CLOUD, RESOLVER = "117.136.0.1", "47.88.1.1", "192.0.2.53"
SAID = ("Example-ASN 2026-09-21", "Example-Country 2026-09-21")


def resolved(name: str, address: str) -> Iterator[tuple[bool, bytes]]:
    question = dpkt.dns.DNS(id=7, op=0x0100, qd=[dpkt.dns.DNS.Q(name=name, type=1)])
    answer = dpkt.dns.DNS(id=7, op=0x8180, qd=[dpkt.dns.DNS.Q(name=name, type=1)])
    answer.an = [dpkt.dns.DNS.RR(name=name, type=1, ttl=30, rdata=bytes(map(int, address.split("."))))]
    yield True, udp("10.64.7.2", RESOLVER, 40001, 53, bytes(question))
    yield False, udp(RESOLVER, "10.64.7.2", 53, 40001, bytes(answer))


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A position sent to one public address, and a maker's cloud reached at another, judged with the user's files."""
    folder = tmp_path_factory.mktemp("registered")
    body = b'{"lat": -46.83127, "lon": -68.91945, "imei": "860000000000017"}'
    post = (
        b"POST /p HTTP/1.1\r\nHost: p.fleet.example\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
    )
    get = b"GET /x HTTP/1.1\r\nHost: iot-south.quectel.com\r\n\r\n"
    packets = [
        *resolved("p.fleet.example", BROKER),
        *talk(BROKER, 80, 41002, [post % (len(body), body)], [b"HTTP/1.1 204 No Content\r\n\r\n"]),
        *resolved("iot-south.quectel.com", CLOUD),
        *talk(CLOUD, 80, 41003, [get], [b"HTTP/1.1 204 No Content\r\n\r\n"]),
    ]
    with (folder / "car.pcap").open("wb") as file:
        writer = dpkt.pcap.Writer(file)
        for number, (up, packet) in enumerate(packets):
            writer.writepkt(ethernet(packet, up=up), ts=1_795_311_000 + number)
    countries = {f"{BROKER}/32": {"country": {"iso_code": "CN"}}, f"{CLOUD}/32": {"country": {"iso_code": "SG"}}}
    network = {"autonomous_system_number": 64500, "autonomous_system_organization": "Example Carrier"}
    patch = pytest.MonkeyPatch()
    patch.setenv("IOTWATCH_COUNTRY_DB", str(write_mmdb(folder / "c.mmdb", "Example-Country", BUILT, countries)))
    patch.setenv("IOTWATCH_AS_DB", str(write_mmdb(folder / "a.mmdb", "Example-ASN", BUILT, {f"{BROKER}/32": network})))
    patch.setattr(registration, "PACKAGE", "no-such-package")
    forget()
    scan([folder / "car.pcap"], folder / "car.db", Plan(asset="car", jobs=1))
    yield folder / "car.db"
    patch.undo()
    forget()


def forget() -> None:
    for cached in (registration.country, registration.network, registration._open, registration._package):
        cached.cache_clear()


def show(database: Path, *words: str) -> Any:
    result = CliRunner().invoke(group, ["show", "--db", str(database), *words, "--format", "json"])
    return json.loads(result.stdout)


def test_findings_and_endpoints_hold_them(database: Path) -> None:
    with Store(database) as store:
        (found,) = store.query("SELECT facts, reasons FROM findings WHERE kind = 'location'")
        ends = {row["name"]: row for row in store.query("SELECT * FROM endpoints")}
    facts = json.loads(found["facts"])
    assert (facts["country"], facts["network"]) == ("CN", "AS64500 Example Carrier")
    assert (facts["country_source"], facts["network_source"]) == (SAID[1], SAID[0])
    assert "p.fleet.example (CN, AS64500 Example Carrier)" in found["reasons"]
    assert {row["country"] for row in ends.values() if row["address"] == CLOUD} <= {"SG"}
    assert ends


def test_show_tells_them(database: Path) -> None:
    flow = next(row for row in show(database, "flow") if row["server"] == BROKER)
    told = show(database, "flow", str(flow["id"]))["far_end"]
    assert told == {
        "country": "CN",
        "as_name": "AS64500 Example Carrier",
        "said_by": "Example-Country 2026-09-21; Example-ASN 2026-09-21",
    }
    position = show(database, "position")[0]
    assert show(database, "position", str(position["id"]))["far_end"]["country"] == "CN"
    text = CliRunner().invoke(group, ["show", "--db", str(database), "flow", str(flow["id"])]).stdout
    assert "AS64500 Example Carrier" in text
    assert "Example-Country 2026-09-21" in text


@pytest.mark.parametrize("suffix", ["json", "md", "html"])
def test_reports_tell_them(suffix: str, database: Path, tmp_path: Path) -> None:
    path = tmp_path / f"report.{suffix}"
    CliRunner().invoke(group, ["report", "--db", str(database), "-o", str(path)], catch_exceptions=False)
    text = path.read_text()
    assert "AS64500 Example Carrier" in text
    assert all(said in text for said in SAID)
    assert "(CN)" in text  # page one's sentence
    if suffix == "json":
        ends = {end["address"]: end for end in json.loads(text)["assets"][0]["far_ends"]}
        assert (ends[BROKER]["country"], ends[CLOUD]["country"], ends[RESOLVER]["country"]) == ("CN", "SG", "")


def test_databases_are_named_once(database: Path) -> None:
    assert databases([BROKER, CLOUD, BROKER, "10.0.0.1", ""]) == SAID
    assert registered("10.0.0.1") == {"country": "", "as_name": "", "said_by": ""}
