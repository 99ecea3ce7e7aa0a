"""Verdicts, and what each rests on: one ground a rule, with the sentence that the analyst reads as the verdict's reason."""

from __future__ import annotations

from enum import StrEnum

from iotwatch.words.said import Said, Sentence, Word


class VerdictWord(StrEnum):
    """The verdict on an asset, as the column ``assets.verdict`` holds it; those that ask somebody to act come first."""

    REPORTS_LOCATION = "reports-location"
    SUSPICIOUS = "suspicious"
    CAPABLE = "capable"
    EXPLAINED = "explained"
    NOT_ENOUGH_DATA = "not-enough-data"
    NOTHING_SEEN = "nothing-seen"


class Ground(Word):
    """What a verdict rests on, in the order of the rules; ``title`` is that of the finding that leads."""

    OWN_SENT = Sentence("{title}; 1 such finding", "{title}; {n} such findings")
    SENT_AMONG_OTHERS = Sentence("{title}; no scope was given, so a bystander's device cannot be told from the car's")
    WEIGHTY = Sentence("{title}")
    SENT_EXPLAINED = Sentence(
        "{title}: {word} by {author} ({why}); 1 such finding", "{title}: {word} by {author} ({why}); {n} such findings"
    )
    MAY_HAVE_SENT = Sentence("{title}; whether a position was sent is not sure")
    MODULE = Sentence("{title}; no transmission of a position was seen")
    KNOWS_PLACE = Sentence("{title}; no transmission of a position was seen")
    MODEM_SOFTWARE = Sentence("{title}; no transmission of a position was seen")
    IDENTITY = Sentence("{title}; no transmission of a position was seen")
    CARD = Sentence("{title}; no transmission of a position was seen")
    ALL_EXPLAINED = Sentence(
        "{title}: {word} by {author} ({why}); 1 such finding", "{title}: {word} by {author} ({why}); {n} such findings"
    )
    NO_SOURCE = Sentence("no source could be read")
    NOT_WHOLE = Sentence("{why}; {opened} of {total} bytes opened")
    NOT_LISTENED = Sentence(
        "listened for {heard}; a sentence about absence needs {needed}, and some of every phase of the case"
    )
    OPENED = Sentence("{opened} of {total} bytes opened; this is not proof of absence")


FOUND = frozenset({VerdictWord.REPORTS_LOCATION, VerdictWord.SUSPICIOUS})
"""The verdicts that ask somebody to act."""
_UNCHECKED = frozenset({
    Ground.OWN_SENT, Ground.SENT_AMONG_OTHERS, Ground.WEIGHTY, Ground.MODULE, Ground.MAY_HAVE_SENT, Ground.KNOWS_PLACE,
    Ground.MODEM_SOFTWARE, Ground.IDENTITY, Ground.CARD,
})  # fmt: skip
"""Grounds whose equipment may be the maker's own; what a baseline or a decision names is explained."""


def reason_of(ground: Said, *, compared: bool) -> str:
    """The verdict's reason: the ground in the analyst's words, and that factory-fit was not checked where that matters and no
    list of factory-fit equipment was ``compared``."""
    return f"{ground.text}; factory-fit not checked" if ground.word in _UNCHECKED and not compared else ground.text
