"""Markdown: the same report, and text of others that does nothing in it."""

from __future__ import annotations

import re

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from iotwatch.report.document.model import Document
from iotwatch.report.forms.markdown import _table, escape, render
from iotwatch.report.html.tables import Table
from tests.report.conftest import NUMBERS


def test_holds_page_one_findings_and_files(masked: Document) -> None:
    text = render(masked)
    assert text.startswith("# Van 20: This car reports where it is (red light)\n")
    for finding in masked.assets[0].findings:
        assert finding.fingerprint in text
    for source in masked.assets[0].sources:
        assert source.sha256 in text
    assert "Behaviour observed, intent not judged" in text
    assert "- legal basis: own vehicle, owner's written order" in text


def test_masked(masked: Document) -> None:
    text = render(masked)
    assert not any(number in text for number in NUMBERS)


def test_a_fleet_begins_with_its_table(fleet_document: Document) -> None:
    assert render(fleet_document).startswith("# Fleet report: 5 cars\n\nCars by verdict:\n\n| car | light |")


def test_a_long_table_says_what_it_left_out() -> None:
    table = Table("Rows", ("n",), tuple((str(number),) for number in range(5)))
    assert (
        list(_table(table, 5))
        == list(_table(table))
        == ["Rows:", "", "| n |", "|---|", *(f"| {n} |" for n in range(5)), ""]
    )
    assert list(_table(table, 3))[4:] == [
        "| 0 |",
        "| 1 |",
        "| 2 |",
        "",
        "... and 2 more; the HTML and JSON reports hold all.",
        "",
    ]
    assert list(_table(Table("Rows", ("n",), ()), 3)) == []


def test_hostile_names_stay_text(masked: Document) -> None:
    evil = "](http://evil.example/) <img src=x> | `x` \n# heading"
    finding = msgspec.structs.replace(masked.assets[0].findings[0], title=evil, reasons=(evil,))
    asset = msgspec.structs.replace(masked.assets[0], findings=(finding,))
    text = render(msgspec.structs.replace(masked, assets=(asset,)))
    assert "<img" not in text.replace("\\<img", "")
    assert not re.search(r"(?<!\\)\]\(", text)
    assert "http://" not in text
    assert "\n# heading" not in text


@given(st.text())
def test_escaped_text_is_one_line_without_bare_markup(text: str) -> None:
    made = escape(text)
    assert not set(made) & set("\r\n\x00")
    for mark in "<>|`[]*_":
        assert made.count(mark) == made.count("\\" + mark)
