"""What files say of modules and chips: a driver names what it drives, and a list names one chip after the other."""

from __future__ import annotations

import msgspec

from iotwatch.detect.questions.module_files import by_maker, credible, finding_of
from iotwatch.detect.traces import Trace
from iotwatch.model import Confidence, Evidence, Observation, cut
from iotwatch.signatures.match import Match


def trace(
    identifies: str,
    path: str,
    value: str = "EC25",
    *,
    confidence: Confidence = Confidence.LIKELY,
    seen_in: str = "firmware",
    source: int = 1,
    vendor: str = "Quectel",
    **said: str,
) -> Trace:
    evidence = Evidence(cut(None, [(0, 1)]), b"x", 1, path=path, source=source)
    names = {"product": "", "country": "", "field": "text", "mistaken_for": "", "version": "", **said}
    match = Match(
        signature=f"{vendor}-{identifies}",
        vendor=vendor,
        identifies=identifies,
        confidence=confidence,
        because=f"says {value}",
        source="made here",
        **{name: text for name, text in names.items() if name in Match.__struct_fields__},
    )
    return Trace(Observation("text", f"path:{path}", value, evidence), match, seen_in)


def test_what_a_file_of_host_software_says_of_modules_is_dropped() -> None:
    host = trace("host", "sbin/mmcli")
    named_by_it = trace("module", "sbin/mmcli")
    own = trace("module", "boot/modem.bin")
    elsewhere = trace("module", "sbin/mmcli", source=2)
    assert list(credible([host, named_by_it, own, elsewhere])) == [host, own, elsewhere]


def test_host_software_on_the_wire_drops_nothing() -> None:
    host, module = trace("host", "", seen_in="traffic"), trace("module", "")
    assert list(credible([host, module])) == [host, module]


def test_chips_that_are_only_listed_are_dropped() -> None:
    weak = [trace("chipset", "usr/manual", name, confidence=Confidence.POSSIBLE) for name in ("MDM9207", "MDM9607")]
    one = trace("chipset", "usr/manual", "MDM9607", confidence=Confidence.POSSIBLE)
    proof = trace("chipset", "boot/kernel", "MDM9607")
    assert list(credible(weak)) == []
    assert list(credible([one])) == [one]
    assert list(credible([*weak, proof])) == [*weak, proof]


def test_makers_are_told_apart_by_what_they_made() -> None:
    found = [
        trace("module", "a"),
        trace("chipset", "b", vendor="Qualcomm"),
        trace("host", "c", vendor="freedesktop.org"),
        trace("module", "d"),
        trace("module", "e", seen_in="usb"),
        trace("vendor", "f"),
    ]
    groups = by_maker(found)
    assert {key: len(traces) for key, traces in groups.items()} == {
        ("module", "Quectel"): 2,
        ("chipset", "Qualcomm"): 1,
        ("host", "freedesktop.org"): 1,
    }


def test_the_surest_trace_speaks_for_the_finding() -> None:
    weak = trace("module", "a", confidence=Confidence.POSSIBLE, product="EC2x")
    sure = trace("module", "b", confidence=Confidence.CERTAIN, product="EC25", version="EC25EFAR06A06M4G")
    finding = finding_of("module", "module", "Quectel", [weak, sure])
    assert (finding.title, finding.confidence) == ("Quectel EC25: cellular module", Confidence.LIKELY)
    ((table, row),) = finding.rows
    assert (table, row["model"], row["firmware_version"], row["confidence"]) == (
        *("modules", "EC25"),
        *("EC25EFAR06A06M4G", "likely"),
    )
    assert [one.path for one in finding.evidence] == ["b", "a"]
    host = finding_of("module", "host", "Quectel", [msgspec.structs.replace(sure)])
    assert host.rows[0][1]["firmware_version"] == ""
