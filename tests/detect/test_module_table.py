"""The facts about module ids against the signatures, and what a whole scan makes of ids that several makers share."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from iotwatch.batch.scan import Plan, scan
from iotwatch.model import Confidence
from iotwatch.report.reader import Reader
from iotwatch.signatures import Match, load
from iotwatch.signatures.devices import CHIP_MAKERS
from iotwatch.signatures.tables import Device, read
from iotwatch.store import Store

LENT = ("05c6", "1782", "0e8d", "1286", "2ecc", "8087", "413c", "03f0", "0489", "1c9e", "1e0e")


@pytest.fixture
def facts(corpus: Path) -> list[dict[str, str]]:
    file = corpus.parent / "reference" / "modules.csv"
    if not file.is_file():
        pytest.skip("the facts on modules are not beside the corpus")
    with file.open(encoding="utf-8", newline="") as lines:
        return [row for row in csv.DictReader(lines) if row["bus"] in ("usb", "pci") and row["usb_vid"]]


def _matches(row: dict[str, str]) -> list[Match]:
    known = load()
    ask = known.usb if row["bus"] == "usb" else known.pci
    found = ask(int(row["usb_vid"], 16), int(row["usb_pid"] or "fffe", 16))
    return [match for match in found if match.vendor.partition(" (")[0] == row["vendor"].partition(" (")[0]]


@pytest.mark.corpus
def test_sure_rows_of_the_facts_resolve_to_their_maker(facts: list[dict[str, str]]) -> None:
    sure = [row for row in facts if row["id_confidence"] == "high"]
    assert len(sure) > 500
    for row in sure:
        found = _matches(row)
        assert found, row
        if row["unverified"] == "n" and row["usb_vid"] not in LENT:
            assert max(match.confidence for match in found) == Confidence.LIKELY, row


@pytest.mark.corpus
def test_unsure_ids_of_the_facts_are_possible_at_most(facts: list[dict[str, str]]) -> None:
    """Where the facts know the product's id and doubt whose it is; a maker's own vendor id proves the maker nevertheless."""
    looked = 0
    for row in facts:
        if row["id_confidence"] == "low" or (row["usb_vid"] in LENT and row["usb_pid"]):
            exact = [match for match in _matches(row) if not match.signature.endswith(":*")]
            looked += bool(exact)
            for match in exact:
                assert match.identifies != "module" or match.confidence == Confidence.POSSIBLE, row
                assert (
                    match.identifies != "module"
                    or "other makers" in match.mistaken_for
                    or "bought" in match.mistaken_for
                ), row
    assert looked > 100


@pytest.mark.parametrize("vendor_id", LENT)
def test_a_lent_vendor_id_with_a_product_of_tomorrow_names_no_module_for_likely(vendor_id: str) -> None:
    for match in load().usb(int(vendor_id, 16), 0xFFFE):
        assert match.identifies != "module" or match.confidence == Confidence.POSSIBLE, match


def _listing(number: str) -> str:
    vendor, product = number.split(":")
    faces = "".join(
        f"I:* If#={index:2d} Alt= 0 #EPs= 2 Cls=ff(vend.) Sub=00 Prot=00 Driver=option\n" for index in range(4)
    )
    return f"T:  Bus=01 Lev=01 Prnt=01 Port=00 Cnt=01 Dev#=  2 Spd=480\nP:  Vendor={vendor} ProdID={product} Rev= 0.00\n{faces}"


def _lent_products() -> list[str]:
    """Every product id of the table under a lent vendor id that names a module."""
    known = load()
    numbers = {
        row.id
        for row in read(known.folder / "tables", Device)
        if row.bus == "usb" and row.id[:4] in LENT and len(row.id) == 9
    }
    return sorted(number for number in numbers if not number.endswith("*"))


def test_what_a_scan_tells_of_shared_ids(tmp_path: Path) -> None:
    """Without a word of the device itself: the maker is a guess and says so; the chip is told beside it; nothing is certain."""
    numbers = _lent_products()
    assert len(numbers) > 100
    logs = tmp_path / "logs"
    logs.mkdir()
    for number in numbers:
        (logs / f"{number.replace(':', '-')}.log").write_text(_listing(number))
    scan([logs], tmp_path / "case.db", Plan(jobs=1))
    with Store(tmp_path / "case.db") as store:
        modules = store.query("SELECT vendor, role, confidence FROM modules")
        findings = [row for row in Reader(store, masked=False).findings() if row["kind"] == "module"]
    assert len({row["asset"] for row in findings}) == len(numbers)
    named = [row for row in modules if row["role"] == "module" and row["vendor"]]
    assert named
    assert {row["confidence"] for row in named} == {"possible"}
    assert {row["vendor"] for row in modules if row["role"] == "chipset"} <= CHIP_MAKERS
    for row in findings:
        if row["facts"]["role"] == "module" and row["facts"]["vendor"]:
            assert any("other makers" in doubt or "bought" in doubt for doubt in row["doubts"]), row["title"]
