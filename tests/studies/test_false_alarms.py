"""Seeded traffic, texts and digits in which nobody is named. The large figures are in ``docs/false-alarms.md``."""

from __future__ import annotations

from pathlib import Path

import pytest

from iotwatch.observe.identifiers import Number, numbers
from tests.studies.false_alarm_traffic import TEXTS, Web, packets
from tests.studies.false_alarms import Told, benign, chance, look


def test_traffic_full_of_long_numbers_names_nobody(tmp_path: Path) -> None:
    capture = tmp_path / "traffic.pcap"
    capture.write_bytes(b"".join(packets(11, 4 << 20)))
    told = look([capture], "traffic")
    assert told.size > 4 << 20
    assert (told.wrong, told.rate, told.certain) == ([], 0, 0)


@pytest.mark.parametrize("kind", TEXTS)
def test_files_full_of_long_numbers_name_nobody(kind: str) -> None:
    for seed in range(4):
        data = TEXTS[kind][0](Web(seed), 60_000)
        assert list(numbers(data)) == []


def test_traffic_is_the_same_for_the_same_seed() -> None:
    assert b"".join(packets(3, 100_000)) == b"".join(packets(3, 100_000)) != b"".join(packets(4, 100_000))


def test_chance_alone_makes_few_numbers() -> None:
    shares = {(row.form, row.way): row.taken / row.written for row in chance(4000)}
    for (_, way), share in shares.items():
        if way == "each alone in a text":
            assert share < 0.012
        elif way == "a column of a thousand":
            assert share == 0


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("gameid=869710030002905;", [("imei", False)]),  # a key of something else, but the number could be one
        ("gameid=369710030002902;", []),
        ("timeid: 378282246310005", []),
        ("equipment id: 378282246310005", []),
        ("equipment id: 869710030002905", [("imei", True)]),
        ("deviceImei=869710030002905", [("imei", True)]),
        ("name,imei\n1234567890123,a", []),
        ("imsi\n310150123456789 next", []),
        ('"imsi" :\n "310150123456789"', [("imsi", True)]),
        ("ccid=890123456789012345", []),
        ("iccid=8986012345678901234", [("iccid", True)]),
        ("price vin,9M54KFYT022C3TZYS", []),
        ("VIN,WVWZZZ1JZXW000001", [("vin", True)]),
        ("vin: WVWZZZ1JZXW000001", [("vin", True)]),
    ],
)
def test_key_and_number(text: str, found: list[tuple[str, bool]]) -> None:
    assert [(one.kind, one.keyed) for one in numbers(text.encode())] == found


def test_one_number_among_many_of_its_length_is_chance() -> None:
    other = [f"{430000000000000 + 7919 * index}" for index in range(9)]
    assert [one.value for one in numbers(" ".join((*other[:2], "869710030002905")).encode())] == ["869710030002905"]
    assert list(numbers(" ".join((*other, "869710030002905")).encode())) == []
    assert list(numbers(" ".join((*other, "imei:869710030002905")).encode())) == [
        Number("imei", "869710030002905", 149, 164, keyed=True, checked=True)
    ]


@pytest.mark.corpus
def test_benign_captures_name_nobody(corpus: Path) -> None:
    told: Told = benign(corpus)
    assert (told.wrong, told.certain) == ([], 0)
