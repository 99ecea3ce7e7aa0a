"""The HTML report: self-contained, strict, masked, whole, the same for the same input. A browser opens it in tests/browser."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import stat
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from iotwatch.cli import group
from iotwatch.report.document.model import Document
from iotwatch.report.html import render
from iotwatch.report.html.page import render_map
from tests.report.conftest import NUMBERS
from tests.report.words.test_sentences import TERMS, WORD

_VOID = frozenset({"meta", "link", "input", "br"})
_HEADINGS = ("h1", "h2", "h3", "h4")


class Page(HTMLParser):
    """Elements with their attributes, texts by element, and what does not nest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.texts.setdefault(tag, []).append("")
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open[-1] == tag, f"</{tag}> closes <{self.open[-1]}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.open:
            self.texts[self.open[-1]][-1] += data

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def text(masked: Document) -> str:
    return render(masked)


def test_well_formed_with_unique_ids(text: str, fleet_document: Document) -> None:
    for one in (text, render(fleet_document)):
        page = Page(one)
        assert not page.open
        ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
        assert len(ids) == len(set(ids))
        targets = {attributes["href"] for attributes in page.of("a")}
        assert {f"#{one}" for one in ids} >= targets
        named = [
            attributes[name] or ""
            for _, attributes in page.elements
            for name in ("for", "aria-labelledby")
            if name in attributes
        ]
        assert {word for name in named for word in name.split()} <= set(ids)


def test_headings_do_not_skip(text: str, fleet_document: Document) -> None:
    for one in (text, render(fleet_document)):
        levels = [int(tag[1]) for tag, _ in Page(one).elements if tag in _HEADINGS]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))


def test_nothing_in_it_asks_a_network(text: str) -> None:
    page = Page(text)
    for tag, attributes in page.elements:
        for name in ("src", "srcset", "action", "formaction", "data", "poster", "background", "ping"):
            assert name not in attributes, f"<{tag} {name}>"
        href = attributes.get("href") or "#"
        assert href.startswith(("#", "data:,")), href
        assert not any(name.startswith("on") or name == "style" for name in attributes)
    assert not {"iframe", "object", "embed", "img", "base", "form", "audio", "video"} & {
        tag for tag, _ in page.elements
    }
    style = page.texts["style"][0]
    assert "url(" not in style
    assert "@import" not in style


