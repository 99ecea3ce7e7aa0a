"""Page one in every verdict, with every kind of finding and every gap: no term of the field in any sentence that can be made."""

from __future__ import annotations

import itertools
import re
from typing import Any

import msgspec
import pytest

from iotwatch.detect import DETECTORS
from iotwatch.detect.verdict import RULES
from iotwatch.report.document.model import Asset, Coverage, Document, Finding, Module, Notes, Unopened
from iotwatch.report.words import vantages
from iotwatch.report.words.claims import Statement
from iotwatch.report.words.sentences import summary
from iotwatch.report.words.statements import VOCABULARIES
from iotwatch.words.vantage import Vantage
from iotwatch.words.verdicts import VerdictWord
from tests.report.words.test_sentences import GROUNDS, grounded, said, terms_in

# Names of far ends, devices and people are data: none of these words is a term.
_FACTS: dict[str, Any] = {
    "server_name": "far.example",
    "server": "far.example",
    "client": "caller",
    "device_id": "unit seven",
}


def test_every_verdict_has_its_rule() -> None:
    assert set(VerdictWord) == {word for word, _ in RULES}


@pytest.mark.parametrize("vocabulary", VOCABULARIES, ids=lambda vocabulary: vocabulary.__name__)
def test_no_statement_of_page_one_holds_a_term(vocabulary: type[Statement]) -> None:
    found = [_VALUE.sub("", text) for word in vocabulary for text in (word.one, word.many)]
    assert {text: terms_in(text) for text in found if terms_in(text)} == {}


def test_every_vantage_has_its_sentences() -> None:
    assert set(vantages.VANTAGES) == set(Vantage)


def test_frames_by_radio_are_no_listening_on_the_mobile_network() -> None:
    assert vantages.heard_mobile_network("rf", "radio-sweep")
    assert vantages.heard_mobile_network("cellular", "capture")
    assert not vantages.heard_mobile_network("rf", "capture")


def test_no_text_of_a_vantage_for_the_driver_holds_a_term() -> None:
    for row in (*vantages.VANTAGES.values(), vantages.words_of("nothing known")):
        assert not terms_in(f"{row.where} {row.blind}")


_VALUE = re.compile(r"\{[^}]*\}")


def _finding(base: Finding, kind: str, confidence: str, **facts: Any) -> Finding:
    return msgspec.structs.replace(base, kind=kind, severity="high", confidence=confidence, facts=facts)


def _findings(base: Finding) -> list[tuple[Finding, ...]]:
    """Every kind of finding alone, and every way in which a place can have left."""
    kinds = sorted({detector.name for detector in DETECTORS})
    alone = [(_finding(base, kind, sure),) for kind in kinds for sure in ("possible", "likely", "certain")]
    sent = [
        (_finding(base, "location", sure, direction=direction, disclosing=times, lists=lists, **facts),)
        for sure, direction, times, lists, facts in itertools.product(
            ("possible", "certain"),
            ("up", "broadcast"),
            (1, 9),
            (0, 9),
            (
                {},
                {**_FACTS, "vendor": "Maker", "country": "Example Land", "sites": {"north depot": 2}},
                {"client": "caller"},
            ),
        )
    ]
    many = tuple(
        _finding(
            base,
            "location",
            "likely",
            direction="up",
            disclosing=2,
            server_name=f"far{n}.example",
            device_id=f"unit {n}",
        )
        for n in range(6)
    )
    decision = {"word": "expected", "author": "A. Example", "reason": "lease", "id": 1}
    decided = (_finding(base, "location", "likely", direction="up", disclosing=2, decision=decision),)
    return [(), *alone, *sent, many, decided]


def _variants(asset: Asset) -> list[Asset]:
    """The car with every kind of finding, and with every gap that can be told."""
    module = Module("Maker", "M7", "", "module", "usb", "", "", "", "likely")
    capture = next(one for one in asset.sources if one.kind == "capture")
    broken = msgspec.structs.replace(capture, status="partial", complete=False)
    image = msgspec.structs.replace(asset.sources[0], kind="firmware", vantage="other")
    hidden = (Coverage("a", "payload.encrypted", 400.0, ""), Coverage("a", "payload.seen", 1000.0, ""))
    bare = msgspec.structs.replace(asset, positions=(), far_ends=(), findings=(), modules=(), notes=Notes())
    whole = msgspec.structs.replace(bare, notes=msgspec.structs.replace(asset.notes, operator=""))
    gaps = [
        msgspec.structs.replace(bare, modules=(module,)),
        msgspec.structs.replace(bare, modules=(msgspec.structs.replace(module, role="host"),)),
        msgspec.structs.replace(bare, sources=(broken, capture), coverage=hidden),
        msgspec.structs.replace(bare, sources=(image,), vantages=()),
        msgspec.structs.replace(bare, unopened=(Unopened("a", "b", "raw", "encrypted", 9, "x"),) * 3),
    ]
    found = _findings(asset.findings[0])
    return [*gaps, *(msgspec.structs.replace(one, findings=some) for one in (bare, whole) for some in found)]


@pytest.mark.parametrize("ground", GROUNDS)
def test_no_sentence_that_can_be_made_holds_a_term(ground: str, masked: Document) -> None:
    made = set()
    for variant in _variants(masked.assets[0]):
        asset = grounded(variant, ground)
        text = said(asset)
        for name in ("far.example", "caller", "unit seven"):
            text = text.replace(name, "")
        assert not terms_in(text), text
        made.add(summary(asset).sentence)
    assert made
