"""``docs/verdicts.md``: the rules of verdicts, and every sentence of page one with what it asserts and which test holds that.

``python -m tests.sentences.table --write`` writes the file anew; a test compares it.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from iotwatch.detect.verdict import RULES
from iotwatch.report.words.claims import Asserts
from iotwatch.report.words.statements import VOCABULARIES
from iotwatch.words.verdicts import Ground
from tests.sentences.truth import HOLDS

PAGE = Path(__file__).parent.parent.parent / "docs" / "verdicts.md"
_HEAD = """# Verdicts, and what every sentence asserts

*Written by `python -m tests.sentences.table --write`.*

A verdict names behaviour, not intent, and rests on what the rule found: rule and findings are stored with it
(`assets.verdict_ground`, `assets.verdict_findings`), and page one is made of exactly these. The rules are read from the
top; the first that holds decides.

"""
_LAWS = """
## Laws

Held by `tests/sentences/test_laws.py` over cars drawn at random:

- A source that is added never lowers a verdict that asks to act (`reports-location`, `suspicious` by a transmission).
- A decision changes no finding, and never raises a verdict.
- The order of sources changes nothing; an asset of all sources is found at least what each is found alone.
- A scope only removes.
- `nothing-seen` needs every byte opened, and every phase listened to; what was not read is in coverage.

Sharing belongs to a finding: what was sent on a network that bystanders use (Wi-Fi, Bluetooth, LAN, gateway, radio) is
the car's own when a scope was given, when one of the finding's own sources is no such network, or when the same IMEI,
IMSI, ICCID, EID or VIN was seen where no bystander's device is.

## Sentences

Each is chosen by the verdict's ground and by counted rows. What it asserts is derived from the tables alone
(`tests/sentences/truth.py`) for our captures, the demo's car and cars drawn at random
(`tests/sentences/test_every_sentence.py`; `tests/studies/drawn_cars.py` draws 2,000). Advice asserts nothing.

| sentence | asserts | held by |
|---|---|---|
"""


def text() -> str:
    """The page."""
    lines = [_HEAD, "| verdict | rule | ground | reason stored |\n|---|---|---|---|\n"]
    for (word, rule), ground in zip(RULES, Ground, strict=True):
        lines.append(f"| `{word}` | `{rule.__name__}` | `{ground.name}` | {_cell(ground.many or ground.one)} |\n")
    lines.append(_LAWS)
    for vocabulary in VOCABULARIES:
        for word in vocabulary:
            claims = "; ".join(claim.value for claim in word.asserts)
            held = (
                ""
                if word.asserts == (Asserts.NOTHING,)
                else ", ".join(f"`{_checker(claim)}`" for claim in word.asserts)
            )
            lines.append(
                f"| {_cell(word.many or word.one)} (`{vocabulary.__name__}.{word.name}`) | {claims} | {held} |\n"
            )
    return "".join(lines)


def _checker(claim: Asserts) -> str:
    return f"truth.HOLDS[{claim.name}]" if HOLDS[claim].__name__ == "<lambda>" else f"truth.{HOLDS[claim].__name__}"


def _cell(sentence: str) -> str:
    return re.sub(r"\{([a-z]+)[^}]*\}", r"*\1*", sentence).replace("|", "\\|")


if __name__ == "__main__" and "--write" in sys.argv:
    PAGE.write_text(text(), encoding="utf-8")