def test_the_policy_allows_just_the_style_and_script_that_are_there(text: str) -> None:
    page = Page(text)
    (policy,) = [one["content"] or "" for one in page.of("meta") if one.get("http-equiv") == "Content-Security-Policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert "unsafe" not in policy
    code = [body for one, body in zip(page.of("script"), page.texts["script"], strict=True) if "type" not in one]
    for name, body in (("style-src", page.texts["style"][0]), ("script-src", code[0])):
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert rules[name] == f"'sha256-{digest}'"
    assert len(code) == 1


def test_the_drivers_page_uses_no_term_of_the_field(text: str) -> None:
    start = text.index('<section class="sheet driver ')
    words = re.sub(r"<[^>]*>", " ", text[start : text.index('<section class="sheet analyst"')])
    for name in ("gps.tracker-cloud.example", "own vehicle, owner's written order"):
        words = words.replace(name, "")
    assert not {word.lower() for word in WORD.findall(words)} & TERMS
    assert "Behaviour observed, intent not judged" in words
    assert "Supplier" in words
    assert "factory-fit not checked" in words


def test_masked_unless_asked_otherwise(text: str, raw: Document) -> None:
    assert not any(number in text for number in NUMBERS)
    shown = render(raw)
    assert all(number in shown for number in NUMBERS)
    excerpt = bytes.fromhex(raw.assets[0].findings[0].evidence[0].excerpt)
    assert excerpt[:16].hex(" ") in shown
    assert excerpt[:16].hex(" ") not in text


def test_the_map_holds_every_position_and_the_outline(text: str, masked: Document) -> None:
    page = Page(text)
    drawn = [one["d"] or "" for one in page.of("path") if one.get("class") == "dots"]
    assert sum(path.count("h0") for path in drawn) == 12
    (data,) = [body for one, body in zip(page.of("script"), page.texts["script"], strict=True) if "type" in one]
    (track,) = json.loads(data)["tracks"]
    assert len(track["points"]) == 12
    assert all(0 <= x <= 1000 and 0 <= y <= 560 for x, y, _ in track["points"])
    assert "Natural Earth" in text
    assert sum(row.count("<td>up</td>") for row in text.splitlines()) == 12


def test_what_others_wrote_stays_text(raw: Document) -> None:
    evil = "</script><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7*7 }}"
    asset = raw.assets[0]
    asset = msgspec.structs.replace(
        asset,
        name=evil,
        findings=(
            msgspec.structs.replace(asset.findings[0], title=evil, subject=evil, reasons=(evil,), facts={evil: evil}),
        ),
        positions=tuple(msgspec.structs.replace(one, reported_id=evil, server_name=evil) for one in asset.positions),
        contacts=tuple(msgspec.structs.replace(one, server_name=evil) for one in asset.contacts),
        notes=msgspec.structs.replace(asset.notes, notes=evil),
    )
    page = Page(render(msgspec.structs.replace(raw, assets=(asset,))))
    assert not page.of("img")
    assert len([one for one in page.of("script") if "type" not in one]) == 1
    assert not page.open


def test_ten_thousand_positions_are_thinned_on_the_map_and_whole_in_the_table(raw: Document) -> None:
    asset = raw.assets[0]
    one = next(row for row in asset.positions if row.direction == "up")
    many = tuple(
        msgspec.structs.replace(one, latitude=50 + index * 1e-4, longitude=4 + index * 1e-4, frame=index)
        for index in range(10_000)
    )
    text = render(msgspec.structs.replace(raw, assets=(msgspec.structs.replace(asset, positions=many),)))
    assert text.count("h0") <= 2100
    assert text.count("<td>up</td>") == 10_000
    assert "The map draws 2,000 of them; the table holds all." in text


@pytest.mark.parametrize("suffix", [".html", ".md", ".json"])
def test_the_verb_writes_private_files_that_are_the_same_twice(suffix: str, car: Path, tmp_path: Path) -> None:
    written = []
    for name in ("a", "b"):
        path = tmp_path / (name + suffix)
        arguments = ["report", "--db", str(car), "-o", str(path), "--reproducible", "--asset", "Van 20"]
        result = CliRunner().invoke(group, arguments, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        written.append(path.read_bytes())
    assert written[0] == written[1]
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a" + suffix, "b" + suffix]


def test_the_verb_refuses_another_suffix_and_an_unknown_asset(car: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(group, ["report", "--db", str(car), "-o", str(tmp_path / "a.pdf")])
    assert result.exit_code == 2
    assert "suffix" in result.output
    result = CliRunner().invoke(
        group, ["report", "--db", str(car), "-o", str(tmp_path / "a.html"), "--asset", "nobody"]
    )
    assert "no asset has the name 'nobody'" in result.output
    assert not list(tmp_path.iterdir())


def test_the_schema_verb_prints_json() -> None:
    result = CliRunner().invoke(group, ["schema"], catch_exceptions=False)
    assert json.loads(result.output)["$schema"].startswith("https://json-schema.org/")


def test_thousands_of_findings_are_whole_in_fewer_elements(masked: Document) -> None:
    asset = masked.assets[0]
    many = tuple(msgspec.structs.replace(asset.findings[0], fingerprint=f"{index:016x}") for index in range(1_000))
    few = render(masked)
    text = render(msgspec.structs.replace(masked, assets=(msgspec.structs.replace(asset, findings=many),)))
    page = Page(text)
    assert len([one for one in page.of("details") if one.get("class") == "finding"]) == 1_000
    assert all(one.fingerprint in text for one in many)
    # The last ones hold the same words as the first: reasons, facts and every evidence.
    for needed in (*asset.findings[0].reasons, asset.findings[0].evidence[0].command):
        assert needed.replace("'", "&#39;") in few
        assert text.count(needed.replace("'", "&#39;")) >= 1_000


def test_the_map_alone_is_a_page_with_the_assets_to_choose_from(raw: Document) -> None:
    page = Page(render_map(raw.assets[0].positions, ("van-7", "van-8"), "van-7"))
    assert not page.open
    assert {"van-7", "van-8"} <= {text.strip() for text in page.texts["a"]}
