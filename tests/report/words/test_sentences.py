"""Page one: plain words, no term of the field, and nothing that the rows do not say."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec
import pytest

from iotwatch.report.document.model import Asset, Document, Finding, Source
from iotwatch.report.document.page_one import Summary
from iotwatch.report.document.sending import sending
from iotwatch.report.document.uncovered import not_checked
from iotwatch.report.words.sentences import summary
from iotwatch.report.words.vantages import VANTAGES
from iotwatch.words.verdicts import Ground

# What a driver should not have to know. Names of far ends and devices are data and may hold anything.
_TERMS = """
    tcp udp ip ipv4 ipv6 sni tls ssl dns mqtt http https coap lwm2m imei imsi iccid msisdn apn mac oui vin bssid ssid nmea gnss
    uart obd lte flow flows beacon beacons dialect dialects payload payloads pcap pcapng capture captures frame frames
    packet packets hash hashes sha sha256 checksum port ports protocol protocols vantage vantages burst bursts endpoint
    endpoints artefact artefacts firmware signature signatures severity observation observations evidence asset assets scope
    coverage offset hex bytes byte server client gateway module modules broadcast uplink downlink exfiltration detector
    detectors finding findings telemetry tracker trackers baseline squashfs json database metadata fingerprint
"""
TERMS = frozenset(_TERMS.split())
WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*")
GROUNDS = ("", *Ground.__members__)


def grounded(asset: Asset, ground: str, findings: Sequence[Finding] | None = None, verdict: str = "") -> Asset:
    """The asset as if the rule with this ground had decided, on all of ``findings`` (its own when none are given)."""
    found = tuple(asset.findings if findings is None else findings)
    ids = tuple(one.fingerprint for one in found)
    return msgspec.structs.replace(
        asset,
        verdict=verdict or asset.verdict,
        ground=ground,
        findings=found,
        grounds=ids,
        sending=sending(found, ids),
    )


def said(asset: Asset) -> str:
    """All of page one, without the names that are data."""
    page = summary(asset)
    text = " ".join(
        (page.headline, page.sentence, *page.where_to_look, *page.what_to_do, *page.not_checked, asset.notes.operator)
    )
    names = {asset.name, *(end.name for end in asset.far_ends), *(end.address for end in asset.far_ends)}
    names |= {position.reported_id for position in asset.positions} | {position.client for position in asset.positions}
    for name in sorted(filter(None, names), key=len, reverse=True):
        text = text.replace(name, "")
    return text


def terms_in(text: str) -> set[str]:
    return {word.lower() for word in WORD.findall(text)} & TERMS


@pytest.mark.parametrize("ground", GROUNDS)
def test_page_one_uses_no_term_of_the_field(ground: str, masked: Document, fleet_document: Document) -> None:
    for asset in (*masked.assets, *fleet_document.assets):
        assert not terms_in(said(grounded(asset, ground)))


@pytest.mark.parametrize("vantage", sorted(VANTAGES))
def test_no_vantage_brings_a_term_to_page_one(vantage: str, masked: Document) -> None:
    sources = tuple(msgspec.structs.replace(one, vantage=vantage) for one in masked.assets[0].sources)
    asset = msgspec.structs.replace(masked.assets[0], sources=sources)
    assert not terms_in(said(asset))
    assert any(VANTAGES[vantage].where in line for line in summary(asset).where_to_look)
    assert VANTAGES[vantage].blind in summary(asset).not_checked


@pytest.mark.parametrize(
    ("verdict", "light"),
    [
        ("reports-location", "red"),
        ("suspicious", "amber"),
        ("capable", "amber"),
        ("explained", "green"),
        # Nothing seen is never "clean": no lamp is lit.
        ("nothing-seen", "none"),
        ("not-enough-data", "none"),
    ],
)
def test_lights(verdict: str, light: str, masked: Document) -> None:
    assert summary(msgspec.structs.replace(masked.assets[0], verdict=verdict)).light == light


def test_the_sentence_says_what_whose_to_whom_how_sure_and_what_next(masked: Document) -> None:
    (asset,) = masked.assets
    assert asset.summary.sentence == (
        "Van 20 reports where it is: its position was sent 12 times to gps.tracker-cloud.example, by a device that goes by"
        " 86000000*******. We are certain of what was recorded. Next: ask the maker or leasing company whether this is the"
        " car's own equipment; remove nothing before."
    )
    assert any("factory-fit not checked" in line for line in asset.summary.not_checked)
    assert any("parked and driving" in line for line in asset.summary.not_checked)
    assert any("SIM card of its own" in line for line in asset.summary.not_checked)


def test_without_scope_the_sender_is_not_said_to_be_the_cars(fleet_document: Document) -> None:
    asset = next(one for one in fleet_document.assets if "mqtt" in one.name)
    assert asset.verdict == "suspicious"
    assert "whether the sender belongs to this car is not known" in asset.summary.sentence
    assert any("Nobody said which devices belong to this car" in line for line in asset.summary.not_checked)


def test_a_site_that_positions_came_from_is_told(masked: Document) -> None:
    (asset,) = masked.assets
    findings = tuple(
        msgspec.structs.replace(one, facts={**one.facts, "sites": {"north depot": 3}})
        if one.kind == "location"
        else one
        for one in asset.findings
    )
    told = summary(grounded(asset, asset.ground, findings)).where_to_look
    assert "A position was sent from inside north depot: 3 times." in told


def test_lists_that_give_a_position_away_are_told_as_lists(masked: Document) -> None:
    (asset,) = masked.assets
    findings = tuple(msgspec.structs.replace(one, facts={**one.facts, "lists": 12}) for one in asset.findings)
    told = summary(grounded(asset, asset.ground, findings)).sentence
    assert "its position, by a list of the radio masts or Wi-Fi around it, was sent 12 times" in told


def test_sources_that_were_not_read_whole_are_told(masked: Document) -> None:
    first, *others = (msgspec.structs.replace(one, status="ok", complete=True) for one in masked.assets[0].sources)
    broken: Source = msgspec.structs.replace(first, status="partial")
    told = summary(msgspec.structs.replace(masked.assets[0], sources=(broken, *others))).not_checked
    assert f"Of {len(others) + 1} recordings, 1 could not be read, or only in part." in told


def test_a_decided_finding_does_not_make_the_sentence(masked: Document) -> None:
    decision = {"word": "expected", "author": "A. Example", "reason": "telematics of the lease"}

    def page(**listed: str) -> Summary:
        findings = [
            msgspec.structs.replace(one, facts={**one.facts, "decision": {**decision, **listed}})
            for one in masked.assets[0].findings
        ]
        return summary(grounded(masked.assets[0], "SENT_EXPLAINED", findings, "explained"))

    assert page().sentence.startswith(
        "Van 20: its position was sent 12 times to gps.tracker-cloud.example, by a device that goes by 86000000*******;"
        " explained by A. Example: telematics of the lease. Next:"
    )
    # Somebody's single word is no list of what the maker fits.
    assert page().not_checked[0].endswith("(factory-fit not checked).")
    assert "points stand in a list of what the maker fits (van.toml)" in page(baseline="van.toml").not_checked[0]


def test_coverage_in_one_line(masked: Document) -> None:
    told = " ".join(said.text for said in not_checked(masked.assets[0]))
    assert told.startswith("Whether the car's maker fitted this equipment was not checked")
    assert "We listened for 2 minutes in all, with the car noted as parked and driving." in told
    assert "\n" not in told
