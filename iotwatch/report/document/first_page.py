"""Page one of an asset's report without the pages behind it: the sentence, and what it does not cover.

Says word for word what the whole report says, from the few rows that it takes: a batch prints it for every car.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from iotwatch.report.document import gathering
from iotwatch.report.document import model as part
from iotwatch.report.document import sending as sent
from iotwatch.report.document.uncovered import not_checked
from iotwatch.report.reader import Reader, Row
from iotwatch.report.words import sentences as words
from iotwatch.report.words import suspicion
from iotwatch.store import queries
from iotwatch.words.said import Said
from iotwatch.words.verdicts import VerdictWord

# The facts that the sentence and its gaps are made of.
_FACTS = (
    *("decision", "not_one_car"),
    *sent.FACTS,
    *suspicion.FACTS,
)
_BLANK_FINDING: dict[str, Any] = {
    **dict.fromkeys(("subject", "title", "detector", "signature"), ""),
    **dict.fromkeys(("aliases", "reasons", "doubts", "evidence"), ()),
    "detector_version": 0,
    "first_seen": None,
    "last_seen": None,
}


class FirstPage(msgspec.Struct, frozen=True):
    """The verdict of ``asset`` in a few words and in one sentence, and each thing that it does not cover."""

    asset: str
    verdict: str
    headline: str
    sentence: str
    gaps: tuple[Said, ...]

    @property
    def not_checked(self) -> tuple[str, ...]:
        """One sentence for each gap."""
        return tuple(said.text for said in self.gaps)


def first_page(reader: Reader, entry: Row) -> FirstPage:
    """The first page of an asset as ``Reader.assets`` gives it."""
    asset = reader.computed(lambda whole: page_one(whole, entry), keep=("name",))
    return FirstPage(
        asset.name, asset.verdict, words.headline(asset).text, words.sentence(asset), tuple(not_checked(asset))
    )


def page_one(reader: Reader, entry: Row) -> part.Asset:
    """What page one of an asset is made of, without the rest; ``entry`` is one of ``Reader.assets``."""
    left: dict[str, Any] = dict.fromkeys(("positions", "beacons", "contacts", "far_ends", "devices", "lists"), ())
    grounds = tuple(entry["verdict_findings"] or ())
    findings = tuple(_findings(reader, entry))
    return part.Asset(
        **gathering.first_page(reader, entry),
        **left,
        findings=findings,
        # The sums of all sources.
        coverage=gathering.parts(part.Coverage, reader.ask(queries.sources.coverage_sums, entry["name"])),
        verdict_reason="",
        sending=sent.sending(findings, grounds),
    )


def _findings(reader: Reader, entry: Row) -> Iterator[part.Finding]:
    """What the sentence can speak of: what the verdict rests on, what was decided, and what a decision left open."""
    grounds = msgspec.json.encode(entry["verdict_findings"] or ()).decode()
    explained = entry["verdict"] == VerdictWord.EXPLAINED
    for row in reader.ask(queries.findings.telling, entry["name"], grounds, explained):
        facts = row["facts"]
        yield part.Finding(
            fingerprint=row["fingerprint"],
            kind=row["kind"],
            severity=row["severity"],
            confidence=row["confidence"],
            facts={name: facts[name] for name in _FACTS if name in facts},
            **_BLANK_FINDING,
        )
