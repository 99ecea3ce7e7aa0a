"""What programs print of a card, line by line and as one document: each number with its own evidence, whatever is beside it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from iotwatch.decode.sim.dumps import DUMP, PROFILES
from iotwatch.open.pipeline import Job, analyse
from iotwatch.read.stream import from_bytes
from iotwatch.signatures import load
from tests.decode.sim.files import ICCID

OTHER = "8949010000000000016"
BODY = "ffffffff62f2101234ff00"  # EF_LOCI: 262-01, area 1234


def lpac(*profiles: str) -> bytes:
    """A line for each call: what lpac's ``profile list`` answers (docs/USAGE.md)."""
    said = [{"type": "lpa", "payload": {"code": 0, "message": "success", "data": [{"iccid": one, "profileState": "enabled"}]}}
            for one in profiles]  # fmt: skip
    return "".join(json.dumps(one) + "\n" for one in said).encode()


def iccids(folder: Path, data: bytes) -> dict[str, bytes]:
    path = folder / "card.json"
    path.write_bytes(data)
    found = analyse(Job(str(path), "car"), load())
    return {one.value: one.evidence.excerpt for one in found.observations if one.kind == "iccid"}


def test_every_answer_of_lpac_has_evidence_in_its_own_line() -> None:
    data = lpac(ICCID, OTHER, ICCID)
    spans = [
        trait.span[0] for one in PROFILES.messages(from_bytes(data)) for trait in one.traits if trait.kind == "iccid"
    ]
    assert [data[:start].count(b"\n") for start in spans] == [0, 1, 2]


@pytest.mark.parametrize("name", ["iccid", "note"])
def test_half_a_character_beside_a_number_costs_its_own_line_alone(tmp_path: Path, name: str) -> None:
    """JSON can write half of a surrogate pair, which is no text: neither UTF-8 nor a database takes it."""
    bad = b'{"type": "lpa", "%s": "\\ud800"}\n' % name.encode()
    assert set(iccids(tmp_path, bad + lpac(ICCID))) == {ICCID}


@pytest.mark.parametrize(
    "bad", [b'{"files": {"\\ud800/EF.LOCI": {"body": "00"}}}', b'{"files": {"MF/EF.LOCI": {"body": "\\udc00"}}}']
)
def test_half_a_character_in_a_dump_is_no_dump(bad: bytes) -> None:
    assert list(DUMP.messages(from_bytes(bad))) == []


def test_a_body_written_with_escapes_is_read_and_stands_at_its_path() -> None:
    escaped = "".join(f"\\u{ord(one):04x}" for one in BODY).encode()
    data = b'{"files": {"MF/ADF.USIM/EF.LOCI": {"body": "' + escaped + b'"}}}'
    (_, one) = DUMP.messages(from_bytes(data))
    assert (one.traits[0].facts["plmn"], data[slice(*one.span)]) == ("26201", b'"MF/ADF.USIM/EF.LOCI"')
