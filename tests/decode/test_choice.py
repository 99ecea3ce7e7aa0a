"""How a choice is told: who took part, with which proofs, and what came of it."""

from __future__ import annotations

import pytest

from iotwatch.decode.choice import Believed, Choice, Part, Reading, Refusal, Weight, Why
from iotwatch.decode.message import Claim, Message, Proof
from iotwatch.decode.named import NAMED
from iotwatch.read.stream import from_bytes

BEST = Weight(3.0, 1.0, 2, 40, 2)


@pytest.mark.parametrize(
    ("worse", "why"),
    [
        ({"proof": 2.5}, Why.PROOF),
        ({"confidence": 0.0}, Why.CONFIDENCE),
        ({"kinds": 1}, Why.KINDS),
        ({"covered": 39}, Why.COVERED),
        ({"statements": 1}, Why.STATEMENTS),
    ],
)
def test_the_weightiest_difference_is_the_reason(worse: dict[str, float], why: Why) -> None:
    best, other = Reading("z", BEST, 90), Reading("a", BEST._replace(**worse), 10)
    assert sorted([other, best], key=lambda one: one.order) == [best, other]
    assert best.beats(other) is why


def test_a_tie_falls_to_the_rank_and_then_to_the_name() -> None:
    assert Reading("z", BEST, 10).beats(Reading("a", BEST, 20)) is Why.RANK
    assert Reading("a", BEST, 10).beats(Reading("z", BEST, 10)) is Why.NAME


def test_parts_are_told_once_each_the_believed_first() -> None:
    stun = NAMED[0]
    message = Message("tracker", from_bytes(b"x"), (0, 1), checksum="ok")
    choice = Choice(
        refusals=[Refusal("stun", "too short"), Refusal("stun", "too long")],
        anchored=["dns", "stun", "tracker"],
        claims=[Claim(stun, Proof.EXACT)],
        readings=[Reading("tracker", BEST, 50), Reading("rival", BEST._replace(proof=2.9), 50)],
        won=[Believed("tracker", Why.PROOF, message)],
    )
    assert choice.parts() == [
        Part("tracker", None, Proof.CHECKED, Why.PROOF),
        Part("rival", None, Proof.SHAPE),
        Part("stun", Proof.EXACT, refusals=("too short", "too long")),
        Part("dns"),
    ]
