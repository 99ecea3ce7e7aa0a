"""How a stream's decoder was chosen: who claimed it, how the readings were weighed, and why one of them was believed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from iotwatch.decode.message import Claim, Message, Proof
from iotwatch.words.said import Sentence, Word


class Refusal(msgspec.Struct, frozen=True):
    """A decoder that claimed bytes and found them broken, or left some for a ``limit``."""

    decoder: str
    error: str
    limit: bool = False


class Why(Word):
    """Why a decoder was believed."""

    PROTOCOL = Sentence("a protocol of its own standard, which comes before trackers' dialects")
    CARRIER = Sentence("the envelope; what it carries is asked too")
    ONLY = Sentence("the only dialect that says something")
    PROOF = Sentence("its reading is better proven than the next one")
    CONFIDENCE = Sentence("its dialect is surer of it than the next one")
    KINDS = Sentence("it says both a place and a name")
    COVERED = Sentence("it explains more bytes than the next one")
    STATEMENTS = Sentence("it says more than the next one")
    RANK = Sentence("a tie with the next one: its rank is the lower one")
    NAME = Sentence("a tie with the next one, in rank too: names in the order of the alphabet")
    LOOSE = Sentence("found within other text, and nobody else spoke")
    LOG = Sentence("a grammar of text logs, asked beside all others")
    FALLBACK = Sentence("nobody knew the bytes: by names and shapes")
    BESIDE = Sentence("the dialect told no place: by names")
    FRAME = Sentence("the kind of the stream says who reads it")


class Weight(NamedTuple):
    """What a dialect's first messages prove, the weightiest first; of equal ones the lower rank is believed, then the name."""

    proof: float
    """The mean of the messages' ``Proof``."""
    confidence: float
    kinds: int
    """Whether there are places (1) and names of senders, cells or access points (1)."""
    covered: int
    """Bytes that the messages take up."""
    statements: int


def weigh(sample: Sequence[Message]) -> Weight:
    """The weight of at least one message."""
    fixes = sum(len(message.fixes) for message in sample)
    names = sum(len(m.device_ids) + len(m.cells) + len(m.access_points) + bool(m.vin) for m in sample)
    return Weight(
        sum(message.proof for message in sample) / len(sample),
        sum(message.confidence - message.generic for message in sample) / len(sample),
        bool(fixes) + bool(names),
        sum(message.span[1] - message.span[0] for message in sample),
        fixes + names,
    )


class Reading(msgspec.Struct, frozen=True):
    """What one dialect's first messages prove."""

    decoder: str
    weight: Weight
    rank: int

    @property
    def order(self) -> tuple[float | str, ...]:
        """Sorts the reading that is believed to the front."""
        return (*(-value for value in self.weight), self.rank, self.decoder)

    def beats(self, other: Reading) -> Why:
        """Why this reading is believed, and not the other one that comes behind it."""
        unequal = (
            word for word, mine, theirs in zip(_WEIGHED, self.order, other.order, strict=False) if mine != theirs
        )
        return next(unequal, Why.NAME)


_WEIGHED = (Why.PROOF, Why.CONFIDENCE, Why.KINDS, Why.COVERED, Why.STATEMENTS, Why.RANK)


class Believed(NamedTuple):
    """A decoder that spoke, why it was given the word, and its first message."""

    decoder: str
    why: Why
    message: Message


class Part(msgspec.Struct, frozen=True):
    """One decoder's part in a choice; a decoder without ``claim``, ``reading`` and ``why`` has an anchor that fits."""

    decoder: str
    claim: Proof | None = None
    reading: Proof | None = None
    why: Why | None = None
    refusals: tuple[str, ...] = ()


class Choice(msgspec.Struct):
    """What happened while one stream's decoders were chosen, in that order; filled as its messages are taken."""

    refusals: list[Refusal] = []
    anchored: list[str] = []
    claims: list[Claim] = []
    readings: list[Reading] = []
    won: list[Believed] = []

    def parts(self) -> list[Part]:
        """Who took part: those that were believed first, then rivals, other claims and anchors."""
        reading = {one.decoder: Proof(int(one.weight.proof)) for one in self.readings}
        reading |= {one.decoder: one.message.proof for one in reversed(self.won)}
        claim = {one.decoder.name: one.proof for one in reversed(self.claims)}
        why = {one.decoder: one.why for one in reversed(self.won)}
        refused = [one.decoder for one in self.refusals]
        names = dict.fromkeys([one.decoder for one in self.won])
        names |= dict.fromkeys([*(one.decoder for one in self.readings), *reversed(claim), *refused, *self.anchored])
        errors = {name: tuple(one.error for one in self.refusals if one.decoder == name) for name in names}
        return [Part(name, claim.get(name), reading.get(name), why.get(name), errors[name]) for name in names]
