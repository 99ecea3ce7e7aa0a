"""The first page from few rows is word for word that of the whole report, and it covers what was not covered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from iotwatch.report.document.assembling import assemble
from iotwatch.report.document.first_page import first_page
from iotwatch.report.document.model import Asset, Coverage, Document
from iotwatch.report.document.uncovered import not_checked
from iotwatch.report.html import page as html_page
from iotwatch.report.reader import Reader
from iotwatch.store import Store
from tests.report.words.test_sentences import terms_in


def pages(database: Path, *, masked: bool) -> list[tuple[str, tuple[str, ...]]]:
    with Store(database, create=False) as store:
        entries = Reader(store, masked=masked).assets()
        made = [first_page(Reader(store, masked=masked), entry) for entry in entries]
    return [(page.sentence, page.not_checked) for page in made]


@pytest.mark.parametrize("masked", [True, False], ids=["masked", "raw"])
@pytest.mark.parametrize("name", ["car", "fleet"])
def test_the_first_page_is_that_of_the_report(name: str, masked: bool, request: pytest.FixtureRequest) -> None:
    database: Path = request.getfixturevalue(name)
    with Store(database, create=False) as store:
        document = assemble(Reader(store, masked=masked), reproducible=True)
    summaries = [asset.summary for asset in document.assets]
    assert pages(database, masked=masked) == [(one.sentence, one.not_checked) for one in summaries]


def told(asset: Asset, *coverage: tuple[Any, ...], **changes: Any) -> str:
    rows = tuple(Coverage("a", *row) for row in coverage)
    return " ".join(said.text for said in not_checked(msgspec.structs.replace(asset, coverage=rows, **changes)))


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (("frames", 7, "link type wpan", "802.15.4"), "not understood here, and so not read: 7 pieces (802.15.4)"),
        (("frames", 1, "link type linktype-999", "linktype-999"), "so not read: 1 piece (linktype-999)"),
        (
            ("signalling not dissected", 24, "tshark is not installed: GSMTAP not dissected"),
            "Not taken apart: 24 messages between the car and its mobile network (tshark is not installed",
        ),
        (("packets.dropped", 1200, "the capturing host says that it dropped them"), "recorded: 1,200 pieces."),
        (("packets.cut", 3, "stored shorter than on the wire (snap length)"), "recorded: 3 pieces."),
        (("payload.left", 10, "over budget"), "what went over its limits was counted and not read"),
        (
            ("over the limit", 10, "counted, not kept", "observations"),
            "what went over its limits was counted and not read",
        ),
        (("unpack.engine", 0, "binwalk's engine is not installed here: own magics only"), "parts may be missing"),
    ],
)
def test_every_gap_is_told(row: tuple[str, float, str], words: str, masked: Document) -> None:
    (asset,) = masked.assets
    assert words in told(asset, row)
    assert words not in told(asset)
    assert terms_in(told(asset, row)) - {"linktype"} == terms_in(told(asset))


@pytest.mark.parametrize("kind", ["arp", "lldp", "usb", "can", "802.11", "bluetooth", "ppp-c021"])
def test_what_is_read_or_says_nothing_of_a_device_is_no_gap(kind: str, masked: Document) -> None:
    (asset,) = masked.assets
    assert told(asset, ("frames", 5, "link type ether", kind)) == told(asset)


def test_the_encrypted_share_is_told(masked: Document) -> None:
    (asset,) = masked.assets
    shares = (("payload.encrypted", 60.0, ""), ("payload.seen", 100.0, ""))
    assert "About 60 % of what was recorded was scrambled (encrypted)" in told(asset, *shares)


def test_images_not_opened_are_told(masked: Document) -> None:
    (asset,) = masked.assets
    assert asset.unopened == () or "Not opened" in told(asset)
    assert "Not opened" not in told(asset, unopened=())


def test_a_page_that_shows_some_cars_in_full_is_made_of_those_alone(
    fleet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same page as from all of them, but for the databases of far ends that it does not show."""
    monkeypatch.setattr(html_page, "ASSETS_IN_FULL", 2)
    with Store(fleet, create=False) as store:
        reader = Reader(store, masked=True)
        whole = assemble(reader, reproducible=True)
        some = assemble(reader, reproducible=True, in_full=2)
    in_full = [one for one in some.assets if one.coverage and one.devices]
    assert len(some.assets) == len(whole.assets) > 3
    assert 0 < len(in_full) <= 2
    assert all(one in whole.assets for one in in_full)
    assert html_page.render(msgspec.structs.replace(some, tool=whole.tool)) == html_page.render(whole)
