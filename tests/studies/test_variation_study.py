"""The variation study's own parts, and a sample of it over the corpus."""

from __future__ import annotations

import random
import struct
from pathlib import Path

import pytest

from iotwatch.decode.trackers.engine.checksums import crc16_x25
from iotwatch.words.identity import is_imei
from tests.studies import variation_binary, variation_payloads, variation_text
from tests.studies.variation_places import locate
from tests.studies.variation_study import MUST, study

RMC = "imei:353451044508750,tracker,240317,,F,094126.000,A,4718.3562,N,00823.4417,E,0.00,0;"
DECIMALS = "x,-3.867100,+151.207100,9"


def test_a_place_is_found_by_its_value_and_moved() -> None:
    here = locate(RMC, (47.305937, 8.390695))
    assert here is not None
    assert here.moved((-5.5, -120.25)) == RMC.replace("4718.3562,N,00823.4417,E", "0530.0000,S,12015.0000,W")
    signed = locate(DECIMALS, (-3.8671, 151.2071))
    assert signed is not None
    assert signed.moved((5.5, -7.25)) == "x,+5.500000,-007.250000,9"
    assert locate(RMC, (47.4, 8.390695)) is None


def test_variants_differ_from_each_other_and_keep_the_place() -> None:
    here = locate(RMC, (47.305937, 8.390695))
    assert here is not None
    found = list(variation_text.variants(here, random.Random(1)))
    assert {kind for kind, *_ in found} >= {"place", "digits", "id", "length", "empty", "glued", "ends"}
    assert all(is_imei(text[5:20]) for kind, text, *_ in found if kind == "id")


def test_a_binary_place_is_moved_and_its_crc_made_good() -> None:
    inner = b"\x22\x18\x03\x11\x09\x29\x1a\x09" + struct.pack(">ii", 47_305_937, -8_390_695) + bytes(6)
    data = b"\x7b" + inner + struct.pack(">H", crc16_x25(inner))
    (check,) = [one for one in variation_binary.sums(data) if one.name == "x25"]
    here = variation_binary.plant(data, (47.305937, -8.390695), check)
    assert here is not None
    assert here.encoding.name == "int32 big 1e6"
    moved = here.moved((-1.5, 36.75))
    assert struct.unpack_from(">ii", moved, 9) == (-1_500_000, 36_750_000)
    assert check.right(moved)


@pytest.mark.corpus
def test_dialects_read_what_they_were_not_shown(corpus: Path) -> None:
    tallies = study(
        {"armoli", "cartrack", "fifotrack", "jpkorjar", "meitrack", "siwi", "startek", "wondex", "gt06", "t800x"}
    )
    good = sum(tally.good[kind] for tally in tallies.values() for kind in MUST)
    whole = sum(tally.all[kind] for tally in tallies.values() for kind in MUST)
    assert whole > 2000
    assert good >= 0.98 * whole


def test_payload_variants_say_the_same_place_in_other_words() -> None:
    document = {"gps": {"latitude": 1.25, "longitude": 2.5, "speed": 3}}
    found = list(variation_payloads.variants(document, [[1.25, 2.5]]))
    assert {"nested", "list", "names", "texts", "scaled", "keys upper"} <= {kind for kind, *_ in found}
    _, changed, place = next(one for one in found if one[0] == "names")
    assert changed == {"gps": {"lat": place[0], "lon": place[1], "speed": 3}}
    assert document["gps"]["latitude"] == 1.25
